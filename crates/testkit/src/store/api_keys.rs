//! API keys, and how often addresses showed bad ones.

use async_trait::async_trait;
use bonin_domain::access::{ApiKey, ApiKeyId, ApiSecretDigest};
use bonin_domain::keys::AddressIndex;
use bonin_ports::{ApiKeyRepository, KeyVerdict, RepositoryError, Revoke, Rotated};
use jiff::{SignedDuration, Timestamp};

use super::InMemoryStore;

/// Bad keys that an address may show in a minute.
const BAD_KEYS: u32 = 5;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

pub(super) struct KeyRow {
    key: ApiKey,
    /// The live ones, oldest first.
    secrets: Vec<ApiSecretDigest>,
}

/// The bad keys of one address in the minute that the first of them began.
#[derive(Clone, Copy)]
pub(super) struct BadKeysRow {
    until: Timestamp,
    count: u32,
}

impl KeyRow {
    fn key(&self) -> ApiKey {
        ApiKey { secrets: u8::try_from(self.secrets.len()).unwrap_or(u8::MAX), ..self.key.clone() }
    }
}

#[async_trait]
impl ApiKeyRepository for InMemoryStore {
    async fn create(&self, key: ApiKey, secret: ApiSecretDigest) -> Result<(), RepositoryError> {
        let mut state = self.state();
        if state.api_keys.contains_key(&key.id) {
            return Err(RepositoryError::Conflict);
        }
        state.api_keys.insert(key.id.clone(), KeyRow { key, secrets: vec![secret] });
        Ok(())
    }

    async fn authenticate(
        &self,
        id: &ApiKeyId,
        secret: ApiSecretDigest,
        address: AddressIndex,
        now: Timestamp,
    ) -> Result<KeyVerdict, RepositoryError> {
        let mut state = self.state();
        let bad = state.bad_keys.get(&address).filter(|row| row.until > now).copied();
        if let Some(row) = bad.filter(|row| row.count >= BAD_KEYS) {
            return Ok(KeyVerdict::TooMany { until: row.until });
        }
        match state.api_keys.get(id) {
            Some(row) if row.secrets.contains(&secret) => Ok(KeyVerdict::Granted(row.key())),
            _ => {
                let row = bad.unwrap_or(BadKeysRow { until: now + MINUTE, count: 0 });
                state.bad_keys.insert(address, BadKeysRow { count: row.count + 1, ..row });
                Ok(KeyVerdict::Refused)
            }
        }
    }

    async fn rotate(
        &self,
        id: &ApiKeyId,
        secret: ApiSecretDigest,
        _now: Timestamp,
    ) -> Result<Rotated, RepositoryError> {
        match self.state().api_keys.get_mut(id) {
            None => Ok(Rotated::NotFound),
            Some(row) if row.key.revoked_at.is_some() => Ok(Rotated::NotFound),
            Some(row) if row.secrets.len() > 1 => Ok(Rotated::TwoLive),
            Some(row) => {
                row.secrets.push(secret);
                Ok(Rotated::Done)
            }
        }
    }

    async fn revoke(&self, id: &ApiKeyId, what: Revoke, now: Timestamp) -> Result<bool, RepositoryError> {
        let mut state = self.state();
        let Some(row) = state.api_keys.get_mut(id).filter(|row| row.key.revoked_at.is_none()) else {
            return Ok(false);
        };
        match what {
            Revoke::Key => {
                row.key.revoked_at = Some(now);
                row.secrets.clear();
            }
            Revoke::OlderSecret if row.secrets.len() > 1 => {
                row.secrets.remove(0);
            }
            Revoke::NewerSecret if row.secrets.len() > 1 => {
                row.secrets.pop();
            }
            Revoke::OlderSecret | Revoke::NewerSecret => return Ok(false),
        }
        Ok(true)
    }

    async fn list(&self) -> Result<Vec<ApiKey>, RepositoryError> {
        let mut keys: Vec<_> = self.state().api_keys.values().map(KeyRow::key).collect();
        keys.sort_by_key(|key| key.created_at);
        Ok(keys)
    }
}
