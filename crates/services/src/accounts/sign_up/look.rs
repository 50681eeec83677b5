//! What is looked at before a password is hashed. The store looks again, in one transaction.

use bonin_domain::accounts::{Account, AccountId, Consent, PasswordFault, PasswordHash, PersonLink};
use bonin_domain::codes::Purpose;
use bonin_domain::identity::IdentityProof;
use bonin_domain::keys::{PhoneIndex, SealedField};
use bonin_domain::{PhoneNumber, TenantId};
use bonin_ports::{AccountKey, RepositoryError};
use jiff::Timestamp;

use super::{SignUp, SignUpError, SignUpFaults, SignUpRequest, Typed};
use crate::accounts::opened::proved_phone;
use crate::accounts::passwords::Words;
use crate::identity::IdentifiedNote;

/// What the proofs of a sign-up stand for, and the consents in full.
pub(super) struct Looked {
    pub phone: PhoneNumber,
    pub phone_index: PhoneIndex,
    pub person: Option<Person>,
    pub consents: Vec<Consent>,
}

pub(super) struct Person {
    link: PersonLink,
    note: IdentifiedNote,
}

impl SignUp {
    /// Judges what a person typed, as far as it can be judged without a proof.
    pub fn judge(&self, tenant: &TenantId, typed: Typed<'_>) -> SignUpFaults {
        self.judge_at(tenant, typed, self.clock.now()).1
    }

    fn judge_at(&self, tenant: &TenantId, typed: Typed<'_>, now: Timestamp) -> (Vec<Consent>, SignUpFaults) {
        let Typed { login_id, password, nickname, agreed } = typed;
        let words = Words { login_id, nickname, phone: None, brand: self.texts.brand(tenant) };
        let judge = |password| words.judge(self.policy.password_rule, password).err();
        let password = password.and_then(judge);
        let agreed = agreed.map_or(Ok(Vec::new()), |agreed| self.terms.judge(agreed, now));
        match agreed {
            Ok(consents) => (consents, SignUpFaults { password, consents: Vec::new() }),
            Err(faults) => (Vec::new(), SignUpFaults { password, consents: faults }),
        }
    }

    pub(super) async fn look(&self, request: &SignUpRequest, now: Timestamp) -> Result<Looked, SignUpError> {
        let SignUpRequest { tenant, login_id, password, nickname, .. } = request;
        let typed = Typed {
            login_id: Some(login_id),
            password: Some(password),
            nickname: Some(nickname),
            agreed: Some(&request.agreed),
        };
        let (consents, faults) = self.judge_at(tenant, typed, now);
        if !faults.is_empty() {
            return Err(SignUpError::Faults(faults));
        }
        if request.identity_proof.is_none() && self.policy.needs_identity() {
            return Err(SignUpError::IdentityRequired);
        }
        let proof = request.proof.digest();
        let found = self.verifications.find_proof(tenant, Purpose::SignUp, proof, now).await?;
        let found = found.map_err(SignUpError::Proof)?;
        let phone = proved_phone(&self.keys, tenant, &found)?;
        // The number is a word of the account, too; only now it is known.
        let words = Words {
            login_id: Some(login_id),
            nickname: Some(nickname),
            phone: Some(&phone),
            brand: self.texts.brand(tenant),
        };
        words.judge(self.policy.password_rule, password).map_err(of_password)?;
        let person = match &request.identity_proof {
            Some(proof) => Some(self.person(tenant, proof, now).await?),
            None => None,
        };
        let phone_index = found.phone_index;
        if self.accounts.find(tenant, AccountKey::Phone(phone_index)).await?.is_some() {
            return Err(SignUpError::PhoneTaken);
        }
        let login = AccountKey::Login(self.keys.login_index(login_id));
        if self.accounts.find(tenant, login).await?.is_some() {
            return Err(SignUpError::LoginIdTaken);
        }
        Ok(Looked { phone, phone_index, person, consents })
    }

    /// Who a proof of an identity says the person is, if that person is old enough.
    async fn person(
        &self,
        tenant: &TenantId,
        proof: &IdentityProof,
        now: Timestamp,
    ) -> Result<Person, SignUpError> {
        let found = self.identities.find_proof(tenant, Purpose::SignUp, proof.digest(), now).await?;
        let found = found.map_err(SignUpError::IdentityProof)?;
        let note = IdentifiedNote::unseal(&self.keys, tenant, found.id, &found.identified)
            .map_err(|error| RepositoryError::Internal(error.to_string()))?;
        if !self.policy.takes(note.age) {
            return Err(SignUpError::TooYoung);
        }
        // The keys are sealed again once the account has a name.
        let link = PersonLink { ci: found.ci, di: found.di, keys: None, at: note.certified_at };
        Ok(Person { link, note })
    }

    /// The account as it will be.
    pub(super) fn account(
        &self,
        request: &SignUpRequest,
        phone: (&str, PhoneIndex),
        person: Option<&Person>,
        password: PasswordHash,
        now: Timestamp,
    ) -> Account {
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let (keys, tenant) = (&self.keys, &request.tenant);
        let id = AccountId::draw(now, fill);
        let known = |person: &&Person| person.link.ci.is_some() || person.link.di.is_some();
        let person = person.filter(|_| self.policy.keep_person_keys).filter(known);
        let person = person.map(|Person { link, note }| PersonLink {
            keys: note.seal_person_keys(keys, tenant, id, fill),
            ..link.clone()
        });
        let mut seal = |field, text: &str| keys.seal(tenant, field, id.as_row(), text.as_bytes(), fill);
        Account {
            login_index: keys.login_index(&request.login_id),
            login_id: seal(SealedField::LoginId, request.login_id.as_str()),
            phone_index: phone.1,
            phone: seal(SealedField::Phone, phone.0),
            nickname: seal(SealedField::Nickname, request.nickname.as_str()),
            password,
            phone_proved_at: now,
            phone_contested_at: None,
            person,
            created_at: now,
            tenant: tenant.clone(),
            id,
        }
    }
}

fn of_password(fault: PasswordFault) -> SignUpError {
    SignUpError::Faults(SignUpFaults { password: Some(fault), consents: Vec::new() })
}
