//! Sessions.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{AccountId, Session, SessionPolicy, SessionTokenDigest};
use bonin_domain::codes::Purpose;
use bonin_ports::{
    AccountKey, NewSession, ProofRefusal, RepositoryError, SessionEnd, SessionRepository, StepUp,
};
use jiff::Timestamp;

use super::InMemoryStore;
use super::state::State;

pub(super) struct SessionRow {
    pub session: Session,
    pub token: SessionTokenDigest,
}

impl SessionRow {
    fn is_live(&self, policy: &SessionPolicy, now: Timestamp) -> bool {
        self.session.seen_at + policy.idle > now && self.session.expires_at > now
    }
}

impl State {
    fn open_session(&mut self, new: NewSession) -> Result<bool, RepositoryError> {
        let NewSession { session, token, password, replacement, policy } = new;
        let (id, now) = (session.account, session.created_at);
        let is_taken = self.sessions.iter().any(|row| row.session.id == session.id || row.token == token);
        let account = self.account_mut(&session.tenant, id).filter(|account| account.password == password);
        let Some(account) = account else { return Ok(false) };
        if is_taken {
            return Err(RepositoryError::Conflict);
        }
        if let Some(replacement) = replacement {
            account.password = replacement;
        }
        let own = self.sessions.iter().filter(|row| row.session.account == id && row.is_live(&policy, now));
        let mut own: Vec<_> = own.map(|row| (row.session.seen_at, row.session.id)).collect();
        own.sort_by_key(|(seen_at, id)| (std::cmp::Reverse(*seen_at), std::cmp::Reverse(id.as_uuid())));
        let beyond: Vec<_> =
            own.into_iter().skip(usize::from(policy.most.saturating_sub(1))).map(|(_, id)| id).collect();
        self.sessions.retain(|row| !beyond.contains(&row.session.id));
        // Whoever logs in stays.
        self.sessions.push(SessionRow { session, token });
        Ok(true)
    }

    fn find_session(
        &mut self,
        tenant: &TenantId,
        token: SessionTokenDigest,
        policy: &SessionPolicy,
        now: Timestamp,
    ) -> Option<Session> {
        let own = |row: &&mut SessionRow| row.token == token && row.session.tenant == *tenant;
        let row = self.sessions.iter_mut().find(own).filter(|row| row.is_live(policy, now))?;
        if now.duration_since(row.session.seen_at) >= SessionPolicy::NOTED_EVERY {
            row.session.seen_at = now;
        }
        Some(row.session.clone())
    }

    fn step_up(&mut self, step_up: &StepUp) -> Result<(), ProofRefusal> {
        let StepUp { tenant, session, proof, token, now } = step_up;
        let row = self.sessions.iter().find(|row| row.session.id == *session);
        let id = row.map(|row| row.session.account).ok_or(ProofRefusal::Unknown)?;
        let account = self.account(tenant, AccountKey::Id(id)).ok_or(ProofRefusal::Unknown)?;
        if !self.has_session(tenant, id, *session, *now) {
            return Err(ProofRefusal::Unknown);
        }
        let place = self.find_proof_of(tenant, Purpose::StepUp, *proof, account.phone_index, *now)?;
        self.spend(place);
        for row in self.sessions.iter_mut().filter(|row| row.session.id == *session) {
            row.token = *token;
            row.session.stepped_up_at = Some(*now);
        }
        let account = self.account_mut(tenant, id);
        if let Some(account) = account.filter(|account| account.phone_contested_at.is_none()) {
            account.phone_proved_at = *now;
        }
        Ok(())
    }
}

#[async_trait]
impl SessionRepository for InMemoryStore {
    async fn open(&self, new: NewSession) -> Result<bool, RepositoryError> {
        self.state().open_session(new)
    }

    async fn find(
        &self,
        tenant: &TenantId,
        token: SessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<Session>, RepositoryError> {
        Ok(self.state().find_session(tenant, token, &policy, now))
    }

    async fn list(
        &self,
        tenant: &TenantId,
        account: AccountId,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Vec<Session>, RepositoryError> {
        let state = self.state();
        let own = state.sessions.iter().filter(|row| {
            row.session.account == account && row.session.tenant == *tenant && row.is_live(&policy, now)
        });
        let mut live: Vec<_> = own.map(|row| row.session.clone()).collect();
        live.sort_by_key(|session| std::cmp::Reverse(session.seen_at));
        Ok(live)
    }

    async fn end(
        &self,
        tenant: &TenantId,
        account: AccountId,
        which: SessionEnd,
    ) -> Result<usize, RepositoryError> {
        let mut state = self.state();
        let before = state.sessions.len();
        state.sessions.retain(|SessionRow { session, .. }| {
            let is_meant = match which {
                SessionEnd::One(id) => session.id == id,
                SessionEnd::Others(id) => session.id != id,
            };
            session.tenant != *tenant || session.account != account || !is_meant
        });
        Ok(before - state.sessions.len())
    }

    async fn step_up(&self, step_up: StepUp) -> Result<Result<(), ProofRefusal>, RepositoryError> {
        Ok(self.state().step_up(&step_up))
    }
}
