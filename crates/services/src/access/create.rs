use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::access::{ApiKey, ApiKeyId, ApiSecret, Scope};
use bonin_domain::admin::{AuditAction, Subject};
use bonin_ports::{ApiKeyRepository, Clock, Entropy, RepositoryError, Revoke};

use crate::admin::{Actor, Record};

/// How often another id is drawn when one is taken. There are 2^39 of them.
const DRAWS: usize = 3;

/// Makes an API key.
pub struct CreateKey {
    /// The keys.
    pub api_keys: Arc<dyn ApiKeyRepository>,
    /// Records it.
    pub record: Record,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws both halves.
    pub entropy: Arc<dyn Entropy>,
}

/// A fresh key with its secret, which is nowhere else.
pub struct CreatedKey {
    /// The key.
    pub key: ApiKey,
    /// Its secret half.
    pub secret: ApiSecret,
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateKeyError {
    /// The configuration has no such tenant.
    #[error("there is no tenant {0}; tenants are listed in the configuration")]
    UnknownTenant(TenantId),
    /// It would be allowed nothing.
    #[error("a key needs at least one scope")]
    NoScope,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl CreateKey {
    /// Makes a key that may act for `tenant`, one of those that are `known`, within `scopes`.
    ///
    /// # Errors
    /// [`CreateKeyError`]; there is no key then that anybody could use.
    pub async fn execute(
        &self,
        actor: &Actor,
        tenant: TenantId,
        known: &[TenantId],
        mut scopes: Vec<Scope>,
    ) -> Result<CreatedKey, CreateKeyError> {
        if !known.contains(&tenant) {
            return Err(CreateKeyError::UnknownTenant(tenant));
        }
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(CreateKeyError::NoScope);
        }
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let secret = ApiSecret::draw(fill);
        let mut key = ApiKey {
            id: ApiKeyId::draw(fill),
            tenant,
            scopes,
            secrets: 1,
            created_at: self.clock.now(),
            revoked_at: None,
        };
        let mut draws = 1;
        while let Err(error) = self.api_keys.create(key.clone(), secret.digest()).await {
            if error != RepositoryError::Conflict || draws == DRAWS {
                return Err(error.into());
            }
            key.id = ApiKeyId::draw(&mut |bytes: &mut [u8]| self.entropy.fill(bytes));
            draws += 1;
        }
        let subject = Subject::Named(key.id.to_string());
        if let Err(error) = self.record.execute(actor, AuditAction::KeyCreated, Some(subject), None).await {
            // Its name was not known before it was made. Nobody has its secret; it is taken back all the same.
            if let Err(error) = self.api_keys.revoke(&key.id, Revoke::Key, self.clock.now()).await {
                tracing::error!(error = %error, "a key that nobody has could not be taken back");
            }
            return Err(error.into());
        }
        Ok(CreatedKey { key, secret })
    }
}
