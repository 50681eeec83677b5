use std::sync::Arc;

use bonin_domain::access::{ApiKeyId, ApiSecret};
use bonin_ports::{ApiKeyRepository, Clock, Entropy, RepositoryError, Rotated};

/// Gives a key a second secret, so that callers can change over one by one.
pub struct RotateKey {
    /// The keys.
    pub api_keys: Arc<dyn ApiKeyRepository>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws the secret.
    pub entropy: Arc<dyn Entropy>,
}

/// Why a key got no second secret.
#[derive(Debug, thiserror::Error)]
pub enum RotateKeyError {
    /// Two are live already.
    #[error("the key has two live secrets already; end the older one first")]
    TwoLive,
    /// No such live key.
    #[error("there is no such live key")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl RotateKey {
    /// Draws a second secret for the key `id`; the first stays live until it is ended.
    ///
    /// # Errors
    /// [`RotateKeyError`]; nothing was changed then.
    pub async fn execute(&self, id: &ApiKeyId) -> Result<ApiSecret, RotateKeyError> {
        let secret = ApiSecret::draw(&mut |bytes: &mut [u8]| self.entropy.fill(bytes));
        match self.api_keys.rotate(id, secret.digest(), self.clock.now()).await? {
            Rotated::Done => Ok(secret),
            Rotated::TwoLive => Err(RotateKeyError::TwoLive),
            Rotated::NotFound => Err(RotateKeyError::NotFound),
        }
    }
}
