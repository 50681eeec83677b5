use std::sync::Arc;

use bonin_domain::accounts::{Session, SessionPolicy, SessionToken};
use bonin_domain::codes::ProofDigest;
use bonin_ports::{Clock, Entropy, ProofRefusal, RepositoryError, SessionRepository, StepUp};

use crate::accounts::{OpenSession, idle_end};

/// Has the holder of a session prove the account's number again: for some minutes that stands for the password.
pub struct StepUpSession {
    /// The sessions.
    pub sessions: Arc<dyn SessionRepository>,
    /// How long they live.
    pub policy: SessionPolicy,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws the new token.
    pub entropy: Arc<dyn Entropy>,
}

/// Why a session was not stepped up. It goes on as it was.
#[derive(Debug, thiserror::Error)]
pub enum StepUpError {
    /// The proof is not taken: among others, because it proves another number.
    #[error(transparent)]
    Proof(ProofRefusal),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl StepUpSession {
    /// Spends `proof` and puts the session under a new token.
    ///
    /// # Errors
    /// [`StepUpError`].
    #[tracing::instrument(name = "accounts.step_up", skip_all)]
    pub async fn execute(&self, session: &Session, proof: ProofDigest) -> Result<OpenSession, StepUpError> {
        let now = self.clock.now();
        let token = SessionToken::draw(&mut |bytes| self.entropy.fill(bytes));
        let step_up =
            StepUp { tenant: session.tenant.clone(), session: session.id, proof, token: token.digest(), now };
        self.sessions.step_up(step_up).await?.map_err(StepUpError::Proof)?;
        let session = Session { stepped_up_at: Some(now), ..session.clone() };
        let idle_expires_at = idle_end(&session, &self.policy);
        Ok(OpenSession { session, token, idle_expires_at, answered_at: now })
    }
}
