//! Sessions: who is logged in, and until when.

use std::sync::Arc;

use bonin_domain::accounts::{Account, Session, SessionPolicy};
use bonin_domain::codes::Purpose;
use bonin_ports::{AnyProof, NewSession, SessionEnd, SessionRepository};
use jiff::SignedDuration;

use super::Store;
use super::members::{find_session, is_live, now_is, sessions};
use super::support::{MICROSECOND, count, race};
use crate::{LoggedIn, Scene};

const MINUTE: i64 = 60;

async fn open(store: &Arc<dyn Store>, new: NewSession) -> bool {
    SessionRepository::open(&**store, new).await.expect("the store works")
}

pub(super) async fn end(store: &Arc<dyn Store>, account: &Account, which: SessionEnd) -> usize {
    SessionRepository::end(&**store, &account.tenant, account.id, which).await.expect("the store works")
}

/// Opens sessions of an account, one at each of these seconds.
pub(super) async fn log_ins(
    store: &Arc<dyn Store>,
    scene: &Scene,
    account: &Account,
    seconds: &[i64],
) -> Vec<LoggedIn> {
    let mut opened = Vec::new();
    for second in seconds {
        opened.push(scene.log_in(&**store, account, scene.at(*second)).await);
    }
    opened
}

/// A session is found by its token, within its tenant, as it was opened.
pub async fn a_session_is_found_by_its_token(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let opened = scene.log_in(&*store, &known, scene.at(0)).await;
    let found = find_session(&store, &scene.tenant, &opened.token, scene.at(1)).await;
    assert_eq!(found, Some(opened.session.clone()));
    assert_eq!(find_session(&store, &scene.another_tenant(), &opened.token, scene.at(1)).await, None);
    assert_eq!(find_session(&store, &scene.tenant, &scene.session_token(), scene.at(1)).await, None);
    assert_eq!(sessions(&store, &known, scene.at(1)).await, [opened.session]);
}

/// Nobody logs in where the account is gone, in another tenant, or where the password is another by now.
pub async fn a_session_wants_the_present_password(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let stale = Account { password: scene.password_hash(), ..known.clone() };
    let elsewhere = Account { tenant: scene.another_tenant(), ..known.clone() };
    let never = scene.another_account().draw();
    for account in [&stale, &elsewhere, &never] {
        let (mut new, opened) = scene.session(account, scene.at(1));
        new.replacement = Some(scene.password_hash());
        assert!(!open(&store, new).await);
        assert_eq!(find_session(&store, &account.tenant, &opened.token, scene.at(1)).await, None);
    }
    assert_eq!(now_is(&store, &known).await.as_ref(), Some(&known), "no hash was replaced");
    let closed = store.close(&scene.tenant, known.id, &known.password, scene.at(2)).await;
    assert_eq!(closed, Ok(true));
    assert!(!open(&store, scene.session(&known, scene.at(3)).0).await);
}

/// An outdated hash is replaced by the log in, which leaves the other sessions alone.
pub async fn a_log_in_replaces_an_outdated_hash(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let before = scene.log_in(&*store, &known, scene.at(0)).await;
    let (new, opened) = scene.session(&known, scene.at(1));
    let password = scene.password_hash();
    assert!(open(&store, NewSession { replacement: Some(password.clone()), ..new }).await);
    let expected = Account { password, ..known.clone() };
    assert_eq!(now_is(&store, &known).await.as_ref(), Some(&expected));
    assert!(is_live(&store, &before, scene.at(2)).await && is_live(&store, &opened, scene.at(2)).await);
    assert!(!open(&store, scene.session(&known, scene.at(2)).0).await, "the old hash opens no more");
    assert!(open(&store, scene.session(&expected, scene.at(2)).0).await);
}

/// A log in at the same time as a reset: whichever comes first, nobody stays logged in by the old password.
pub async fn a_log_in_that_races_a_reset_leaves_no_session(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    for _ in 0..16 {
        let phone = scene.another_phone();
        let known = scene.another_account().phone(phone.clone()).open(&*store).await;
        let given = scene.start().purpose(Purpose::ResetPassword).phone(phone).prove(&*store).await;
        let (request, token) = scene.reset(&known, AnyProof::Phone(given), scene.at(1));
        assert_eq!(store.open_reset(request).await, Ok(Ok(())));
        let (new, opened) = scene.session(&known, scene.at(2));
        let new = NewSession { replacement: Some(scene.password_hash()), ..new };
        let reset = scene.finish_reset(&known, &token, scene.at(2));
        let password = reset.password.clone();
        let (logging_in, resetting) = (Arc::clone(&store), Arc::clone(&store));
        let calls: [std::pin::Pin<Box<dyn Future<Output = bool> + Send>>; 2] = [
            Box::pin(async move {
                open(&logging_in, new).await;
                true
            }),
            Box::pin(async move { resetting.finish_reset(reset).await.expect("the store works") }),
        ];
        assert_eq!(count(&race(calls).await, |done| *done), 2, "the reset goes through");
        assert!(!is_live(&store, &opened, scene.at(2)).await);
        assert_eq!(now_is(&store, &known).await.map(|now| now.password), Some(password));
    }
}

/// A session that is not used for 30 minutes is over, to the microsecond; a use in between counts.
pub async fn an_idle_session_dies(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let idle = SessionPolicy::default().idle;
    let opened = log_ins(&store, &scene, &known, &[0, 0]).await;
    let (left, used) = (&opened[0], &opened[1]);
    assert!(is_live(&store, used, scene.at(0) + idle - MICROSECOND).await);
    for late in [scene.at(0) + idle, scene.at(0) + idle + MICROSECOND] {
        assert!(!is_live(&store, left, late).await);
        let listed: Vec<_> = sessions(&store, &known, late).await.iter().map(|one| one.id).collect();
        assert_eq!(listed, [used.session.id]);
        assert!(is_live(&store, used, late).await);
    }
    assert!(!is_live(&store, left, scene.at(0) + idle + MICROSECOND).await, "looking does not revive it");
}

/// A session is over 12 hours after its log in, to the microsecond, however often it was used.
pub async fn a_session_dies_at_its_end_however_often_it_is_used(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let opened = scene.log_in(&*store, &known, scene.at(0)).await;
    let end = opened.session.expires_at;
    let mut now = scene.at(0);
    while now + SignedDuration::from_mins(29) < end {
        now += SignedDuration::from_mins(29);
        assert!(is_live(&store, &opened, now).await);
    }
    assert!(is_live(&store, &opened, end - MICROSECOND).await);
    for late in [end, end + MICROSECOND] {
        assert!(!is_live(&store, &opened, late).await);
        assert_eq!(sessions(&store, &known, late).await, []);
    }
}

/// A use is noted when the one noted before is a minute old, not sooner.
pub async fn a_use_is_noted_once_a_minute(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let opened = scene.log_in(&*store, &known, scene.at(0)).await;
    let second = SignedDuration::from_secs;
    let uses = [
        (second(1), second(0)),
        (second(60) - MICROSECOND, second(0)),
        (second(60), second(60)),
        (second(119), second(60)),
        (second(150), second(150)),
    ];
    for (used, noted) in uses {
        assert!(is_live(&store, &opened, scene.at(0) + used).await);
        let expected = Session { seen_at: scene.at(0) + noted, ..opened.session.clone() };
        assert_eq!(sessions(&store, &known, scene.at(0) + used).await, [expected], "used after {used}");
    }
    // Of two minutes before its idle end only what was noted counts.
    let idle = SessionPolicy::default().idle;
    assert!(!is_live(&store, &opened, scene.at(150) + idle).await);
}

/// Beyond ten sessions the one used longest ago ends, whenever it was opened.
pub async fn the_eleventh_session_ends_the_one_used_longest_ago(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let neighbour = scene.another_account().open(&*store).await;
    let untouched = scene.log_in(&*store, &neighbour, scene.at(0)).await;
    let mut opened = log_ins(&store, &scene, &known, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).await;
    assert!(is_live(&store, &opened[0], scene.at(2 * MINUTE)).await, "the first one is used again");
    opened.extend(log_ins(&store, &scene, &known, &[3 * MINUTE]).await);
    let now = scene.at(3 * MINUTE + 1);
    for (place, session) in opened.iter().enumerate() {
        assert_eq!(is_live(&store, session, now).await, place != 1, "session {place}");
    }
    assert!(is_live(&store, &untouched, now).await);
}

/// Sessions that are over take no place from those that live.
pub async fn a_session_that_is_over_takes_no_place(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let (new, short) = scene.session(&known, scene.at(20));
    let session = Session { expires_at: scene.at(30), ..new.session.clone() };
    assert!(open(&store, NewSession { session, ..new }).await);
    let mut opened = log_ins(&store, &scene, &known, &[0, 1, 2, 3, 4, 5, 6, 7, 8]).await;
    opened.extend(log_ins(&store, &scene, &known, &[30]).await);
    assert!(!is_live(&store, &short, scene.at(31)).await);
    for session in &opened {
        assert!(is_live(&store, session, scene.at(31)).await);
    }
}

/// Of 16 sessions that are opened at once ten stay.
pub async fn of_16_concurrent_log_ins_ten_stay(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let calls = (0..16).map(|_| {
        let (store, new) = (Arc::clone(&store), scene.session(&known, scene.at(1)).0);
        async move { open(&store, new).await }
    });
    let calls: Vec<_> = calls.collect();
    assert_eq!(count(&race(calls).await, |opened| *opened), 16);
    assert_eq!(sessions(&store, &known, scene.at(1)).await.len(), 10);
}

/// Sessions are listed for their account and tenant alone, the one used last first.
pub async fn sessions_are_listed_by_their_last_use(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let neighbour = scene.another_account().open(&*store).await;
    scene.log_in(&*store, &neighbour, scene.at(0)).await;
    let opened = log_ins(&store, &scene, &known, &[0, 1, 2]).await;
    assert!(is_live(&store, &opened[1], scene.at(5 * MINUTE)).await);
    let listed: Vec<_> =
        sessions(&store, &known, scene.at(5 * MINUTE)).await.iter().map(|one| one.id).collect();
    assert_eq!(listed, [1, 2, 0].map(|place: usize| opened[place].session.id));
    let elsewhere = Account { tenant: scene.another_tenant(), ..known };
    assert_eq!(sessions(&store, &elsewhere, scene.at(5 * MINUTE)).await, []);
}

/// An account ends one of its sessions, or all others; those of another account or tenant are not there.
pub async fn an_account_ends_its_own_sessions_alone(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let neighbour = scene.another_account().open(&*store).await;
    let own = log_ins(&store, &scene, &known, &[0, 1, 2, 3]).await;
    let others = log_ins(&store, &scene, &neighbour, &[0, 1]).await;
    let elsewhere = Account { tenant: scene.another_tenant(), ..known.clone() };
    let one = |place: usize| SessionEnd::One(own[place].session.id);
    assert_eq!(end(&store, &neighbour, one(0)).await, 0);
    assert_eq!(end(&store, &elsewhere, one(0)).await, 0);
    assert_eq!(end(&store, &elsewhere, SessionEnd::Others(others[0].session.id)).await, 0);
    assert_eq!(sessions(&store, &known, scene.at(4)).await.len(), 4);
    assert_eq!(end(&store, &known, one(0)).await, 1);
    assert_eq!(end(&store, &known, one(0)).await, 0);
    assert!(!is_live(&store, &own[0], scene.at(4)).await);
    assert_eq!(end(&store, &known, SessionEnd::Others(own[2].session.id)).await, 2);
    let listed = sessions(&store, &known, scene.at(4)).await;
    assert_eq!(listed, [own[2].session.clone()]);
    for other in &others {
        assert!(is_live(&store, other, scene.at(4)).await);
    }
}
