//! Keyed digests: what can be looked up or compared without being readable.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use ring::hmac;

use crate::keys::KeyId;
use crate::opaque::Role;

/// Bytes of a stored digest: the key's number in four, HMAC-SHA-256 in thirty-two.
const LENGTH: usize = 36;

/// An HMAC-SHA-256 under a key that is not in the database, with that key's number before it.
pub struct Keyed<R: Role> {
    bytes: [u8; LENGTH],
    role: PhantomData<R>,
}

/// Marks the digest under which a phone number is looked up.
pub struct PhoneRole;
impl Role for PhoneRole {
    const NAME: &'static str = "PhoneIndex";
}
/// The digest under which a phone number is looked up, the same over all tenants of a deployment.
pub type PhoneIndex = Keyed<PhoneRole>;

/// Marks the digest under which a client address or network is counted.
pub struct AddressRole;
impl Role for AddressRole {
    const NAME: &'static str = "AddressIndex";
}
/// The digest under which a client address or network is counted.
pub type AddressIndex = Keyed<AddressRole>;

/// Marks the digest of a code.
pub struct CodeDigestRole;
impl Role for CodeDigestRole {
    const NAME: &'static str = "CodeDigest";
}
/// The digest of a code, over tenant, purpose, verification and digits.
pub type CodeDigest = Keyed<CodeDigestRole>;

/// Marks the digest of an idempotency key or of the request it came with.
pub struct IdempotencyRole;
impl Role for IdempotencyRole {
    const NAME: &'static str = "IdempotencyIndex";
}
/// The digest of an idempotency key or of the request it came with.
pub type IdempotencyIndex = Keyed<IdempotencyRole>;

/// Marks the digest under which a login id is looked up.
pub struct LoginIndexRole;
impl Role for LoginIndexRole {
    const NAME: &'static str = "LoginIndex";
}
/// The digest under which a login id is looked up, the same over all tenants of a deployment.
pub type LoginIndex = Keyed<LoginIndexRole>;

/// Marks the digest under which a person's key is looked up.
pub struct PersonIndexRole;
impl Role for PersonIndexRole {
    const NAME: &'static str = "PersonIndex";
}
/// The digest under which a person's key, CI or DI, is looked up (requirement F03).
pub type PersonIndex = Keyed<PersonIndexRole>;

/// Marks the digest by which a provider's result is known again.
pub struct ResultIndexRole;
impl Role for ResultIndexRole {
    const NAME: &'static str = "ResultIndex";
}
/// The digest by which a provider's result, its `imp_uid`, is known again (requirement F02).
pub type ResultIndex = Keyed<ResultIndexRole>;

/// Marks the digest under which somebody's account at a provider is looked up.
pub struct ProviderAccountRole;
impl Role for ProviderAccountRole {
    const NAME: &'static str = "ProviderAccountIndex";
}
/// The digest under which somebody's account at a provider of messages is looked up.
pub type ProviderAccountIndex = Keyed<ProviderAccountRole>;

/// What may stand in the database for a typed code.
///
/// Whoever checks a code names a verification but not its purpose, and codes outlive a change of keys by
/// minutes: so there is one digest for each purpose under the active key and under the newest of the others. Only the one of the
/// verification's own purpose can be stored with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodeDigests(pub(crate) Vec<CodeDigest>);

impl CodeDigests {
    /// The digests.
    pub fn as_slice(&self) -> &[CodeDigest] {
        &self.0
    }
}

impl<R: Role> Keyed<R> {
    /// Digests `parts`, each preceded by its length, so that no two lists of parts read the same.
    pub(crate) fn compute(id: KeyId, key: &hmac::Key, parts: &[&[u8]]) -> Self {
        let mut context = hmac::Context::with_key(key);
        context.update(R::NAME.as_bytes());
        for part in parts {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part);
        }
        let mut bytes = [0; LENGTH];
        bytes[..4].copy_from_slice(&id.number().to_be_bytes());
        bytes[4..].copy_from_slice(context.sign().as_ref());
        Self { bytes, role: PhantomData }
    }

    /// Random bytes in the form of a digest: nothing has them but by a chance of 2^-256.
    pub(crate) fn draw(id: KeyId, fill: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut bytes = [0; LENGTH];
        bytes[..4].copy_from_slice(&id.number().to_be_bytes());
        fill(&mut bytes[4..]);
        Self { bytes, role: PhantomData }
    }

    /// The stored form.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads the stored form; `None` when it has another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self { bytes: bytes.try_into().ok()?, role: PhantomData })
    }

    /// Sixty-four bits of the digest, for advisory locks.
    pub fn lock_key(&self) -> i64 {
        let mut first = [0; 8];
        first.copy_from_slice(&self.bytes[4..12]);
        i64::from_be_bytes(first)
    }

    /// Eight hex digits of the digest, for telling subjects apart in logs.
    pub fn reference(&self) -> String {
        let first = [self.bytes[4], self.bytes[5], self.bytes[6], self.bytes[7]];
        format!("{:08x}", u32::from_be_bytes(first))
    }
}

impl<R: Role> Clone for Keyed<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Role> Copy for Keyed<R> {}

impl<R: Role> PartialEq for Keyed<R> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<R: Role> Eq for Keyed<R> {}

impl<R: Role> Hash for Keyed<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

impl<R: Role> fmt::Debug for Keyed<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}({})", R::NAME, self.reference())
    }
}
