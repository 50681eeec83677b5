//! API keys: who may call for a tenant, and what (requirement J06).

use std::fmt;

use jiff::Timestamp;

use crate::opaque::{Digest, Opaque, Role};
use crate::tenant::TenantId;

/// The public half of an API key: 8 lower-case letters and digits, beginning with a letter.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ApiKeyId(String);

/// Why a text is not the public half of an API key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an api_key has 8 lower-case letters and digits and begins with a letter")]
pub struct ApiKeyIdError;

impl ApiKeyId {
    const LENGTH: usize = 8;

    /// Draws a new one; `fill` writes random bytes.
    pub fn draw(fill: &mut dyn FnMut(&mut [u8])) -> Self {
        const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
        let mut random = [0; Self::LENGTH];
        fill(&mut random);
        // 32 symbols divide 256, so that each is as likely; the first 16 of them are letters.
        let symbol = |(place, byte): (usize, &u8)| {
            let symbols = if place == 0 { 16 } else { LETTERS.len() };
            char::from(LETTERS[usize::from(*byte) % symbols])
        };
        Self(random.iter().enumerate().map(symbol).collect())
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`ApiKeyIdError`] when `raw` has another form.
    pub fn parse(raw: &str) -> Result<Self, ApiKeyIdError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let well_formed = raw.len() == Self::LENGTH
            && raw.bytes().all(allowed)
            && raw.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
        if well_formed { Ok(Self(raw.to_owned())) } else { Err(ApiKeyIdError) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiKeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for ApiKeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Marks the secret half of an API key.
pub struct ApiSecretRole;
impl Role for ApiSecretRole {
    const NAME: &'static str = "ApiSecret";
}
/// The secret half of an API key, shown once.
pub type ApiSecret = Opaque<ApiSecretRole>;
/// What is stored of an [`ApiSecret`].
pub type ApiSecretDigest = Digest<ApiSecretRole>;

/// What a key may do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Scope {
    /// Start and resend verifications.
    Start,
    /// Check codes and cancel verifications.
    Check,
    /// Read verifications with their attempts, messages and figures.
    Read,
    /// Send messages and cancel reservations.
    Send,
    /// Sign people up, log them in, and everything else with accounts and identities.
    Accounts,
    /// Templates and settings.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 6] =
        [Self::Start, Self::Check, Self::Read, Self::Send, Self::Accounts, Self::Admin];

    /// The name used on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Check => "check",
            Self::Read => "read",
            Self::Send => "send",
            Self::Accounts => "accounts",
            Self::Admin => "admin",
        }
    }

    /// Reads the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// A key as it is known; its secrets are not part of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiKey {
    /// Its public half.
    pub id: ApiKeyId,
    /// For whom it acts.
    pub tenant: TenantId,
    /// What it may do, sorted, without repetition.
    pub scopes: Vec<Scope>,
    /// How many secrets are live: one, or two while they are changed.
    pub secrets: u8,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it may do this.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_ids_read_back() {
        for byte in 0..=255 {
            let id = ApiKeyId::draw(&mut |bytes: &mut [u8]| bytes.fill(byte));
            assert_eq!(ApiKeyId::parse(id.as_str()).unwrap(), id);
        }
        for wrong in ["", "abcdefg", "abcdefghi", "Abcdefgh", "1bcdefgh", "abc-efgh", "가나"] {
            assert_eq!(ApiKeyId::parse(wrong), Err(ApiKeyIdError));
        }
    }
}
