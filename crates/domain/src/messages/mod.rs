//! Messages: their text, its bytes as carriers count them, and what becomes of them.

mod brand;
mod bytes;
mod content;
mod delivery;
mod failure_text;
mod links;
mod locale;
mod template;
mod template_lint;
mod text;
mod web_otp;

pub use brand::{Brand, BrandError};
pub use bytes::{Unencodable, euc_kr_len};
pub use content::{Image, ImageError, MessageKind, Price, SUBJECT_LIMIT, SenderId, SenderIdError};
pub use delivery::{
    Attempt, DeliveryState, FailureClass, GroupId, GroupRole, LeaseId, LeaseRole, MessageId, MessageRole,
    ProviderName, ProviderReference, ReceiptId, ReceiptRole,
};
pub use locale::{Locale, UnknownLocale};
pub use template::{Template, TemplateError};
pub use template_lint::{TemplateLint, TemplateLintError, TemplateRules};
pub use text::{VERIFICATION_TEXT_LIMIT, verification_text};
pub use web_otp::{WebOtpDomain, WebOtpDomainError};
