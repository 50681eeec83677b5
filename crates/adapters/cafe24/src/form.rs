//! The body of a call: a form whose values are in base64 or as they are (sections 1 and 3).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A form in the making. It has no `Debug`: it holds the key, numbers and texts.
pub(crate) struct Form {
    body: String,
    in_base64: bool,
}

impl Form {
    /// A form whose values all travel in base64. Its `mode` says so: flag and encoding must match.
    pub(crate) fn in_base64() -> Self {
        Self { body: String::new(), in_base64: true }
    }

    /// A form of plain values.
    pub(crate) fn plain() -> Self {
        Self { body: String::new(), in_base64: false }
    }

    /// Adds a field.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if !self.body.is_empty() {
            self.body.push('&');
        }
        self.body.push_str(name);
        self.body.push('=');
        if self.in_base64 {
            encode_into(&mut self.body, &STANDARD.encode(value));
        } else {
            encode_into(&mut self.body, value);
        }
        self
    }

    /// Adds a field where there is a value.
    #[must_use]
    pub(crate) fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The body as it goes out.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.body.into_bytes()
    }
}

/// Encodes everything but RFC 3986's unreserved characters: a raw `+` of base64 would arrive as a blank.
fn encode_into(body: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            body.push(char::from(byte));
        } else {
            write!(body, "%{byte:02X}").expect("a String takes whatever is written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base64(value: &str) -> String {
        String::from_utf8(Form::in_base64().with("a", value).into_bytes()).unwrap()
    }

    #[test]
    fn values_in_base64_are_those_of_the_sheet() {
        for (plain, encoded) in [
            ("1", "MQ%3D%3D"),
            ("S", "Uw%3D%3D"),
            ("Y", "WQ%3D%3D"),
            ("L", "TA%3D%3D"),
            ("070", "MDcw"),
            ("010", "MDEw"),
            ("0000", "MDAwMA%3D%3D"),
            ("1234", "MTIzNA%3D%3D"),
            ("010-1234-5678", "MDEwLTEyMzQtNTY3OA%3D%3D"),
            ("20260901", "MjAyNjA5MDE%3D"),
            ("173000", "MTczMDAw"),
            ("", ""),
        ] {
            assert_eq!(base64(plain), format!("a={encoded}"));
        }
    }

    #[test]
    fn plus_slash_and_equals_never_travel_raw() {
        assert_eq!(base64("\u{7fb}\u{7ff}"), "a=37vfvw%3D%3D");
        assert_eq!(base64("~~?>"), "a=fn4%2FPg%3D%3D");
        assert_eq!(base64("~~~>"), "a=fn5%2BPg%3D%3D");
        assert!(!base64(&"가".repeat(2000)).contains('\n'));
    }

    #[test]
    fn plain_values_are_encoded_once_and_what_is_missing_left_out() {
        let form = Form::plain().with("a", "02-123-4567").with_some("b", None).with_some("c", Some("+ /가"));
        assert_eq!(String::from_utf8(form.into_bytes()).unwrap(), "a=02-123-4567&c=%2B%20%2F%EA%B0%80");
    }
}
