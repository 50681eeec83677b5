use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::{Verification, VerificationId};
use bonin_ports::{Cancelled, Clock, Holder, RepositoryError, VerificationRepository};

use crate::dispatch::ProviderRuns;

/// Gives a verification up for its owner.
pub struct CancelVerification {
    /// Where verifications are stored.
    pub verifications: Arc<dyn VerificationRepository>,
    /// Tells a provider that runs it.
    pub runs: ProviderRuns,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why nothing was cancelled.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// It was over before, see [`Verification::ended`].
    #[error("the verification is over")]
    Over(Box<Verification>),
    /// No such verification, or another token.
    #[error("no such verification")]
    NotFound,
    /// The store failed; nothing was cancelled.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl CancelVerification {
    /// Ends a verification that is under way: its codes count no more.
    ///
    /// # Errors
    /// [`CancelError`]; nothing was changed then.
    #[tracing::instrument(name = "codes.cancel", skip_all, fields(code.id = %id))]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
    ) -> Result<(), CancelError> {
        match self.verifications.cancel(tenant, id, holder, self.clock.now()).await? {
            Cancelled::Done(verification) => {
                if let Some((provider, reference)) = verification.run_by {
                    self.runs.end(provider, reference);
                }
                Ok(())
            }
            Cancelled::Over(verification) => Err(CancelError::Over(Box::new(verification))),
            Cancelled::NotFound => Err(CancelError::NotFound),
        }
    }
}
