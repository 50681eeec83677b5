//! Who may ask the store for figures now.

use std::sync::Arc;
use std::time::Duration;

use bonin_ports::RepositoryError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// Lets one question at a time to the store, so that figures take one of its connections at most, however many people ask:
/// the others are for codes. Clones share it; a process has one.
#[derive(Clone)]
pub struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Turns {
    /// Waits for one's turn.
    ///
    /// # Errors
    /// [`RepositoryError::Busy`] after two seconds.
    pub(super) async fn take(&self) -> Result<Turn, RepositoryError> {
        match timeout(PATIENCE, self.0.clone().acquire_owned()).await {
            Ok(Ok(turn)) => Ok(Turn(Arc::new(turn))),
            _ => Err(RepositoryError::Busy),
        }
    }
}

/// One's turn, until it and its clones are dropped.
#[derive(Clone)]
pub(super) struct Turn(Arc<OwnedSemaphorePermit>);

impl Turn {
    /// Does something that keeps the turn until it is done, whoever else drops it.
    pub(super) fn keep_during<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        let kept = self.0.clone();
        async move {
            let done = work.await;
            drop(kept);
            done
        }
    }
}
