//! What a member agreed to, looked at and changed after signing up (requirement G02).

mod give;
mod read;
mod withdraw;

pub use give::{GaveConsent, GiveConsent, GiveConsentError};
pub use read::{ConsentState, ConsentsSeen, ReadConsents};
pub use withdraw::{WithdrawConsent, WithdrawConsentError};
