use bonin_domain::access::ApiKeyId;
use bonin_domain::keys::{IdempotencyIndex, KeyRing, Sealed};
use bonin_domain::{ClientAddress, TenantId};
use bonin_ports::Idempotency;

/// A request that came with an `Idempotency-Key`.
#[derive(Clone)]
pub struct IdempotentRequest {
    /// The key, 1 to 255 visible characters.
    pub key: String,
    /// The request's path and body: what must be the same for the answer to be repeated.
    pub request: Vec<u8>,
    /// The API key that it came with: then that is the client, wherever it calls from.
    pub caller: Option<ApiKeyId>,
}

impl IdempotentRequest {
    /// What tells this key of this client from all others. Keys of different clients never meet, so nobody is
    /// answered with another's token for having chosen the same key.
    pub fn index(&self, keys: &KeyRing, tenant: &TenantId, client: &ClientAddress) -> IdempotencyIndex {
        let (kind, client): (&[u8], &[u8]) = match &self.caller {
            Some(caller) => (b"key of key", caller.as_str().as_bytes()),
            None => (b"key", client.address().as_bytes()),
        };
        let parts: [&[u8]; 4] = [kind, tenant.as_str().as_bytes(), client, self.key.as_bytes()];
        keys.idempotency_index(&parts)
    }

    pub(crate) fn stored(
        &self,
        keys: &KeyRing,
        tenant: &TenantId,
        client: &ClientAddress,
        token: Option<Sealed>,
    ) -> Idempotency {
        Idempotency {
            key: self.index(keys, tenant, client),
            request: keys.idempotency_index(&[b"request", &self.request]),
            token,
        }
    }
}
