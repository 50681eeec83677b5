use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{Purpose, RuleMode};
use bonin_domain::identity::{
    IdentityId, IdentityProofDigest, IdentityTokenDigest, IdentityVerification, OrderId,
};
use bonin_domain::keys::{AddressIndex, PersonIndex, PhoneIndex, ResultIndex, Sealed};
use jiff::Timestamp;

use crate::{ProofRefusal, RepositoryError};

/// An identity verification that is to be started.
#[derive(Clone, Debug)]
pub struct NewIdentity {
    /// As it will be.
    pub verification: IdentityVerification,
    /// What is stored of its token.
    pub token: IdentityTokenDigest,
    /// Where from: counted, 10 in 10 minutes and 30 in an hour, unless the rule is off.
    pub address: AddressIndex,
    /// Whether starts are counted by address, and refused.
    pub limit: RuleMode,
}

/// What became of the start of an identity verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityStarted {
    /// It is durable.
    Created,
    /// Too many from this address; nothing was stored.
    TooMany {
        /// When the next one may be started.
        until: Timestamp,
    },
}

/// A result that was judged and believed.
#[derive(Clone, Debug)]
pub struct IdentityResult {
    /// Whose identity verification.
    pub tenant: TenantId,
    /// Which.
    pub id: IdentityId,
    /// What is stored of its token.
    pub token: IdentityTokenDigest,
    /// The provider's name of the result, digested: works once.
    pub result: ResultIndex,
    /// What is told of the person, sealed; its row is `id`. Erased when the proof is spent or dead.
    pub identified: Sealed,
    /// The person's CI.
    pub ci: Option<PersonIndex>,
    /// The person's DI.
    pub di: Option<PersonIndex>,
    /// The number that the person used, where the provider told it: the account of it that belongs to another person is
    /// marked ([`Account::phone_contested_at`](bonin_domain::accounts::Account)), its open resets end, and proofs of
    /// the number for one that were not spent yet count no more.
    pub phone_index: Option<PhoneIndex>,
    /// The proof to store, and its end.
    pub proof: (IdentityProofDigest, Timestamp),
    /// The provider's name of the result, sealed, where it is to be erased there; its row is `id`.
    pub erase: Option<Sealed>,
    /// The present moment.
    pub now: Timestamp,
}

/// What became of a result. Only `Completed` has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityCompleted {
    /// Result and proof are durable.
    Completed,
    /// The result was used before, by this or another identity verification.
    ResultUsed,
    /// The identity verification was completed before or has run out.
    Over,
    /// No such identity verification, or another token.
    NotFound,
}

/// A live proof of an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProved {
    /// The identity verification that it came from.
    pub id: IdentityId,
    /// What is told of the person, sealed; its row is `id`.
    pub identified: Sealed,
    /// The person's CI.
    pub ci: Option<PersonIndex>,
    /// The person's DI.
    pub di: Option<PersonIndex>,
}

/// Stores identity verifications. Each method is one transaction.
#[async_trait]
pub trait IdentityRepository: Send + Sync {
    /// Stores one, within the limits of its address; exact under parallel starts.
    async fn start(&self, new: NewIdentity) -> Result<IdentityStarted, RepositoryError>;

    /// One, for the holder of its token.
    async fn find(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: IdentityTokenDigest,
        now: Timestamp,
    ) -> Result<Option<IdentityVerification>, RepositoryError>;

    /// Takes a result: once for each result and for each identity verification, while that is pending.
    async fn complete(&self, result: IdentityResult) -> Result<IdentityCompleted, RepositoryError>;

    /// What a proof stands for, without spending it.
    async fn find_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: IdentityProofDigest,
        now: Timestamp,
    ) -> Result<Result<IdentityProved, ProofRefusal>, RepositoryError>;
}

/// A result that the provider is still to erase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueErasure {
    /// The identity verification that it was used for.
    pub id: IdentityId,
    /// Whose.
    pub tenant: TenantId,
    /// Which API of the provider has it.
    pub api: bonin_domain::identity::IdentityApi,
    /// The provider's name of the result, sealed; its row is `id`.
    pub reference: Sealed,
}

/// What is known of providers' results.
#[async_trait]
pub trait IdentityResultRepository: Send + Sync {
    /// Whether a result was used before, by anybody of this deployment.
    async fn is_used(&self, result: ResultIndex) -> Result<bool, RepositoryError>;

    /// Whether an order id was issued by this deployment.
    async fn is_issued(&self, order: &OrderId) -> Result<bool, RepositoryError>;

    /// Results to erase, at most `limit`; each is handed out again after `retry_at` unless it was erased meanwhile.
    async fn due_erasures(
        &self,
        now: Timestamp,
        retry_at: Timestamp,
        limit: u16,
    ) -> Result<Vec<DueErasure>, RepositoryError>;

    /// Notes that a result was erased; its name is forgotten.
    async fn erased(&self, tenant: &TenantId, id: IdentityId) -> Result<(), RepositoryError>;
}

/// What is charged for a one-time password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtpCharge {
    /// Sending one to this number: at most 3 for an identity verification; 5 in 10 minutes and 10 in a day for a
    /// number, unless the rule is off.
    Request {
        /// The number, digested.
        phone_index: PhoneIndex,
        /// Whether requests are counted by number, and refused.
        limit: RuleMode,
    },
    /// Comparing one: at most 5 ([`IdentityVerification::OTP_TRIES`]) for an identity verification, and only after a
    /// request whose result has a name.
    Try,
}

/// Whether a one-time password may be sent or compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OtpCharged {
    /// It may, and is charged.
    Allowed {
        /// As it stands.
        verification: IdentityVerification,
        /// The provider's name of the result, sealed, once it is known; the row is the identity verification's.
        reference: Option<Sealed>,
    },
    /// The budget of this identity verification is gone.
    Exhausted,
    /// Too many for this number.
    TooMany {
        /// When the next one may be sent.
        until: Timestamp,
    },
    /// It was completed or has run out.
    Over,
    /// Nothing was requested yet.
    NotRequested,
    /// No such identity verification, or another token.
    NotFound,
}

/// Counts one-time passwords.
#[async_trait]
pub trait OtpRepository: Send + Sync {
    /// Charges before the provider is asked; exact under parallel calls.
    async fn charge(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: IdentityTokenDigest,
        charge: OtpCharge,
        now: Timestamp,
    ) -> Result<OtpCharged, RepositoryError>;

    /// Notes the provider's name of the result that was requested last.
    async fn note(&self, tenant: &TenantId, id: IdentityId, reference: Sealed)
    -> Result<(), RepositoryError>;
}
