//! Heavy tests take turns.

use tokio::sync::{Mutex, MutexGuard};

static TURN: Mutex<()> = Mutex::const_new(());

/// Waits until no other heavy test runs; hold the value while this one does.
pub async fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().await
}
