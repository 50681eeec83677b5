//! Writing down what was done with messages, many at once.

use std::sync::Arc;
use std::time::Duration;

use bonin_domain::messages::Attempt;
use bonin_ports::{DispatchOutcome, Outbox, RepositoryError};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

/// Outcomes that share one transaction at the most.
const BATCH: usize = 256;

/// How often an outcome is offered to a database that is down; about half a minute in all. After that the
/// lease has long run out, and whoever takes the message over asks the provider what happened.
const TRIES: u32 = 8;

/// One outcome on its way into the database.
pub struct Done {
    pub outcome: DispatchOutcome,
    /// Who waits for it to be durable.
    pub told: Option<oneshot::Sender<Attempt>>,
    /// Held until it is recorded, so that unrecorded work is bounded.
    pub permit: OwnedSemaphorePermit,
}

/// Records outcomes until the last sender is gone.
pub async fn record_all(outbox: Arc<dyn Outbox>, mut done: mpsc::UnboundedReceiver<Done>) {
    let mut batch = Vec::with_capacity(BATCH);
    while done.recv_many(&mut batch, BATCH).await > 0 {
        let outcomes = batch.iter().map(|done: &Done| done.outcome.clone()).collect();
        if record(&*outbox, outcomes).await.is_err() {
            // One that cannot be stored must not take its neighbours with it.
            for done in &batch {
                let _ = record(&*outbox, vec![done.outcome.clone()]).await;
            }
        }
        for Done { outcome, told, permit } in batch.drain(..) {
            if let Some(told) = told {
                let _ = told.send(outcome.attempt);
            }
            drop(permit);
        }
    }
}

async fn record(outbox: &dyn Outbox, outcomes: Vec<DispatchOutcome>) -> Result<(), RepositoryError> {
    let mut wait = Duration::from_millis(100);
    for _ in 1..TRIES {
        match outbox.record(outcomes.clone()).await {
            Err(RepositoryError::Busy | RepositoryError::Unavailable | RepositoryError::Conflict) => {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            Err(error @ RepositoryError::Internal(_)) => {
                tracing::error!(error = %error, "an attempt could not be recorded");
                return Err(error);
            }
            Ok(()) => return Ok(()),
        }
    }
    let last = outbox.record(outcomes).await;
    if let Err(error) = &last {
        tracing::error!(error = %error, "attempts could not be recorded; their leases will run out");
    }
    last
}
