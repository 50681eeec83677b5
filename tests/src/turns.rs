//! Heavy tests take turns.

use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

static TURN: RwLock<()> = RwLock::const_new(());

/// Waits until no other heavy test runs, for one that keeps the whole machine busy; hold the value while it
/// does.
pub async fn turn() -> RwLockWriteGuard<'static, ()> {
    TURN.write().await
}

/// Waits until none of those runs, for a test that has deadlines to keep and mostly waits; hold the value while
/// it does. Such tests run beside each other.
pub async fn shared_turn() -> RwLockReadGuard<'static, ()> {
    TURN.read().await
}
