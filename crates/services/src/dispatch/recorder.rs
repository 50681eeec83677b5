//! Writing down what was done with messages, many at once.

use std::sync::Arc;
use std::time::Duration;

use bonin_domain::messages::Attempt;
use bonin_ports::{DispatchOutcome, Outbox, RepositoryError};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::dispatch::runs::Asking;

/// Outcomes that share one transaction at the most.
const BATCH: usize = 256;

/// How often outcomes are offered to a database that is down or busy; about half a minute in all. After that
/// the leases have long run out, and whoever takes a message over asks the provider what happened.
const TRIES: u32 = 20;

/// How often outcomes are offered that another transaction stands in the way of.
const CONFLICTS: u32 = 3;

/// The first wait between two tries, and the longest: a database that is back is noticed within it.
const WAIT: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// How long an outcome that nobody waits for may be held back.
const COMPANY: Duration = Duration::from_millis(20);

/// One outcome on its way into the database.
pub struct Done {
    pub outcome: DispatchOutcome,
    /// Who waits for it to be durable.
    pub told: Option<oneshot::Sender<Attempt>>,
    /// Held until it is recorded, so that unrecorded work is bounded.
    pub permit: OwnedSemaphorePermit,
    /// Held until it is recorded, so that checks wait for it.
    pub asking: Option<Asking>,
}

/// Records outcomes until the last sender is gone.
pub async fn record_all(outbox: Arc<dyn Outbox>, mut done: mpsc::UnboundedReceiver<Done>) {
    let mut batch = Vec::with_capacity(BATCH);
    while done.recv_many(&mut batch, BATCH).await > 0 {
        gather(&mut batch, &mut done).await;
        let outcomes = batch.iter().map(|done: &Done| done.outcome.clone()).collect();
        let together = record(&*outbox, outcomes).await;
        for Done { outcome, told, permit, asking } in batch.drain(..) {
            let recorded = match &together {
                // One that cannot be stored must not take its neighbours with it.
                Err(RepositoryError::Conflict | RepositoryError::Internal(_)) => {
                    record(&*outbox, vec![outcome.clone()]).await
                }
                // The database was down all the while: it would be for each of them, too.
                Ok(()) | Err(RepositoryError::Busy | RepositoryError::Unavailable) => together.clone(),
            };
            match (recorded, told) {
                (Ok(()), Some(told)) => {
                    if let Some(last) = outcome.attempts.last() {
                        let _ = told.send(last.clone());
                    }
                }
                (Ok(()), None) => {}
                // Whoever waits learns nothing: the outcome is not durable.
                (Err(error), _) => {
                    tracing::error!(
                        message.id = %outcome.message,
                        error = %error,
                        "an attempt could not be recorded; its lease will run out"
                    );
                }
            }
            drop((permit, asking));
        }
    }
}

/// Lets company gather for a moment, as long as nobody waits for an outcome: a commit costs the database the
/// same for one outcome as for many.
async fn gather(batch: &mut Vec<Done>, done: &mut mpsc::UnboundedReceiver<Done>) {
    let until = tokio::time::Instant::now() + COMPANY;
    let awaited = |done: &Done| done.told.as_ref().is_some_and(|told| !told.is_closed());
    while batch.len() < BATCH && !batch.iter().any(awaited) {
        match tokio::time::timeout_at(until, done.recv()).await {
            Ok(Some(next)) => batch.push(next),
            Ok(None) | Err(_) => return,
        }
    }
}

async fn record(outbox: &dyn Outbox, outcomes: Vec<DispatchOutcome>) -> Result<(), RepositoryError> {
    let (mut wait, longest) = WAIT;
    let mut tries = 0;
    loop {
        let recorded = outbox.record(outcomes.clone()).await;
        tries += 1;
        let most = match &recorded {
            Ok(()) | Err(RepositoryError::Internal(_)) => return recorded,
            Err(RepositoryError::Conflict) => CONFLICTS,
            Err(RepositoryError::Busy | RepositoryError::Unavailable) => TRIES,
        };
        if tries >= most {
            return recorded;
        }
        tokio::time::sleep(wait).await;
        wait = longest.min(wait * 2);
    }
}
