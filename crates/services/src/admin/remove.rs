use std::sync::Arc;

use bonin_domain::admin::{AdminName, AuditAction, Subject};
use bonin_ports::{AdminRepository, RepositoryError};

use crate::admin::{Actor, Record};

/// Takes the console away from an administrator: whoever runs commands on the server says so (security 51).
pub struct RemoveAdmin {
    /// The administrators.
    pub admins: Arc<dyn AdminRepository>,
    /// Records it.
    pub record: Record,
}

/// Why nobody was removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveAdminError {
    /// There is nobody of this name.
    #[error("there is no administrator {0}")]
    NoAdmin(AdminName),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl RemoveAdmin {
    /// Removes an administrator; their sessions end, and invitations to set anew what they had count no more.
    ///
    /// # Errors
    /// [`RemoveAdminError`]; nobody was removed then.
    #[tracing::instrument(name = "admin.remove", skip_all)]
    pub async fn execute(&self, name: &AdminName) -> Result<(), RemoveAdminError> {
        if self.admins.find(name).await?.is_none() {
            return Err(RemoveAdminError::NoAdmin(name.clone()));
        }
        let subject = Subject::Named(name.to_string());
        self.record.execute(&Actor::Terminal, AuditAction::AdminRemoved, Some(subject), None).await?;
        // Another terminal may have been faster by moments.
        if self.admins.remove(name).await? { Ok(()) } else { Err(RemoveAdminError::NoAdmin(name.clone())) }
    }
}
