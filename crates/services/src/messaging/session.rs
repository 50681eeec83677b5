use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::SessionPolicy;
use bonin_domain::messaging::{AppSession, AppSessionToken, Connection};
use bonin_ports::{AppSessionRepository, Clock, RepositoryError};

/// Who is logged in to the messaging app, and logging out.
#[derive(Clone)]
pub struct AppSessions {
    /// The sessions.
    pub sessions: Arc<dyn AppSessionRepository>,
    /// How long they live.
    pub policy: SessionPolicy,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl AppSessions {
    /// The live session of `token` with its connection, which may have been revoked; its use is noted.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "messaging.session", skip_all)]
    pub async fn find(
        &self,
        tenant: &TenantId,
        token: &AppSessionToken,
    ) -> Result<Option<(AppSession, Connection)>, RepositoryError> {
        self.sessions.find(tenant, token.digest(), self.policy, self.clock.now()).await
    }

    /// The same, without noting a use: a page that asks by itself keeps nobody logged in.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "messaging.session.peek", skip_all)]
    pub async fn peek(
        &self,
        tenant: &TenantId,
        token: &AppSessionToken,
    ) -> Result<Option<(AppSession, Connection)>, RepositoryError> {
        self.sessions.peek(tenant, token.digest(), self.policy, self.clock.now()).await
    }

    /// Logs a browser out; the connection stays.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "messaging.log_out", skip_all)]
    pub async fn end(&self, tenant: &TenantId, session: &AppSession) -> Result<(), RepositoryError> {
        self.sessions.end(tenant, session.id).await
    }
}
