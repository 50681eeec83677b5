//! CI and DI, the two names by which a person is known without saying who it is (sheet, section 5).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac::{self, Algorithm, HMAC_SHA384, HMAC_SHA512};

use crate::credentials::PORTONE_STORE_ID;

/// The person's CI: 88 characters of Base64 with `+` and `/` among them, alike at every site and PG.
pub(super) fn ci(person: &str) -> String {
    derived(HMAC_SHA512, "bonin sandbox ci", person)
}

/// The person's DI at the sandbox's own store: 64 characters of Base64, another one for each PG's contract.
pub(super) fn di(person: &str, pg: &str) -> String {
    derived(HMAC_SHA384, &format!("{PORTONE_STORE_ID} {pg}"), person)
}

/// The first of a row of values that holds both characters which do not survive a URL unencoded.
fn derived(algorithm: Algorithm, key: &str, person: &str) -> String {
    let key = hmac::Key::new(algorithm, key.as_bytes());
    (0..1_000_u64)
        .map(|turn| STANDARD.encode(hmac::sign(&key, format!("{person} {turn}").as_bytes())))
        .find(|value| value.contains('+') && value.contains('/'))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_lengths_of_real_ones_and_stay_the_same() {
        let (ci, di) = (ci("adult"), di("adult", "danal"));
        assert_eq!((ci.len(), di.len()), (88, 64));
        for key in [&ci, &di] {
            assert!(key.contains('+') && key.contains('/'));
        }
        assert_eq!((&ci, &di), (&super::ci("adult"), &super::di("adult", "danal")));
        assert_ne!(ci, super::ci("second_adult"));
        assert_ne!(di, super::di("adult", "kcp_v2"));
    }
}
