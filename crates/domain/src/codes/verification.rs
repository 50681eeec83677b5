//! A verification: one proof under way.

use jiff::Timestamp;

use crate::codes::Purpose;
use crate::id::Id;
use crate::keys::Sealed;
use crate::messages::{Locale, ProviderName, ProviderReference};
use crate::opaque::{Digest, Opaque, Role};
use crate::tenant::TenantId;

/// Marks the name of a verification.
pub struct VerificationRole;
impl Role for VerificationRole {
    const NAME: &'static str = "Verification";
}
/// The name of a verification.
pub type VerificationId = Id<VerificationRole>;

/// Marks the secret that authorises the holder of a verification.
pub struct TokenRole;
impl Role for TokenRole {
    const NAME: &'static str = "Token";
}
/// The secret handed to whoever started a verification; every later call needs it (requirement B13).
pub type Token = Opaque<TokenRole>;
/// What is stored of a [`Token`].
pub type TokenDigest = Digest<TokenRole>;

/// Marks the secret that a success yields.
pub struct ProofRole;
impl Role for ProofRole {
    const NAME: &'static str = "Proof";
}
/// What a success yields: spent once, for the purpose and tenant of its verification (requirement A12).
pub type Proof = Opaque<ProofRole>;
/// What is stored of a [`Proof`].
pub type ProofDigest = Digest<ProofRole>;

/// Marks the secret that tells a client that has proved a number before.
pub struct ClientTokenRole;
impl Role for ClientTokenRole {
    const NAME: &'static str = "ClientToken";
}
/// Given at success; gives its holder a budget of wrong checks that strangers cannot use up (requirement B14).
pub type ClientToken = Opaque<ClientTokenRole>;
/// What is stored of a [`ClientToken`].
pub type ClientTokenDigest = Digest<ClientTokenRole>;

/// The state of a verification as its owner sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// Waiting for the right code.
    Pending,
    /// The right code was typed in time.
    Verified,
    /// Its time ran out first.
    Expired,
    /// Its owner gave it up.
    Cancelled,
    /// Its budget of checks is gone; it stays so until it expires.
    Locked,
}

impl Status {
    /// The name used on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Locked => "locked",
        }
    }
}

/// Why a verification takes no more checks and no resend, for someone who holds its token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// Its time ran out.
    Expired,
    /// It was verified already.
    Used,
    /// Its owner gave it up.
    Cancelled,
    /// No checks are left until it expires.
    Exhausted,
}

/// A verification as it stands at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Its name.
    pub id: VerificationId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What it is for.
    pub purpose: Purpose,
    /// The language of its messages.
    pub locale: Locale,
    /// The number, sealed; the row of the seal is `id`.
    pub phone: Sealed,
    /// Its state at the moment of reading, expiry included.
    pub status: Status,
    /// Checks that may still be made.
    pub checks_left: u16,
    /// Codes sent so far, the first included.
    pub sends: u16,
    /// When it was started.
    pub created_at: Timestamp,
    /// When its last code dies, and it with it.
    pub expires_at: Timestamp,
    /// The earliest moment at which a resend is allowed, as of its last send.
    pub resend_at: Timestamp,
    /// The provider that runs it, where one does: it owns the newest code, under this name.
    pub run_by: Option<(ProviderName, ProviderReference)>,
    /// Whether its messages are never sent: it was asked for where there is nobody to tell (security 22). Nothing
    /// that its owner sees depends on this.
    pub withheld: bool,
}

impl Verification {
    /// Why it is over; `None` while it waits for a code.
    pub fn ended(&self) -> Option<Ended> {
        match self.status {
            Status::Pending => None,
            Status::Verified => Some(Ended::Used),
            Status::Expired => Some(Ended::Expired),
            Status::Cancelled => Some(Ended::Cancelled),
            Status::Locked => Some(Ended::Exhausted),
        }
    }
}
