//! An account as it is stored: everything personal sealed, everything looked up digested.

use jiff::{SignedDuration, Timestamp};

use crate::accounts::PasswordHash;
use crate::id::Id;
use crate::keys::{LoginIndex, PersonIndex, PhoneIndex, Sealed};
use crate::opaque::{Digest, Opaque, Role};
use crate::tenant::TenantId;

/// Marks the name of an account.
pub struct AccountRole;
impl Role for AccountRole {
    const NAME: &'static str = "Account";
}
/// The name of an account.
pub type AccountId = Id<AccountRole>;

/// An account. The rows of its seals are `id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub id: AccountId,
    /// Whose member it is.
    pub tenant: TenantId,
    /// The login id, digested.
    pub login_index: LoginIndex,
    /// The login id, sealed.
    pub login_id: Sealed,
    /// The phone number, digested.
    pub phone_index: PhoneIndex,
    /// The phone number, sealed.
    pub phone: Sealed,
    /// What it is called, sealed.
    pub nickname: Sealed,
    /// What its password is checked against.
    pub password: PasswordHash,
    /// When its phone number was last proved.
    pub phone_proved_at: Timestamp,
    /// When another person was seen with its phone number, if one was (security 30, requirement F05).
    pub phone_contested_at: Option<Timestamp>,
    /// The person that it belongs to, where one was identified.
    pub person: Option<PersonLink>,
    /// When it was opened.
    pub created_at: Timestamp,
}

impl Account {
    /// A number not proved for so long may have another owner by now (security 30).
    pub const PHONE_PROOF_LIFE: SignedDuration = SignedDuration::from_hours(180 * 24);

    /// Whether its phone number by itself may open a reset of the password: proved within 180 days, and no other
    /// person was seen with it since.
    pub fn phone_opens_reset(&self, now: Timestamp) -> bool {
        let fresh = now.duration_since(self.phone_proved_at) <= Self::PHONE_PROOF_LIFE;
        fresh && self.phone_contested_at.is_none()
    }
}

/// The person behind an account, as identity verification told (security 39). At least one of the digests is
/// there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLink {
    /// The person's CI, digested: the same at every provider.
    pub ci: Option<PersonIndex>,
    /// The person's DI, digested with its provider: the same within one contract.
    pub di: Option<PersonIndex>,
    /// The provider's unique keys and its name of the result, sealed; the row is the account's. `None` where the
    /// operator keeps none.
    pub keys: Option<Sealed>,
    /// When the person was identified.
    pub at: Timestamp,
}

/// Marks the name of a password reset.
pub struct PasswordResetRole;
impl Role for PasswordResetRole {
    const NAME: &'static str = "PasswordReset";
}
/// The name of a password reset.
pub type PasswordResetId = Id<PasswordResetRole>;

/// Marks the secret that sets a new password once.
pub struct ResetTokenRole;
impl Role for ResetTokenRole {
    const NAME: &'static str = "ResetToken";
}
/// The secret that sets a new password once, within 10 minutes, and does nothing else (security 28).
pub type ResetToken = Opaque<ResetTokenRole>;
/// What is stored of a [`ResetToken`].
pub type ResetTokenDigest = Digest<ResetTokenRole>;

/// A reset that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordReset {
    /// Its name.
    pub id: PasswordResetId,
    /// What is stored of its token.
    pub token: ResetTokenDigest,
    /// When it dies.
    pub expires_at: Timestamp,
}

impl PasswordReset {
    /// How long a reset may take (requirement G05).
    pub const LIFE: SignedDuration = SignedDuration::from_mins(10);
}
