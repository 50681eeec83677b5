//! API keys: who calls, and for whom.

mod authenticate;
mod create;
mod list;
mod revoke;
mod rotate;

pub use authenticate::{Authenticate, AuthenticateError};
pub use create::{CreateKey, CreateKeyError, CreatedKey};
pub use list::ListKeys;
pub use revoke::{RevokeKey, RevokeKeyError};
pub use rotate::{RotateKey, RotateKeyError};
