use std::sync::Arc;

use async_trait::async_trait;
use bonin_domain::codes::{
    ClientTokenDigest, Decision, Policy, ProofDigest, Purpose, TokenDigest, Verification, VerificationId,
};
use bonin_domain::keys::{AddressIndex, CodeDigest, CodeDigests, IdempotencyIndex, PhoneIndex, Sealed};
use bonin_domain::messages::{LeaseId, Locale, MessageId, Price};
use bonin_domain::spending::Reservation;
use bonin_domain::{DestinationRefusal, Region, TenantId};
use jiff::Timestamp;

use crate::{ProofRefusal, RepositoryError};

/// Where a start comes from.
#[derive(Clone, Debug)]
pub struct ClientOrigin {
    /// The client's address (IPv6: its /64).
    pub address: AddressIndex,
    /// Its IPv4 /24 or IPv6 /48.
    pub network: AddressIndex,
    /// The client token it showed.
    pub client_token: Option<ClientTokenDigest>,
}

/// A key under which the answer to a request is repeated for 24 hours (requirement I09).
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// Tenant, client and key, digested.
    pub key: IdempotencyIndex,
    /// The request, digested; another request under the same key is refused.
    pub request: IdempotencyIndex,
    /// The token to repeat, sealed; `None` where the answer has none. Its row is the verification's id.
    pub token: Option<Sealed>,
}

/// The message that carries a code, as it goes into the outbox.
#[derive(Clone, Debug)]
pub struct OutboxEntry {
    /// Its name.
    pub id: MessageId,
    /// Recipient and text, sealed; its row is `id`.
    pub payload: Sealed,
    /// The lease under which this process sends it right after the commit, and its end. Without one, the
    /// first process that looks takes it.
    pub lease: Option<(LeaseId, Timestamp)>,
}

/// A fresh code and the message that carries it.
#[derive(Clone, Debug)]
pub struct NewCode {
    /// What is stored of the code.
    pub digest: CodeDigest,
    /// Its message.
    pub message: OutboxEntry,
}

/// A start.
#[derive(Clone, Debug)]
pub struct Start {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its name.
    pub id: VerificationId,
    /// What is stored of its token.
    pub token: TokenDigest,
    /// What it is for.
    pub purpose: Purpose,
    /// The language of its messages.
    pub locale: Locale,
    /// The number, digested.
    pub phone_index: PhoneIndex,
    /// The number, sealed; its row is `id`.
    pub phone: Sealed,
    /// The country of the number, for figures.
    pub country: Option<Region>,
    /// What was said of the number beforehand (requirement B08); a refusal is only recorded.
    pub destination: Result<(), DestinationRefusal>,
    /// The first code.
    pub code: NewCode,
    /// Whether its messages are never sent: nobody who may be told has this number (security 22).
    pub withheld: bool,
    /// Where it comes from.
    pub origin: ClientOrigin,
    /// The rules it is judged by.
    pub policy: Arc<Policy>,
    /// What its message puts on the tenant's day, where a ceiling is set.
    pub reservation: Option<Reservation>,
    /// The key under which its answer is repeated.
    pub idempotency: Option<Idempotency>,
    /// Whether the number is one for tests; marked in every record.
    pub test_number: bool,
    /// The present moment.
    pub now: Timestamp,
}

/// What became of a start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// Verification, code, outbox row and decision are durable.
    Created(Verification),
    /// Only the decision is durable.
    Refused(Decision),
    /// The same request came under the same key before: its answer, with the sealed token.
    Repeated {
        /// As it stood in that answer; its `created_at` is when the answer was given.
        verification: Verification,
        /// The sealed token of that answer.
        token: Option<Sealed>,
    },
    /// Another request came under the same key before.
    KeyReused,
}

/// A resend.
#[derive(Clone, Debug)]
pub struct Resend {
    /// Whose verification it is.
    pub tenant: TenantId,
    /// Its name.
    pub id: VerificationId,
    /// What is stored of its token.
    pub token: TokenDigest,
    /// The number, digested.
    pub phone_index: PhoneIndex,
    /// The fresh code.
    pub code: NewCode,
    /// The rules it is judged by.
    pub policy: Arc<Policy>,
    /// What its message puts on the tenant's day, where a ceiling is set.
    pub reservation: Option<Reservation>,
    /// The key under which its answer is repeated.
    pub idempotency: Option<Idempotency>,
    /// Whether the number is one for tests; marked in every record.
    pub test_number: bool,
    /// The present moment.
    pub now: Timestamp,
}

/// What became of a resend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resent {
    /// Code and outbox row are durable.
    Sent(Verification),
    /// Too early, under some rule; nothing changed. Its `resend_at` says when under all rules.
    TooEarly(Verification),
    /// The verification is over, see [`Verification::ended`].
    Over(Verification),
    /// The same request came under the same key before: its answer.
    Repeated(Verification),
    /// Another request came under the same key before.
    KeyReused,
    /// No such verification, or another token.
    NotFound,
}

/// A check.
#[derive(Clone, Debug)]
pub struct Check {
    /// Whose verification it is.
    pub tenant: TenantId,
    /// Its name.
    pub id: VerificationId,
    /// What is stored of its token.
    pub token: TokenDigest,
    /// What may stand in the database for the typed code.
    pub code: CodeDigests,
    /// The proof to store with a success, and its end.
    pub proof: (ProofDigest, Timestamp),
    /// The client token to store with a success, and its end.
    pub client_token: (ClientTokenDigest, Timestamp),
    /// The present moment.
    pub now: Timestamp,
}

/// What became of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spent {
    /// Right. Success, proof and client token are durable.
    Matched(Verification),
    /// Wrong, and charged to the verification and to the number's budget.
    Missed(Verification),
    /// Charged to the verification, and none of our own codes; a provider runs the verification and has to say
    /// whether the code is right, see [`VerificationRepository::settle_check`]. Until it has, the check neither
    /// counts for the number nor locks; where it was the last, the verification shows as locked meanwhile.
    Undecided(Verification),
    /// Not compared and not charged: the verification is over, see [`Verification::ended`].
    Over(Verification),
    /// Not compared and not charged: the number's ceiling of wrong checks for the day is reached.
    NumberExhausted(Verification),
    /// No such verification, or another token.
    NotFound,
}

/// What the provider that runs a verification says of a check that was charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Right.
    Matched {
        /// What the provider calls the event.
        event: Option<String>,
        /// What the verification cost.
        price: Option<Price>,
    },
    /// Wrong.
    Missed,
    /// Surely not compared by the provider: the charge is taken back, unless codes of our own were live and
    /// compared; then it is a miss like any other.
    NotCompared,
}

/// Who asks for a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Whoever shows this token.
    Token(TokenDigest),
    /// A key of its tenant.
    Tenant,
}

/// What became of a cancelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// Done; its codes count no more, and its messages that still wait are not sent.
    Done(Verification),
    /// It was over before, see [`Verification::ended`].
    Over(Verification),
    /// No such verification, or another token.
    NotFound,
}

/// What a live proof stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvedPhone {
    /// The verification it came from.
    pub verification: VerificationId,
    /// The number it proves, digested.
    pub phone_index: PhoneIndex,
    /// The number it proves, sealed; its row is `verification`.
    pub phone: Sealed,
}

/// Stores verifications. Each method is one transaction.
#[async_trait]
pub trait VerificationRepository: Send + Sync {
    /// Judges and stores a start: the decision always; verification, code, outbox row and idempotency record
    /// when it is allowed. Counters are exact to the unit under any number of parallel starts, processes
    /// included.
    async fn start(&self, start: Start) -> Result<Started, RepositoryError>;

    /// Judges a resend and stores its code and outbox row. Checks left stay as they are. The code beyond
    /// `policy.live_codes` dies.
    async fn resend(&self, resend: Resend) -> Result<Resent, RepositoryError>;

    /// Charges one check, compares, and marks a success with its proof and client token; or charges a miss to
    /// the number's budget. The last check locks the verification when it misses. At most
    /// `max_checks` comparisons ever happen, at most one success; expiry is judged in the same statement.
    async fn spend_check(&self, check: Check) -> Result<Spent, RepositoryError>;

    /// Settles a check that [`Spent::Undecided`] charged, by what the provider said: marks a success with its
    /// proof and client token, also where other checks have used up the budget meanwhile; or counts a miss, and
    /// locks the verification when no checks are left; or takes the charge back. What counts is that the check
    /// was charged in time: `check.now` is the moment of the charge. Never `Undecided` nor `NumberExhausted`;
    /// `Over` where the verification was verified or cancelled meanwhile, or the charge was taken back. A miss
    /// counts for the number also where the verification is over by then, and a charge is taken back only where
    /// there is one and the verification is pending.
    async fn settle_check(&self, check: Check, settlement: Settlement) -> Result<Spent, RepositoryError>;

    /// Ends a pending verification.
    async fn cancel(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Cancelled, RepositoryError>;

    /// A verification, for the holder of its token or a key of its tenant.
    async fn find(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Option<Verification>, RepositoryError>;

    /// What a proof stands for, without spending it: accounts spend it, in the transaction of its effect.
    async fn find_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: ProofDigest,
        now: Timestamp,
    ) -> Result<Result<ProvedPhone, ProofRefusal>, RepositoryError>;
}
