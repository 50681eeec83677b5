//! Identity verification: a provider says who somebody is, and we judge whether to believe it (security 38, 39;
//! requirements F01 to F05).

mod age;
mod judge;
mod otp;
mod record;
mod verification;

pub use age::{AgeFacts, full_age, year_age};
pub use judge::{Identified, IdentityRefusal, JudgedBy, judge};
pub use otp::{
    Carrier, GenderDigit, GenderDigitError, OtpCode, OtpCodeError, OtpPerson, OtpPersonError, UnknownCarrier,
};
pub use record::{Gender, IdentityRecord, PersonKey, PersonKeyError, PersonName};
pub use verification::{
    IdentityApi, IdentityId, IdentityProof, IdentityProofDigest, IdentityProofRole, IdentityReference,
    IdentityReferenceError, IdentityRole, IdentityStatus, IdentityToken, IdentityTokenDigest,
    IdentityTokenRole, IdentityVerification, OrderId, OrderIdError,
};
