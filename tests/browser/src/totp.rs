//! What an authenticator app does: one-time passwords (RFC 6238), written from the RFC, not from ours.

use std::time::{SystemTime, UNIX_EPOCH};

use ring::hmac;

/// The one-time password of a secret (base32, as pages show it) in the present step of 30 seconds, `ahead` steps from
/// now.
///
/// # Panics
/// When the secret is no base32.
pub fn code(secret: &str, ahead: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &base32(secret));
    let step = seconds() / 30 + ahead;
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let from = usize::from(tag[19] & 0x0f);
    let number = u32::from_be_bytes([tag[from] & 0x7f, tag[from + 1], tag[from + 2], tag[from + 3]]);
    format!("{:06}", number % 1_000_000)
}

#[expect(clippy::disallowed_methods, reason = "an authenticator looks at the clock")]
fn seconds() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock that is set");
    i64::try_from(now.as_secs()).expect("a year that fits")
}

fn base32(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes().filter(|letter| !b" -=".contains(letter)) {
        let value = match letter.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            letter @ b'2'..=b'7' => letter - b'2' + 26,
            _ => panic!("no base32"),
        };
        bits = (bits << 5) | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).expect("eight bits"));
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_reads_as_in_the_rfc() {
        assert_eq!(base32("MZXW6YTBOI======"), b"foobar");
        assert_eq!(base32("GEZD GNBV GY3T QOJQ"), b"1234567890");
    }
}
