use std::sync::Arc;

use bonin_domain::messaging::{AppSession, Connection, ConnectionState};
use bonin_ports::{AppSessionRepository, Clock, ConnectionRepository, RepositoryError};

/// Ends a person's connection: its tokens are erased, and every browser is logged out. What was sent stays on file until
/// its time. The provider offers no call to take a permission back; the person does that there.
pub struct Disconnect {
    /// The connections.
    pub connections: Arc<dyn ConnectionRepository>,
    /// The sessions.
    pub sessions: Arc<dyn AppSessionRepository>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Disconnect {
    /// Ends the connection of `session`.
    ///
    /// # Errors
    /// The store's; then nothing ended.
    #[tracing::instrument(name = "messaging.disconnect", skip_all)]
    pub async fn execute(
        &self,
        session: &AppSession,
        connection: &Connection,
    ) -> Result<(), RepositoryError> {
        let (tenant, state) = (&connection.tenant, ConnectionState::Disconnected);
        let (id, version, now) = (connection.id, connection.version, self.clock.now());
        if !self.connections.end(tenant, id, version, state, now).await? {
            // It was over already, and its tokens gone.
            self.sessions.end(tenant, session.id).await?;
        }
        Ok(())
    }
}
