use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{Account, AccountId, Consent, PasswordHash, PersonLink, SessionId};
use bonin_domain::codes::{ProofDigest, Purpose};
use bonin_domain::identity::IdentityProofDigest;
use bonin_domain::keys::{AddressIndex, LoginIndex, PhoneIndex, Sealed};
use jiff::{SignedDuration, Timestamp};

use crate::{Idempotency, OutboxEntry, RepositoryError};

/// Why a proof, of a number or of an identity, is not taken. One of another tenant or purpose is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofRefusal {
    /// Nobody was given it for this.
    #[error("the proof is not known")]
    Unknown,
    /// It was spent before: for something, or by refusals ([`ProofRepository`]).
    #[error("the proof was used already")]
    Used,
    /// Its 10 minutes are over.
    #[error("the proof has expired")]
    Expired,
}

/// A proof that opens something: of the number, or of the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnyProof {
    /// Of a phone number.
    Phone(ProofDigest),
    /// Of an identity.
    Identity(IdentityProofDigest),
}

impl AnyProof {
    /// Refusals about login ids that a proof is good for ([`ProofRepository`]).
    pub const MOST_REFUSALS: u16 = 5;
}

/// A message that tells the owner of an account what was done with it, as it goes into the outbox with the deed. A
/// number gets at most [`Notice::MOST`] within [`Notice::WITHIN`], over all tenants; beyond that the deed is done and no
/// notice is stored, since each one costs money.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The message.
    pub message: OutboxEntry,
    /// The number that it goes to, digested.
    pub phone_index: PhoneIndex,
    /// Whether the number is one for tests.
    pub test_number: bool,
    /// Until when it is of use.
    pub expires_at: Timestamp,
}

impl Notice {
    /// Notices that a number gets within [`Notice::WITHIN`]. Exact under parallel deeds.
    pub const MOST: u16 = 5;
    /// The stretch in which they are counted.
    pub const WITHIN: SignedDuration = SignedDuration::from_hours(24);
}

/// A sign-up.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// The account as it will be. Its `phone_index` is the one that `proof` proves.
    pub account: Account,
    /// Proves the number, for signing up.
    pub proof: ProofDigest,
    /// Proves the person, for signing up, where one is asked for or shown.
    pub identity_proof: Option<IdentityProofDigest>,
    /// Whether a person may have one account only, by CI or DI (requirement F04).
    pub one_per_person: bool,
    /// What the person agrees to.
    pub consents: Vec<Consent>,
    /// Where from.
    pub address: AddressIndex,
    /// The key under which the answer is repeated; its token is `None`.
    pub idempotency: Option<Idempotency>,
    /// The present moment.
    pub now: Timestamp,
}

/// What became of a sign-up. Only `Created` has an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedUp {
    /// Account, consents and the use of both proofs are durable.
    Created,
    /// The same request came under the same key before: the account that it made, as it is now.
    Repeated(Box<Account>),
    /// Another request came under the same key before.
    KeyReused,
    /// The proof of the number is not taken, or proves another number.
    Proof(ProofRefusal),
    /// The proof of the identity is not taken.
    IdentityProof(ProofRefusal),
    /// The number has an account.
    PhoneTaken,
    /// The login id has an account.
    LoginIdTaken,
    /// The person has an account.
    PersonTaken,
}

/// How an account is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKey {
    /// By its name.
    Id(AccountId),
    /// By its login id.
    Login(LoginIndex),
    /// By its phone number.
    Phone(PhoneIndex),
}

/// A change of an account's phone number.
#[derive(Clone, Debug)]
pub struct PhoneChange {
    /// Whose account.
    pub tenant: TenantId,
    /// The account.
    pub account: AccountId,
    /// The session in which it is asked for; it must be live.
    pub session: SessionId,
    /// Proves the new number, for changing it.
    pub proof: ProofDigest,
    /// The new number, digested.
    pub phone_index: PhoneIndex,
    /// The new number, sealed; its row is the account's.
    pub phone: Sealed,
    /// Tells the old number; not stored where the new one is the same.
    pub notice: Notice,
    /// The present moment.
    pub now: Timestamp,
}

/// What became of a change of number. Only `Changed` has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneChanged {
    /// The number, the use of its proof and the notice, where there is one, are durable.
    Changed,
    /// The proof is not taken, or proves another number.
    Proof(ProofRefusal),
    /// The number has another account.
    PhoneTaken,
    /// The account or the session is gone.
    Gone,
}

/// A look-up of accounts by proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountQuery {
    /// Proves the number or the person, for finding an id.
    pub proof: AnyProof,
    /// The present moment.
    pub now: Timestamp,
}

/// Stores accounts. Each method is one transaction. A closed account is to all methods as if it did not exist.
#[async_trait]
pub trait AccountRepository: Send + Sync {
    /// Opens an account: spends the proofs and stores account and consents, or does nothing. Of any number of
    /// parallel sign-ups with one number, login id or (where `one_per_person`) person, one succeeds.
    async fn sign_up(&self, sign_up: SignUp) -> Result<SignedUp, RepositoryError>;

    /// An account.
    async fn find(&self, tenant: &TenantId, key: AccountKey) -> Result<Option<Account>, RepositoryError>;

    /// Spends a proof and tells the accounts of its number or person, oldest first, at most 5.
    async fn look_up(
        &self,
        tenant: &TenantId,
        query: AccountQuery,
    ) -> Result<Result<Vec<Account>, ProofRefusal>, RepositoryError>;

    /// Changes the number, which counts as proved now; resets that are open end: the old number opened them.
    async fn change_phone(&self, change: PhoneChange) -> Result<PhoneChanged, RepositoryError>;

    /// Closes an account, where its password is still `password`: ends its sessions and resets, frees number, login id
    /// and person at once. `false` where it is gone or its password is another by now. Its rows are removed 5 days
    /// later (security 49).
    async fn close(
        &self,
        tenant: &TenantId,
        account: AccountId,
        password: &PasswordHash,
        now: Timestamp,
    ) -> Result<bool, RepositoryError>;
}

/// Charges proofs for refusals that tell something of a login id: whoever proved one number must not learn by it which
/// login ids there are.
#[async_trait]
pub trait ProofRepository: Send + Sync {
    /// Charges one refusal to a live proof, before it is told; the fifth ([`AnyProof::MOST_REFUSALS`]) spends it, and
    /// what an identity verification tells is erased with it. Exact under parallel calls: where the proof is not live
    /// (any more), nothing is charged, and that refusal is to be told instead.
    async fn charge_refusal(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: AnyProof,
        now: Timestamp,
    ) -> Result<Result<(), ProofRefusal>, RepositoryError>;
}

/// Stores what people agreed to. Nothing is ever changed: a withdrawal is another row (requirement G02).
#[async_trait]
pub trait ConsentRepository: Send + Sync {
    /// Adds a consent or a withdrawal; `false` where the account is gone.
    async fn add(
        &self,
        tenant: &TenantId,
        account: AccountId,
        consent: Consent,
        address: AddressIndex,
    ) -> Result<bool, RepositoryError>;

    /// Everything that an account agreed to or withdrew, oldest first.
    async fn history(&self, tenant: &TenantId, account: AccountId) -> Result<Vec<Consent>, RepositoryError>;
}

/// Accounts that come from another system, with the passwords that it hashed.
#[async_trait]
pub trait AccountImport: Send + Sync {
    /// Stores accounts as they are, each by itself; those whose number or login id is taken are skipped. The places of
    /// the skipped ones.
    async fn import(&self, accounts: Vec<Account>) -> Result<Vec<usize>, RepositoryError>;
}

/// The person that two links share, by CI or DI.
pub fn same_person(one: &PersonLink, other: &PersonLink) -> bool {
    let same = |one: Option<_>, other: Option<_>| one.is_some() && one == other;
    same(one.ci, other.ci) || same(one.di, other.di)
}
