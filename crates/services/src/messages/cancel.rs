use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::messages::GroupId;
use bonin_ports::{Clock, GroupCancelled, MessageGroupRepository, RepositoryError};

/// Cancels a reservation.
pub struct CancelGroup {
    /// Where groups are stored.
    pub groups: Arc<dyn MessageGroupRepository>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why nothing was cancelled.
#[derive(Debug, thiserror::Error)]
pub enum CancelGroupError {
    /// It was sent, or is being sent.
    #[error("the messages are on their way")]
    TooLate,
    /// The tenant has no such group.
    #[error("no such group of messages")]
    NotFound,
    /// The store failed; nothing was cancelled.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl CancelGroup {
    /// Cancels the reservation `id`: none of its messages is sent. One that was cancelled before stays so.
    ///
    /// # Errors
    /// [`CancelGroupError`]; nothing was changed then.
    #[tracing::instrument(name = "messages.cancel", skip_all, fields(group.id = %id))]
    pub async fn execute(&self, tenant: &TenantId, id: GroupId) -> Result<(), CancelGroupError> {
        match self.groups.cancel(tenant, id, self.clock.now()).await? {
            GroupCancelled::Done | GroupCancelled::Already => Ok(()),
            GroupCancelled::TooLate => Err(CancelGroupError::TooLate),
            GroupCancelled::NotFound => Err(CancelGroupError::NotFound),
        }
    }
}
