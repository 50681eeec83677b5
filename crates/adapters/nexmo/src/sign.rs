//! Signatures of requests and receipts (section 3.3).

use std::fmt::Write as _;

use ring::hmac;

/// How an account signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SignatureMethod {
    /// MD5 over the text with the secret behind it; the account's default.
    #[default]
    Md5Hash,
    /// HMAC with MD5.
    HmacMd5,
    /// HMAC with SHA-1.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
}

impl SignatureMethod {
    /// Finds a method by the name it has in the account's settings: `md5hash`, `md5`, `sha1`, `sha256`, `sha512`.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "md5hash" => Self::Md5Hash,
            "md5" => Self::HmacMd5,
            "sha1" => Self::HmacSha1,
            "sha256" => Self::HmacSha256,
            "sha512" => Self::HmacSha512,
            _ => return None,
        })
    }
}

/// The parameter `sig` over `fields`, in lower-case hexadecimal. A field `sig` among them does not count.
pub fn signature(method: SignatureMethod, secret: &str, fields: &[(&str, &str)]) -> String {
    let text = signed_text(fields);
    let keyed = |algorithm| {
        let key = hmac::Key::new(algorithm, secret.as_bytes());
        hex(hmac::sign(&key, text.as_bytes()).as_ref())
    };
    match method {
        SignatureMethod::Md5Hash => hex(&*md5::compute(format!("{text}{secret}"))),
        SignatureMethod::HmacMd5 => hex(&hmac_md5(secret.as_bytes(), text.as_bytes())),
        SignatureMethod::HmacSha1 => keyed(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        SignatureMethod::HmacSha256 => keyed(hmac::HMAC_SHA256),
        SignatureMethod::HmacSha512 => keyed(hmac::HMAC_SHA512),
    }
}

/// Whether `sig`, in upper or lower case, is the signature of `fields`. Takes as long for any wrong one.
pub fn is_signed(method: SignatureMethod, secret: &str, fields: &[(&str, &str)], sig: &str) -> bool {
    let expected = signature(method, secret, fields);
    let given = sig.to_ascii_lowercase();
    let differences =
        expected.bytes().zip(given.bytes()).fold(0, |all, (ours, theirs)| all | (ours ^ theirs));
    given.len() == expected.len() && differences == 0
}

/// What is signed: the fields in the order of their names, `&` and `=` in values replaced, nothing encoded.
fn signed_text(fields: &[(&str, &str)]) -> String {
    let mut sorted: Vec<_> = fields.iter().filter(|(key, _)| *key != "sig").collect();
    sorted.sort_unstable();
    let mut text = String::new();
    for (key, value) in sorted {
        text.push('&');
        text.push_str(key);
        text.push('=');
        text.push_str(&value.replace(['&', '='], "_"));
    }
    text
}

/// RFC 2104 over MD5, which *ring* does not have.
fn hmac_md5(key: &[u8], text: &[u8]) -> [u8; 16] {
    const BLOCK: usize = 64;
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block[..16].copy_from_slice(&*md5::compute(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let mut inner = block.map(|byte| byte ^ 0x36).to_vec();
    inner.extend_from_slice(text);
    let mut outer = block.map(|byte| byte ^ 0x5c).to_vec();
    outer.extend_from_slice(&*md5::compute(inner));
    *md5::compute(outer)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "my_signature_secret";
    const LATIN: [(&str, &str); 6] = [
        ("api_key", "abcd1234"),
        ("from", "AcmeInc"),
        ("to", "821012345678"),
        ("text", "Code=1234 & go"),
        ("type", "text"),
        ("timestamp", "1600000000"),
    ];
    const KOREAN: [(&str, &str); 6] = [
        ("api_key", "abcd1234"),
        ("from", "AcmeInc"),
        ("to", "821012345678"),
        ("text", "인증번호 [1234]"),
        ("type", "unicode"),
        ("timestamp", "1600000000"),
    ];

    #[test]
    fn the_vectors_come_out() {
        assert_eq!(
            signed_text(&LATIN),
            "&api_key=abcd1234&from=AcmeInc&text=Code_1234 _ go&timestamp=1600000000&to=821012345678&type=text"
        );
        for (name, fields, expected) in [
            ("md5hash", LATIN, "b9fe8a6c8882446234e057e5160ce984"),
            ("md5", LATIN, "7b4d638a9f2731c59ac9d905a5d022be"),
            ("sha1", LATIN, "5d2330db93066b2521abaeb37dd3e0ab81adbc37"),
            ("sha256", LATIN, "6b42dbbd5c213f796f549e5692e78fbcdf871c29d9ca16aef61ca94cbe590f18"),
            (
                "sha512",
                LATIN,
                "43febbe2b3825dea1e44c2eed2622c1ff86a0b902de1e24efaad754bfb032a26\
                 8e1217e4543c5c7b5484e0766e4517a12a8b70640f21ea962e13b9115a0dc7aa",
            ),
            ("md5hash", KOREAN, "c975bd6f3947dffa4bbcc781f8262bed"),
            ("sha256", KOREAN, "1231cf0d47806c65487349528c8744cf35e868de54fe2303e3534777984ea8fa"),
        ] {
            let method = SignatureMethod::from_name(name).unwrap();
            assert_eq!(signature(method, SECRET, &fields), expected, "{name}");
            assert!(is_signed(method, SECRET, &fields, expected));
            assert!(is_signed(method, SECRET, &fields, &expected.to_ascii_uppercase()));
        }
        assert_eq!(SignatureMethod::from_name("sha3"), None);
    }

    #[test]
    fn anything_else_is_not_signed() {
        let method = SignatureMethod::Md5Hash;
        let right = "b9fe8a6c8882446234e057e5160ce984";
        let mut changed = LATIN;
        changed[2].1 = "821012345679";
        assert!(!is_signed(method, SECRET, &changed, right));
        assert!(!is_signed(method, "another secret", &LATIN, right));
        assert!(!is_signed(SignatureMethod::HmacMd5, SECRET, &LATIN, right));
        for wrong in ["", &right[..31], &format!("{right}0"), "c9fe8a6c8882446234e057e5160ce984"] {
            assert!(!is_signed(method, SECRET, &LATIN, wrong), "{wrong}");
        }
    }

    #[test]
    fn the_field_sig_is_not_part_of_what_is_signed() {
        let mut fields = LATIN.to_vec();
        fields.push(("sig", "whatever"));
        let method = SignatureMethod::Md5Hash;
        assert_eq!(signature(method, SECRET, &fields), signature(method, SECRET, &LATIN));
    }

    /// RFC 2202, cases 1 and 6: a short key, and one longer than a block.
    #[test]
    fn hmac_md5_is_that_of_the_rfc() {
        assert_eq!(hex(&hmac_md5(&[0x0b; 16], b"Hi There")), "9294727a3638bb1c13f48ef8158bfc9d");
        let text = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(hex(&hmac_md5(&[0xaa; 80], text)), "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
    }
}
