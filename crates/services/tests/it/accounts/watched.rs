//! The in-memory store, whose calls are written down, fail when told to, and can be raced.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{
    Account, AccountId, PasswordHash, ResetTokenDigest, Session, SessionId, SessionPolicy, SessionTokenDigest,
};
use bonin_domain::codes::{ProofDigest, Purpose, Verification, VerificationId};
use bonin_domain::identity::{IdentityId, IdentityProofDigest, IdentityTokenDigest, IdentityVerification};
use bonin_domain::keys::{AddressIndex, LoginIndex};
use bonin_ports::{
    AccountKey, AccountQuery, AccountRepository, AnyProof, Cancelled, Check, FinishReset, Holder,
    IdentityCompleted, IdentityProved, IdentityRepository, IdentityResult, IdentityStarted,
    LoginAttemptRepository, LoginVerdict, NewIdentity, NewSession, OpenReset, PasswordChange,
    PasswordRepository, PhoneChange, PhoneChanged, ProofRefusal, ProofRepository, ProvedPhone,
    RepositoryError, Resend, Resent, SessionEnd, SessionRepository, Settlement, SignUp, SignedUp, Spent,
    Start, Started, StepUp, VerificationRepository,
};
use bonin_testkit::InMemoryStore;
use jiff::Timestamp;

type Deed = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Default)]
pub struct Watched {
    pub memory: Arc<InMemoryStore>,
    calls: Mutex<Vec<&'static str>>,
    fails: Mutex<Option<(&'static str, RepositoryError)>>,
    before: Mutex<VecDeque<(&'static str, Deed)>>,
}

impl Watched {
    /// The calls since this was asked last.
    pub fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.calls.lock().expect("no test panics holding it"))
    }

    /// The next `call` fails, before it does anything.
    pub fn fails(&self, call: &'static str, error: RepositoryError) {
        *self.fails.lock().expect("no test panics holding it") = Some((call, error));
    }

    /// Somebody else does something just before the next `call`.
    pub fn before(&self, call: &'static str, deed: impl Future<Output = ()> + Send + 'static) {
        self.before.lock().expect("no test panics holding it").push_back((call, Box::pin(deed)));
    }

    async fn call(&self, name: &'static str) -> Result<(), RepositoryError> {
        self.calls.lock().expect("no test panics holding it").push(name);
        let deed = {
            let mut before = self.before.lock().expect("no test panics holding it");
            let place = before.iter().position(|(call, _)| *call == name);
            place.and_then(|place| before.remove(place))
        };
        if let Some((_, deed)) = deed {
            deed.await;
        }
        let mut fails = self.fails.lock().expect("no test panics holding it");
        match fails.take_if(|(call, _)| *call == name) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl AccountRepository for Watched {
    async fn sign_up(&self, sign_up: SignUp) -> Result<SignedUp, RepositoryError> {
        self.call("accounts.sign_up").await?;
        self.memory.sign_up(sign_up).await
    }

    async fn find(&self, tenant: &TenantId, key: AccountKey) -> Result<Option<Account>, RepositoryError> {
        self.call("accounts.find").await?;
        AccountRepository::find(&*self.memory, tenant, key).await
    }

    async fn look_up(
        &self,
        tenant: &TenantId,
        query: AccountQuery,
    ) -> Result<Result<Vec<Account>, ProofRefusal>, RepositoryError> {
        self.call("accounts.look_up").await?;
        self.memory.look_up(tenant, query).await
    }

    async fn change_phone(&self, change: PhoneChange) -> Result<PhoneChanged, RepositoryError> {
        self.call("accounts.change_phone").await?;
        self.memory.change_phone(change).await
    }

    async fn close(
        &self,
        tenant: &TenantId,
        account: AccountId,
        password: &PasswordHash,
        now: Timestamp,
    ) -> Result<bool, RepositoryError> {
        self.call("accounts.close").await?;
        self.memory.close(tenant, account, password, now).await
    }
}

#[async_trait]
impl ProofRepository for Watched {
    async fn charge_refusal(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: AnyProof,
        now: Timestamp,
    ) -> Result<Result<(), ProofRefusal>, RepositoryError> {
        self.call("proofs.charge_refusal").await?;
        self.memory.charge_refusal(tenant, purpose, proof, now).await
    }
}

#[async_trait]
impl PasswordRepository for Watched {
    async fn change(&self, change: PasswordChange) -> Result<bool, RepositoryError> {
        self.call("passwords.change").await?;
        self.memory.change(change).await
    }

    async fn open_reset(&self, open: OpenReset) -> Result<Result<(), ProofRefusal>, RepositoryError> {
        self.call("passwords.open_reset").await?;
        self.memory.open_reset(open).await
    }

    async fn find_reset(
        &self,
        tenant: &TenantId,
        token: ResetTokenDigest,
        now: Timestamp,
    ) -> Result<Option<Account>, RepositoryError> {
        self.call("passwords.find_reset").await?;
        self.memory.find_reset(tenant, token, now).await
    }

    async fn finish_reset(&self, finish: FinishReset) -> Result<bool, RepositoryError> {
        self.call("passwords.finish_reset").await?;
        self.memory.finish_reset(finish).await
    }
}

#[async_trait]
impl LoginAttemptRepository for Watched {
    async fn charge(
        &self,
        tenant: &TenantId,
        login: LoginIndex,
        address: Option<AddressIndex>,
        now: Timestamp,
    ) -> Result<LoginVerdict, RepositoryError> {
        self.call("attempts.charge").await?;
        LoginAttemptRepository::charge(&*self.memory, tenant, login, address, now).await
    }

    async fn forgive(
        &self,
        tenant: &TenantId,
        login: LoginIndex,
        address: Option<AddressIndex>,
    ) -> Result<(), RepositoryError> {
        self.call("attempts.forgive").await?;
        self.memory.forgive(tenant, login, address).await
    }
}

#[async_trait]
impl SessionRepository for Watched {
    async fn open(&self, new: NewSession) -> Result<bool, RepositoryError> {
        self.call("sessions.open").await?;
        self.memory.open(new).await
    }

    async fn find(
        &self,
        tenant: &TenantId,
        token: SessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<Session>, RepositoryError> {
        self.call("sessions.find").await?;
        SessionRepository::find(&*self.memory, tenant, token, policy, now).await
    }

    async fn list(
        &self,
        tenant: &TenantId,
        account: AccountId,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Vec<Session>, RepositoryError> {
        self.call("sessions.list").await?;
        SessionRepository::list(&*self.memory, tenant, account, policy, now).await
    }

    async fn end(
        &self,
        tenant: &TenantId,
        account: AccountId,
        which: SessionEnd,
    ) -> Result<usize, RepositoryError> {
        self.call("sessions.end").await?;
        self.memory.end(tenant, account, which).await
    }

    async fn step_up(&self, step_up: StepUp) -> Result<Result<(), ProofRefusal>, RepositoryError> {
        self.call("sessions.step_up").await?;
        SessionRepository::step_up(&*self.memory, step_up).await
    }
}

#[async_trait]
impl VerificationRepository for Watched {
    async fn start(&self, start: Start) -> Result<Started, RepositoryError> {
        self.call("verifications.start").await?;
        VerificationRepository::start(&*self.memory, start).await
    }

    async fn resend(&self, resend: Resend) -> Result<Resent, RepositoryError> {
        self.call("verifications.resend").await?;
        self.memory.resend(resend).await
    }

    async fn spend_check(&self, check: Check) -> Result<Spent, RepositoryError> {
        self.call("verifications.spend_check").await?;
        self.memory.spend_check(check).await
    }

    async fn settle_check(&self, check: Check, settlement: Settlement) -> Result<Spent, RepositoryError> {
        self.call("verifications.settle_check").await?;
        self.memory.settle_check(check, settlement).await
    }

    async fn cancel(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Cancelled, RepositoryError> {
        self.call("verifications.cancel").await?;
        VerificationRepository::cancel(&*self.memory, tenant, id, holder, now).await
    }

    async fn find(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Option<Verification>, RepositoryError> {
        self.call("verifications.find").await?;
        VerificationRepository::find(&*self.memory, tenant, id, holder, now).await
    }

    async fn find_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: ProofDigest,
        now: Timestamp,
    ) -> Result<Result<ProvedPhone, ProofRefusal>, RepositoryError> {
        self.call("verifications.find_proof").await?;
        VerificationRepository::find_proof(&*self.memory, tenant, purpose, proof, now).await
    }
}

#[async_trait]
impl IdentityRepository for Watched {
    async fn start(&self, new: NewIdentity) -> Result<IdentityStarted, RepositoryError> {
        self.call("identities.start").await?;
        IdentityRepository::start(&*self.memory, new).await
    }

    async fn find(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: IdentityTokenDigest,
        now: Timestamp,
    ) -> Result<Option<IdentityVerification>, RepositoryError> {
        self.call("identities.find").await?;
        IdentityRepository::find(&*self.memory, tenant, id, token, now).await
    }

    async fn complete(&self, result: IdentityResult) -> Result<IdentityCompleted, RepositoryError> {
        self.call("identities.complete").await?;
        self.memory.complete(result).await
    }

    async fn find_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: IdentityProofDigest,
        now: Timestamp,
    ) -> Result<Result<IdentityProved, ProofRefusal>, RepositoryError> {
        self.call("identities.find_proof").await?;
        IdentityRepository::find_proof(&*self.memory, tenant, purpose, proof, now).await
    }
}

/// A session of nobody, for calls that are refused before it is looked at.
pub fn ended(session: &Session) -> Session {
    Session { id: SessionId::draw(session.created_at, &mut |bytes| bytes.fill(0xEE)), ..session.clone() }
}
