//! API keys: which secrets open, and from when to when.

use std::sync::Arc;

use bonin_domain::access::{ApiKey, ApiKeyId, ApiSecretDigest, Scope};
use bonin_ports::{ApiKeyRepository, KeyVerdict, RepositoryError, Revoke, Rotated};
use jiff::Timestamp;

use super::Store;
use super::support::{count, race};
use crate::Scene;

/// Stores a key, and gives it with its first secret.
pub(super) async fn created(store: &Arc<dyn Store>, scene: &Scene) -> (ApiKey, ApiSecretDigest) {
    let key = scene.api_key(&scene.own_tenant(), &[Scope::Start, Scope::Check], scene.at(0));
    let secret = scene.api_secret().digest();
    let created = ApiKeyRepository::create(&**store, key.clone(), secret).await;
    assert_eq!(created, Ok(()));
    (key, secret)
}

/// Shows a key at `second`, from an address where no other was shown.
async fn show(
    store: &Arc<dyn Store>,
    scene: &Scene,
    id: &ApiKeyId,
    secret: ApiSecretDigest,
    second: i64,
) -> KeyVerdict {
    let address = scene.keys.address_index(&format!("{} {}", scene.address, scene.api_key_id()));
    let verdict = store.authenticate(id, secret, address, scene.at(second)).await;
    verdict.expect("the store works")
}

async fn rotate(store: &Arc<dyn Store>, id: &ApiKeyId, secret: ApiSecretDigest, now: Timestamp) -> Rotated {
    store.rotate(id, secret, now).await.expect("the store works")
}

async fn revoke(store: &Arc<dyn Store>, id: &ApiKeyId, what: Revoke, now: Timestamp) -> bool {
    store.revoke(id, what, now).await.expect("the store works")
}

/// A key opens with its own secret, and reads back as it was made; every other secret and every unknown key is
/// refused alike.
pub async fn a_key_opens_with_its_own_secret_alone(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (key, secret) = created(&store, &scene).await;
    let (other, other_secret) = created(&store, &scene).await;
    assert_eq!(show(&store, &scene, &key.id, secret, 1).await, KeyVerdict::Granted(key.clone()));
    assert_eq!(show(&store, &scene, &other.id, other_secret, 1).await, KeyVerdict::Granted(other));
    for (id, secret) in
        [(&key.id, scene.api_secret().digest()), (&key.id, other_secret), (&scene.api_key_id(), secret)]
    {
        assert_eq!(show(&store, &scene, id, secret, 1).await, KeyVerdict::Refused);
    }
}

/// An id that is taken is a conflict, and the key of that name stays as it is.
pub async fn a_key_under_an_id_that_exists_is_a_conflict(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (key, secret) = created(&store, &scene).await;
    let impostor = ApiKey { tenant: Scene::new().own_tenant(), ..key.clone() };
    let second = scene.api_secret().digest();
    let taken = ApiKeyRepository::create(&*store, impostor, second).await;
    assert_eq!(taken, Err(RepositoryError::Conflict));
    assert_eq!(show(&store, &scene, &key.id, secret, 1).await, KeyVerdict::Granted(key.clone()));
    assert_eq!(show(&store, &scene, &key.id, second, 1).await, KeyVerdict::Refused);
}

/// A second secret lives beside the first, a third does not.
pub async fn a_second_secret_lives_beside_the_first(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (key, first) = created(&store, &scene).await;
    let (second, third) = (scene.api_secret().digest(), scene.api_secret().digest());
    assert_eq!(show(&store, &scene, &key.id, second, 1).await, KeyVerdict::Refused);
    assert_eq!(rotate(&store, &key.id, second, scene.at(2)).await, Rotated::Done);
    assert_eq!(rotate(&store, &key.id, third, scene.at(3)).await, Rotated::TwoLive);
    let both = ApiKey { secrets: 2, ..key.clone() };
    for secret in [first, second] {
        assert_eq!(show(&store, &scene, &key.id, secret, 4).await, KeyVerdict::Granted(both.clone()));
    }
    assert_eq!(show(&store, &scene, &key.id, third, 4).await, KeyVerdict::Refused);
}

/// The older of two secrets ends alone, however often secrets are changed; an only one does not.
pub async fn the_older_secret_ends_alone(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (key, mut older) = created(&store, &scene).await;
    for second in [10, 20, 30] {
        let newer = scene.api_secret().digest();
        let now = scene.at(second);
        assert!(!revoke(&store, &key.id, Revoke::OlderSecret, now).await, "one secret is not two");
        assert_eq!(rotate(&store, &key.id, newer, now).await, Rotated::Done);
        assert!(revoke(&store, &key.id, Revoke::OlderSecret, now).await);
        assert_eq!(show(&store, &scene, &key.id, older, second).await, KeyVerdict::Refused);
        assert_eq!(show(&store, &scene, &key.id, newer, second).await, KeyVerdict::Granted(key.clone()));
        older = newer;
    }
}

/// The newer of two secrets ends alone, and there is room for another then; an only one does not.
pub async fn the_newer_secret_ends_alone(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (key, first) = created(&store, &scene).await;
    for second in [10, 20] {
        let lost = scene.api_secret().digest();
        let now = scene.at(second);
        assert!(!revoke(&store, &key.id, Revoke::NewerSecret, now).await, "one secret is not two");
        assert_eq!(rotate(&store, &key.id, lost, now).await, Rotated::Done);
        assert!(revoke(&store, &key.id, Revoke::NewerSecret, now).await);
        assert_eq!(show(&store, &scene, &key.id, lost, second).await, KeyVerdict::Refused);
        assert_eq!(show(&store, &scene, &key.id, first, second).await, KeyVerdict::Granted(key.clone()));
    }
}

/// A key that was taken back opens with none of its secrets, cannot be changed, and stays listed.
pub async fn a_revoked_key_opens_no_more(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (key, first) = created(&store, &scene).await;
    let (neighbour, neighbours) = created(&store, &scene).await;
    let second = scene.api_secret().digest();
    assert_eq!(rotate(&store, &key.id, second, scene.at(1)).await, Rotated::Done);
    assert!(revoke(&store, &key.id, Revoke::Key, scene.at(2)).await);
    for secret in [first, second] {
        assert_eq!(show(&store, &scene, &key.id, secret, 2).await, KeyVerdict::Refused);
    }
    for id in [&key.id, &scene.api_key_id()] {
        assert_eq!(rotate(&store, id, scene.api_secret().digest(), scene.at(3)).await, Rotated::NotFound);
        for what in [Revoke::Key, Revoke::OlderSecret, Revoke::NewerSecret] {
            assert!(!revoke(&store, id, what, scene.at(3)).await, "there is nothing to end");
        }
    }
    let listed = ApiKeyRepository::list(&*store).await.expect("the store works");
    let ended = listed.iter().find(|one| one.id == key.id).expect("it stays listed");
    assert_eq!(ended.revoked_at, Some(scene.at(2)));
    assert_eq!(
        show(&store, &scene, &neighbour.id, neighbours, 3).await,
        KeyVerdict::Granted(neighbour.clone())
    );
}

/// Keys are listed oldest first, with tenant and scopes as they were made.
pub async fn keys_are_listed_oldest_first(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let own = scene.own_tenant();
    let made = [
        scene.api_key(&own, &Scope::ALL, scene.at(3)),
        scene.api_key(&scene.tenant, &[Scope::Read], scene.at(1)),
        scene.api_key(&own, &[Scope::Start, Scope::Admin], scene.at(2)),
    ];
    for key in &made {
        let created = ApiKeyRepository::create(&*store, key.clone(), scene.api_secret().digest()).await;
        assert_eq!(created, Ok(()));
    }
    let mut listed = ApiKeyRepository::list(&*store).await.expect("the store works");
    listed.retain(|key| made.iter().any(|own| own.id == key.id));
    assert_eq!(listed, [1, 2, 0].map(|place| made[place].clone()));
}

/// Of concurrent second secrets one is added.
pub async fn of_eight_concurrent_second_secrets_one_is_added(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (key, _) = created(&store, &scene).await;
    let secrets: Vec<_> = (0..8).map(|_| scene.api_secret().digest()).collect();
    let calls = secrets.clone().into_iter().map(|secret| {
        let (store, id, now) = (Arc::clone(&store), key.id.clone(), scene.at(1));
        async move { rotate(&store, &id, secret, now).await }
    });
    let outcomes = race(calls).await;
    assert_eq!(count(&outcomes, |one| *one == Rotated::Done), 1, "{outcomes:?}");
    assert_eq!(count(&outcomes, |one| *one == Rotated::TwoLive), 7, "{outcomes:?}");
    let mut live = 0;
    for secret in secrets {
        live += usize::from(show(&store, &scene, &key.id, secret, 2).await != KeyVerdict::Refused);
    }
    assert_eq!(live, 1);
}
