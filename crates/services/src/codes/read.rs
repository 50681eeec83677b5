use std::sync::Arc;

use bonin_domain::codes::{Verification, VerificationId};
use bonin_domain::keys::KeyRing;
use bonin_domain::messages::{Attempt, DeliveryState, FailureClass, ProviderName};
use bonin_domain::{PhoneNumber, TenantId};
use bonin_ports::{Clock, Holder, MessageHistory, Outbox, RepositoryError, VerificationRepository};
use jiff::Timestamp;

use crate::codes::phone_of;

/// Shows a verification, and how its messages fare, to its holder.
pub struct ReadVerification {
    /// Where verifications are stored.
    pub verifications: Arc<dyn VerificationRepository>,
    /// Where attempts are stored.
    pub outbox: Arc<dyn Outbox>,
    /// Unseals the number.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A verification as it stands.
pub struct Seen {
    /// The verification.
    pub verification: Verification,
    /// The number.
    pub phone_number: PhoneNumber,
    /// How its latest message fares; `None` where nobody is sent any.
    pub delivery: Option<Delivery>,
    /// Its messages with all attempts, oldest first.
    pub messages: Vec<MessageHistory>,
    /// The moment of reading.
    pub at: Timestamp,
}

/// How a message fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// How far it came.
    pub state: DeliveryState,
    /// Who was asked last; `None` while it waits.
    pub provider: Option<ProviderName>,
    /// Why it failed or is unknown.
    pub failure: Option<FailureClass>,
    /// Whether it may have reached the phone twice.
    pub possible_duplicate: bool,
    /// When `state` was reached.
    pub updated_at: Timestamp,
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No such verification, or another token.
    #[error("no such verification")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl From<&Attempt> for Delivery {
    fn from(attempt: &Attempt) -> Self {
        Self {
            state: attempt.state,
            provider: Some(attempt.provider.clone()),
            failure: attempt.failure,
            possible_duplicate: attempt.possible_duplicate,
            updated_at: attempt.updated_at,
        }
    }
}

impl From<&MessageHistory> for Delivery {
    /// The latest attempt tells, save that a duplicate stays one.
    fn from(message: &MessageHistory) -> Self {
        let waiting = Self {
            state: DeliveryState::Queued,
            provider: None,
            failure: None,
            possible_duplicate: false,
            updated_at: message.created_at,
        };
        // What others surely did not take says nothing of the one that may have it.
        let sure = |of: &&Attempt| of.state != DeliveryState::Failed;
        let telling = message.attempts.iter().rev().find(sure).or(message.attempts.last());
        let mut delivery = telling.map_or(waiting, Self::from);
        delivery.possible_duplicate = message.attempts.iter().any(|attempt| attempt.possible_duplicate);
        delivery
    }
}

impl ReadVerification {
    /// The verification `id` alone, for its holder.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn find(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
    ) -> Result<Verification, ReadError> {
        let found = self.verifications.find(tenant, id, holder, self.clock.now()).await?;
        found.ok_or(ReadError::NotFound)
    }

    /// The verification `id`, for its holder.
    ///
    /// # Errors
    /// [`ReadError`].
    #[tracing::instrument(name = "codes.read", skip_all, fields(code.id = %id))]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
    ) -> Result<Seen, ReadError> {
        let at = self.clock.now();
        let found = self.verifications.find(tenant, id, holder, at).await?;
        let verification = found.ok_or(ReadError::NotFound)?;
        let messages = self.outbox.messages(tenant, id).await?;
        Ok(Seen {
            phone_number: phone_of(&self.keys, &verification)?,
            // What is never sent is not delivered either; it would look queued for ever.
            delivery: messages.last().filter(|_| !verification.withheld).map(Delivery::from),
            messages,
            verification,
            at,
        })
    }
}
