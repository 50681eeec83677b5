//! Signing up.

mod look;
mod request;

use std::sync::Arc;

use bonin_domain::accounts::{Account, Consent, Terms};
use bonin_domain::codes::Purpose;
use bonin_domain::identity::IdentityProof;
use bonin_domain::keys::{KeyRing, PhoneIndex};
use bonin_ports::{
    AccountRepository, AnyProof, Clock, Entropy, IdentityRepository, ProofRepository, RepositoryError,
    SignedUp, VerificationRepository,
};
use jiff::Timestamp;

pub use request::{NewAccount, SignUpError, SignUpFaults, SignUpPolicy, SignUpRequest, Typed};

use super::Hashing;
use super::opened::{login_id_of, nickname_of, phone_of};
use crate::codes::Texts;

/// Opens an account for whoever proved a phone number (requirements G01, G02, G08). It inserts and never updates: what
/// is refused leaves no trace but the charge for what it told of a login id, and the proofs stay good (security 25).
pub struct SignUp {
    /// What proofs stand for.
    pub verifications: Arc<dyn VerificationRepository>,
    /// What identity proofs stand for.
    pub identities: Arc<dyn IdentityRepository>,
    /// Charges refusals to proofs.
    pub proofs: Arc<dyn ProofRepository>,
    /// Where accounts are stored.
    pub accounts: Arc<dyn AccountRepository>,
    /// Hashes the password.
    pub hashing: Hashing,
    /// What people agree to.
    pub terms: Arc<Terms>,
    /// The service's name, which no password may be built around.
    pub texts: Arc<Texts>,
    /// What is asked of people.
    pub policy: SignUpPolicy,
    /// Seals and digests.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids and seals.
    pub entropy: Arc<dyn Entropy>,
}

impl SignUp {
    /// Signs a person up: account, consents and the use of the proofs are durable when this returns.
    ///
    /// # Errors
    /// [`SignUpError`].
    #[tracing::instrument(name = "accounts.sign_up", skip_all, fields(account.id))]
    pub async fn execute(&self, request: SignUpRequest) -> Result<NewAccount, SignUpError> {
        let now = self.clock.now();
        let looked = match self.look(&request, now).await {
            Ok(looked) => looked,
            Err(error @ SignUpError::Repository(_)) => return Err(error),
            // What was done once is refused when it comes again: its proof is used and its number taken.
            Err(refusal) => {
                // Charged first: hashing or not tells as much as the answer does, whatever the answer is.
                let refusal = self.charged(&request, refusal, now).await?;
                return self.recall(&request, now).await?.ok_or(refusal);
            }
        };
        // Hashing costs the most, so it comes last.
        let hash = self.hashing.hash(&request.password).await?;
        let phone = (looked.phone.e164(), looked.phone_index);
        let account = self.account(&request, phone, looked.person.as_ref(), hash, now);
        let id = account.id;
        tracing::Span::current().record("account.id", tracing::field::display(id));
        match self.store(self.stored(&request, account, looked.consents, now)).await? {
            SignedUp::Created => Ok(NewAccount {
                id,
                login_id: request.login_id,
                nickname: request.nickname,
                phone_number: looked.phone,
                created_at: now,
                repeated: false,
            }),
            SignedUp::Repeated(account) => self.repeat(&request, &account).await,
            SignedUp::KeyReused => Err(SignUpError::KeyReused),
            SignedUp::Proof(refusal) => Err(SignUpError::Proof(refusal)),
            SignedUp::IdentityProof(refusal) => Err(SignUpError::IdentityProof(refusal)),
            SignedUp::PhoneTaken => Err(SignUpError::PhoneTaken),
            SignedUp::LoginIdTaken => Err(self.charged(&request, SignUpError::LoginIdTaken, now).await?),
            SignedUp::PersonTaken => Err(self.charged(&request, SignUpError::PersonTaken, now).await?),
        }
    }

    /// What is answered once `refusal` was charged, where it tells whether a login id is free: it, or that the proof is
    /// good for no more of them.
    async fn charged(
        &self,
        request: &SignUpRequest,
        refusal: SignUpError,
        now: Timestamp,
    ) -> Result<SignUpError, RepositoryError> {
        // Persons are compared after login ids.
        if !matches!(refusal, SignUpError::LoginIdTaken | SignUpError::PersonTaken) {
            return Ok(refusal);
        }
        let proof = AnyProof::Phone(request.proof.digest());
        let charged = self.proofs.charge_refusal(&request.tenant, Purpose::SignUp, proof, now).await?;
        Ok(charged.map_or_else(SignUpError::Proof, |()| refusal))
    }

    fn stored(
        &self,
        request: &SignUpRequest,
        account: Account,
        consents: Vec<Consent>,
        now: Timestamp,
    ) -> bonin_ports::SignUp {
        let idempotency = request.idempotency.as_ref();
        bonin_ports::SignUp {
            account,
            proof: request.proof.digest(),
            identity_proof: request.identity_proof.as_ref().map(IdentityProof::digest),
            one_per_person: self.policy.one_per_person,
            consents,
            address: self.keys.address_index(request.client.address()),
            idempotency: idempotency
                .map(|idempotent| idempotent.stored(&self.keys, &request.tenant, &request.client, None)),
            now,
        }
    }

    /// Two at once with one number, login id, person or idempotency key: the loser finds the winner on a second look.
    async fn store(&self, sign_up: bonin_ports::SignUp) -> Result<SignedUp, RepositoryError> {
        match self.accounts.sign_up(sign_up.clone()).await {
            Err(RepositoryError::Conflict) => self.accounts.sign_up(sign_up).await,
            other => other,
        }
    }

    /// The answer to the same request under the same key, if there was one. Keys are looked up before anything else
    /// is, and nothing else can come of it: no number has this index, so that no proof proves it.
    async fn recall(
        &self,
        request: &SignUpRequest,
        now: Timestamp,
    ) -> Result<Option<NewAccount>, SignUpError> {
        if request.idempotency.is_none() {
            return Ok(None);
        }
        // Keys are numbered from 1 on. The rest is drawn: whoever looks a key up waits for nobody.
        let mut no_number = [0; 36];
        self.entropy.fill(&mut no_number[4..]);
        let no_number = PhoneIndex::from_bytes(&no_number).expect("an index has 36 bytes");
        let account = self.account(request, ("", no_number), None, self.hashing.nobody().clone(), now);
        match self.store(self.stored(request, account, Vec::new(), now)).await? {
            SignedUp::Repeated(account) => self.repeat(request, &account).await.map(Some),
            SignedUp::KeyReused => Err(SignUpError::KeyReused),
            SignedUp::Created => Err(RepositoryError::Internal("an account of no number".to_owned()).into()),
            SignedUp::Proof(_)
            | SignedUp::IdentityProof(_)
            | SignedUp::PhoneTaken
            | SignedUp::LoginIdTaken
            | SignedUp::PersonTaken => Ok(None),
        }
    }

    /// The answer once more, to whoever knows the password: it is not part of what makes requests the same.
    async fn repeat(&self, request: &SignUpRequest, account: &Account) -> Result<NewAccount, SignUpError> {
        if !self.hashing.matches(&request.password, Some(&account.password)).await? {
            return Err(SignUpError::KeyReused);
        }
        Ok(NewAccount {
            id: account.id,
            login_id: login_id_of(&self.keys, account)?,
            nickname: nickname_of(&self.keys, account)?,
            phone_number: phone_of(&self.keys, account)?,
            created_at: account.created_at,
            repeated: true,
        })
    }
}
