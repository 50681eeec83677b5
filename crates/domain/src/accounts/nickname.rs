//! What an account is called.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// The most characters of a nickname.
const LONGEST: usize = 30;

/// What an account is called: 1 to 30 characters, none of them a control character. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Nickname(String);

/// Why a text is not a nickname.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NicknameError {
    /// Empty, or with characters that are not shown.
    #[error("a nickname has visible characters")]
    Malformed,
    /// More than 30 characters.
    #[error("a nickname has at most 30 characters")]
    TooLong,
}

impl Nickname {
    /// Reads a nickname; spaces around it go, letters are composed (NFC).
    ///
    /// # Errors
    /// [`NicknameError`].
    pub fn parse(raw: &str) -> Result<Self, NicknameError> {
        if raw.len() > 16 * LONGEST {
            return Err(NicknameError::TooLong);
        }
        let text: String = raw.trim().nfc().collect();
        // Marks that turn the direction of what follows make names that read like others.
        let hidden = |c: char| {
            c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        };
        match text.chars().count() {
            0 => Err(NicknameError::Malformed),
            _ if text.contains(hidden) => Err(NicknameError::Malformed),
            1..=LONGEST => Ok(Self(text)),
            _ => Err(NicknameError::TooLong),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Nickname {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Nickname(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nickname_is_what_people_see() {
        assert_eq!(Nickname::parse(" 민수 ").unwrap().as_str(), "민수");
        assert_eq!(Nickname::parse(&"가".repeat(30)).unwrap().as_str().chars().count(), 30);
        assert_eq!(Nickname::parse(&"가".repeat(31)), Err(NicknameError::TooLong));
        for bad in ["", "  ", "a\0", "a\u{202e}b", "\u{200b}"] {
            assert_eq!(Nickname::parse(bad), Err(NicknameError::Malformed), "{bad:?}");
        }
    }
}
