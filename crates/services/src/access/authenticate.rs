use std::sync::Arc;

use bonin_domain::ClientAddress;
use bonin_domain::access::{ApiKey, ApiKeyId, ApiSecret};
use bonin_domain::keys::KeyRing;
use bonin_ports::{ApiKeyRepository, Clock, KeyVerdict, RepositoryError};
use jiff::Timestamp;

/// An id that no key has: drawn ids begin with one of the first letters.
const NOBODY: &str = "zzzzzzzz";

/// Tells who shows an API key.
pub struct Authenticate {
    /// The keys.
    pub api_keys: Arc<dyn ApiKeyRepository>,
    /// Digests addresses.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why a caller is not let in.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// No such key, taken back, another secret, or not a key at all.
    #[error("the API key is not known")]
    Refused,
    /// Too many bad keys came from the address.
    #[error("too many bad keys came from this address")]
    TooMany {
        /// The earliest moment to try again.
        until: Timestamp,
    },
    /// The store failed, so that nobody is let in.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl Authenticate {
    /// The key of which `api_key` and `api_secret` are the halves, as `client` wrote them.
    ///
    /// # Errors
    /// [`AuthenticateError`].
    #[tracing::instrument(name = "access.authenticate", skip_all)]
    pub async fn execute(
        &self,
        api_key: &str,
        api_secret: &str,
        client: &ClientAddress,
    ) -> Result<ApiKey, AuthenticateError> {
        let (id, secret) = match (ApiKeyId::parse(api_key), ApiSecret::parse(api_secret)) {
            (Ok(id), Ok(secret)) => (id, secret),
            // What is no key is counted, and takes as long, like one that nobody has.
            _ => (
                ApiKeyId::parse(NOBODY).map_err(|_| AuthenticateError::Refused)?,
                ApiSecret::draw(&mut |bytes: &mut [u8]| bytes.fill(0)),
            ),
        };
        let address = self.keys.address_index(client.address());
        match self.api_keys.authenticate(&id, secret.digest(), address, self.clock.now()).await? {
            KeyVerdict::Granted(key) => Ok(key),
            KeyVerdict::Refused => Err(AuthenticateError::Refused),
            KeyVerdict::TooMany { until } => Err(AuthenticateError::TooMany { until }),
        }
    }
}
