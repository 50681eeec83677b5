use bonin_domain::TenantId;
use bonin_domain::access::{ApiKey, ApiKeyId, ApiSecret, Scope};
use bonin_ports::Entropy as _;
use jiff::Timestamp;

use super::Scene;

impl Scene {
    /// The public half of a fresh API key.
    pub fn api_key_id(&self) -> ApiKeyId {
        ApiKeyId::draw(&mut |bytes| self.entropy.fill(bytes))
    }

    /// The secret half of a fresh API key.
    pub fn api_secret(&self) -> ApiSecret {
        ApiSecret::draw(&mut |bytes| self.entropy.fill(bytes))
    }

    /// A fresh API key, as it is made.
    pub fn api_key(&self, tenant: &TenantId, scopes: &[Scope], created_at: Timestamp) -> ApiKey {
        ApiKey {
            id: self.api_key_id(),
            tenant: tenant.clone(),
            scopes: scopes.to_vec(),
            secrets: 1,
            created_at,
            revoked_at: None,
        }
    }
}
