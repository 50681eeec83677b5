//! Log ins at the provider: taken once, by the browser that began them.

use std::sync::Arc;

use bonin_domain::messaging::AppScopes;
use bonin_ports::{OAuthLogin, OAuthLoginRepository, RepositoryError};
use jiff::Timestamp;

use super::Store;
use super::support::{MICROSECOND, count, race};
use crate::Scene;

async fn begin(store: &Arc<dyn Store>, login: &OAuthLogin) -> Result<(), RepositoryError> {
    OAuthLoginRepository::begin(&**store, login.clone()).await
}

/// Whoever holds `login` comes back at `now`.
async fn take(store: &Arc<dyn Store>, login: &OAuthLogin, now: Timestamp) -> Option<OAuthLogin> {
    store.take(&login.tenant, login.state, login.browser, now).await.expect("the store works")
}

/// A log in that is under way is taken as it was begun, once.
pub async fn a_log_in_under_way_is_taken_once(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let neighbour = scene.oauth_login(scene.at(0));
    let widened = scene.new_connection("account", scene.at(0)).id;
    let first = scene.oauth_login(scene.at(0));
    let second = OAuthLogin {
        verifier: None,
        scopes: AppScopes::FIRST.with(bonin_domain::messaging::AppScope::ReadCash),
        connection: Some(widened),
        back_to: "/app/sends".to_owned(),
        ..scene.oauth_login(scene.at(1))
    };
    for login in [&neighbour, &first, &second] {
        assert_eq!(begin(&store, login).await, Ok(()));
    }
    for login in [first, second] {
        assert_eq!(take(&store, &login, scene.at(2)).await.as_ref(), Some(&login));
        assert_eq!(take(&store, &login, scene.at(2)).await, None, "it is taken once");
    }
    assert_eq!(take(&store, &neighbour, scene.at(2)).await, Some(neighbour));
}

/// Shown by another browser, under another state or in another tenant it is not there, and stays.
pub async fn a_log_in_under_way_is_for_its_own_browser(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (login, other) = (scene.oauth_login(scene.at(0)), scene.oauth_login(scene.at(0)));
    for login in [&login, &other] {
        assert_eq!(begin(&store, login).await, Ok(()));
    }
    let strangers = [
        OAuthLogin { browser: other.browser, ..login.clone() },
        OAuthLogin { state: other.state, ..login.clone() },
        OAuthLogin { tenant: scene.another_tenant(), ..login.clone() },
    ];
    for stranger in strangers {
        assert_eq!(take(&store, &stranger, scene.at(1)).await, None);
    }
    assert_eq!(take(&store, &login, scene.at(2)).await, Some(login));
    assert_eq!(take(&store, &other, scene.at(2)).await, Some(other));
}

/// It is over at its end, to the microsecond.
pub async fn a_log_in_under_way_dies_at_its_end_and_not_before(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (early, late) = (scene.oauth_login(scene.at(0)), scene.oauth_login(scene.at(0)));
    for login in [&early, &late] {
        assert_eq!(begin(&store, login).await, Ok(()));
    }
    for now in [late.expires_at, late.expires_at + MICROSECOND] {
        assert_eq!(take(&store, &late, now).await, None);
    }
    let last = early.expires_at - MICROSECOND;
    assert_eq!(take(&store, &early, last).await, Some(early));
}

/// A state is used once: another log in under it, or under a name that exists, is a conflict and changes nothing.
pub async fn a_log_in_under_a_state_that_exists_is_a_conflict(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let login = scene.oauth_login(scene.at(0));
    assert_eq!(begin(&store, &login).await, Ok(()));
    let fresh = scene.oauth_login(scene.at(1));
    let same_state = OAuthLogin { state: login.state, ..fresh.clone() };
    let same_name = OAuthLogin { id: login.id, ..fresh.clone() };
    for doubled in [same_state, same_name] {
        assert_eq!(begin(&store, &doubled).await, Err(RepositoryError::Conflict));
        assert_eq!(take(&store, &doubled, scene.at(2)).await, None);
    }
    assert_eq!(take(&store, &login, scene.at(2)).await, Some(login));
}

/// Of 16 that come back with one log in at once, one gets it.
pub async fn of_16_concurrent_returns_one_takes_the_log_in(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let login = scene.oauth_login(scene.at(0));
    assert_eq!(begin(&store, &login).await, Ok(()));
    let calls = (0..16).map(|_| {
        let (store, login, now) = (Arc::clone(&store), login.clone(), scene.at(1));
        async move { take(&store, &login, now).await }
    });
    let calls: Vec<_> = calls.collect();
    let taken = race(calls).await;
    assert_eq!(count(&taken, |one| one.as_ref() == Some(&login)), 1);
    assert_eq!(count(&taken, Option::is_none), 15);
}
