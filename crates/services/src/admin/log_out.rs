use std::net::IpAddr;
use std::sync::Arc;

use bonin_domain::admin::{AdminSession, AuditAction};
use bonin_ports::{AdminSessionRepository, RepositoryError};

use crate::admin::{Actor, Record};

/// Ends a session of an administrator.
pub struct LogOutAdmin {
    /// The sessions.
    pub sessions: Arc<dyn AdminSessionRepository>,
    /// Records it.
    pub record: Record,
}

impl LogOutAdmin {
    /// Ends it. This is done even where it cannot be recorded: a session that goes on is worse than a line that is
    /// missing, and the failure is logged.
    ///
    /// # Errors
    /// The store's; then the session goes on.
    #[tracing::instrument(name = "admin.log_out", skip_all)]
    pub async fn execute(&self, session: &AdminSession, address: IpAddr) -> Result<(), RepositoryError> {
        let actor = Actor::Admin { name: session.name.clone(), address };
        if let Err(error) = self.record.execute(&actor, AuditAction::LoggedOut, None, None).await {
            tracing::error!(error = %error, "a log out could not be recorded");
        }
        self.sessions.end(session.admin, session.id).await
    }
}
