//! Key checks: whether the keys in hand are those the database was sealed with.

use std::sync::Arc;

use bonin_domain::keys::{KeyCheck, KeyId};
use bonin_ports::KeyCheckVerdict;

use super::Store;

fn key(number: u32, byte: u8) -> KeyCheck {
    KeyCheck { id: KeyId::new(number).expect("a key's number is not 0"), value: [byte; 32] }
}

async fn agree(store: &Arc<dyn Store>, checks: &[KeyCheck]) -> KeyCheckVerdict {
    store.agree(checks).await.expect("the store works")
}

/// A new database keeps the first keys it agrees on, and recognises them in any order. Comparing keeps nothing.
pub async fn the_first_keys_are_kept_and_recognised(store: Arc<dyn Store>) {
    assert_eq!(store.compare(&[key(9, 9)]).await, Ok(KeyCheckVerdict::Same));
    assert_eq!(agree(&store, &[key(2, 2), key(1, 1)]).await, KeyCheckVerdict::Same);
    assert_eq!(agree(&store, &[key(2, 2), key(1, 1)]).await, KeyCheckVerdict::Same);
    assert_eq!(agree(&store, &[key(1, 1), key(2, 2)]).await, KeyCheckVerdict::Same);
}

/// A key of the same number with another value is told, and the value that was kept stays.
pub async fn a_changed_key_is_told_and_not_kept(store: Arc<dyn Store>) {
    agree(&store, &[key(1, 1), key(2, 2)]).await;
    let changed = [key(1, 1), key(2, 9)];
    assert_eq!(store.compare(&changed).await, Ok(KeyCheckVerdict::Different(2)));
    assert_eq!(agree(&store, &changed).await, KeyCheckVerdict::Different(2));
    assert_eq!(agree(&store, &[key(1, 1), key(2, 2)]).await, KeyCheckVerdict::Same);
}

/// A key that the database knows and the ring lacks is told, and is not forgotten.
pub async fn a_missing_key_is_told_and_not_forgotten(store: Arc<dyn Store>) {
    agree(&store, &[key(1, 1), key(2, 2)]).await;
    assert_eq!(agree(&store, &[key(2, 2)]).await, KeyCheckVerdict::Missing(1));
    assert_eq!(agree(&store, &[key(1, 1)]).await, KeyCheckVerdict::Missing(2));
    assert_eq!(agree(&store, &[key(1, 1), key(2, 2)]).await, KeyCheckVerdict::Same);
}

/// A key that is added is kept from then on.
pub async fn an_added_key_is_kept_from_then_on(store: Arc<dyn Store>) {
    agree(&store, &[key(1, 1)]).await;
    assert_eq!(agree(&store, &[key(1, 1), key(2, 2)]).await, KeyCheckVerdict::Same);
    assert_eq!(agree(&store, &[key(1, 1)]).await, KeyCheckVerdict::Missing(2));
    assert_eq!(agree(&store, &[key(1, 1), key(2, 9)]).await, KeyCheckVerdict::Different(2));
}

/// A new key is not kept where another disagrees.
pub async fn nothing_is_kept_where_keys_disagree(store: Arc<dyn Store>) {
    agree(&store, &[key(1, 1)]).await;
    assert_eq!(agree(&store, &[key(1, 9), key(2, 2)]).await, KeyCheckVerdict::Different(1));
    assert_eq!(agree(&store, &[key(3, 3)]).await, KeyCheckVerdict::Missing(1));
    assert_eq!(agree(&store, &[key(1, 1)]).await, KeyCheckVerdict::Same);
}
