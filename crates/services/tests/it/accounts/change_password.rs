//! Changing the password in a session.

use bonin_domain::accounts::PasswordFault;
use bonin_domain::codes::Purpose;
use bonin_domain::{PhoneNumber, Region};
use bonin_ports::{AnyProof, Clock as _, RepositoryError};
use bonin_services::accounts::{ChangePasswordError, LogInError, OpenSession, PasswordCheckError};
use bonin_testkit::Scene;

use super::home::{Home, NEW, client, password};

async fn change(
    home: &Home,
    opened: &OpenSession,
    old: &str,
    new: &str,
) -> Result<OpenSession, ChangePasswordError> {
    let (old, new) = (password(old), password(new));
    home.change_password().execute(&opened.session, &old, &new, Some(&client("203.0.113.7"))).await
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_the_owner_is_told() {
    let home = Home::new();
    let member = home.member().await;
    let (one, other) = (home.session(&member).await, home.session(&member).await);
    let reset = home.proof(&home.scene.phone, Purpose::ResetPassword).await;
    let changed = change(&home, &one, Scene::PASSWORD, NEW).await.unwrap();

    assert_eq!(changed.session.id, one.session.id);
    assert_eq!(changed.session.expires_at, one.session.expires_at);
    assert!(home.is_live(&changed).await, "the session goes on under a new token");
    assert!(!home.is_live(&one).await && !home.is_live(&other).await);
    let known = home.login_id_of(&member);
    assert!(home.try_log_in(&known, NEW).await.is_ok());
    let error = home.try_log_in(&known, Scene::PASSWORD).await.err().unwrap();
    assert!(matches!(error, LogInError::Refused), "{error}");
    let told = home.notices().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, home.scene.phone);
    assert!(told[0].1.starts_with("[Boardgame] 비밀번호가 변경되었습니다."), "{}", told[0].1);
    let late = home.open_reset().execute(&member.tenant, &known, AnyProof::Phone(reset)).await;
    assert!(late.is_err(), "a proof from before counts no more");
}

#[tokio::test]
async fn a_password_against_the_rule_is_refused_before_the_old_one_is_looked_at() {
    let home = Home::new();
    let phone = PhoneNumber::parse("010-4738-2951", Region::KR).unwrap();
    let member = home.joined(home.scene.account().phone(phone)).await;
    let opened = home.session(&member).await;
    let login = home.login_id_of(&member);
    for (new, fault) in [
        ("xkqvhwz", PasswordFault::TooShort),
        ("password1", PasswordFault::Common),
        (&format!("{}2026", login.local_part()), PasswordFault::Context),
        ("01047382951", PasswordFault::Context),
        ("47382951", PasswordFault::Context),
        ("boardgame!1", PasswordFault::Context),
        ("민수의1990번", PasswordFault::Context),
    ] {
        home.store.calls();
        let error = change(&home, &opened, "wrong", new).await.err().unwrap();
        assert!(matches!(error, ChangePasswordError::New(found) if found == fault), "{new}: {error}");
        assert_eq!(home.store.calls(), ["accounts.find"], "nothing was charged");
    }
}

#[tokio::test]
async fn a_wrong_old_password_changes_nothing_and_is_charged_like_a_log_in() {
    let home = Home::new();
    let member = home.member().await;
    let opened = home.session(&member).await;
    for _ in 0..10 {
        let error = change(&home, &opened, "wrong", NEW).await.err().unwrap();
        assert!(matches!(error, ChangePasswordError::Old(PasswordCheckError::Incorrect)), "{error}");
    }
    let error = change(&home, &opened, Scene::PASSWORD, NEW).await.err().unwrap();
    assert!(matches!(error, ChangePasswordError::Old(PasswordCheckError::TooMany { .. })), "{error}");
    assert_eq!(home.now_of(&member).await.unwrap().password, member.password);
    assert!(home.is_live(&opened).await);
    assert!(home.notices().await.is_empty());
}

#[tokio::test]
async fn a_right_old_password_forgives_failures() {
    let home = Home::new();
    let mut opened = home.session(&home.member().await).await;
    let words = [Scene::PASSWORD, NEW];
    for round in 0..3 {
        for _ in 0..9 {
            change(&home, &opened, "wrong", "another good phrase").await.err().unwrap();
        }
        opened = change(&home, &opened, words[round % 2], words[(round + 1) % 2]).await.unwrap();
    }
}

#[tokio::test]
async fn of_two_changes_at_once_one_is_made() {
    let home = Home::new();
    let member = home.member().await;
    let (one, other) = (home.session(&member).await, home.session(&member).await);
    let (quicker, _) = home.scene.password_change(&member, other.session.id, home.clock.now());
    let memory = home.store.memory.clone();
    let to = quicker.to.clone();
    home.store.before("passwords.change", async move {
        assert!(bonin_ports::PasswordRepository::change(&*memory, quicker).await.unwrap());
    });
    let error = change(&home, &one, Scene::PASSWORD, NEW).await.err().unwrap();
    assert!(matches!(error, ChangePasswordError::SessionOver), "{error}");
    assert_eq!(home.now_of(&member).await.unwrap().password, to);
}

#[tokio::test]
async fn an_account_that_is_gone_has_no_password() {
    let home = Home::new();
    let member = home.member().await;
    let opened = home.session(&member).await;
    let (memory, close) = (&*home.store.memory, bonin_ports::AccountRepository::close);
    assert!(close(memory, &member.tenant, member.id, &member.password, home.clock.now()).await.unwrap());
    let error = change(&home, &opened, Scene::PASSWORD, NEW).await.err().unwrap();
    assert!(matches!(error, ChangePasswordError::SessionOver), "{error}");
}

#[tokio::test]
async fn a_failing_store_or_a_full_queue_changes_nothing() {
    let home = Home::new();
    let member = home.member().await;
    let opened = home.session(&member).await;
    for call in ["accounts.find", "attempts.charge", "passwords.change"] {
        home.store.fails(call, RepositoryError::Busy);
        let error = change(&home, &opened, Scene::PASSWORD, NEW).await.err().unwrap();
        let told = matches!(
            error,
            ChangePasswordError::Repository(RepositoryError::Busy)
                | ChangePasswordError::Old(PasswordCheckError::Repository(RepositoryError::Busy))
        );
        assert!(told, "{call}: {error}");
    }
    let jam = home.jam();
    let error = change(&home, &opened, Scene::PASSWORD, NEW).await.err().unwrap();
    assert!(matches!(error, ChangePasswordError::Old(PasswordCheckError::Busy(_))), "{error}");
    jam.clear().await;
    assert_eq!(home.now_of(&member).await.unwrap().password, member.password);
    assert!(home.is_live(&opened).await);
}
