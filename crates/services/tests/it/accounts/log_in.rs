//! Logging in: who is let in, what is counted, and that nobody learns who has an account.

use bonin_domain::TenantId;
use bonin_domain::accounts::{HashCost, LoginId, PasswordHash};
use bonin_ports::{Clock as _, RepositoryError};
use bonin_services::accounts::{LogInError, LogInRequest};
use bonin_testkit::Scene;
use jiff::SignedDuration;

use super::home::{Home, client};

const STRANGER: &str = "nobody@example.com";

fn login_id(raw: &str) -> LoginId {
    LoginId::parse(raw).expect("a login id")
}

#[tokio::test]
async fn the_right_password_opens_a_session_of_its_account() {
    let home = Home::new();
    let member = home.member().await;
    let opened = home.try_log_in(&home.login_id_of(&member), Scene::PASSWORD).await.unwrap();
    let now = home.clock.now();
    let session = &opened.session;
    assert_eq!((session.account, session.tenant.clone()), (member.id, member.tenant.clone()));
    assert_eq!((session.created_at, session.seen_at, session.stepped_up_at), (now, now, None));
    assert_eq!(session.expires_at, now + SignedDuration::from_hours(12));
    assert_eq!(opened.idle_expires_at, now + SignedDuration::from_mins(30));
    assert_eq!(home.store.calls(), ["attempts.charge", "accounts.find", "sessions.open", "attempts.forgive"]);
    assert_eq!(home.find().execute(&member.tenant, &opened.token).await.unwrap().as_ref(), Some(session));
}

#[tokio::test]
async fn each_log_in_has_a_session_and_a_token_of_its_own() {
    let home = Home::new();
    let member = home.member().await;
    let (one, other) = (home.session(&member).await, home.session(&member).await);
    assert_ne!(one.session.id, other.session.id);
    assert_ne!(one.token.reveal(), other.token.reveal());
    assert!(home.is_live(&one).await && home.is_live(&other).await);
}

#[tokio::test]
async fn a_login_id_that_nobody_has_is_answered_like_a_wrong_password_after_the_same_work() {
    let home = Home::new();
    let known = home.login_id_of(&home.member().await);
    let mut seen = Vec::new();
    for login_id in [known, login_id(STRANGER)] {
        let error = home.try_log_in(&login_id, "not the password").await.err().unwrap();
        seen.push((format!("{error:?}"), home.store.calls()));
    }
    assert_eq!(seen[0], ("Refused".to_owned(), vec!["attempts.charge", "accounts.find"]));
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_password_is_hashed_for_a_login_id_that_nobody_has_too() {
    let home = Home::new();
    let known = home.login_id_of(&home.member().await);
    let jam = home.jam();
    for login_id in [&known, &login_id(STRANGER)] {
        let error = home.try_log_in(login_id, Scene::PASSWORD).await.err().unwrap();
        assert!(matches!(error, LogInError::Busy(_)), "{error}");
    }
    jam.clear().await;
    assert!(home.try_log_in(&known, Scene::PASSWORD).await.is_ok());
}

#[tokio::test]
async fn who_finds_no_place_to_be_hashed_has_used_up_no_attempt() {
    let home = Home::new();
    let known = home.login_id_of(&home.member().await);
    let jam = home.jam();
    for _ in 0..20 {
        let error = home.try_log_in(&known, Scene::PASSWORD).await.err().unwrap();
        assert!(matches!(error, LogInError::Busy(_)), "{error}");
    }
    jam.clear().await;
    assert!(home.try_log_in(&known, Scene::PASSWORD).await.is_ok());
}

#[tokio::test]
async fn ten_failures_at_an_address_make_a_login_id_wait_whoever_has_it() {
    let home = Home::new();
    let known = home.login_id_of(&home.member().await);
    let mut waits = Vec::new();
    for login_id in [&known, &login_id(STRANGER)] {
        for _ in 0..10 {
            let error = home.try_log_in(login_id, "not the password").await.err().unwrap();
            assert!(matches!(error, LogInError::Refused), "{error}");
        }
        home.store.calls();
        // Not even the right one is looked at.
        let error = home.try_log_in(login_id, Scene::PASSWORD).await.err().unwrap();
        assert_eq!(home.store.calls(), ["attempts.charge"]);
        let LogInError::TooMany { until } = error else { panic!("{error}") };
        waits.push(until);
    }
    assert_eq!(waits[0], home.clock.now() + SignedDuration::from_mins(15));
    assert_eq!(waits[0], waits[1]);

    let elsewhere =
        LogInRequest { client: Some(client("198.51.100.9")), ..home.request(&known, Scene::PASSWORD) };
    assert!(home.log_in().execute(elsewhere).await.is_ok(), "its owner is somewhere else");
    home.pass(SignedDuration::from_mins(15));
    assert!(home.try_log_in(&known, Scene::PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_success_forgives_the_failures_before_it() {
    let home = Home::new();
    let known = home.login_id_of(&home.member().await);
    for _ in 0..3 {
        for _ in 0..9 {
            home.try_log_in(&known, "not the password").await.err().unwrap();
        }
        assert!(home.try_log_in(&known, Scene::PASSWORD).await.is_ok());
    }
}

#[tokio::test]
async fn failures_that_cannot_be_forgiven_now_keep_nobody_out() {
    let home = Home::new();
    let known = home.login_id_of(&home.member().await);
    home.store.fails("attempts.forgive", RepositoryError::Busy);
    let opened = home.try_log_in(&known, Scene::PASSWORD).await.unwrap();
    assert!(home.is_live(&opened).await);
}

#[tokio::test]
async fn a_failing_store_lets_nobody_in() {
    let home = Home::new();
    let known = home.login_id_of(&home.member().await);
    for call in ["attempts.charge", "accounts.find", "sessions.open"] {
        home.store.fails(call, RepositoryError::Unavailable);
        let error = home.try_log_in(&known, Scene::PASSWORD).await.err().unwrap();
        assert!(matches!(error, LogInError::Repository(RepositoryError::Unavailable)), "{call}: {error}");
    }
    let listed = home.try_log_in(&known, Scene::PASSWORD).await.unwrap();
    assert_eq!(home.list().execute(&listed.session).await.unwrap().len(), 1, "no other was opened");
}

#[tokio::test]
async fn a_password_that_was_changed_meanwhile_opens_nothing() {
    let home = Home::new();
    let member = home.member().await;
    let other = home.session(&member).await;
    let (change, _) = home.scene.password_change(&member, other.session.id, home.clock.now());
    let memory = home.store.memory.clone();
    home.store.before("sessions.open", async move {
        assert!(bonin_ports::PasswordRepository::change(&*memory, change).await.unwrap());
    });
    let error = home.try_log_in(&home.login_id_of(&member), Scene::PASSWORD).await.err().unwrap();
    assert!(matches!(error, LogInError::Refused), "{error}");
}

#[tokio::test]
async fn a_closed_account_is_one_that_nobody_has() {
    let home = Home::new();
    let member = home.member().await;
    let known = home.login_id_of(&member);
    let memory = &*home.store.memory;
    let close = bonin_ports::AccountRepository::close;
    assert!(close(memory, &member.tenant, member.id, &member.password, home.clock.now()).await.unwrap());
    let error = home.try_log_in(&known, Scene::PASSWORD).await.err().unwrap();
    assert!(matches!(error, LogInError::Refused), "{error}");
}

#[tokio::test]
async fn a_member_of_one_tenant_is_a_stranger_to_another() {
    let home = Home::new();
    let member = home.member().await;
    let tenant = TenantId::parse("neighbour").unwrap();
    let request = LogInRequest { tenant, ..home.request(&home.login_id_of(&member), Scene::PASSWORD) };
    home.store.calls();
    let error = home.log_in().execute(request).await.err().unwrap();
    assert!(matches!(error, LogInError::Refused), "{error}");
    assert_eq!(home.store.calls(), ["attempts.charge", "accounts.find"]);
}

#[tokio::test]
async fn a_hash_of_another_system_is_made_anew_at_its_first_log_in() {
    let home = Home::new();
    // Made by Python's bcrypt of `correct horse`.
    let bcrypt = PasswordHash::parse("$2b$04$KmOOm7G1IZz7PB7Z1xz4Ku.QWa5zxXOCSawdtwTK3bKfWTre6AfEC").unwrap();
    let member = home.joined(home.scene.account().password(bcrypt.clone())).await;
    let known = home.login_id_of(&member);

    home.try_log_in(&known, "correct horse ").await.err().unwrap();
    assert_eq!(home.now_of(&member).await.unwrap().password, bcrypt, "not by a wrong password");
    home.try_log_in(&known, "correct horse").await.unwrap();
    let renewed = home.now_of(&member).await.unwrap().password;
    assert!(renewed.as_str().starts_with("$argon2id$") && !renewed.is_outdated(home.hashing.cost()));

    home.try_log_in(&known, "correct horse").await.unwrap();
    assert_eq!(home.now_of(&member).await.unwrap().password, renewed, "once");
}

#[tokio::test]
async fn a_hash_that_has_become_cheap_is_made_anew() {
    let home = Home::hashing_at(HashCost { memory_kib: 16, passes: 1, lanes: 1 });
    let member = home.member().await;
    assert!(member.password.is_outdated(home.hashing.cost()));
    home.session(&member).await;
    assert!(!home.now_of(&member).await.unwrap().password.is_outdated(home.hashing.cost()));
}
