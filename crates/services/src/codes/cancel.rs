use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::{Token, Verification, VerificationId};
use bonin_ports::{Cancelled, Clock, RepositoryError, VerificationRepository};

/// Gives a verification up for its owner.
pub struct CancelVerification {
    /// Where verifications are stored.
    pub verifications: Arc<dyn VerificationRepository>,
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
        token: &Token,
    ) -> Result<(), CancelError> {
        match self.verifications.cancel(tenant, id, token.digest(), self.clock.now()).await? {
            Cancelled::Done => Ok(()),
            Cancelled::Over(verification) => Err(CancelError::Over(Box::new(verification))),
            Cancelled::NotFound => Err(CancelError::NotFound),
        }
    }
}
