//! Proving who holds a phone number by code.

mod cancel;
mod check;
mod compose;
mod idempotency;
mod read;
mod resend;
mod start;
mod texts;

pub use cancel::{CancelError, CancelVerification};
pub use check::{CheckCode, CheckCodeError, Verified};
pub use compose::Composer;
pub use idempotency::IdempotentRequest;
pub use read::{Delivery, ReadError, ReadVerification, Seen};
pub use resend::{ResendCode, ResendError, ResentCode};
pub use start::{StartError, StartRequest, StartVerification, StartedVerification};
pub use texts::{TenantTexts, Texts};

use bonin_domain::codes::{Verification, VerificationId};
use bonin_domain::keys::{KeyRing, Sealed, SealedField};
use bonin_domain::{PhoneNumber, Region, TenantId};
use bonin_ports::RepositoryError;

/// The number of a verification, unsealed.
fn phone_of(keys: &KeyRing, verification: &Verification) -> Result<PhoneNumber, RepositoryError> {
    unsealed(keys, &verification.tenant, verification.id, &verification.phone)
}

/// The number that is sealed to the row of a verification.
pub(crate) fn unsealed(
    keys: &KeyRing,
    tenant: &TenantId,
    id: VerificationId,
    phone: &Sealed,
) -> Result<PhoneNumber, RepositoryError> {
    let damaged =
        |what: &dyn std::fmt::Display| RepositoryError::Internal(format!("the sealed number: {what}"));
    let bytes =
        keys.unseal(tenant, SealedField::Phone, id.as_row(), phone).map_err(|error| damaged(&error))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| damaged(&error))?;
    PhoneNumber::parse(text, Region::KR).map_err(|error| damaged(&error))
}
