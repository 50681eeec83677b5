//! One-time passwords of authenticator apps (RFC 6238): SHA-1, six digits, a new one every 30 seconds. Apps know no
//! other kind reliably; HMAC does not suffer from what is wrong with SHA-1.

use std::fmt;

use jiff::Timestamp;
use ring::hmac;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{AdminName, TotpStep};

/// 160 bits, as RFC 4226 advises.
const LENGTH: usize = 20;

/// How many steps a phone's clock may be off, either way (security 51).
const OFF: i64 = 1;

/// The secret that an administrator's app shares with us. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; LENGTH]>);

/// Six digits, as an app shows them. `Debug` shows nothing of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TotpCode([u8; 6]);

/// A text that is no one-time password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a one-time password has six digits")]
pub struct TotpCodeError;

impl TotpCode {
    /// Reads what was typed; blanks are dropped, since apps show `123 456`.
    ///
    /// # Errors
    /// [`TotpCodeError`].
    pub fn parse(raw: &str) -> Result<Self, TotpCodeError> {
        let mut digits = [0; 6];
        let mut typed = raw.bytes().filter(|byte| *byte != b' ');
        for place in &mut digits {
            *place = typed.next().filter(u8::is_ascii_digit).ok_or(TotpCodeError)?;
        }
        if typed.next().is_some() { Err(TotpCodeError) } else { Ok(Self(digits)) }
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TotpCode(…)")
    }
}

impl TotpSecret {
    /// Draws a new one; `fill` writes random bytes.
    pub fn draw(fill: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        fill(&mut *bytes);
        Self(bytes)
    }

    /// Reads the form in which it is sealed; `None` for another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The bytes, for sealing.
    pub fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// The text that people type into an app that cannot read pictures: base32, 32 characters.
    pub fn base32(&self) -> Zeroizing<String> {
        const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let mut text = Zeroizing::new(String::with_capacity(LENGTH * 8 / 5));
        for five in self.0.chunks(5) {
            // Five bytes are eight letters; 20 bytes leave no rest.
            let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            for place in (0..8).rev() {
                let letter = usize::try_from(bits >> (place * 5) & 31).unwrap_or_default();
                text.push(char::from(LETTERS[letter]));
            }
        }
        text
    }

    /// What an app's camera reads: `otpauth://totp/…`.
    pub fn uri(&self, name: &AdminName) -> Zeroizing<String> {
        let secret = self.base32();
        Zeroizing::new(format!("otpauth://totp/Bonin:{name}?secret={}&issuer=Bonin", secret.as_str()))
    }

    /// The one-time password of a step.
    pub fn code(&self, step: TotpStep) -> TotpCode {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &*self.0);
        let tag = hmac::sign(&key, &step.0.to_be_bytes());
        let tag = tag.as_ref();
        // RFC 4226: the last four bits say where to read 31 bits.
        let offset = usize::from(tag[tag.len() - 1] & 15);
        let number = tag[offset..offset + 4].iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
        let mut rest = number & 0x7fff_ffff;
        let mut digits = [0; 6];
        for place in digits.iter_mut().rev() {
            *place = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        TotpCode(digits)
    }

    /// The step whose one-time password was typed: that of `now` or one beside it, and later than `last`, the one that was
    /// used last.
    pub fn step_of(&self, typed: &TotpCode, now: Timestamp, last: TotpStep) -> Option<TotpStep> {
        let here = TotpStep::at(now).0;
        let mut found = None;
        // All are compared, so that nobody learns from the time which one it would be.
        for step in (here - OFF..=here + OFF).rev().map(TotpStep) {
            if bool::from(self.code(step).0.ct_eq(&typed.0)) && step > last {
                found = Some(step);
            }
        }
        found
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TotpSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the vectors in RFC 6238, appendix B.
    fn published() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn code(raw: &str) -> TotpCode {
        TotpCode::parse(raw).unwrap()
    }

    #[test]
    fn the_published_vectors_hold() {
        for (second, eight) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(published().code(TotpStep::at(at(second))).0, code(&eight[2..]).0, "{second}");
        }
    }

    #[test]
    fn the_secret_is_written_as_apps_read_it() {
        // RFC 4648, and the text that everybody's examples have.
        assert_eq!(*published().base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let name = AdminName::parse("min.seo").unwrap();
        let uri = "otpauth://totp/Bonin:min.seo?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bonin";
        assert_eq!(*published().uri(&name), uri);
    }

    #[test]
    fn a_phone_may_be_one_step_off_and_no_more() {
        let (now, never) = (at(3_000), TotpStep(0));
        let typed = |step| published().step_of(&published().code(TotpStep(step)), now, never);
        assert_eq!(
            [98, 99, 100, 101, 102].map(typed),
            [None, Some(TotpStep(99)), Some(TotpStep(100)), Some(TotpStep(101)), None]
        );
    }

    #[test]
    fn a_step_and_those_before_it_count_once() {
        let secret = published();
        let step_of = |step, last| secret.step_of(&secret.code(TotpStep(step)), at(3_000), TotpStep(last));
        assert_eq!(step_of(100, 99), Some(TotpStep(100)));
        assert_eq!(step_of(100, 100), None, "used");
        assert_eq!(step_of(99, 100), None, "an earlier one");
        assert_eq!(step_of(101, 100), Some(TotpStep(101)));
        assert_eq!(secret.step_of(&code("000000"), at(3_000), TotpStep(0)), None, "another code");
    }

    #[test]
    fn six_digits_are_read_with_blanks_and_nothing_else() {
        assert_eq!(code(" 123 456 "), code("123456"));
        for wrong in ["", "12345", "1234567", "12345a", "１２３４５６", "123-456"] {
            assert_eq!(TotpCode::parse(wrong), Err(TotpCodeError), "{wrong:?}");
        }
    }

    #[test]
    fn debug_output_tells_nothing() {
        assert_eq!(format!("{:?} {:?}", published(), code("123456")), "TotpSecret(…) TotpCode(…)");
    }
}
