//! Accounts.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{Account, AccountId, PasswordHash, SessionId};
use bonin_domain::codes::{ProofDigest, Purpose};
use bonin_domain::keys::{IdempotencyIndex, PhoneIndex};
use bonin_ports::{
    AccountImport, AccountKey, AccountQuery, AccountRepository, AnyProof, PhoneChange, PhoneChanged,
    ProofRefusal, RepositoryError, SignUp, SignedUp, same_person,
};
use jiff::Timestamp;

use super::InMemoryStore;
use super::state::State;

/// The most accounts that a look-up tells.
const MOST_FOUND: usize = 5;

/// An account. A closed one is removed at once.
pub(super) struct AccountRow {
    pub account: Account,
    /// The key under which it was opened, the request that came with it, and when.
    pub key: Option<(IdempotencyIndex, IdempotencyIndex, Timestamp)>,
}

/// A live proof, and where it is kept.
#[derive(Clone, Copy)]
pub(super) enum ProofPlace {
    Phone(usize),
    Identity(usize),
}

impl State {
    pub fn account(&self, tenant: &TenantId, key: AccountKey) -> Option<&Account> {
        let is_meant = |account: &&Account| match key {
            AccountKey::Id(id) => account.id == id,
            AccountKey::Login(login) => account.login_index == login,
            AccountKey::Phone(phone) => account.phone_index == phone,
        };
        self.accounts
            .iter()
            .map(|row| &row.account)
            .filter(|account| account.tenant == *tenant)
            .find(is_meant)
    }

    pub fn account_mut(&mut self, tenant: &TenantId, id: AccountId) -> Option<&mut Account> {
        let accounts = self.accounts.iter_mut().map(|row| &mut row.account);
        accounts.into_iter().find(|account| account.id == id && account.tenant == *tenant)
    }

    /// Whether an account lives and a session of it, as far as its latest end goes.
    pub fn has_session(&self, tenant: &TenantId, id: AccountId, session: SessionId, now: Timestamp) -> bool {
        let is_live = |session: &bonin_domain::accounts::Session| {
            session.tenant == *tenant && session.account == id && session.expires_at > now
        };
        let found = self.sessions.iter().find(|row| row.session.id == session);
        self.account(tenant, AccountKey::Id(id)).is_some() && found.is_some_and(|row| is_live(&row.session))
    }

    /// A live proof for a purpose, and the accounts of its number or person, oldest first.
    pub fn find_any_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: AnyProof,
        now: Timestamp,
    ) -> Result<(ProofPlace, Vec<&Account>), ProofRefusal> {
        let accounts = self.accounts.iter().map(|row| &row.account);
        let of_tenant = accounts.filter(|account| account.tenant == *tenant);
        let (place, mut found): (_, Vec<_>) = match proof {
            AnyProof::Phone(proof) => {
                let (place, proved) = self.find_proof(tenant, purpose, proof, now)?;
                let is_of = |account: &&Account| account.phone_index == proved.phone_index;
                (ProofPlace::Phone(place), of_tenant.filter(is_of).collect())
            }
            AnyProof::Identity(proof) => {
                let (place, person) = self.find_identity_proof(tenant, purpose, proof, now)?;
                let is_of = |account: &&Account| {
                    account.person.as_ref().is_some_and(|other| same_person(&person, other))
                };
                (ProofPlace::Identity(place), of_tenant.filter(is_of).collect())
            }
        };
        found.sort_by_key(|account| account.created_at);
        Ok((place, found))
    }

    pub fn spend(&mut self, place: ProofPlace) {
        match place {
            ProofPlace::Phone(place) => self.proofs[place].spent = true,
            ProofPlace::Identity(place) => self.identities[place].spend_proof(),
        }
    }

    /// A live proof of this very number: its place. One of another number is not known.
    pub fn find_proof_of(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: ProofDigest,
        phone_index: PhoneIndex,
        now: Timestamp,
    ) -> Result<ProofPlace, ProofRefusal> {
        let (place, proved) = self.find_proof(tenant, purpose, proof, now)?;
        if proved.phone_index == phone_index {
            Ok(ProofPlace::Phone(place))
        } else {
            Err(ProofRefusal::Unknown)
        }
    }

    fn look_up(&mut self, tenant: &TenantId, query: AccountQuery) -> Result<Vec<Account>, ProofRefusal> {
        let (place, found) = self.find_any_proof(tenant, Purpose::FindId, query.proof, query.now)?;
        let found = found.into_iter().take(MOST_FOUND).cloned().collect();
        self.spend(place);
        Ok(found)
    }

    fn change_phone(&mut self, change: PhoneChange) -> Result<PhoneChanged, RepositoryError> {
        let PhoneChange { tenant, account: id, session, proof, phone_index, phone, notice, now } = change;
        if !self.has_session(&tenant, id, session, now) {
            return Ok(PhoneChanged::Gone);
        }
        let place = match self.find_proof_of(&tenant, Purpose::ChangePhone, proof, phone_index, now) {
            Ok(place) => place,
            Err(refusal) => return Ok(PhoneChanged::Proof(refusal)),
        };
        let holder = self.account(&tenant, AccountKey::Phone(phone_index));
        if holder.is_some_and(|holder| holder.id != id) {
            return Ok(PhoneChanged::PhoneTaken);
        }
        let old = self.account(&tenant, AccountKey::Id(id)).map(|account| account.phone_index);
        if old != Some(phone_index) {
            self.notify(tenant.clone(), notice, now)?;
        }
        self.spend(place);
        if let Some(account) = self.account_mut(&tenant, id) {
            account.phone_index = phone_index;
            account.phone = phone;
            account.phone_proved_at = now;
            account.phone_contested_at = None;
        }
        self.resets.retain(|row| row.account != id);
        Ok(PhoneChanged::Changed)
    }

    fn close(&mut self, tenant: &TenantId, id: AccountId, password: &PasswordHash) -> bool {
        let is_meant = self.account(tenant, AccountKey::Id(id)).is_some_and(|row| row.password == *password);
        if is_meant {
            self.accounts.retain(|row| row.account.id != id);
            self.sessions.retain(|row| row.session.account != id);
            self.resets.retain(|row| row.account != id);
        }
        is_meant
    }

    fn import(&mut self, account: Account) -> bool {
        let keys = [
            AccountKey::Id(account.id),
            AccountKey::Login(account.login_index),
            AccountKey::Phone(account.phone_index),
        ];
        let is_taken = keys.into_iter().any(|key| self.account(&account.tenant, key).is_some());
        if !is_taken {
            self.accounts.push(AccountRow { account, key: None });
        }
        !is_taken
    }
}

#[async_trait]
impl AccountRepository for InMemoryStore {
    async fn sign_up(&self, sign_up: SignUp) -> Result<SignedUp, RepositoryError> {
        self.state().sign_up(sign_up)
    }

    async fn find(&self, tenant: &TenantId, key: AccountKey) -> Result<Option<Account>, RepositoryError> {
        Ok(self.state().account(tenant, key).cloned())
    }

    async fn look_up(
        &self,
        tenant: &TenantId,
        query: AccountQuery,
    ) -> Result<Result<Vec<Account>, ProofRefusal>, RepositoryError> {
        Ok(self.state().look_up(tenant, query))
    }

    async fn change_phone(&self, change: PhoneChange) -> Result<PhoneChanged, RepositoryError> {
        self.state().change_phone(change)
    }

    async fn close(
        &self,
        tenant: &TenantId,
        account: AccountId,
        password: &PasswordHash,
        _now: Timestamp,
    ) -> Result<bool, RepositoryError> {
        Ok(self.state().close(tenant, account, password))
    }
}

#[async_trait]
impl AccountImport for InMemoryStore {
    async fn import(&self, accounts: Vec<Account>) -> Result<Vec<usize>, RepositoryError> {
        let mut state = self.state();
        let places = accounts.into_iter().enumerate();
        Ok(places.filter_map(|(place, account)| (!state.import(account)).then_some(place)).collect())
    }
}
