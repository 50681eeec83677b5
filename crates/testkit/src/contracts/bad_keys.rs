//! Bad keys: how many an address may show in a minute.

use std::sync::Arc;

use bonin_domain::access::{ApiKeyId, ApiSecretDigest};
use bonin_ports::{KeyVerdict, Revoke};
use jiff::Timestamp;

use super::Store;
use super::api_keys::created;
use super::support::{MICROSECOND, count, race};
use crate::Scene;

/// A key shown from the scene's address.
async fn show(
    store: &Arc<dyn Store>,
    scene: &Scene,
    id: &ApiKeyId,
    secret: ApiSecretDigest,
    now: Timestamp,
) -> KeyVerdict {
    let address = scene.keys.address_index(&scene.address);
    store.authenticate(id, secret, address, now).await.expect("the store works")
}

/// Five bad keys of any kind close an address, for right keys too, until the minute that the first of them
/// began has ended. Right keys in between count for nothing and reset nothing.
pub async fn five_bad_keys_close_an_address_until_the_minute_ends(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (key, secret) = created(&store, &scene).await;
    let (revoked, its_secret) = created(&store, &scene).await;
    assert_eq!(store.revoke(&revoked.id, Revoke::Key, scene.at(0)).await, Ok(true));
    let granted = KeyVerdict::Granted(key.clone());
    let unknown = scene.api_key_id();
    for (second, id, shown) in [
        (0, &key.id, scene.api_secret().digest()),
        (10, &unknown, secret),
        (20, &revoked.id, its_secret),
        (30, &unknown, scene.api_secret().digest()),
        (40, &key.id, its_secret),
    ] {
        assert_eq!(show(&store, &scene, &key.id, secret, scene.at(second)).await, granted);
        assert_eq!(show(&store, &scene, id, shown, scene.at(second)).await, KeyVerdict::Refused);
    }
    let closed = KeyVerdict::TooMany { until: scene.at(60) };
    for now in [scene.at(40), scene.at(60) - MICROSECOND] {
        for shown in [secret, scene.api_secret().digest()] {
            assert_eq!(show(&store, &scene, &key.id, shown, now).await, closed);
        }
    }
    assert_eq!(show(&store, &scene, &key.id, secret, scene.at(60)).await, granted);
}

/// A minute begins with its first bad key, and carries nothing over from the one before.
pub async fn a_minute_begins_with_its_first_bad_key(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (key, secret) = created(&store, &scene).await;
    for (begins, bad) in [(0, 4), (60, 5), (125, 5)] {
        for place in 0..bad {
            let now = scene.at(begins + place);
            assert_eq!(
                show(&store, &scene, &key.id, scene.api_secret().digest(), now).await,
                KeyVerdict::Refused
            );
        }
        let expected = match bad {
            4 => KeyVerdict::Granted(key.clone()),
            _ => KeyVerdict::TooMany { until: scene.at(begins + 60) },
        };
        let last = scene.at(begins + 60) - MICROSECOND;
        assert_eq!(show(&store, &scene, &key.id, secret, last).await, expected);
    }
}

/// The bad keys of one address close no other.
pub async fn each_address_has_bad_keys_of_its_own(store: Arc<dyn Store>) {
    let (scene, neighbour) = (Scene::new(), Scene::new());
    let now = scene.at(1);
    let (key, secret) = created(&store, &scene).await;
    for _ in 0..5 {
        assert_eq!(
            show(&store, &scene, &key.id, scene.api_secret().digest(), now).await,
            KeyVerdict::Refused
        );
    }
    assert!(matches!(show(&store, &scene, &key.id, secret, now).await, KeyVerdict::TooMany { .. }));
    assert_eq!(show(&store, &neighbour, &key.id, secret, now).await, KeyVerdict::Granted(key));
}

/// Of twenty concurrent bad keys from one address exactly five are compared.
pub async fn of_20_concurrent_bad_keys_five_are_compared(store: Arc<dyn Store>) {
    let scene = Arc::new(Scene::new());
    let now = scene.at(1);
    let (key, secret) = created(&store, &scene).await;
    let calls = (0..20).map(|_| {
        let (store, scene, id, wrong) =
            (Arc::clone(&store), Arc::clone(&scene), key.id.clone(), scene.api_secret().digest());
        async move { show(&store, &scene, &id, wrong, now).await }
    });
    let verdicts = race(calls).await;
    let closed = KeyVerdict::TooMany { until: scene.at(61) };
    assert_eq!(count(&verdicts, |one| *one == KeyVerdict::Refused), 5, "{verdicts:?}");
    assert_eq!(count(&verdicts, |one| *one == closed), 15, "{verdicts:?}");
    assert_eq!(show(&store, &scene, &key.id, secret, now).await, closed);
}
