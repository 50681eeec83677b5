//! The ring of root keys and what is derived from it.

use std::fmt;

use ring::{hkdf, hmac};
use zeroize::Zeroizing;

use crate::PhoneNumber;
use crate::accounts::LoginId;
use crate::admin::AdminName;
use crate::codes::{Code, Purpose, VerificationId};
use crate::identity::{IdentityReference, PersonKey};
use crate::keys::digest::Keyed;
use crate::keys::seal;
use crate::keys::{
    AddressIndex, CodeDigest, CodeDigests, IdempotencyIndex, LoginIndex, PersonIndex, PhoneIndex,
    ProviderAccountIndex, ResultIndex, Sealed, SealedField, UnsealError,
};
use crate::tenant::TenantId;

/// The number of a root key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KeyId(u32);

impl KeyId {
    /// A key's number, 1 or more.
    pub fn new(number: u32) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// The number.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// A root key of 256 bits. `Debug` shows its number only.
#[derive(Clone)]
pub struct RootKey {
    id: KeyId,
    secret: Zeroizing<[u8; 32]>,
}

impl RootKey {
    /// A key with its number.
    pub fn new(id: KeyId, secret: Zeroizing<[u8; 32]>) -> Self {
        Self { id, secret }
    }

    /// Its number.
    pub fn id(&self) -> KeyId {
        self.id
    }

    fn derive(&self, labels: &[&[u8]]) -> Derived {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"bonin root key 1");
        let mut bytes = Zeroizing::new([0; 32]);
        salt.extract(&*self.secret)
            .expand(labels, hkdf::HKDF_SHA256)
            .and_then(|expanded| expanded.fill(&mut *bytes))
            .expect("HKDF-SHA-256 yields 32 bytes");
        bytes
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RootKey({})", self.id.0)
    }
}

type Derived = Zeroizing<[u8; 32]>;

/// A value that tells whether another process holds the same root key, without telling the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCheck {
    /// The key.
    pub id: KeyId,
    /// An HMAC under it; equal for equal keys only.
    pub value: [u8; 32],
}

/// The keys of a deployment.
pub struct KeyRing {
    /// The active one first, then the others, newest first.
    roots: Vec<RootKey>,
    index: (KeyId, hmac::Key),
    code: (KeyId, hmac::Key),
    other_code: Option<(KeyId, hmac::Key)>,
}

/// Why keys do not make a ring.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// There is no key at all.
    #[error("the key ring is empty")]
    Empty,
    /// Two keys have one number.
    #[error("two keys of the ring have the number {0}")]
    Repeated(u32),
    /// The key named as index key or as active key is missing.
    #[error("key {0} is named but not in the ring")]
    Missing(u32),
}

impl KeyRing {
    /// Makes a ring of `roots`, where `index` names the key under which look-ups are digested and `active` the
    /// one that seals and digests from now on.
    ///
    /// Keys are changed one process at a time: a new key is first added to every process's ring, and made
    /// active afterwards. Both kinds of processes then read what the other wrote.
    ///
    /// # Errors
    /// [`KeyRingError`] when keys are missing or numbered twice.
    pub fn new(mut roots: Vec<RootKey>, index: KeyId, active: KeyId) -> Result<Self, KeyRingError> {
        roots.sort_by_key(|key| std::cmp::Reverse(key.id));
        if let Some(pair) = roots.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(KeyRingError::Repeated(pair[0].id.0));
        }
        let hmac_key = |root: &RootKey, label: &[u8]| {
            (root.id, hmac::Key::new(hmac::HMAC_SHA256, &*root.derive(&[label])))
        };
        if roots.is_empty() {
            return Err(KeyRingError::Empty);
        }
        let place = |id: KeyId| roots.iter().position(|key| key.id == id).ok_or(KeyRingError::Missing(id.0));
        let (index, active) = (hmac_key(&roots[place(index)?], b"index"), place(active)?);
        roots[..=active].rotate_right(1);
        Ok(Self {
            index,
            code: hmac_key(&roots[0], b"code"),
            other_code: roots.get(1).map(|root| hmac_key(root, b"code")),
            roots,
        })
    }

    /// The digest under which `number` is looked up.
    pub fn phone_index(&self, number: &PhoneNumber) -> PhoneIndex {
        Keyed::compute(self.index.0, &self.index.1, &[number.e164().as_bytes()])
    }

    /// The digest under which a client address or network, in its canonical text form, is counted.
    pub fn address_index(&self, address: &str) -> AddressIndex {
        Keyed::compute(self.index.0, &self.index.1, &[address.as_bytes()])
    }

    /// The digest under which `login_id` is looked up.
    pub fn login_index(&self, login_id: &LoginId) -> LoginIndex {
        Keyed::compute(self.index.0, &self.index.1, &[login_id.as_str().as_bytes()])
    }

    /// The digest under which a CI, the same at every provider, is looked up.
    pub fn ci_index(&self, ci: &PersonKey) -> PersonIndex {
        Keyed::compute(self.index.0, &self.index.1, &[b"ci", ci.reveal().as_bytes()])
    }

    /// The digest under which a DI, which holds within one provider's contract, is looked up.
    pub fn di_index(&self, provider: &str, di: &PersonKey) -> PersonIndex {
        Keyed::compute(self.index.0, &self.index.1, &[b"di", provider.as_bytes(), di.reveal().as_bytes()])
    }

    /// The digest by which a provider's result is known again.
    pub fn result_index(&self, reference: &IdentityReference) -> ResultIndex {
        Keyed::compute(self.index.0, &self.index.1, &[reference.as_str().as_bytes()])
    }

    /// The digest under which an account at a provider of messages, by the provider's own name for it, is looked up.
    pub fn provider_account_index(&self, provider: &str, account: &str) -> ProviderAccountIndex {
        Keyed::compute(self.index.0, &self.index.1, &[provider.as_bytes(), account.as_bytes()])
    }

    /// The digest under which failed log ins of an administrator are counted: apart from those of members.
    pub fn admin_login_index(&self, name: &AdminName) -> LoginIndex {
        Keyed::compute(self.index.0, &self.index.1, &[b"admin", name.as_str().as_bytes()])
    }

    /// The digest of an idempotency key or of a request, over `parts`.
    pub fn idempotency_index(&self, parts: &[&[u8]]) -> IdempotencyIndex {
        Keyed::compute(self.index.0, &self.index.1, parts)
    }

    /// The digest under which a new code is stored (requirement A10).
    pub fn code_digest(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        id: VerificationId,
        code: &Code,
    ) -> CodeDigest {
        digest_code(&self.code, tenant, purpose, id, code)
    }

    /// What stands for a code that nobody has, and that no typed one matches: random bytes in the form of a digest.
    pub fn nobodys_code_digest(&self, fill: &mut dyn FnMut(&mut [u8])) -> CodeDigest {
        Keyed::draw(self.code.0, fill)
    }

    /// The digests of a typed code: what may stand in the database for it.
    pub fn code_digests(&self, tenant: &TenantId, id: VerificationId, code: &Code) -> CodeDigests {
        let keys = std::iter::once(&self.code).chain(self.other_code.as_ref());
        let digests =
            keys.flat_map(|key| Purpose::ALL.map(|purpose| digest_code(key, tenant, purpose, id, code)));
        CodeDigests(digests.collect())
    }

    /// Seals `plaintext` for one field of one row of `tenant` under the active key; `fill` writes random bytes.
    pub fn seal(
        &self,
        tenant: &TenantId,
        field: SealedField,
        row: &[u8; 16],
        plaintext: &[u8],
        fill: &mut dyn FnMut(&mut [u8]),
    ) -> Sealed {
        let root = &self.roots[0];
        let key = root.derive(&[b"seal", tenant.as_str().as_bytes()]);
        seal::seal(root.id, &key, field, row, plaintext, fill)
    }

    /// Opens what [`KeyRing::seal`] closed for the same tenant, field and row.
    ///
    /// # Errors
    /// [`UnsealError`] when the key is missing or anything was changed or moved.
    pub fn unseal(
        &self,
        tenant: &TenantId,
        field: SealedField,
        row: &[u8; 16],
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
        let id = sealed.key_id().ok_or(UnsealError::Damaged)?;
        let root = self.roots.iter().find(|key| key.id == id).ok_or(UnsealError::UnknownKey(id.0))?;
        let key = root.derive(&[b"seal", tenant.as_str().as_bytes()]);
        seal::unseal(&key, field, row, sealed)
    }

    /// A check value for each key of the ring, the active one first.
    pub fn checks(&self) -> Vec<KeyCheck> {
        let check = |root: &RootKey| KeyCheck { id: root.id, value: *root.derive(&[b"check"]) };
        self.roots.iter().map(check).collect()
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KeyRing").field("roots", &self.roots).finish_non_exhaustive()
    }
}

fn digest_code(
    key: &(KeyId, hmac::Key),
    tenant: &TenantId,
    purpose: Purpose,
    id: VerificationId,
    code: &Code,
) -> CodeDigest {
    let parts: [&[u8]; 4] =
        [tenant.as_str().as_bytes(), purpose.as_str().as_bytes(), id.as_row(), code.reveal().as_bytes()];
    Keyed::compute(key.0, &key.1, &parts)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::Region;
    use crate::codes::CodeLength;

    fn root(number: u32) -> RootKey {
        let byte = u8::try_from(number).unwrap();
        RootKey::new(KeyId::new(number).unwrap(), Zeroizing::new([byte; 32]))
    }

    fn ring(numbers: &[u32], index: u32) -> KeyRing {
        let newest = numbers.iter().copied().max().unwrap();
        active(numbers, index, newest)
    }

    fn active(numbers: &[u32], index: u32, active: u32) -> KeyRing {
        let roots = numbers.iter().map(|&n| root(n)).collect();
        KeyRing::new(roots, KeyId::new(index).unwrap(), KeyId::new(active).unwrap()).unwrap()
    }

    fn id(byte: u8) -> VerificationId {
        VerificationId::draw(Timestamp::UNIX_EPOCH, &mut |b| b.fill(byte))
    }

    #[test]
    fn a_ring_needs_its_keys_once_each_and_its_index_key() {
        let (one, two) = (KeyId::new(1).unwrap(), KeyId::new(2).unwrap());
        assert_eq!(KeyRing::new(vec![], one, one).unwrap_err(), KeyRingError::Empty);
        assert_eq!(KeyRing::new(vec![root(1), root(1)], one, one).unwrap_err(), KeyRingError::Repeated(1));
        assert_eq!(KeyRing::new(vec![root(2)], one, two).unwrap_err(), KeyRingError::Missing(1));
        assert_eq!(KeyRing::new(vec![root(1)], one, two).unwrap_err(), KeyRingError::Missing(2));
    }

    #[test]
    fn a_code_counts_for_its_tenant_purpose_and_verification_only() {
        let ring = ring(&[1], 1);
        let code = Code::parse("123456", CodeLength::SIX).unwrap();
        let acme = TenantId::parse("acme").unwrap();
        let own = ring.code_digest(&acme, Purpose::FindId, id(1), &code);
        assert!(ring.code_digests(&acme, id(1), &code).as_slice().contains(&own));
        assert!(!ring.code_digests(&acme, id(2), &code).as_slice().contains(&own));
        assert_ne!(ring.code_digest(&TenantId::default_tenant(), Purpose::FindId, id(1), &code), own);
        assert_ne!(ring.code_digest(&acme, Purpose::ResetPassword, id(1), &code), own);
        assert_ne!(ring.code_digest(&acme, Purpose::FindId, id(2), &code), own);
    }

    #[test]
    fn codes_digested_before_a_change_of_keys_are_still_recognised() {
        let code = Code::parse("123456", CodeLength::SIX).unwrap();
        let tenant = TenantId::default_tenant();
        let before = ring(&[1], 1).code_digest(&tenant, Purpose::SignUp, id(1), &code);
        assert!(ring(&[1, 2], 1).code_digests(&tenant, id(1), &code).as_slice().contains(&before));
        assert_ne!(ring(&[1, 2], 1).code_digest(&tenant, Purpose::SignUp, id(1), &code), before);
    }

    #[test]
    fn processes_that_change_their_active_key_one_by_one_read_each_other() {
        let (before, after) = (active(&[1, 2, 3], 1, 2), active(&[1, 2, 3], 1, 3));
        let code = Code::parse("123456", CodeLength::SIX).unwrap();
        let tenant = TenantId::default_tenant();
        for (writer, reader) in [(&before, &after), (&after, &before)] {
            let stored = writer.code_digest(&tenant, Purpose::SignUp, id(1), &code);
            assert!(reader.code_digests(&tenant, id(1), &code).as_slice().contains(&stored));
            let sealed = writer.seal(&tenant, SealedField::Phone, &[1; 16], b"x", &mut |b| b.fill(9));
            assert!(reader.unseal(&tenant, SealedField::Phone, &[1; 16], &sealed).is_ok());
        }
        assert_eq!(before.checks().first().map(|check| check.id), KeyId::new(2));
    }

    #[test]
    fn a_number_is_found_under_the_same_index_after_a_change_of_keys() {
        let number = PhoneNumber::parse("010-1234-5678", Region::KR).unwrap();
        assert_eq!(ring(&[1], 1).phone_index(&number), ring(&[1, 2], 1).phone_index(&number));
    }

    #[test]
    fn sealed_values_open_for_their_own_tenant_field_and_row_only() {
        let ring = ring(&[1], 1);
        let tenant = TenantId::default_tenant();
        let sealed = ring.seal(&tenant, SealedField::Phone, &[1; 16], b"+821012345678", &mut |b| b.fill(9));
        assert_eq!(&**ring.unseal(&tenant, SealedField::Phone, &[1; 16], &sealed).unwrap(), b"+821012345678");
        let acme = TenantId::parse("acme").unwrap();
        assert_eq!(ring.unseal(&acme, SealedField::Phone, &[1; 16], &sealed), Err(UnsealError::Damaged));
        assert_eq!(ring.unseal(&tenant, SealedField::Message, &[1; 16], &sealed), Err(UnsealError::Damaged));
        assert_eq!(ring.unseal(&tenant, SealedField::Phone, &[2; 16], &sealed), Err(UnsealError::Damaged));
    }

    #[test]
    fn values_sealed_before_a_change_of_keys_stay_readable_while_their_key_is_kept() {
        let tenant = TenantId::default_tenant();
        let sealed = ring(&[1], 1).seal(&tenant, SealedField::Phone, &[1; 16], b"x", &mut |b| b.fill(9));
        assert_eq!(&**ring(&[1, 2], 1).unseal(&tenant, SealedField::Phone, &[1; 16], &sealed).unwrap(), b"x");
        let without = ring(&[2], 2).unseal(&tenant, SealedField::Phone, &[1; 16], &sealed);
        assert_eq!(without, Err(UnsealError::UnknownKey(1)));
    }

    #[test]
    fn check_values_tell_keys_apart_and_debug_output_tells_none() {
        assert_eq!(ring(&[1, 2], 1).checks()[1], ring(&[1], 1).checks()[0]);
        assert_ne!(ring(&[1, 2], 1).checks()[0].value, ring(&[1], 1).checks()[0].value);
        assert_eq!(format!("{:?}", ring(&[1, 2], 1)), "KeyRing { roots: [RootKey(2), RootKey(1)], .. }");
    }
}
