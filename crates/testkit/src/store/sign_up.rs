//! Sign-ups, and what people agree to.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{Account, AccountId, Consent};
use bonin_domain::codes::Purpose;
use bonin_domain::keys::AddressIndex;
use bonin_ports::{
    AccountKey, ConsentRepository, Idempotency, RepositoryError, SignUp, SignedUp, same_person,
};
use jiff::Timestamp;

use super::InMemoryStore;
use super::accounts::{AccountRow, ProofPlace};
use super::idempotency::KEPT;
use super::state::State;

pub(super) struct ConsentRow {
    pub tenant: TenantId,
    pub account: AccountId,
    pub consent: Consent,
}

impl State {
    pub fn sign_up(&mut self, new: SignUp) -> Result<SignedUp, RepositoryError> {
        if let Some(answer) = self.recall_sign_up(new.idempotency.as_ref(), new.now) {
            return Ok(answer);
        }
        let (account, now) = (&new.account, new.now);
        let tenant = account.tenant.clone();
        let phone = account.phone_index;
        let proof = match self.find_proof_of(&tenant, Purpose::SignUp, new.proof, phone, now) {
            Ok(place) => place,
            Err(refusal) => return Ok(SignedUp::Proof(refusal)),
        };
        let identity = new.identity_proof;
        let identity = identity.map(|proof| self.find_identity_proof(&tenant, Purpose::SignUp, proof, now));
        let identity = match identity.transpose() {
            Ok(found) => found.map(|(place, _)| ProofPlace::Identity(place)),
            Err(refusal) => return Ok(SignedUp::IdentityProof(refusal)),
        };
        if self.account(&tenant, AccountKey::Phone(phone)).is_some() {
            return Ok(SignedUp::PhoneTaken);
        }
        if self.account(&tenant, AccountKey::Login(account.login_index)).is_some() {
            return Ok(SignedUp::LoginIdTaken);
        }
        if new.one_per_person && self.person_has_account(account) {
            return Ok(SignedUp::PersonTaken);
        }
        if self.accounts.iter().any(|row| row.account.id == account.id) {
            return Err(RepositoryError::Conflict);
        }
        for place in [Some(proof), identity].into_iter().flatten() {
            self.spend(place);
        }
        let row = |consent| ConsentRow { tenant: tenant.clone(), account: account.id, consent };
        self.consents.extend(new.consents.into_iter().map(row));
        let key = new.idempotency.map(|idempotency| (idempotency.key, idempotency.request, now));
        self.accounts.push(AccountRow { account: new.account, key });
        Ok(SignedUp::Created)
    }

    fn recall_sign_up(&self, idempotency: Option<&Idempotency>, now: Timestamp) -> Option<SignedUp> {
        let asked = idempotency?;
        let known =
            |row: &&AccountRow| row.key.is_some_and(|(key, _, at)| key == asked.key && at + KEPT > now);
        let row = self.accounts.iter().find(known)?;
        let same = row.key.is_some_and(|(_, request, _)| request == asked.request);
        Some(if same { SignedUp::Repeated(Box::new(row.account.clone())) } else { SignedUp::KeyReused })
    }

    fn person_has_account(&self, new: &Account) -> bool {
        let Some(person) = &new.person else { return false };
        let is_theirs = |other: &Account| {
            other.tenant == new.tenant
                && other.person.as_ref().is_some_and(|other| same_person(person, other))
        };
        self.accounts.iter().any(|row| is_theirs(&row.account))
    }
}

#[async_trait]
impl ConsentRepository for InMemoryStore {
    async fn add(
        &self,
        tenant: &TenantId,
        account: AccountId,
        consent: Consent,
        _address: AddressIndex,
    ) -> Result<bool, RepositoryError> {
        let mut state = self.state();
        let is_there = state.account(tenant, AccountKey::Id(account)).is_some();
        if is_there {
            state.consents.push(ConsentRow { tenant: tenant.clone(), account, consent });
        }
        Ok(is_there)
    }

    async fn history(&self, tenant: &TenantId, account: AccountId) -> Result<Vec<Consent>, RepositoryError> {
        let state = self.state();
        if state.account(tenant, AccountKey::Id(account)).is_none() {
            return Ok(Vec::new());
        }
        let own = state.consents.iter().filter(|row| row.tenant == *tenant && row.account == account);
        let mut history: Vec<_> = own.map(|row| row.consent.clone()).collect();
        history.sort_by_key(|consent| consent.at);
        Ok(history)
    }
}
