//! The fields of a call: a form in either encoding, with values in base64 or as they are.

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Base64 as PHP reads it: padding may be missing. A blank, which a raw `+` becomes in a form, is an error here and
/// silently lost there.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A value that is not base64 while `mode` says so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotBase64;

/// The fields of a form.
pub(super) struct Fields {
    fields: Vec<(String, Vec<u8>)>,
    in_base64: bool,
}

impl Fields {
    /// Reads a body by its content type.
    pub(super) fn read(request: &HttpRequest, body: &[u8]) -> Self {
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let fields = match content_type.and_then(boundary) {
            Some(boundary) => multipart(body, &boundary),
            None => urlencoded(body),
        };
        let in_base64 = fields.iter().any(|(name, value)| name == "mode" && !value.is_empty());
        Self { fields, in_base64 }
    }

    /// The fields of a call that takes none in base64.
    pub(super) fn plain(self) -> Self {
        Self { in_base64: false, ..self }
    }

    /// The value of a field; an empty one counts as absent.
    pub(super) fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, NotBase64> {
        match self.raw(name) {
            Some(raw) if self.in_base64 => BASE64.decode(raw).map(Some).map_err(|_| NotBase64),
            raw => Ok(raw.map(<[u8]>::to_vec)),
        }
    }

    /// The value of a field whose base64 may be in the form that one vendor sample gives it.
    pub(super) fn bytes_of_either_alphabet(&self, name: &str) -> Result<Option<Vec<u8>>, NotBase64> {
        match self.raw(name) {
            Some(raw) if self.in_base64 => {
                let standard = |byte: &u8| match byte {
                    b'-' => b'+',
                    b',' => b'/',
                    other => *other,
                };
                let raw: Vec<_> = raw.iter().map(standard).collect();
                BASE64.decode(raw).map(Some).map_err(|_| NotBase64)
            }
            raw => Ok(raw.map(<[u8]>::to_vec)),
        }
    }

    /// The value of a field that holds ASCII only.
    pub(super) fn ascii(&self, name: &str) -> Result<Option<String>, NotBase64> {
        Ok(self.bytes(name)?.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()))
    }

    fn raw(&self, name: &str) -> Option<&[u8]> {
        let (_, value) = self.fields.iter().find(|(known, _)| known == name)?;
        (!value.is_empty()).then_some(value.as_slice())
    }
}

/// The boundary of a multipart form. The vendor's sample has a comma before it where a semicolon belongs.
fn boundary(content_type: &str) -> Option<String> {
    let rest = content_type.trim().strip_prefix("multipart/form-data")?;
    let (_, boundary) = rest.split_once("boundary=")?;
    let boundary = boundary.split([';', ',']).next()?.trim().trim_matches('"');
    (!boundary.is_empty()).then(|| boundary.to_owned())
}

/// The parts between boundaries. Doubled boundaries, as in the vendor's sample, leave empty parts between them, and a
/// closing one is not missed.
fn multipart(body: &[u8], boundary: &str) -> Vec<(String, Vec<u8>)> {
    let delimiter = format!("--{boundary}");
    let mut fields = Vec::new();
    for part in split(body, delimiter.as_bytes()) {
        let Some((head, value)) = split_once(part, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(head);
        let Some((_, rest)) = head.split_once("name=\"") else { continue };
        let Some((name, _)) = rest.split_once('"') else { continue };
        fields.push((name.to_owned(), value.strip_suffix(b"\r\n").unwrap_or(value).to_vec()));
    }
    fields
}

fn split<'a>(mut body: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some((part, rest)) = split_once(body, delimiter) {
        parts.push(part);
        body = rest;
    }
    parts.push(body);
    parts
}

fn split_once<'a>(body: &'a [u8], delimiter: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let place = body.windows(delimiter.len()).position(|window| window == delimiter)?;
    Some((&body[..place], &body[place + delimiter.len()..]))
}

/// The pairs of an urlencoded form, in bytes: texts may be EUC-KR.
fn urlencoded(body: &[u8]) -> Vec<(String, Vec<u8>)> {
    let pair = |pair: &[u8]| {
        let (name, value) = split_once(pair, b"=").unwrap_or((pair, b""));
        (String::from_utf8_lossy(&percent_decoded(name)).into_owned(), percent_decoded(value))
    };
    body.split(|byte| *byte == b'&').filter(|part| !part.is_empty()).map(pair).collect()
}

fn percent_decoded(raw: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let [first, tail @ ..] = rest {
        let escape = (*first == b'%').then(|| tail.first_chunk::<2>()).flatten();
        let escaped = escape.and_then(|digits| {
            let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
            u8::try_from(high? * 16 + low?).ok()
        });
        if let Some(byte) = escaped {
            decoded.push(byte);
            rest = &tail[2..];
        } else {
            decoded.push(if *first == b'+' { b' ' } else { *first });
            rest = tail;
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(fields: Vec<(String, Vec<u8>)>) -> Vec<(String, String)> {
        fields.into_iter().map(|(name, value)| (name, String::from_utf8(value).unwrap())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn urlencoded_values_are_decoded_once() {
        assert_eq!(
            texts(urlencoded(b"a=MQ%3D%3D&b=x+y%2Bz&&c&d=%zz%4&e=%EA%B0%80")),
            pairs(&[("a", "MQ=="), ("b", "x y+z"), ("c", ""), ("d", "%zz%4"), ("e", "가")])
        );
    }

    #[test]
    fn every_multipart_form_is_read() {
        let ordinary = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B\r\n\
            Content-Disposition: form-data; name=\"b\"\r\nContent-Type: text/plain\r\n\r\nx\r\ny\r\n--B--\r\n";
        assert_eq!(texts(multipart(ordinary.as_bytes(), "B")), pairs(&[("a", "1"), ("b", "x\r\ny")]));
        let part = |name: &str, value: &str| {
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n--B\r\n")
        };
        let vendors = part("a", "1") + &part("b", "") + &part("c", "2");
        assert_eq!(texts(multipart(vendors.as_bytes(), "B")), pairs(&[("a", "1"), ("b", ""), ("c", "2")]));
        assert!(multipart(b"nothing like it", "B").is_empty());
    }

    #[test]
    fn a_comma_before_the_boundary_will_do() {
        for (content_type, expected) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("multipart/form-data, boundary=-----x", Some("-----x")),
            ("multipart/form-data; boundary=\"a b\"; charset=utf-8", Some("a b")),
            ("multipart/form-data", None),
            ("application/x-www-form-urlencoded", None),
        ] {
            assert_eq!(boundary(content_type).as_deref(), expected, "{content_type}");
        }
    }

    #[test]
    fn mode_switches_base64_on() {
        let read = |body: &str| {
            let fields = urlencoded(body.as_bytes());
            let in_base64 = fields.iter().any(|(name, value)| name == "mode" && !value.is_empty());
            Fields { fields, in_base64 }.ascii("a")
        };
        assert_eq!(read("a=MQ%3D%3D&mode=MQ%3D%3D"), Ok(Some("1".to_owned())));
        assert_eq!(read("a=MQ&mode=1"), Ok(Some("1".to_owned())));
        assert_eq!(read("a=MQ%3D%3D"), Ok(Some("MQ==".to_owned())));
        assert_eq!(read("a=MQ%3D%3D&mode="), Ok(Some("MQ==".to_owned())));
        assert_eq!(read("a=my_id&mode=1"), Err(NotBase64));
        assert_eq!(read("a=fn5+Pg&mode=1"), Err(NotBase64), "a plus that arrives as a blank");
        assert_eq!(read("a=&mode=1"), Ok(None));
    }

    #[test]
    fn one_field_has_an_alphabet_of_its_own() {
        let fields = |value: &str| Fields {
            fields: vec![("destination".to_owned(), value.as_bytes().to_vec())],
            in_base64: true,
        };
        for value in ["fn4/Pg==", "fn4,Pg=="] {
            assert_eq!(fields(value).bytes_of_either_alphabet("destination"), Ok(Some(b"~~?>".to_vec())));
        }
        assert_eq!(fields("fn5-Pg==").bytes_of_either_alphabet("destination"), Ok(Some(b"~~~>".to_vec())));
        assert_eq!(fields("fn5-Pg==").bytes("destination"), Err(NotBase64));
    }
}
