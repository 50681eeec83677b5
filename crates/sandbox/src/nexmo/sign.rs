//! Signed requests and receipts.

use std::fmt::Write as _;

use ring::hmac;

use super::call::Call;
use crate::credentials::NEXMO_SIGNATURE_SECRET;

/// The signature `md5hash` over `fields`: MD5 of the sorted fields with the secret behind them.
pub(super) fn md5hash(fields: &[(String, String)]) -> String {
    format!("{:x}", md5::compute(format!("{}{NEXMO_SIGNATURE_SECRET}", signed(fields))))
}

/// Whether the call's `sig` is right by any of the methods that an account may choose.
pub(super) fn is_right(call: &Call, sig: &str) -> bool {
    let sig = sig.to_ascii_lowercase();
    let text = signed(call.fields());
    let secret = NEXMO_SIGNATURE_SECRET.as_bytes();
    let keyed = |algorithm| hex(hmac::sign(&hmac::Key::new(algorithm, secret), text.as_bytes()).as_ref());
    sig == md5hash(call.fields())
        || sig == hex(&hmac_md5(secret, text.as_bytes()))
        || sig == keyed(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY)
        || sig == keyed(hmac::HMAC_SHA256)
        || sig == keyed(hmac::HMAC_SHA512)
}

/// The fields in the order of their names, `&` and `=` in values replaced, nothing encoded.
fn signed(fields: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = fields.iter().filter(|(name, _)| name != "sig").collect();
    sorted.sort();
    sorted
        .iter()
        .fold(String::new(), |text, (name, value)| text + "&" + name + "=" + &value.replace(['&', '='], "_"))
}

/// RFC 2104 over MD5, for keys of at most one block.
fn hmac_md5(key: &[u8], text: &[u8]) -> [u8; 16] {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let padded = |pad: u8, rest: &[u8]| [&block.map(|byte| byte ^ pad)[..], rest].concat();
    let inner = md5::compute(padded(0x36, text));
    *md5::compute(padded(0x5c, &*inner))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 3.3 of the sheet, with its secret in place of ours.
    #[test]
    fn the_text_and_the_keyed_md5_are_those_of_the_vector() {
        let fields = [
            ("api_key", "abcd1234"),
            ("from", "AcmeInc"),
            ("to", "821012345678"),
            ("text", "Code=1234 & go"),
            ("type", "text"),
            ("timestamp", "1600000000"),
            ("sig", "not part of it"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let text = signed(&fields);
        assert_eq!(
            text,
            "&api_key=abcd1234&from=AcmeInc&text=Code_1234 _ go&timestamp=1600000000&to=821012345678&type=text"
        );
        let secret = "my_signature_secret";
        assert_eq!(
            format!("{:x}", md5::compute(format!("{text}{secret}"))),
            "b9fe8a6c8882446234e057e5160ce984"
        );
        let keyed = hmac_md5(secret.as_bytes(), text.as_bytes());
        assert_eq!(hex(&keyed), "7b4d638a9f2731c59ac9d905a5d022be");
    }
}
