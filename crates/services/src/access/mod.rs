//! API keys: who calls, and for whom. What is done with them is recorded; it is looked at first, so that no deed stands
//! in the record that could not be done.

mod authenticate;
mod create;
mod list;
mod revoke;
mod rotate;

use bonin_domain::access::ApiKeyId;
use bonin_ports::{ApiKeyRepository, RepositoryError};

pub use authenticate::{Authenticate, AuthenticateError};
pub use create::{CreateKey, CreateKeyError, CreatedKey};
pub use list::ListKeys;
pub use revoke::{RevokeKey, RevokeKeyError};
pub use rotate::{RotateKey, RotateKeyError};

/// How many secrets of a live key are good; `None` where there is no such live key.
async fn live_secrets(api_keys: &dyn ApiKeyRepository, id: &ApiKeyId) -> Result<Option<u8>, RepositoryError> {
    let keys = api_keys.list().await?;
    Ok(keys.into_iter().find(|key| key.id == *id && key.revoked_at.is_none()).map(|key| key.secrets))
}
