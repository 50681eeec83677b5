//! Login ids: mail addresses in one spelling.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// The longest address that mail can carry (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;

/// The longest part before the `@` (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// A mail address under which a person logs in, in lower case. `Debug` shows it masked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LoginId(String);

/// Why a text is not a login id. The text itself is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginIdError {
    /// Not written like a mail address.
    #[error("this is not written like a mail address")]
    Malformed,
    /// Longer than any mail address.
    #[error("a mail address has at most 254 characters")]
    TooLong,
}

impl LoginId {
    /// Reads a mail address: ASCII, letters of any case, spaces around it and full-width forms folded. Two
    /// spellings that differ in case are one login id.
    ///
    /// # Errors
    /// [`LoginIdError`].
    pub fn parse(raw: &str) -> Result<Self, LoginIdError> {
        if raw.len() > 4 * LONGEST {
            return Err(LoginIdError::TooLong);
        }
        let folded: String = raw.trim().nfkc().collect::<String>().to_ascii_lowercase();
        if folded.chars().count() > LONGEST {
            return Err(LoginIdError::TooLong);
        }
        let (local, domain) = folded.rsplit_once('@').ok_or(LoginIdError::Malformed)?;
        if is_local(local) && is_domain(domain) { Ok(Self(folded)) } else { Err(LoginIdError::Malformed) }
    }

    /// The address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What the owner recognises and nobody else can use: `ab***9@example.com`, `a***@example.com` where the part
    /// before the `@` has fewer than four characters. How many are hidden does not show.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        if local.len() < 4 {
            format!("{}***@{domain}", &local[..1])
        } else {
            format!("{}***{}@{domain}", &local[..2], &local[local.len() - 1..])
        }
    }
}

/// Atoms with dots between them (RFC 5322, 3.2.3); nobody's mail box needs quotes.
fn is_local(local: &str) -> bool {
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local.len() <= LONGEST_LOCAL && local.split('.').all(|part| !part.is_empty() && part.bytes().all(atom))
}

/// Two or more labels of a host name; the last begins with a letter.
fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && inner && !label.starts_with('-') && !label.ends_with('-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.')
        && domain.split('.').all(label)
        && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

impl fmt::Debug for LoginId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one_login_id() {
        let plain = LoginId::parse("min.su+shop@example.co.kr").unwrap();
        for other in [" Min.Su+Shop@Example.co.KR ", "ｍin.su+shop＠example.co.kr"] {
            assert_eq!(LoginId::parse(other).unwrap(), plain, "{other}");
        }
    }

    #[test]
    fn what_is_no_mail_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "@",
            "a@",
            "@b.kr",
            "a@b",
            "a b@c.kr",
            "a@b..kr",
            ".a@b.kr",
            "a.@b.kr",
            "a@-b.kr",
            "a@b.kr\0",
            "a@b.kr\nc",
            "가@b.kr",
            "a@b.9",
            "\"a\"@b.kr",
            &long,
        ] {
            assert_eq!(LoginId::parse(bad), Err(LoginIdError::Malformed), "{bad:?}");
        }
        assert_eq!(LoginId::parse(&format!("a@{}.kr", "b".repeat(260))), Err(LoginIdError::TooLong));
        assert_eq!(LoginId::parse(&"a".repeat(1_000_000)), Err(LoginIdError::TooLong));
    }

    #[test]
    fn a_masked_login_id_hides_how_long_it_is() {
        let masked = |raw: &str| LoginId::parse(raw).unwrap().masked();
        assert_eq!(masked("abcdef9@naver.com"), "ab***9@naver.com");
        assert_eq!(masked("abc9@naver.com"), "ab***9@naver.com");
        assert_eq!(masked("abc@naver.com"), "a***@naver.com");
        assert_eq!(masked("a@naver.com"), "a***@naver.com");
        assert_eq!(format!("{:?}", LoginId::parse("abcdef9@naver.com").unwrap()), "ab***9@naver.com");
    }
}
