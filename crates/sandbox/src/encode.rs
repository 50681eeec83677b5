//! Percent-encoding, and addresses that a browser is sent back to.

use actix_web::http::Uri;

/// Longer than any address of a page that people write.
const LONGEST: usize = 2000;

/// Percent-encodes all but RFC 3986's unreserved characters.
pub(crate) fn percent(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => {
                encoded.push('%');
                for digit in [byte >> 4, byte & 15] {
                    encoded.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
                }
            }
        }
    }
    encoded
}

/// An address of somebody's page: `http` or `https`, nobody's name in it, and nothing that a header or a
/// policy could stumble over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageAddress {
    address: String,
    origin: String,
}

impl PageAddress {
    /// Reads an absolute address.
    pub(crate) fn parse(raw: &str) -> Option<Self> {
        let clean = raw.len() <= LONGEST && raw.bytes().all(|byte| byte.is_ascii_graphic());
        if !clean || raw.contains('\\') {
            return None;
        }
        let uri: Uri = raw.parse().ok()?;
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
        let authority = uri.authority()?.as_str();
        let plain = authority.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':' | b'[' | b']')
        });
        if !plain || uri.host()?.is_empty() {
            return None;
        }
        let origin = format!("{scheme}://{}", authority.to_ascii_lowercase());
        Some(Self { address: raw.to_owned(), origin })
    }

    /// The address as it came.
    pub(crate) fn as_str(&self) -> &str {
        &self.address
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The address with more parameters, before its fragment if it has one.
    pub(crate) fn with(&self, parameters: &[(&str, String)]) -> String {
        let (address, fragment) = match self.address.split_once('#') {
            Some((address, fragment)) => (address, Some(fragment)),
            None => (self.address.as_str(), None),
        };
        let mut address = address.to_owned();
        let mut join = if address.contains('?') { '&' } else { '?' };
        for (name, value) in parameters {
            address.push(join);
            address.push_str(&percent(name));
            address.push('=');
            address.push_str(&percent(value));
            join = '&';
        }
        if let Some(fragment) = fragment {
            address.push('#');
            address.push_str(fragment);
        }
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_on_the_web_are_addresses() {
        for (raw, origin) in [
            ("http://127.0.0.1:8080/back?a=1", "http://127.0.0.1:8080"),
            ("https://Shop.example", "https://shop.example"),
            ("http://[::1]:9/cb#x", "http://[::1]:9"),
        ] {
            assert_eq!(PageAddress::parse(raw).unwrap().origin(), origin);
        }
        for raw in [
            "",
            "/back",
            "shop.example/back",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://shop.example/",
            "http:///back",
            "https://me@evil.test/",
            "https://shop.example\\@evil.test/",
            "https://shop.example/a b",
            "https://shop.example/\r\nSet-Cookie:x",
            "https://a.example;script-src/",
            "https://shop.example/한글",
        ] {
            assert_eq!(PageAddress::parse(raw), None, "{raw}");
        }
        assert_eq!(PageAddress::parse(&format!("https://shop.example/{}", "a".repeat(LONGEST))), None);
    }

    #[test]
    fn parameters_go_before_the_fragment_and_are_encoded() {
        let more = [("imp_uid", "imp_1".to_owned()), ("error_msg", "아 & b".to_owned())];
        let expected = "imp_uid=imp_1&error_msg=%EC%95%84%20%26%20b";
        for (raw, address) in [
            ("https://a.test/x", format!("https://a.test/x?{expected}")),
            ("https://a.test/x?y=1#z?", format!("https://a.test/x?y=1&{expected}#z?")),
        ] {
            assert_eq!(PageAddress::parse(raw).unwrap().with(&more), address);
        }
    }
}
