//! Messages: their text, its bytes as carriers count them, and what becomes of them.

mod brand;
mod bytes;
mod delivery;
mod locale;
mod text;

pub use brand::{Brand, BrandError};
pub use bytes::{Unencodable, euc_kr_len};
pub use delivery::{
    Attempt, DeliveryState, FailureClass, LeaseId, LeaseRole, MessageId, MessageRole, ProviderName,
    ProviderReference,
};
pub use locale::{Locale, UnknownLocale};
pub use text::{VERIFICATION_TEXT_LIMIT, verification_text};
