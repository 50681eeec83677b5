//! What members see of their account, and how they close it.

use bonin_ports::{Clock as _, RepositoryError};
use bonin_services::accounts::{CloseAccountError, LogInError, PasswordCheckError};
use bonin_testkit::Scene;
use jiff::SignedDuration;

use super::home::{Home, client, password};

#[tokio::test]
async fn members_see_their_own_account_opened() {
    let home = Home::new();
    let person = home.scene.person();
    let member = home.joined(home.scene.account().person(&person)).await;
    home.joined(home.scene.another_account()).await;
    let opened = home.session(&member).await;
    let own = home.read().execute(&opened.session).await.unwrap().unwrap();
    assert_eq!(own.account.id, member.id);
    assert_eq!(own.login_id, home.login_id_of(&member));
    assert_eq!((own.nickname.as_str(), &own.phone_number), ("민수", &home.scene.phone));
    assert_eq!(own.account.person.map(|link| link.at), Some(person.at));
}

#[tokio::test]
async fn an_account_that_was_closed_or_is_of_another_tenant_is_not_there() {
    let home = Home::new();
    let member = home.member().await;
    let mut session = home.session(&member).await.session;
    let memory = &*home.store.memory;
    let close = bonin_ports::AccountRepository::close;
    session.tenant = home.scene.another_tenant();
    assert!(home.read().execute(&session).await.unwrap().is_none());
    session.tenant = member.tenant.clone();
    assert!(home.read().execute(&session).await.unwrap().is_some());
    assert!(close(memory, &member.tenant, member.id, &member.password, home.clock.now()).await.unwrap());
    assert!(home.read().execute(&session).await.unwrap().is_none());
}

#[tokio::test]
async fn the_password_closes_an_account_with_all_its_sessions() {
    let home = Home::new();
    let member = home.member().await;
    let (one, other) = (home.session(&member).await, home.session(&member).await);
    let close = home.close();
    close.execute(&one.session, &password(Scene::PASSWORD), Some(&client("203.0.113.7"))).await.unwrap();
    assert!(home.now_of(&member).await.is_none());
    assert!(!home.is_live(&one).await && !home.is_live(&other).await);
    let again = close.execute(&one.session, &password(Scene::PASSWORD), Some(&client("203.0.113.7"))).await;
    assert!(matches!(again, Err(CloseAccountError::SessionOver)), "{again:?}");
}

#[tokio::test]
async fn a_wrong_password_closes_nothing_and_is_charged_like_a_log_in() {
    let home = Home::new();
    let member = home.member().await;
    let opened = home.session(&member).await;
    for _ in 0..10 {
        let error =
            home.close().execute(&opened.session, &password("wrong"), Some(&client("203.0.113.7"))).await;
        let error = error.unwrap_err();
        assert!(matches!(error, CloseAccountError::Password(PasswordCheckError::Incorrect)), "{error}");
    }
    let right = password(Scene::PASSWORD);
    let error =
        home.close().execute(&opened.session, &right, Some(&client("203.0.113.7"))).await.unwrap_err();
    let until = home.clock.now() + SignedDuration::from_mins(15);
    let CloseAccountError::Password(PasswordCheckError::TooMany { until: told }) = error else {
        panic!("{error}")
    };
    assert_eq!(told, until);
    let error = home.try_log_in(&home.login_id_of(&member), Scene::PASSWORD).await.err().unwrap();
    assert!(matches!(error, LogInError::TooMany { .. }), "one budget: {error}");
    assert!(home.now_of(&member).await.is_some());
}

#[tokio::test]
async fn a_password_that_was_changed_meanwhile_closes_nothing() {
    let home = Home::new();
    let member = home.member().await;
    let (one, other) = (home.session(&member).await, home.session(&member).await);
    let (change, _) = home.scene.password_change(&member, other.session.id, home.clock.now());
    let memory = home.store.memory.clone();
    home.store.before("accounts.close", async move {
        assert!(bonin_ports::PasswordRepository::change(&*memory, change).await.unwrap());
    });
    let right = password(Scene::PASSWORD);
    let error = home.close().execute(&one.session, &right, Some(&client("203.0.113.7"))).await.unwrap_err();
    assert!(matches!(error, CloseAccountError::SessionOver), "{error}");
    assert!(home.now_of(&member).await.is_some());
}

#[tokio::test]
async fn a_failing_store_or_a_full_queue_closes_nothing() {
    let home = Home::new();
    let member = home.member().await;
    let opened = home.session(&member).await;
    let close = async || {
        let right = password(Scene::PASSWORD);
        home.close().execute(&opened.session, &right, Some(&client("203.0.113.7"))).await.unwrap_err()
    };
    for call in ["accounts.find", "attempts.charge", "accounts.close"] {
        home.store.fails(call, RepositoryError::Unavailable);
        let error = close().await;
        let told = matches!(
            error,
            CloseAccountError::Repository(RepositoryError::Unavailable)
                | CloseAccountError::Password(PasswordCheckError::Repository(RepositoryError::Unavailable))
        );
        assert!(told, "{call}: {error}");
    }
    let jam = home.jam();
    let error = close().await;
    assert!(matches!(error, CloseAccountError::Password(PasswordCheckError::Busy(_))), "{error}");
    jam.clear().await;
    assert!(home.now_of(&member).await.is_some() && home.is_live(&opened).await);
}
