use bonin_domain::TenantId;
use bonin_domain::access::ApiKeyId;
use bonin_domain::keys::{IdempotencyIndex, KeyRing};

use crate::codes::IdempotentRequest;

/// A request that came with an `Idempotency-Key`, and the API key that it came with.
#[derive(Clone)]
pub struct IdempotentSend {
    /// Who calls. Here the API key is the client, wherever it calls from.
    pub client: ApiKeyId,
    /// The request.
    pub request: IdempotentRequest,
}

impl IdempotentSend {
    /// What tells this key of this client from all others.
    pub fn index(&self, keys: &KeyRing, tenant: &TenantId) -> IdempotencyIndex {
        let parts: [&[u8]; 4] = [
            b"group",
            tenant.as_str().as_bytes(),
            self.client.as_str().as_bytes(),
            self.request.key.as_bytes(),
        ];
        keys.idempotency_index(&parts)
    }

    /// The digests of key and request as stored with the group.
    pub(super) fn stored(&self, keys: &KeyRing, tenant: &TenantId) -> (IdempotencyIndex, IdempotencyIndex) {
        (self.index(keys, tenant), keys.idempotency_index(&[b"request", &self.request.request]))
    }
}
