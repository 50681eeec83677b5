use std::sync::Arc;

use bonin_domain::access::ApiKeyId;
use bonin_domain::admin::{AuditAction, Subject};
use bonin_ports::{ApiKeyRepository, Clock, RepositoryError, Revoke};

use crate::admin::{Actor, Record};

/// Takes a key, or one of its two secrets, back.
pub struct RevokeKey {
    /// The keys.
    pub api_keys: Arc<dyn ApiKeyRepository>,
    /// Records it.
    pub record: Record,
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
    NoSecondSecret,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl RevokeKey {
    /// Ends the key `id`, or one of its two secrets; calls that show it are refused from now on.
    ///
    /// # Errors
    /// [`RevokeKeyError`]; nothing was changed then.
    pub async fn execute(&self, actor: &Actor, id: &ApiKeyId, what: Revoke) -> Result<(), RevokeKeyError> {
        let secrets = super::live_secrets(&*self.api_keys, id).await?;
        let subject = match (what, secrets) {
            (Revoke::Key, None) => return Err(RevokeKeyError::NoKey),
            (Revoke::OlderSecret | Revoke::NewerSecret, None | Some(..2)) => {
                return Err(RevokeKeyError::NoSecondSecret);
            }
            (Revoke::Key, Some(_)) => id.to_string(),
            (Revoke::OlderSecret, Some(_)) => format!("{id} older secret"),
            (Revoke::NewerSecret, Some(_)) => format!("{id} newer secret"),
        };
        let subject = Subject::Named(subject);
        self.record.execute(actor, AuditAction::KeyRevoked, Some(subject), None).await?;
        if self.api_keys.revoke(id, what, self.clock.now()).await? {
            return Ok(());
        }
        Err(match what {
            Revoke::Key => RevokeKeyError::NoKey,
            Revoke::OlderSecret | Revoke::NewerSecret => RevokeKeyError::NoSecondSecret,
        })
    }
}
