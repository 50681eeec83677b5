use std::sync::Arc;

use bonin_domain::accounts::{Password, Session, SessionPolicy};
use bonin_domain::codes::{ProofDigest, Purpose};
use bonin_domain::keys::SealedField;
use bonin_domain::{ClientAddress, PhoneNumber, Region, TenantId};
use bonin_ports::{
    AccountRepository, Entropy, PhoneChange, PhoneChanged, ProofRefusal, ProvedPhone, RepositoryError,
    VerificationRepository,
};

use crate::accounts::{Notices, PasswordCheck, PasswordCheckError, ReadAccount, Told};

/// Gives an account another phone number (security 29, requirement G07).
pub struct ChangePhone {
    /// Reads the account.
    pub read: ReadAccount,
    /// Where accounts are stored.
    pub accounts: Arc<dyn AccountRepository>,
    /// Where proofs are found.
    pub verifications: Arc<dyn VerificationRepository>,
    /// Checks the password.
    pub check: PasswordCheck,
    /// Tells the old number.
    pub notices: Arc<Notices>,
    /// For how long a step-up stands for the password.
    pub policy: SessionPolicy,
    /// Seals the new number.
    pub entropy: Arc<dyn Entropy>,
}

/// Why a number was not changed. The proof stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangePhoneError {
    /// Neither a password nor a step-up that is fresh and counts.
    #[error("this needs the password")]
    PasswordMissing,
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordCheckError),
    /// The proof of the new number is not taken.
    #[error(transparent)]
    Proof(ProofRefusal),
    /// Another account has the number.
    #[error("the number has an account")]
    PhoneTaken,
    /// The session or its account ended a moment ago.
    #[error("the session is over")]
    SessionOver,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl ChangePhone {
    /// Changes the number to the one that `proof` proves. The password may be missing where the session was stepped
    /// up lately: then the old number was proved again. That does not count while another person was seen with the old
    /// number. The old number is told.
    ///
    /// # Errors
    /// [`ChangePhoneError`].
    #[tracing::instrument(name = "accounts.change_phone", skip_all)]
    pub async fn execute(
        &self,
        session: &Session,
        proof: ProofDigest,
        password: Option<&Password>,
        client: Option<&ClientAddress>,
    ) -> Result<(), ChangePhoneError> {
        let (tenant, keys) = (&session.tenant, &self.read.keys);
        let now = self.check.clock.now();
        if password.is_none() && !session.is_stepped_up(&self.policy, now) {
            return Err(ChangePhoneError::PasswordMissing);
        }
        let own = self.read.execute(session).await?.ok_or(ChangePhoneError::SessionOver)?;
        if password.is_none() && own.account.phone_contested_at.is_some() {
            return Err(ChangePhoneError::PasswordMissing);
        }
        let proved = self.verifications.find_proof(tenant, Purpose::ChangePhone, proof, now).await?;
        let proved = proved.map_err(ChangePhoneError::Proof)?;
        let phone = self.number_of(tenant, &proved)?;
        if let Some(password) = password {
            self.check.own(&own.account, password, client).await?;
        }
        let now = self.check.clock.now();
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let row = own.account.id.as_row();
        let change = PhoneChange {
            tenant: tenant.clone(),
            account: own.account.id,
            session: session.id,
            proof,
            phone_index: proved.phone_index,
            phone: keys.seal(tenant, SealedField::Phone, row, phone.e164().as_bytes(), fill),
            notice: self.notices.write(tenant, &own.phone_number, Told::PhoneChanged, now),
            now,
        };
        match self.accounts.change_phone(change).await? {
            PhoneChanged::Changed => Ok(()),
            PhoneChanged::Proof(refusal) => Err(ChangePhoneError::Proof(refusal)),
            PhoneChanged::PhoneTaken => Err(ChangePhoneError::PhoneTaken),
            PhoneChanged::Gone => Err(ChangePhoneError::SessionOver),
        }
    }

    fn number_of(&self, tenant: &TenantId, proved: &ProvedPhone) -> Result<PhoneNumber, RepositoryError> {
        let damaged = || RepositoryError::Internal("the sealed number of a proof".to_owned());
        let row = proved.verification.as_row();
        let bytes = self.read.keys.unseal(tenant, SealedField::Phone, row, &proved.phone);
        let bytes = bytes.map_err(|_| damaged())?;
        let text = std::str::from_utf8(&bytes).map_err(|_| damaged())?;
        PhoneNumber::parse(text, Region::KR).map_err(|_| damaged())
    }
}
