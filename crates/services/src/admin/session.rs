use std::sync::Arc;

use bonin_domain::admin::{AdminSession, AdminSessionToken};
use bonin_ports::{AdminSessionRepository, Clock, RepositoryError};

/// Tells which administrator a token stands for.
#[derive(Clone)]
pub struct FindAdminSession {
    /// The sessions.
    pub sessions: Arc<dyn AdminSessionRepository>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl FindAdminSession {
    /// The live session of `token`, if there is one; its use is noted.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "admin.session", skip_all)]
    pub async fn execute(&self, token: &AdminSessionToken) -> Result<Option<AdminSession>, RepositoryError> {
        self.sessions.find(token.digest(), AdminSession::policy(), self.clock.now()).await
    }
}
