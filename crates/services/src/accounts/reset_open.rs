use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::{Account, LoginId, PasswordReset, PasswordResetId, PersonLink, ResetToken};
use bonin_domain::codes::Purpose;
use bonin_domain::keys::{KeyRing, PhoneIndex};
use bonin_ports::{
    AccountKey, AccountRepository, AnyProof, Clock, Entropy, IdentityRepository, OpenReset,
    PasswordRepository, ProofRefusal, ProofRepository, RepositoryError, VerificationRepository, same_person,
};
use jiff::Timestamp;

/// Lets somebody set a new password who proved the number, or the person, of the account (security 28).
pub struct OpenPasswordReset {
    /// Where accounts are stored.
    pub accounts: Arc<dyn AccountRepository>,
    /// Where resets are stored.
    pub passwords: Arc<dyn PasswordRepository>,
    /// Where proofs of numbers are found.
    pub verifications: Arc<dyn VerificationRepository>,
    /// Where proofs of persons are found.
    pub identities: Arc<dyn IdentityRepository>,
    /// Charges refusals to proofs.
    pub proofs: Arc<dyn ProofRepository>,
    /// Digests login ids.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids and tokens.
    pub entropy: Arc<dyn Entropy>,
}

/// A reset that was opened.
#[derive(Debug)]
pub struct OpenedReset {
    /// Sets a new password once, and does nothing else.
    pub token: ResetToken,
    /// When it dies.
    pub expires_at: Timestamp,
    /// When the answer was given.
    pub answered_at: Timestamp,
}

/// Why no reset was opened. What tells something of the login id is charged to the proof, which is good for five such
/// refusals; else the proof stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenResetError {
    /// The proof is not taken.
    #[error(transparent)]
    Proof(ProofRefusal),
    /// Nobody has the login id, or somebody else: alike.
    #[error("the login id does not belong to what was proved")]
    Refused,
    /// It is the account's number, but somebody else may have it by now (security 30): the person has to be proved.
    #[error("this needs an identity verification")]
    IdentityRequired,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// What was proved.
enum Proved {
    Number(PhoneIndex),
    Person(PersonLink),
}

impl OpenPasswordReset {
    /// Spends `proof` for a reset of the account of `login_id`, where it is the account's own number or person.
    ///
    /// # Errors
    /// [`OpenResetError`].
    #[tracing::instrument(name = "accounts.open_reset", skip_all)]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        login_id: &LoginId,
        proof: AnyProof,
    ) -> Result<OpenedReset, OpenResetError> {
        let now = self.clock.now();
        let proved = self.proved(tenant, proof, now).await?.map_err(OpenResetError::Proof)?;
        let login = AccountKey::Login(self.keys.login_index(login_id));
        let account = self.accounts.find(tenant, login).await?;
        // One proof must not try out login ids: the same work follows whether one is somebody's or nobody's.
        let account = match proved.opening(account, now) {
            Ok(account) => account,
            Err(refusal) => return Err(self.charged(tenant, proof, refusal, now).await?),
        };
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let token = ResetToken::draw(fill);
        let expires_at = now.checked_add(PasswordReset::LIFE).unwrap_or(Timestamp::MAX);
        let reset = PasswordReset { id: PasswordResetId::draw(now, fill), token: token.digest(), expires_at };
        let open = OpenReset { tenant: tenant.clone(), account: account.id, proof, reset, now };
        self.passwords.open_reset(open).await?.map_err(OpenResetError::Proof)?;
        Ok(OpenedReset { token, expires_at, answered_at: now })
    }

    /// What is answered once `refusal` was charged: it, or that the proof is good for no more of them.
    async fn charged(
        &self,
        tenant: &TenantId,
        proof: AnyProof,
        refusal: OpenResetError,
        now: Timestamp,
    ) -> Result<OpenResetError, RepositoryError> {
        let charged = self.proofs.charge_refusal(tenant, Purpose::ResetPassword, proof, now).await?;
        Ok(charged.map_or_else(OpenResetError::Proof, |()| refusal))
    }

    async fn proved(
        &self,
        tenant: &TenantId,
        proof: AnyProof,
        now: Timestamp,
    ) -> Result<Result<Proved, ProofRefusal>, RepositoryError> {
        let purpose = Purpose::ResetPassword;
        Ok(match proof {
            AnyProof::Phone(proof) => {
                let proved = self.verifications.find_proof(tenant, purpose, proof, now).await?;
                proved.map(|proved| Proved::Number(proved.phone_index))
            }
            AnyProof::Identity(proof) => {
                let proved = self.identities.find_proof(tenant, purpose, proof, now).await?;
                let link = |ci, di| PersonLink { ci, di, keys: None, at: now };
                proved.map(|proved| Proved::Person(link(proved.ci, proved.di)))
            }
        })
    }
}

impl Proved {
    /// The account that was found, where this opens it.
    fn opening(&self, found: Option<Account>, now: Timestamp) -> Result<Account, OpenResetError> {
        let account = found.filter(|account| self.is_of(account)).ok_or(OpenResetError::Refused)?;
        if matches!(self, Self::Number(_)) && !account.phone_opens_reset(now) {
            return Err(OpenResetError::IdentityRequired);
        }
        Ok(account)
    }

    fn is_of(&self, account: &Account) -> bool {
        match self {
            Self::Number(phone) => account.phone_index == *phone,
            Self::Person(person) => account.person.as_ref().is_some_and(|own| same_person(own, person)),
        }
    }
}
