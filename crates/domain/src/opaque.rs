//! Opaque secrets of 256 random bits: verification tokens, proofs, client tokens.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::hmac;
use zeroize::Zeroizing;

/// What an opaque secret is for; keeps a proof from being handed over where a token belongs.
pub trait Role: Send + Sync + 'static {
    /// The word used in `Debug` output.
    const NAME: &'static str;
}

/// A secret of 256 random bits, written as 43 characters of URL-safe base64 without padding.
///
/// `Debug` shows the role only. At rest only [`Opaque::digest`] is kept (security 4, 13).
pub struct Opaque<R: Role> {
    bytes: Zeroizing<[u8; 32]>,
    role: PhantomData<R>,
}

/// Why a text is not an opaque secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a value that Bonin gave out")]
pub struct OpaqueError;

impl<R: Role> Opaque<R> {
    /// Draws a new secret; `fill` writes random bytes.
    pub fn draw(fill: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        fill(&mut *bytes);
        Self { bytes, role: PhantomData }
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`OpaqueError`] when `raw` is not 43 characters of URL-safe base64.
    pub fn parse(raw: &str) -> Result<Self, OpaqueError> {
        let mut bytes = Zeroizing::new([0; 32]);
        // The length first: a decoder must not be handed a megabyte of rubbish.
        if raw.len() != 43 {
            return Err(OpaqueError);
        }
        match URL_SAFE_NO_PAD.decode_slice(raw, &mut *bytes) {
            Ok(32) => Ok(Self { bytes, role: PhantomData }),
            _ => Err(OpaqueError),
        }
    }

    /// The text form, for the one answer that hands the secret out.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(*self.bytes)
    }

    /// The SHA-256 under which the secret is stored and looked up. No key is needed for 256 random bits.
    pub fn digest(&self) -> Digest<R> {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, &*self.bytes).as_ref());
        Digest { bytes, role: PhantomData }
    }

    /// Another secret that only the holder of this one can know: an HMAC-SHA-256 under it.
    pub(crate) fn derive(&self, label: &[u8]) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*self.bytes), label).as_ref());
        bytes
    }
}

impl<R: Role> Clone for Opaque<R> {
    fn clone(&self) -> Self {
        Self { bytes: self.bytes.clone(), role: PhantomData }
    }
}

impl<R: Role> fmt::Debug for Opaque<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}(…)", R::NAME)
    }
}

/// The SHA-256 of an [`Opaque`] secret.
pub struct Digest<R: Role> {
    bytes: [u8; 32],
    role: PhantomData<R>,
}

impl<R: Role> Digest<R> {
    /// The digest's bytes, for storage and comparison.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }
}

impl<R: Role> Clone for Digest<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Role> Copy for Digest<R> {}

impl<R: Role> PartialEq for Digest<R> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<R: Role> Eq for Digest<R> {}

impl<R: Role> fmt::Debug for Digest<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "digest of {}(…)", R::NAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Test;
    impl Role for Test {
        const NAME: &'static str = "Test";
    }

    fn drawn() -> Opaque<Test> {
        Opaque::draw(&mut |bytes| bytes.fill(7))
    }

    #[test]
    fn the_text_form_reads_back_to_the_same_secret() {
        let secret = drawn();
        assert_eq!(secret.reveal().len(), 43);
        assert_eq!(Opaque::<Test>::parse(&secret.reveal()).unwrap().digest(), secret.digest());
    }

    #[test]
    fn other_lengths_and_alphabets_are_refused() {
        for bad in ["", "a", &"a".repeat(44), &"+".repeat(43), &"가".repeat(43), &"a\0".repeat(21)] {
            assert!(Opaque::<Test>::parse(bad).is_err());
        }
    }

    #[test]
    fn debug_output_holds_no_part_of_the_secret() {
        assert_eq!(format!("{:?} {:?}", drawn(), drawn().digest()), "Test(…) digest of Test(…)");
    }
}
