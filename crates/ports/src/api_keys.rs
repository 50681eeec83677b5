use async_trait::async_trait;
use bonin_domain::access::{ApiKey, ApiKeyId, ApiSecretDigest};
use bonin_domain::keys::AddressIndex;
use jiff::Timestamp;

use crate::RepositoryError;

/// What became of an attempt to sign in with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyVerdict {
    /// The key is live and the secret one of its live ones.
    Granted(ApiKey),
    /// Unknown, taken back, or another secret: all alike. Counted for the address.
    Refused,
    /// Too many bad keys came from the address; nothing was compared.
    TooMany {
        /// The earliest moment to try again.
        until: Timestamp,
    },
}

/// What became of a new secret for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// It is live beside the older one.
    Done,
    /// Two are live already.
    TwoLive,
    /// No such live key.
    NotFound,
}

/// Which secrets of a key end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoke {
    /// The key with all its secrets.
    Key,
    /// The older of two secrets.
    OlderSecret,
    /// The newer of two secrets.
    NewerSecret,
}

/// API keys. Each method is one transaction.
#[async_trait]
pub trait ApiKeyRepository: Send + Sync {
    /// Stores a key with its first secret. `Conflict` when the id is taken.
    async fn create(&self, key: ApiKey, secret: ApiSecretDigest) -> Result<(), RepositoryError>;

    /// Judges a key that a caller at `address` shows. The first bad key from an address begins a minute; once it
    /// holds five, every key from there is [`KeyVerdict::TooMany`] until the minute ends.
    async fn authenticate(
        &self,
        id: &ApiKeyId,
        secret: ApiSecretDigest,
        address: AddressIndex,
        now: Timestamp,
    ) -> Result<KeyVerdict, RepositoryError>;

    /// Adds a second secret.
    async fn rotate(
        &self,
        id: &ApiKeyId,
        secret: ApiSecretDigest,
        now: Timestamp,
    ) -> Result<Rotated, RepositoryError>;

    /// Ends a key or one of its two secrets; `false` when there is nothing to end.
    async fn revoke(&self, id: &ApiKeyId, what: Revoke, now: Timestamp) -> Result<bool, RepositoryError>;

    /// All keys, oldest first.
    async fn list(&self) -> Result<Vec<ApiKey>, RepositoryError>;
}
