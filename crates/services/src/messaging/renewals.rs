use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bonin_domain::messaging::ConnectionId;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// Lets one renewal of a connection's token at a time through in this process: the provider may take each of its tokens
/// once only.
#[derive(Clone, Default)]
pub struct Renewals(Arc<Mutex<HashMap<ConnectionId, Arc<Turn<()>>>>>);

impl Renewals {
    /// Waits for the turn of this connection, which lasts until the answer is dropped.
    pub(super) async fn turn(&self, connection: ConnectionId) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody waits for or holds are over.
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(connection).or_default())
        };
        turn.lock_owned().await
    }
}
