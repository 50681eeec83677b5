//! Changes and resets of passwords.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{Account, AccountId, PasswordReset, PersonLink, ResetTokenDigest};
use bonin_domain::codes::Purpose;
use bonin_domain::identity::IdentityVerification;
use bonin_domain::keys::PhoneIndex;
use bonin_ports::{
    AccountKey, AnyProof, FinishReset, IdentityResult, OpenReset, PasswordChange, PasswordRepository,
    ProofRefusal, RepositoryError, same_person,
};
use jiff::Timestamp;

use super::InMemoryStore;
use super::state::State;

pub(super) struct ResetRow {
    pub account: AccountId,
    pub reset: PasswordReset,
}

impl State {
    fn change_password(&mut self, change: PasswordChange) -> Result<bool, RepositoryError> {
        let PasswordChange { tenant, account: id, from, to, session, token, notice, now } = change;
        let account = self.account(&tenant, AccountKey::Id(id)).filter(|account| account.password == from);
        let Some(phone_index) = account.map(|account| account.phone_index) else { return Ok(false) };
        if !self.has_session(&tenant, id, session, now) {
            return Ok(false);
        }
        self.notify(tenant.clone(), notice, now)?;
        if let Some(account) = self.account_mut(&tenant, id) {
            account.password = to;
        }
        self.sessions.retain(|row| row.session.account != id || row.session.id == session);
        for row in self.sessions.iter_mut().filter(|row| row.session.id == session) {
            row.token = token;
        }
        self.end_resets(&tenant, id, phone_index);
        Ok(true)
    }

    /// Ends the resets of an account, and voids the proofs of its number and person that could open another.
    fn end_resets(&mut self, tenant: &TenantId, id: AccountId, phone_index: PhoneIndex) {
        self.resets.retain(|row| row.account != id);
        self.void_resets(tenant, phone_index);
        let person = self.account(tenant, AccountKey::Id(id)).and_then(|account| account.person.clone());
        let Some(person) = person else { return };
        for row in &mut self.identities {
            let IdentityVerification { tenant: of, purpose, .. } = &row.verification;
            let (is_reset, is_own) = (*purpose == Purpose::ResetPassword, of == tenant);
            let Some(completed) = row.completed.as_mut().filter(|_| is_reset && is_own) else { continue };
            let IdentityResult { ci, di, now: at, .. } = completed.result;
            completed.spent |= same_person(&person, &PersonLink { ci, di, keys: None, at });
        }
    }

    /// Voids the proofs of a number that could open a reset.
    pub fn void_resets(&mut self, tenant: &TenantId, phone_index: PhoneIndex) {
        let for_reset = self.verifications.iter().filter(|row| {
            row.phone_index == phone_index
                && row.verification.tenant == *tenant
                && row.verification.purpose == Purpose::ResetPassword
        });
        let for_reset: Vec<_> = for_reset.map(|row| row.verification.id).collect();
        for proof in self.proofs.iter_mut().filter(|proof| for_reset.contains(&proof.verification)) {
            proof.spent = true;
        }
    }

    fn open_reset(&mut self, open: OpenReset) -> Result<(), ProofRefusal> {
        let OpenReset { tenant, account, proof, reset, now } = open;
        let (place, found) = self.find_any_proof(&tenant, Purpose::ResetPassword, proof, now)?;
        let by_number = matches!(proof, AnyProof::Phone(_));
        let opens = |found: &&Account| found.id == account && (!by_number || found.phone_opens_reset(now));
        if !found.iter().any(opens) {
            return Err(ProofRefusal::Unknown);
        }
        self.spend(place);
        self.resets.retain(|row| row.account != account);
        self.resets.push(ResetRow { account, reset });
        Ok(())
    }

    fn find_reset(&self, tenant: &TenantId, token: ResetTokenDigest, now: Timestamp) -> Option<&Account> {
        let row = self.resets.iter().find(|row| row.reset.token == token && row.reset.expires_at > now)?;
        self.account(tenant, AccountKey::Id(row.account))
    }

    fn finish_reset(&mut self, finish: FinishReset) -> Result<bool, RepositoryError> {
        let FinishReset { tenant, token, password, notice, now } = finish;
        let found = self.find_reset(&tenant, token, now);
        let found = found.map(|account| (account.id, account.phone_index, account.login_index));
        let Some((id, phone_index, login)) = found else { return Ok(false) };
        self.notify(tenant.clone(), notice, now)?;
        if let Some(account) = self.account_mut(&tenant, id) {
            account.password = password;
        }
        self.sessions.retain(|row| row.session.account != id);
        self.logins.remove(&(tenant.clone(), login));
        self.logins_by_address.retain(|(of, tried, _), _| (of, *tried) != (&tenant, login));
        self.end_resets(&tenant, id, phone_index);
        Ok(true)
    }
}

#[async_trait]
impl PasswordRepository for InMemoryStore {
    async fn change(&self, change: PasswordChange) -> Result<bool, RepositoryError> {
        self.state().change_password(change)
    }

    async fn open_reset(&self, open: OpenReset) -> Result<Result<(), ProofRefusal>, RepositoryError> {
        Ok(self.state().open_reset(open))
    }

    async fn find_reset(
        &self,
        tenant: &TenantId,
        token: ResetTokenDigest,
        now: Timestamp,
    ) -> Result<Option<Account>, RepositoryError> {
        Ok(self.state().find_reset(tenant, token, now).cloned())
    }

    async fn finish_reset(&self, finish: FinishReset) -> Result<bool, RepositoryError> {
        self.state().finish_reset(finish)
    }
}
