//! Keys: what is stored sealed, and what is looked up by keyed digest (security 4, 45; requirement K01).
//!
//! A deployment has a ring of root keys of 256 bits, kept outside the database, each with a number. From a
//! root key one key a use is derived with HKDF-SHA-256: sealing one for each tenant, code digests one, and
//! look-ups one from the root that the ring names as its index key. The active root seals and digests; the
//! others stay in the ring to read what they wrote, or what a process that changed keys already writes. Every stored value begins with its key's number.

mod digest;
mod ring;
mod seal;

pub use digest::{
    AddressIndex, AddressRole, CodeDigest, CodeDigestRole, CodeDigests, IdempotencyIndex, IdempotencyRole,
    Keyed, LoginIndex, LoginIndexRole, PersonIndex, PersonIndexRole, PhoneIndex, PhoneRole,
    ProviderAccountIndex, ProviderAccountRole, ResultIndex, ResultIndexRole,
};
pub use ring::{KeyCheck, KeyId, KeyRing, KeyRingError, RootKey};
pub use seal::{Sealed, SealedField, UnsealError};
