//! Identity verification: starting one, taking its result, one-time passwords, erasing.

mod accept;
mod complete;
mod erase;
mod identified;
mod otp;
mod read;
mod rules;
mod start;

pub use accept::{Accept, CompletedIdentity};
pub use complete::{CompleteIdentity, CompleteIdentityError};
pub use erase::EraseResults;
pub use identified::{IdentifiedNote, IdentifiedNoteError};
pub use otp::{OtpIdentity, OtpIdentityError};
pub use read::ReadIdentity;
pub use rules::IdentityRules;
pub use start::{StartIdentity, StartIdentityError, StartIdentityRequest, StartedIdentity};
