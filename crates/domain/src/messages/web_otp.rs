//! The line by which a browser offers a code to one site alone (requirement C05).

use crate::codes::Code;

/// The site that may read a code: a lower-case host name such as `login.bonin.example`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct WebOtpDomain(String);

/// A text that is not such a host name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a lower-case host name such as login.example.com, without scheme, port or path")]
pub struct WebOtpDomainError;

impl WebOtpDomain {
    /// Reads a host name of at least two labels; international ones in their ASCII form (`xn--…`).
    ///
    /// # Errors
    /// [`WebOtpDomainError`] when `raw` has another form.
    pub fn parse(raw: &str) -> Result<Self, WebOtpDomainError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(allowed)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let (name, end) = raw.rsplit_once('.').ok_or(WebOtpDomainError)?;
        // An end that begins with a digit would be that of an address.
        let named = label(end) && end.starts_with(|first: char| first.is_ascii_lowercase());
        let whole = raw.len() <= 253 && named && name.split('.').all(label);
        if whole { Ok(Self(raw.to_owned())) } else { Err(WebOtpDomainError) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds the line to `text` as its last one, in the origin-bound form: browsers look for exactly this.
    pub(super) fn add_line(&self, text: &str, code: &Code) -> String {
        format!("{text}\n@{} #{}", self.0, code.reveal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lower_case_host_name_is_a_site() {
        let longest_label = format!("{}.kr", "a".repeat(63));
        for good in ["bonin.kr", "login.bonin-2.example", "xn--3e0b707e.xn--3e0b707e", &longest_label] {
            assert_eq!(WebOtpDomain::parse(good).unwrap().as_str(), good);
        }
        let (long_label, long_name) = (format!("{}.kr", "a".repeat(64)), format!("{}kr", "abcd.".repeat(51)));
        for bad in [
            "",
            "localhost",
            "Bonin.kr",
            "bonin.kr.",
            ".kr",
            "a..kr",
            "-a.kr",
            "a-.kr",
            "https://bonin.kr",
            "bonin.kr:443",
            "bonin.kr/a",
            "bonin.kr #1",
            "본인.kr",
            "a_b.kr",
            "127.0.0.1",
            "bonin.kr\n",
            &long_label,
            &long_name,
        ] {
            assert_eq!(WebOtpDomain::parse(bad), Err(WebOtpDomainError), "{bad:?}");
        }
    }
}
