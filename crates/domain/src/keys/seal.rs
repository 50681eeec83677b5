//! Sealed values: AES-256-GCM, bound to field and row.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::keys::KeyId;

/// A sealed value as stored: key number (4 bytes), nonce (12), ciphertext and tag.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

/// What a sealed value is; a value moved to another field does not open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SealedField {
    /// The phone number of a verification or an account.
    Phone,
    /// Recipient and text of a message that waits to be sent.
    Message,
    /// The images of a group of messages.
    Images,
    /// What a provider pushed to us, until it is read.
    Receipt,
    /// A token kept for repeating an answer under its idempotency key.
    Token,
    /// The login id of an account.
    LoginId,
    /// The nickname of an account.
    Nickname,
    /// The provider's unique keys of an account's person.
    PersonKeys,
    /// What a completed identity verification tells, until its proof is spent.
    Identified,
    /// The provider's name of a result, until the provider has erased it.
    Reference,
    /// The verifier of a log in at a provider that is under way (PKCE).
    PkceVerifier,
    /// A person's access token at a provider of messages.
    AccessToken,
    /// A person's refresh token at a provider of messages.
    RefreshToken,
    /// Sender, subject and text of what was sent with the messaging app.
    WebContent,
    /// A form of the messaging app that is not sent yet.
    Draft,
    /// The secret of an administrator's one-time passwords.
    TotpSecret,
    /// The reason that an administrator typed.
    AuditReason,
    /// What the first page of somebody who becomes an administrator hands to the second.
    Enrolment,
}

/// Why a sealed value does not open.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// The key that closed it is not in the ring.
    #[error("sealed with key {0}, which is not in the key ring")]
    UnknownKey(u32),
    /// Changed, cut, or moved from another tenant, field or row.
    #[error("the sealed value is damaged or belongs elsewhere")]
    Damaged,
}

impl SealedField {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Phone => b"phone",
            Self::Message => b"message",
            Self::Images => b"images",
            Self::Receipt => b"receipt",
            Self::Token => b"token",
            Self::LoginId => b"login id",
            Self::Nickname => b"nickname",
            Self::PersonKeys => b"person keys",
            Self::Identified => b"identified",
            Self::Reference => b"reference",
            Self::PkceVerifier => b"pkce verifier",
            Self::AccessToken => b"access token",
            Self::RefreshToken => b"refresh token",
            Self::WebContent => b"web content",
            Self::Draft => b"draft",
            Self::TotpSecret => b"totp secret",
            Self::AuditReason => b"audit reason",
            Self::Enrolment => b"enrolment",
        }
    }
}

impl Sealed {
    /// The stored form.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads the stored form; whether it opens shows when it is opened.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The key that closed it; `None` when it is too short to say.
    pub fn key_id(&self) -> Option<KeyId> {
        KeyId::new(u32::from_be_bytes(self.0.get(..4)?.try_into().ok()?))
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sealed({} bytes)", self.0.len())
    }
}

fn aead(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("an AES-256 key has 32 bytes"))
}

fn bound_to(field: SealedField, row: &[u8; 16]) -> Aad<Vec<u8>> {
    Aad::from([field.label(), b":", row].concat())
}

pub(super) fn seal(
    id: KeyId,
    key: &[u8; 32],
    field: SealedField,
    row: &[u8; 16],
    plaintext: &[u8],
    fill: &mut dyn FnMut(&mut [u8]),
) -> Sealed {
    let mut nonce = [0; 12];
    fill(&mut nonce);
    let mut bytes = Vec::with_capacity(16 + plaintext.len() + AES_256_GCM.tag_len());
    bytes.extend_from_slice(&id.number().to_be_bytes());
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(plaintext);
    let tag = aead(key)
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            bound_to(field, row),
            &mut bytes[16..],
        )
        .expect("a message of this size can be sealed");
    bytes.extend_from_slice(tag.as_ref());
    Sealed(bytes)
}

pub(super) fn unseal(
    key: &[u8; 32],
    field: SealedField,
    row: &[u8; 16],
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
    let nonce = sealed.0.get(4..16).ok_or(UnsealError::Damaged)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| UnsealError::Damaged)?;
    let mut bytes = Zeroizing::new(sealed.0[16..].to_vec());
    let length = aead(key)
        .open_in_place(nonce, bound_to(field, row), &mut bytes)
        .map_err(|_| UnsealError::Damaged)?
        .len();
    bytes.truncate(length);
    Ok(bytes)
}
