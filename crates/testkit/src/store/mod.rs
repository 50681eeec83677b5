use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{Decision, ProofDigest, Purpose, Verification, VerificationId};
use bonin_ports::{
    Cancelled, Check, Holder, ProofRefusal, ProvedPhone, RepositoryError, Resend, Resent, Settlement, Spent,
    Start, Started, VerificationRepository,
};
use jiff::Timestamp;

mod accounts;
mod admins;
mod analytics;
mod api_keys;
mod audit;
mod checks;
mod connections;
mod conversions;
mod groups;
mod idempotency;
mod identities;
mod identity_results;
mod key_checks;
mod login_attempts;
mod notices;
mod outbox;
mod passwords;
mod proofs;
mod receipts;
mod sends;
mod sessions;
mod settlements;
mod sign_up;
mod spending;
mod state;
mod stories;
mod templates;
mod web_sends;

use state::State;

/// Every repository in memory, behind one lock: each method is one critical section, as it is one transaction
/// elsewhere.
#[derive(Default)]
pub struct InMemoryStore(Mutex<State>);

impl InMemoryStore {
    /// The decisions of all starts, oldest first.
    pub fn decisions(&self) -> Vec<(VerificationId, Decision)> {
        self.state().decisions.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl VerificationRepository for InMemoryStore {
    async fn start(&self, start: Start) -> Result<Started, RepositoryError> {
        self.state().start(start)
    }

    async fn resend(&self, resend: Resend) -> Result<Resent, RepositoryError> {
        self.state().resend(resend)
    }

    async fn spend_check(&self, check: Check) -> Result<Spent, RepositoryError> {
        Ok(self.state().spend_check(check))
    }

    async fn settle_check(&self, check: Check, settlement: Settlement) -> Result<Spent, RepositoryError> {
        Ok(self.state().settle_check(check, settlement))
    }

    async fn cancel(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Cancelled, RepositoryError> {
        Ok(self.state().cancel(tenant, id, holder, now))
    }

    async fn find(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Option<Verification>, RepositoryError> {
        Ok(self.state().held(tenant, id, holder).map(|row| row.seen_at(now)))
    }

    async fn find_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: ProofDigest,
        now: Timestamp,
    ) -> Result<Result<ProvedPhone, ProofRefusal>, RepositoryError> {
        Ok(self.state().find_proof(tenant, purpose, proof, now).map(|(_, proved)| proved))
    }
}
