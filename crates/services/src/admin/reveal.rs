use std::sync::Arc;

use bonin_domain::PhoneNumber;
use bonin_domain::admin::{AuditAction, Subject};
use bonin_domain::codes::VerificationId;
use bonin_domain::keys::KeyRing;
use bonin_ports::{Clock, RepositoryError, StoryRepository};

use crate::admin::{Actor, Reason, Record};
use crate::codes::unsealed;

/// Shows the whole number of a verification.
#[derive(Clone)]
pub struct RevealNumber {
    /// What is known of verifications.
    pub stories: Arc<dyn StoryRepository>,
    /// Records who looks.
    pub record: Record,
    /// Unseals the number.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why no number is shown.
#[derive(Debug, thiserror::Error)]
pub enum RevealError {
    /// No such verification.
    #[error("no such verification")]
    NotFound,
    /// The number is erased.
    #[error("the number is erased")]
    Erased,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl RevealNumber {
    /// The number. It is recorded with the reason before it is shown.
    ///
    /// # Errors
    /// [`RevealError`].
    #[tracing::instrument(name = "admin.reveal", skip_all, fields(code.id = %id))]
    pub async fn execute(
        &self,
        actor: &Actor,
        id: VerificationId,
        reason: &Reason,
    ) -> Result<PhoneNumber, RevealError> {
        let found = self.stories.find(id, self.clock.now()).await?.ok_or(RevealError::NotFound)?;
        let phone = found.phone.as_ref().ok_or(RevealError::Erased)?;
        let subject = Subject::Verification(id);
        self.record.execute(actor, AuditAction::NumberRevealed, Some(subject), Some(reason.as_str())).await?;
        Ok(unsealed(&self.keys, &found.tenant, id, phone)?)
    }
}
