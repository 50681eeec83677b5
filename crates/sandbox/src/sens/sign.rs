//! The gateway's signature check, version 2.

use actix_web::HttpRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::hmac;

/// At this skew a request is refused.
const SKEW_MS: u64 = 300_000;

/// A pair of keys as the console issues it.
pub(super) struct Keys<'a> {
    pub(super) access: &'a str,
    pub(super) secret: &'a str,
}

/// What a request says of itself.
pub(super) struct Signed<'a> {
    pub(super) method: &'a str,
    /// The request target exactly as sent, query included.
    pub(super) target: &'a str,
    pub(super) timestamp: Option<&'a str>,
    pub(super) access_key: Option<&'a str>,
    pub(super) signature: Option<&'a str>,
}

impl<'a> Signed<'a> {
    /// Takes the signed parts from a request.
    pub(super) fn of(request: &'a HttpRequest) -> Self {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        Self {
            method: request.method().as_str(),
            target: request.head().uri.path_and_query().map_or("", |target| target.as_str()),
            timestamp: header("x-ncp-apigw-timestamp"),
            access_key: header("x-ncp-iam-access-key"),
            signature: header("x-ncp-apigw-signature-v2"),
        }
    }
}

/// Why the gateway does not let a request in.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the header {0} is missing")]
    Missing(&'static str),
    #[error("the access key is unknown")]
    UnknownKey,
    #[error("the timestamp is not in milliseconds since 1970")]
    BadTimestamp,
    #[error("the timestamp is off by five minutes or more")]
    Skew,
    #[error("the signature does not match the method, path, query, timestamp and key")]
    BadSignature,
}

/// Checks key, clock and signature. The body is not signed.
pub(super) fn verify(request: &Signed<'_>, keys: &Keys<'_>, now: Timestamp) -> Result<(), Refusal> {
    let timestamp = request.timestamp.ok_or(Refusal::Missing("x-ncp-apigw-timestamp"))?;
    let access_key = request.access_key.ok_or(Refusal::Missing("x-ncp-iam-access-key"))?;
    let signature = request.signature.ok_or(Refusal::Missing("x-ncp-apigw-signature-v2"))?;
    if access_key != keys.access {
        return Err(Refusal::UnknownKey);
    }
    let sent: i64 = timestamp.parse().map_err(|_| Refusal::BadTimestamp)?;
    if now.as_millisecond().abs_diff(sent) >= SKEW_MS {
        return Err(Refusal::Skew);
    }
    // No line feed at the end, and the timestamp as the header spells it.
    let message = format!("{} {}\n{timestamp}\n{access_key}", request.method, request.target);
    let key = hmac::Key::new(hmac::HMAC_SHA256, keys.secret.as_bytes());
    let tag = STANDARD.decode(signature).map_err(|_| Refusal::BadSignature)?;
    hmac::verify(&key, message.as_bytes(), &tag).map_err(|_| Refusal::BadSignature)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: Keys<'_> =
        Keys { access: "AKTESTaccesskey00001", secret: "SKtestSecretKey0000000000000000000000001" };
    const AT: &str = "1700000000000";
    const PATH: &str = "/sms/v2/services/ncp:sms:kr:123456789012:demo";

    fn at(millisecond: i64) -> Timestamp {
        Timestamp::from_millisecond(millisecond).unwrap()
    }

    fn check(method: &str, target: &str, signature: &str) -> Result<(), Refusal> {
        let request = Signed {
            method,
            target,
            timestamp: Some(AT),
            access_key: Some(KEYS.access),
            signature: Some(signature),
        };
        verify(&request, &KEYS, at(1_700_000_000_000))
    }

    #[test]
    fn right_signatures_are_accepted() {
        let request_id = "RSSA-1700000000000-1111-22222222-AbCdEfGh";
        let window = "requestStartTime=2026-01-02%2009%3A00%3A00&requestEndTime=2026-01-02%2018%3A00%3A00";
        for (method, rest, signature) in [
            ("POST", "/messages".to_owned(), "s+pNw9C4MgrHmwHWbU+hqKk6aE+c5lVdBenvqbZQM5M="),
            (
                "GET",
                format!("/messages?requestId={request_id}"),
                "iOIxvlZHNuuRfT8mPi3oWjyM8TtDXHzRvz+NUcHfVJc=",
            ),
            ("GET", format!("/messages?{window}"), "iw++CD9ox4nOKIHSR3qw/7mGplf6IUNFLMWvGlNAJ+0="),
            ("DELETE", format!("/reservations/{request_id}"), "iDpNBvM2ypo9FATRILVxTmB3XLFG9NcQc3oEsLPcm+A="),
            ("POST", "/files".to_owned(), "ErAbe9XXmkV73SqZFeY1qXJhgk58xTAFfMSZ5/VowaQ="),
        ] {
            assert_eq!(check(method, &format!("{PATH}{rest}"), signature), Ok(()), "{method} {rest}");
        }
    }

    #[test]
    fn a_list_call_signed_without_its_query_is_refused() {
        let signature = "kSfBYpgpAfjJlW1xrZFr05HVpY5P7Hgvi+hSGiJSAcI=";
        let target = format!("{PATH}/messages?requestId=RSSA-1700000000000-1111-22222222-AbCdEfGh");
        assert_eq!(check("GET", &target, signature), Err(Refusal::BadSignature));
        // It is the right signature of another call: the vector is what it says it is.
        assert_eq!(check("GET", &format!("{PATH}/messages"), signature), Ok(()));
    }

    #[test]
    fn a_signed_full_url_is_refused() {
        let signature = "C2Fv4XU9DmsQZ9F8VOoE02gV3jsiGcO8u5U65yGMfRE=";
        assert_eq!(check("POST", &format!("{PATH}/messages"), signature), Err(Refusal::BadSignature));
    }

    #[test]
    fn a_line_feed_at_the_end_is_refused() {
        let signature = "6zB+LamqHRktBr+Z37tLaloFI4K6TADQxCxZUkOedvc=";
        assert_eq!(check("POST", &format!("{PATH}/messages"), signature), Err(Refusal::BadSignature));
    }

    #[test]
    fn five_minutes_off_is_too_much_on_either_side() {
        let signature = "s+pNw9C4MgrHmwHWbU+hqKk6aE+c5lVdBenvqbZQM5M=";
        let target = format!("{PATH}/messages");
        let request = Signed {
            method: "POST",
            target: &target,
            timestamp: Some(AT),
            access_key: Some(KEYS.access),
            signature: Some(signature),
        };
        for (now, expected) in [
            (1_700_000_299_999, Ok(())),
            (1_699_999_700_001, Ok(())),
            (1_700_000_300_000, Err(Refusal::Skew)),
            (1_699_999_700_000, Err(Refusal::Skew)),
        ] {
            assert_eq!(verify(&request, &KEYS, at(now)), expected, "{now}");
        }
    }

    #[test]
    fn each_missing_header_is_named() {
        let whole = || Signed {
            method: "POST",
            target: PATH,
            timestamp: Some(AT),
            access_key: Some(KEYS.access),
            signature: Some("AAAA"),
        };
        let now = at(1_700_000_000_000);
        let missing = Signed { timestamp: None, ..whole() };
        assert_eq!(verify(&missing, &KEYS, now), Err(Refusal::Missing("x-ncp-apigw-timestamp")));
        let missing = Signed { access_key: None, ..whole() };
        assert_eq!(verify(&missing, &KEYS, now), Err(Refusal::Missing("x-ncp-iam-access-key")));
        let missing = Signed { signature: None, ..whole() };
        assert_eq!(verify(&missing, &KEYS, now), Err(Refusal::Missing("x-ncp-apigw-signature-v2")));
        let seconds = Signed { timestamp: Some("1700000000"), ..whole() };
        assert_eq!(verify(&seconds, &KEYS, now), Err(Refusal::Skew));
        let words = Signed { timestamp: Some("now"), ..whole() };
        assert_eq!(verify(&words, &KEYS, now), Err(Refusal::BadTimestamp));
        let other = Signed { access_key: Some("AK"), ..whole() };
        assert_eq!(verify(&other, &KEYS, now), Err(Refusal::UnknownKey));
    }
}
