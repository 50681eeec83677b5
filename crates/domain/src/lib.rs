//! The rules of Bonin without any I/O: what a phone number, a code, a verification and a message are, and
//! what may happen to them.
//!
//! Nothing here reads a clock, draws randomness, logs or knows JSON, SQL or HTTP. Time arrives as a value,
//! randomness through a closure, so every rule can be tested by itself. Values are parsed once
//! ([`PhoneNumber::parse`], [`codes::Code::parse`]) and trusted afterwards; secrets have a masked `Debug`.

pub mod access;
pub mod accounts;
pub mod admin;
pub mod analytics;
mod client_address;
pub mod codes;
mod destination;
mod id;
pub mod identity;
pub mod keys;
pub mod messages;
pub mod messaging;
mod money;
mod opaque;
mod phone;
pub mod routing;
pub mod spending;
mod tenant;
mod test_numbers;

pub use client_address::ClientAddress;
pub use destination::{DestinationRefusal, Destinations};
pub use id::{Id, IdError};
pub use money::Amount;
pub use opaque::{Digest, Opaque, OpaqueError, Role};
pub use phone::{LineType, PhoneNumber, PhoneNumberError, Region, UnknownRegion, warm_up_phone_metadata};
pub use tenant::{TenantId, TenantIdError};
pub use test_numbers::{TestNumber, TestNumbers, TestOutcome, TooManyTestNumbers};
