//! The signature of a call (SENS sheet, section 2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// The value of the header `x-ncp-apigw-signature-v2`: HMAC-SHA256 under the secret key, in padded Base64.
///
/// - `method`: upper case, such as `POST`.
/// - `target`: path and query exactly as sent, percent-encoding included, without scheme and host.
/// - `timestamp`: the value of `x-ncp-apigw-timestamp`, Unix milliseconds; 5 minutes off is refused.
///
/// The body is not signed.
pub fn signature(secret_key: &str, method: &str, target: &str, timestamp: i64, access_key: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret_key.as_bytes());
    let signed = format!("{method} {target}\n{timestamp}\n{access_key}");
    STANDARD.encode(hmac::sign(&key, signed.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/sms/v2/services/ncp:sms:kr:123456789012:demo";

    fn sign(method: &str, target: &str) -> String {
        let secret_key = "SKtestSecretKey0000000000000000000000001";
        signature(secret_key, method, target, 1_700_000_000_000, "AKTESTaccesskey00001")
    }

    #[test]
    fn the_right_vectors_come_out() {
        let vectors = [
            ("POST", "/messages", "s+pNw9C4MgrHmwHWbU+hqKk6aE+c5lVdBenvqbZQM5M="),
            (
                "GET",
                "/messages?requestId=RSSA-1700000000000-1111-22222222-AbCdEfGh",
                "iOIxvlZHNuuRfT8mPi3oWjyM8TtDXHzRvz+NUcHfVJc=",
            ),
            (
                "GET",
                "/messages?requestStartTime=2026-01-02%2009%3A00%3A00&requestEndTime=2026-01-02%2018%3A00%3A00",
                "iw++CD9ox4nOKIHSR3qw/7mGplf6IUNFLMWvGlNAJ+0=",
            ),
            (
                "DELETE",
                "/reservations/RSSA-1700000000000-1111-22222222-AbCdEfGh",
                "iDpNBvM2ypo9FATRILVxTmB3XLFG9NcQc3oEsLPcm+A=",
            ),
            ("POST", "/files", "ErAbe9XXmkV73SqZFeY1qXJhgk58xTAFfMSZ5/VowaQ="),
        ];
        for (method, target, expected) in vectors {
            assert_eq!(sign(method, &format!("{PATH}{target}")), expected, "{method} {target}");
        }
    }

    /// Each wrong vector is what a known mistake yields: it is reproduced, and differs from the right one.
    #[test]
    fn the_wrong_vectors_come_out_of_the_mistakes_only() {
        let send = sign("POST", &format!("{PATH}/messages"));

        let without_query = "kSfBYpgpAfjJlW1xrZFr05HVpY5P7Hgvi+hSGiJSAcI=";
        assert_eq!(sign("GET", &format!("{PATH}/messages")), without_query);
        for query in [
            "requestId=RSSA-1700000000000-1111-22222222-AbCdEfGh",
            "requestStartTime=2026-01-02%2009%3A00%3A00&requestEndTime=2026-01-02%2018%3A00%3A00",
        ] {
            assert_ne!(sign("GET", &format!("{PATH}/messages?{query}")), without_query);
        }

        let whole_url = "C2Fv4XU9DmsQZ9F8VOoE02gV3jsiGcO8u5U65yGMfRE=";
        let url = format!("https://sens.apigw.ntruss.com{PATH}/messages");
        assert_eq!(sign("POST", &url), whole_url);
        assert_ne!(send, whole_url);

        let trailing_line_feed = "6zB+LamqHRktBr+Z37tLaloFI4K6TADQxCxZUkOedvc=";
        let secret_key = "SKtestSecretKey0000000000000000000000001";
        let target = format!("{PATH}/messages");
        let mistaken = signature(secret_key, "POST", &target, 1_700_000_000_000, "AKTESTaccesskey00001\n");
        assert_eq!(mistaken, trailing_line_feed);
        assert_ne!(send, trailing_line_feed);
    }
}
