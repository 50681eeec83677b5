use std::sync::Arc;

use bonin_domain::access::ApiKeyId;
use bonin_ports::{ApiKeyRepository, Clock, RepositoryError, Revoke};

/// Takes a key, or the older of its two secrets, back.
pub struct RevokeKey {
    /// The keys.
    pub api_keys: Arc<dyn ApiKeyRepository>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why nothing was taken back.
#[derive(Debug, thiserror::Error)]
pub enum RevokeKeyError {
    /// No such live key.
    #[error("there is no such live key")]
    NoKey,
    /// The key is not live, or has one secret only.
    #[error("there is no such live key with two secrets")]
    NoOlderSecret,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl RevokeKey {
    /// Ends the key `id`, or its older secret; calls that show it are refused from now on.
    ///
    /// # Errors
    /// [`RevokeKeyError`]; nothing was changed then.
    pub async fn execute(&self, id: &ApiKeyId, what: Revoke) -> Result<(), RevokeKeyError> {
        if self.api_keys.revoke(id, what, self.clock.now()).await? {
            return Ok(());
        }
        Err(match what {
            Revoke::Key => RevokeKeyError::NoKey,
            Revoke::OlderSecret => RevokeKeyError::NoOlderSecret,
        })
    }
}
