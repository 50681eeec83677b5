//! The signature of an API key (sheet, section 2).

use std::collections::{HashSet, VecDeque};
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use ring::hmac;

use crate::lock::lock;

/// How far `date` may be off, and how long a signature is remembered.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// How many signatures are remembered at the most.
const CAPACITY: usize = 500_000;

/// An algorithm that a signature may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Sha256,
    Md5,
}

/// Why a signature is not accepted; the name is the `errorCode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    InvalidAPIKey,
    SignatureDoesNotMatch,
    RequestTimeTooSkewed,
    DuplicatedSignature,
}

impl Refusal {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InvalidAPIKey => "InvalidAPIKey",
            Self::SignatureDoesNotMatch => "SignatureDoesNotMatch",
            Self::RequestTimeTooSkewed => "RequestTimeTooSkewed",
            Self::DuplicatedSignature => "DuplicatedSignature",
        }
    }
}

/// Signatures that were used, each until its time is over.
#[derive(Default)]
pub(super) struct Used {
    inner: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    signatures: HashSet<String>,
    order: VecDeque<(Timestamp, String)>,
}

impl Used {
    /// Remembers a signature; whether it is new.
    fn is_new(&self, signature: &str, now: Timestamp) -> bool {
        let mut seen = lock(&self.inner);
        // One dated 15 minutes ahead is good for 30.
        while seen.order.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW * 2)
            || seen.order.len() >= CAPACITY
        {
            let Some((_, oldest)) = seen.order.pop_front() else { break };
            seen.signatures.remove(&oldest);
        }
        let new = seen.signatures.insert(signature.to_owned());
        if new {
            seen.order.push_back((now, signature.to_owned()));
        }
        new
    }
}

/// Checks the header `Authorization` of a signed call: key, clock, signature, first use. The text of the date
/// is signed as it was sent.
pub(super) fn verify(
    header: &str,
    (key, secret): (&str, &str),
    used: &Used,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (scheme, parameters) = header.split_once(' ').ok_or(Refusal::SignatureDoesNotMatch)?;
    let algorithm = if scheme.eq_ignore_ascii_case("HMAC-SHA256") {
        Algorithm::Sha256
    } else if scheme.eq_ignore_ascii_case("HMAC-MD5") {
        Algorithm::Md5
    } else {
        return Err(Refusal::SignatureDoesNotMatch);
    };
    // Official clients differ in the case of the names.
    let parameter = |name: &str| {
        let mut pairs = parameters.split(',').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    if parameter("apiKey") != Some(key) {
        return Err(Refusal::InvalidAPIKey);
    }
    let date = parameter("date").unwrap_or_default();
    let salt = parameter("salt").unwrap_or_default();
    let signature = parameter("signature").unwrap_or_default();
    let dated: Timestamp = date.parse().map_err(|_| Refusal::RequestTimeTooSkewed)?;
    if now.duration_since(dated).abs() > WINDOW {
        return Err(Refusal::RequestTimeTooSkewed);
    }
    let expected = sign(algorithm, secret, &format!("{date}{salt}"));
    if !(12..=64).contains(&salt.len()) || signature != expected {
        return Err(Refusal::SignatureDoesNotMatch);
    }
    if used.is_new(signature, now) { Ok(()) } else { Err(Refusal::DuplicatedSignature) }
}

fn sign(algorithm: Algorithm, secret: &str, message: &str) -> String {
    match algorithm {
        Algorithm::Sha256 => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            hex(hmac::sign(&key, message.as_bytes()).as_ref())
        }
        Algorithm::Md5 => hmac_md5(secret.as_bytes(), message.as_bytes()),
    }
}

/// RFC 2104 over MD5, which *ring* does not offer.
fn hmac_md5(key: &[u8], message: &[u8]) -> String {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block[..16].copy_from_slice(&md5::compute(key).0);
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |pad: u8, rest: &[u8]| {
        let mut bytes: Vec<u8> = block.iter().map(|byte| byte ^ pad).collect();
        bytes.extend_from_slice(rest);
        md5::compute(bytes).0
    };
    hex(&padded(0x5c, &padded(0x36, message)))
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: (&str, &str) = ("NCSTESTKEY000001", "TESTSECRET0000000000000000000001");

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_vectors_of_both_algorithms_are_accepted() {
        for (scheme, date, salt, signature) in [
            (
                "HMAC-SHA256",
                "2026-01-02T03:04:05Z",
                "0123456789abcdef0123456789abcdef",
                "4f2042f73b3663ec330b2134b7627f994dcb0bfead63f0b7fb468880bebce5f9",
            ),
            (
                "HMAC-MD5",
                "2026-01-02T03:04:05Z",
                "0123456789abcdef0123456789abcdef",
                "f40b62df80cd1a745781b66392746841",
            ),
            (
                "hmac-sha256",
                "2026-01-02T12:04:05+09:00",
                "jqsba2jxjnrjor",
                "5190227ca97f0fb53c9456f97adb28f875841c2ffe5e4163a5288ddf173b1d78",
            ),
            ("HMAC-MD5", "2026-01-02T12:04:05+09:00", "jqsba2jxjnrjor", "8174ee3771a6127cd797e03796770b37"),
        ] {
            for (key, date_name) in [("apiKey", "date"), ("ApiKey", "Date"), ("APIKEY", "DATE")] {
                let header = format!(
                    "{scheme} {key}={}, {date_name}={date}, salt={salt}, signature={signature}",
                    KEYS.0
                );
                let used = Used::default();
                let now = at("2026-01-02T03:04:05Z");
                assert_eq!(verify(&header, KEYS, &used, now), Ok(()), "{header}");
                assert_eq!(verify(&header, KEYS, &used, now), Err(Refusal::DuplicatedSignature));
            }
        }
    }

    fn signed(date: &str, salt: &str) -> String {
        let signature = sign(Algorithm::Sha256, KEYS.1, &format!("{date}{salt}"));
        format!("HMAC-SHA256 apiKey={}, date={date}, salt={salt}, signature={signature}", KEYS.0)
    }

    #[test]
    fn fifteen_minutes_off_is_the_limit_on_either_side() {
        let now = at("2026-01-02T03:04:05Z");
        for (date, expected) in [
            ("2026-01-02T02:49:05Z", Ok(())),
            ("2026-01-02T03:19:05.000000+00:00", Ok(())),
            ("2026-01-02T02:49:04Z", Err(Refusal::RequestTimeTooSkewed)),
            ("2026-01-02T03:19:06Z", Err(Refusal::RequestTimeTooSkewed)),
            ("2026-01-02 03:04:05", Err(Refusal::RequestTimeTooSkewed)),
            ("", Err(Refusal::RequestTimeTooSkewed)),
        ] {
            assert_eq!(
                verify(&signed(date, "0123456789ab"), KEYS, &Used::default(), now),
                expected,
                "{date}"
            );
        }
    }

    #[test]
    fn wrong_parts_have_their_name() {
        let date = "2026-01-02T03:04:05Z";
        let now = at(date);
        let good = signed(date, "0123456789ab");
        let check = |header: &str| verify(header, KEYS, &Used::default(), now).unwrap_err();
        assert_eq!(check(&good.replace("apiKey=NCS", "apiKey=XXX")), Refusal::InvalidAPIKey);
        assert_eq!(check(&good.replace("salt=0", "salt=1")), Refusal::SignatureDoesNotMatch);
        assert_eq!(check(&good.replace("HMAC-SHA256", "HMAC-SHA1")), Refusal::SignatureDoesNotMatch);
        assert_eq!(check(&good.replace("HMAC-SHA256", "HMAC-MD5")), Refusal::SignatureDoesNotMatch);
        assert_eq!(check("nothing"), Refusal::SignatureDoesNotMatch);
        for salt in ["0123456789a", &"a".repeat(65)] {
            assert_eq!(check(&signed(date, salt)), Refusal::SignatureDoesNotMatch, "{salt}");
        }
    }

    #[test]
    fn a_used_signature_is_forgotten_when_its_time_is_over() {
        let used = Used::default();
        let now = at("2026-01-02T03:00:00Z");
        assert!(used.is_new("a", now));
        assert!(!used.is_new("a", now + WINDOW * 2));
        assert!(used.is_new("b", now + WINDOW * 2 + SignedDuration::from_secs(1)));
        assert_eq!(lock(&used.inner).order.len(), 1);
    }
}
