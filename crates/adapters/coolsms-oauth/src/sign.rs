//! The signature of a call (section 2).

use ring::hmac;

/// The header `Authorization` of a call signed with an API key.
///
/// - `date`: ISO 8601 with a zone, at most 15 minutes off.
/// - `salt`: 12 to 64 bytes, never used before: a signature is taken once.
pub fn authorization(key: &str, secret: &str, date: &str, salt: &str) -> String {
    let signature = signature(secret, date, salt);
    format!("HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}")
}

/// HMAC-SHA-256 under the secret over date and salt without anything between, in lower-case hex. Neither
/// method nor path nor body is signed.
pub fn signature(secret: &str, date: &str, salt: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hex(hmac::sign(&key, format!("{date}{salt}").as_bytes()).as_ref())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "NCSTESTKEY000001";
    const SECRET: &str = "TESTSECRET0000000000000000000001";

    #[test]
    fn the_vectors_come_out() {
        let first = "4f2042f73b3663ec330b2134b7627f994dcb0bfead63f0b7fb468880bebce5f9";
        let (date, salt) = ("2026-01-02T03:04:05Z", "0123456789abcdef0123456789abcdef");
        assert_eq!(signature(SECRET, date, salt), first);
        assert_eq!(
            authorization(KEY, SECRET, date, salt),
            format!("HMAC-SHA256 apiKey={KEY}, date={date}, salt={salt}, signature={first}")
        );
        // The same instant written otherwise is another text, and the text is what is signed.
        assert_eq!(
            signature(SECRET, "2026-01-02T12:04:05+09:00", "jqsba2jxjnrjor"),
            "5190227ca97f0fb53c9456f97adb28f875841c2ffe5e4163a5288ddf173b1d78"
        );
    }
}
