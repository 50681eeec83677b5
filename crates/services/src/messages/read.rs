use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::keys::KeyRing;
use bonin_domain::messages::MessageId;
use bonin_ports::{Clock, MessageGroupRepository, RepositoryError};
use jiff::Timestamp;

use crate::messages::seen::SeenMessage;

/// Shows one message with everything that became of it.
pub struct ReadMessage {
    /// Where groups are stored.
    pub groups: Arc<dyn MessageGroupRepository>,
    /// Unseals its number.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum ReadMessageError {
    /// The tenant has no such message or group.
    #[error("no such message")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl ReadMessage {
    /// The message `id` of a tenant, and the moment of reading.
    ///
    /// # Errors
    /// [`ReadMessageError`].
    #[tracing::instrument(name = "messages.read", skip_all, fields(message.id = %id))]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        id: MessageId,
    ) -> Result<(SeenMessage, Timestamp), ReadMessageError> {
        let at = self.clock.now();
        let message = self.groups.message(tenant, id).await?.ok_or(ReadMessageError::NotFound)?;
        Ok((SeenMessage::unsealed(&self.keys, tenant, message, at)?, at))
    }
}
