//! The in-memory store, with faults.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{ProofDigest, Purpose, Verification, VerificationId};
use bonin_domain::keys::{CodeDigest, Sealed};
use bonin_domain::messages::{GroupId, LeaseId, MessageId};
use bonin_ports::{
    Cancelled, Check, DispatchOutcome, Holder, LeasedMessage, MessageHistory, Outbox, PolledAttempt,
    ProofRefusal, ProvedPhone, Report, RepositoryError, Resend, Resent, Settlement, Spent, Start, Started,
    VerificationRepository,
};
use bonin_testkit::InMemoryStore;
use jiff::Timestamp;

/// A method of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    Start,
    Resend,
    SpendCheck,
    SettleCheck,
    Cancel,
    Find,
    Lease,
    Record,
    LeasePolls,
    RecordReports,
    Messages,
}

#[derive(Default)]
struct Faults {
    to_come: HashMap<Call, VecDeque<RepositoryError>>,
    made: HashMap<Call, usize>,
    /// The digest of the code of the latest start.
    started_with: Option<CodeDigest>,
    /// Messages of which nothing can be recorded.
    poisoned: HashSet<MessageId>,
    /// Whether recording never returns.
    records_hang: bool,
    /// What was recorded, oldest first.
    recorded: Vec<DispatchOutcome>,
}

/// An [`InMemoryStore`] whose calls fail when told to, before they do anything.
#[derive(Default)]
pub struct Store {
    pub memory: Arc<InMemoryStore>,
    faults: Mutex<Faults>,
}

impl Store {
    /// The next `times` of `call` fail with `error`.
    pub fn fails(&self, call: Call, error: &RepositoryError, times: usize) {
        let errors = std::iter::repeat_n(error.clone(), times);
        self.faults().to_come.entry(call).or_default().extend(errors);
    }

    /// No call fails any more.
    pub fn heal(&self) {
        self.faults().to_come.clear();
    }

    /// Nothing can be recorded of `message` from now on.
    pub fn poison(&self, message: MessageId) {
        self.faults().poisoned.insert(message);
    }

    /// From now on recording does not return.
    pub fn records_hang(&self, hang: bool) {
        self.faults().records_hang = hang;
    }

    /// What was recorded, oldest first.
    pub fn recorded(&self) -> Vec<DispatchOutcome> {
        self.faults().recorded.clone()
    }

    /// What the latest start would have stored of its code.
    pub fn started_with(&self) -> Option<CodeDigest> {
        self.faults().started_with
    }

    /// How often `call` was made.
    pub fn calls(&self, call: Call) -> usize {
        self.faults().made.get(&call).copied().unwrap_or(0)
    }

    fn faults(&self) -> std::sync::MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pass(&self, call: Call) -> Result<(), RepositoryError> {
        let mut faults = self.faults();
        *faults.made.entry(call).or_default() += 1;
        faults.to_come.get_mut(&call).and_then(VecDeque::pop_front).map_or(Ok(()), Err)
    }
}

#[async_trait]
impl VerificationRepository for Store {
    async fn start(&self, start: Start) -> Result<Started, RepositoryError> {
        self.faults().started_with = Some(start.code.digest);
        self.pass(Call::Start)?;
        self.memory.start(start).await
    }

    async fn resend(&self, resend: Resend) -> Result<Resent, RepositoryError> {
        self.pass(Call::Resend)?;
        self.memory.resend(resend).await
    }

    async fn spend_check(&self, check: Check) -> Result<Spent, RepositoryError> {
        self.pass(Call::SpendCheck)?;
        self.memory.spend_check(check).await
    }

    async fn settle_check(&self, check: Check, settlement: Settlement) -> Result<Spent, RepositoryError> {
        self.pass(Call::SettleCheck)?;
        self.memory.settle_check(check, settlement).await
    }

    async fn cancel(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Cancelled, RepositoryError> {
        self.pass(Call::Cancel)?;
        self.memory.cancel(tenant, id, holder, now).await
    }

    async fn find(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Option<Verification>, RepositoryError> {
        self.pass(Call::Find)?;
        self.memory.find(tenant, id, holder, now).await
    }

    async fn find_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: ProofDigest,
        now: Timestamp,
    ) -> Result<Result<ProvedPhone, ProofRefusal>, RepositoryError> {
        self.memory.find_proof(tenant, purpose, proof, now).await
    }
}

#[async_trait]
impl Outbox for Store {
    async fn lease(
        &self,
        lease: LeaseId,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<LeasedMessage>, RepositoryError> {
        self.pass(Call::Lease)?;
        self.memory.lease(lease, now, until, limit).await
    }

    async fn record(&self, outcomes: Vec<DispatchOutcome>) -> Result<(), RepositoryError> {
        self.pass(Call::Record)?;
        let hangs = self.faults().records_hang;
        if hangs {
            std::future::pending::<()>().await;
        }
        let poisoned = outcomes.iter().any(|of| self.faults().poisoned.contains(&of.message));
        if poisoned {
            return Err(RepositoryError::Internal("a poisoned message".to_owned()));
        }
        self.faults().recorded.extend(outcomes.clone());
        self.memory.record(outcomes).await
    }

    async fn lease_polls(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<PolledAttempt>, RepositoryError> {
        self.pass(Call::LeasePolls)?;
        self.memory.lease_polls(now, until, limit).await
    }

    async fn images(&self, group: GroupId) -> Result<Option<Sealed>, RepositoryError> {
        self.memory.images(group).await
    }

    async fn record_reports(&self, reports: Vec<Report>, now: Timestamp) -> Result<(), RepositoryError> {
        self.pass(Call::RecordReports)?;
        self.memory.record_reports(reports, now).await
    }

    async fn messages(
        &self,
        tenant: &TenantId,
        verification: VerificationId,
    ) -> Result<Vec<MessageHistory>, RepositoryError> {
        self.pass(Call::Messages)?;
        self.memory.messages(tenant, verification).await
    }
}
