use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::{Session, SessionPolicy, SessionToken};
use bonin_ports::{Clock, RepositoryError, SessionRepository};
use jiff::Timestamp;

/// Tells whose session a token stands for.
pub struct FindSession {
    /// The sessions.
    pub sessions: Arc<dyn SessionRepository>,
    /// How long they live.
    pub policy: SessionPolicy,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl FindSession {
    /// The live session of `token`, if there is one; its use is noted.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "accounts.session", skip_all)]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        token: &SessionToken,
    ) -> Result<Option<Session>, RepositoryError> {
        self.sessions.find(tenant, token.digest(), self.policy, self.clock.now()).await
    }
}

/// A session with the token that stands for it from now on.
pub struct OpenSession {
    /// The session.
    pub session: Session,
    /// Its token; an earlier one is dead.
    pub token: SessionToken,
    /// When it ends, unless it is used before.
    pub idle_expires_at: Timestamp,
    /// When the answer was given.
    pub answered_at: Timestamp,
}

/// When a session ends, unless it is used before.
pub fn idle_end(session: &Session, policy: &SessionPolicy) -> Timestamp {
    let idle = session.seen_at.checked_add(policy.idle).unwrap_or(Timestamp::MAX);
    idle.min(session.expires_at)
}
