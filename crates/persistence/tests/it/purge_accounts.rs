//! Removing what accounts, sessions and identity verifications leave behind, on both engines.

use std::sync::Arc;

use bonin_domain::accounts::{PasswordReset, SessionPolicy};
use bonin_domain::codes::{Purpose, RuleMode};
use bonin_domain::identity::IdentityVerification;
use bonin_persistence::Database;
use bonin_ports::{
    AnyProof, IdentityResult, LoginAttemptRepository, LoginVerdict, OtpCharge, OtpRepository,
    PasswordRepository, SignUp, SignedUp,
};
use bonin_testkit::Scene;
use bonin_testkit::contracts::Store;
use jiff::{SignedDuration, Timestamp};

use crate::raw::{Raw, beside_both_engines};

beside_both_engines!(
    a_session_goes_at_its_end,
    a_reset_goes_at_its_end,
    log_ins_are_forgotten_after_a_day_without_one,
    a_login_id_that_waits_is_not_forgotten,
    a_closed_account_goes_after_5_days_with_its_consents,
    a_sign_ups_key_goes_after_a_day,
    an_identity_verification_goes_a_day_after_its_end,
    a_result_that_is_to_be_erased_stays_a_month,
    counted_one_time_passwords_go_after_a_day,
    a_notice_goes_after_90_days,
);

const MICROSECOND: SignedDuration = SignedDuration::from_micros(1);

const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// What is left of a table once everything was purged that outlived its use at `now`. What the verifications behind the
/// accounts leave is purged as well.
async fn left(store: &impl Database, raw: &mut Raw, table: &str, now: Timestamp) -> i64 {
    while store.purge(now, 1).await.unwrap() > 0 {}
    raw.count(table, "1 = 1")
}

async fn a_session_goes_at_its_end(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new().unlimited();
    let account = scene.account().open(&*store).await;
    for second in [0, 0, 1] {
        scene.log_in(&*store, &account, scene.at(second)).await;
    }
    let end = scene.at(0) + SessionPolicy::default().absolute;
    assert_eq!(left(&*store, &mut raw, "sessions", end).await, 3);
    assert_eq!(left(&*store, &mut raw, "sessions", end + MICROSECOND).await, 1);
}

async fn a_reset_goes_at_its_end(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new().unlimited();
    let account = scene.account().open(&*store).await;
    let proof = scene.start().purpose(Purpose::ResetPassword).prove(&*store).await;
    let (open, _) = scene.reset(&account, AnyProof::Phone(proof), scene.at(1));
    assert_eq!(store.open_reset(open).await, Ok(Ok(())));
    let end = scene.at(1) + PasswordReset::LIFE;
    assert_eq!(left(&*store, &mut raw, "password_resets", end).await, 1);
    assert_eq!(left(&*store, &mut raw, "password_resets", end + MICROSECOND).await, 0);
}

async fn charge(store: &impl Store, scene: &Scene, place: usize, now: Timestamp) -> LoginVerdict {
    let login = scene.account().draw().login_index;
    let address = scene.keys.address_index(&format!("{}-{place}", scene.address));
    LoginAttemptRepository::charge(store, &scene.tenant, login, Some(address), now).await.unwrap()
}

async fn log_ins_are_forgotten_after_a_day_without_one(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    charge(&*store, &scene, 1, scene.at(0)).await;
    charge(&*store, &scene, 2, scene.at(60)).await;
    assert_eq!(left(&*store, &mut raw, "login_attempts", scene.at(0) + days(1)).await, 3);
    let rows = left(&*store, &mut raw, "login_attempts", scene.at(0) + days(1) + MICROSECOND).await;
    assert_eq!(rows, 2, "the first address; the login id in all was charged later");
    assert_eq!(left(&*store, &mut raw, "login_attempts", scene.at(60) + days(1) + MICROSECOND).await, 0);
}

/// A purge by a clock that is far ahead must not end a wait: it ends by its own time.
async fn a_login_id_that_waits_is_not_forgotten(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    charge(&*store, &scene, 1, scene.at(0)).await;
    raw.execute("UPDATE login_attempts SET hits = 200 WHERE length(address) = 0");
    assert_eq!(charge(&*store, &scene, 2, scene.at(1)).await, LoginVerdict::Allowed);
    let until = scene.at(1) + SignedDuration::from_hours(1);
    assert_eq!(charge(&*store, &scene, 3, scene.at(2)).await, LoginVerdict::Wait { until });
    raw.execute("UPDATE login_attempts SET charged_at = ends_at");
    let late = until + days(1);
    assert_eq!(left(&*store, &mut raw, "login_attempts", late).await, 1, "the wait's row");
    assert_eq!(left(&*store, &mut raw, "login_attempts", late + MICROSECOND).await, 0);
}

async fn a_closed_account_goes_after_5_days_with_its_consents(
    store: Arc<impl Store + Database>,
    mut raw: Raw,
) {
    let scene = Scene::new().unlimited();
    let consents = vec![scene.consent("terms", scene.at(0)), scene.consent("privacy", scene.at(0))];
    for builder in [scene.account(), scene.another_account()] {
        let new = SignUp { consents: consents.clone(), ..builder.sign_up(&*store).await };
        assert_eq!(store.sign_up(new.clone()).await, Ok(SignedUp::Created));
        if new.account.phone_index == scene.phone_index() {
            let password = new.account.password;
            assert_eq!(store.close(&scene.tenant, new.account.id, &password, scene.at(1)).await, Ok(true));
        }
    }
    assert_eq!(left(&*store, &mut raw, "accounts", scene.at(1) + days(5)).await, 2);
    assert_eq!(raw.count("consents", "1 = 1"), 4);
    assert_eq!(left(&*store, &mut raw, "accounts", scene.at(1) + days(5) + MICROSECOND).await, 1);
    assert_eq!(raw.count("consents", "1 = 1"), 2, "those of the open account stay");
    assert_eq!(left(&*store, &mut raw, "accounts", scene.at(1) + days(4_000)).await, 1);
}

async fn a_sign_ups_key_goes_after_a_day(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new().unlimited();
    let new = SignUp {
        idempotency: Some(scene.idempotency("key", "request")),
        ..scene.account().sign_up(&*store).await
    };
    assert_eq!(store.sign_up(new).await, Ok(SignedUp::Created));
    assert_eq!(left(&*store, &mut raw, "accounts", scene.at(0) + days(1)).await, 1);
    assert_eq!(raw.count("accounts", "idempotency_key IS NOT NULL"), 1);
    assert_eq!(left(&*store, &mut raw, "accounts", scene.at(0) + days(1) + MICROSECOND).await, 1);
    assert_eq!(raw.count("accounts", "idempotency_key IS NOT NULL"), 0);
}

async fn an_identity_verification_goes_a_day_after_its_end(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    let holder = scene.identity().limit(RuleMode::Off).open(&*store).await;
    let result = scene.result(&holder, &scene.person(), scene.at(1));
    let (used, proof_end) = (result.result, result.proof.1);
    store.complete(result).await.unwrap();
    let table = "identity_verifications";
    left(&*store, &mut raw, table, proof_end).await;
    assert_eq!(raw.count(table, "identified IS NOT NULL"), 1);
    left(&*store, &mut raw, table, proof_end + MICROSECOND).await;
    assert_eq!(raw.count(table, "identified IS NOT NULL"), 0, "nobody can ask for it any more");

    let end = scene.at(0) + IdentityVerification::LIFE;
    assert_eq!(left(&*store, &mut raw, table, end + days(1)).await, 1);
    assert_eq!(store.is_used(used).await, Ok(true));
    assert_eq!(store.is_issued(&holder.verification.order).await, Ok(true));
    assert_eq!(left(&*store, &mut raw, table, end + days(1) + MICROSECOND).await, 0);
}

async fn a_result_that_is_to_be_erased_stays_a_month(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    let mut ids = Vec::new();
    for name in ["imp_1", "imp_2"] {
        let holder = scene.identity().limit(RuleMode::Off).open(&*store).await;
        let result = scene.result(&holder, &scene.person(), scene.at(1));
        let erase = Some(scene.reference(&holder, name));
        store.complete(IdentityResult { erase, ..result }).await.unwrap();
        ids.push(holder.verification.id);
    }
    store.erased(&scene.tenant, ids[0]).await.unwrap();
    let end = scene.at(0) + IdentityVerification::LIFE;
    let table = "identity_verifications";
    assert_eq!(left(&*store, &mut raw, table, end + days(2)).await, 1);
    let due = store.due_erasures(end + days(2), end + days(3), 10).await.unwrap();
    assert_eq!(due.iter().map(|due| due.id).collect::<Vec<_>>(), ids[1..]);
    assert_eq!(left(&*store, &mut raw, table, end + days(30)).await, 1);
    assert_eq!(left(&*store, &mut raw, table, end + days(30) + MICROSECOND).await, 0);
}

async fn counted_one_time_passwords_go_after_a_day(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    let holder = scene.identity().limit(RuleMode::Off).open(&*store).await;
    let charge = OtpCharge::Request { phone_index: scene.phone_index(), limit: RuleMode::Block };
    for second in [1, 2] {
        let (id, token) = (holder.verification.id, holder.token.digest());
        OtpRepository::charge(&*store, &scene.tenant, id, token, charge, scene.at(second)).await.unwrap();
    }
    assert_eq!(left(&*store, &mut raw, "otp_requests", scene.at(1) + days(1)).await, 2);
    assert_eq!(left(&*store, &mut raw, "otp_requests", scene.at(1) + days(1) + MICROSECOND).await, 1);
    assert_eq!(left(&*store, &mut raw, "otp_requests", scene.at(2) + days(1) + MICROSECOND).await, 0);
}

async fn a_notice_goes_after_90_days(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new().unlimited();
    let account = scene.account().open(&*store).await;
    let session = scene.log_in(&*store, &account, scene.at(0)).await.session.id;
    let (change, _) = scene.password_change(&account, session, scene.at(1));
    let end = change.notice.expires_at;
    assert_eq!(PasswordRepository::change(&*store, change).await, Ok(true));
    let notices = "verification_id IS NULL";
    left(&*store, &mut raw, "messages", end + days(90)).await;
    assert_eq!(raw.count("messages", notices), 1);
    left(&*store, &mut raw, "messages", end + days(90) + MICROSECOND).await;
    assert_eq!(raw.count("messages", notices), 0);
}
