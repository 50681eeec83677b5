use std::sync::Arc;

use bonin_domain::access::{ApiKeyId, ApiSecret};
use bonin_domain::admin::{AuditAction, Subject};
use bonin_ports::{ApiKeyRepository, Clock, Entropy, RepositoryError, Rotated};

use crate::admin::{Actor, Record};

/// Gives a key a second secret, so that callers can change over one by one.
pub struct RotateKey {
    /// The keys.
    pub api_keys: Arc<dyn ApiKeyRepository>,
    /// Records it.
    pub record: Record,
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
    pub async fn execute(&self, actor: &Actor, id: &ApiKeyId) -> Result<ApiSecret, RotateKeyError> {
        let secrets = super::live_secrets(&*self.api_keys, id).await?.ok_or(RotateKeyError::NotFound)?;
        if secrets > 1 {
            return Err(RotateKeyError::TwoLive);
        }
        let subject = Subject::Named(id.to_string());
        self.record.execute(actor, AuditAction::KeyRotated, Some(subject), None).await?;
        let secret = ApiSecret::draw(&mut |bytes: &mut [u8]| self.entropy.fill(bytes));
        match self.api_keys.rotate(id, secret.digest(), self.clock.now()).await? {
            Rotated::Done => Ok(secret),
            Rotated::TwoLive => Err(RotateKeyError::TwoLive),
            Rotated::NotFound => Err(RotateKeyError::NotFound),
        }
    }
}
