use std::sync::Arc;

use bonin_domain::accounts::{Session, SessionPolicy};
use bonin_ports::{Clock, RepositoryError, SessionEnd, SessionRepository};
use jiff::Timestamp;

use crate::accounts::idle_end;

/// Lists where an account is logged in.
pub struct ListSessions {
    /// The sessions.
    pub sessions: Arc<dyn SessionRepository>,
    /// How long they live.
    pub policy: SessionPolicy,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A live session of an account.
pub struct ListedSession {
    /// The session.
    pub session: Session,
    /// When it ends, unless it is used before.
    pub idle_expires_at: Timestamp,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

impl ListSessions {
    /// The live sessions of the account of `current`, the one used last first.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "accounts.sessions", skip_all)]
    pub async fn execute(&self, current: &Session) -> Result<Vec<ListedSession>, RepositoryError> {
        let now = self.clock.now();
        let live = self.sessions.list(&current.tenant, current.account, self.policy, now).await?;
        let listed = live.into_iter().map(|session| ListedSession {
            idle_expires_at: idle_end(&session, &self.policy),
            is_current: session.id == current.id,
            session,
        });
        Ok(listed.collect())
    }
}

/// Ends sessions: logs out, here or elsewhere.
pub struct EndSessions {
    /// The sessions.
    pub sessions: Arc<dyn SessionRepository>,
}

impl EndSessions {
    /// Ends sessions of the account of `current`, and says how many: one of another account or tenant is not
    /// there.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "accounts.log_out", skip_all)]
    pub async fn execute(&self, current: &Session, which: SessionEnd) -> Result<usize, RepositoryError> {
        self.sessions.end(&current.tenant, current.account, which).await
    }
}
