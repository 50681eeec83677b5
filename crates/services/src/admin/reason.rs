/// The reason that somebody typed for looking at personal data: 5 to 200 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

/// Why a text is no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    /// Under 5 characters, blanks around it aside.
    #[error("a reason has at least 5 characters")]
    TooShort,
    /// Over 200 characters.
    #[error("a reason has at most 200 characters")]
    TooLong,
    /// With control characters.
    #[error("a reason is plain text")]
    Malformed,
}

impl Reason {
    /// The fewest characters: as many as `민원 문의` takes.
    pub const SHORTEST: usize = 5;

    /// The most characters.
    pub const LONGEST: usize = 200;

    /// Reads a reason.
    ///
    /// # Errors
    /// [`ReasonError`].
    pub fn parse(raw: &str) -> Result<Self, ReasonError> {
        let text = raw.trim();
        let length = text.chars().count();
        if text.chars().any(char::is_control) {
            return Err(ReasonError::Malformed);
        }
        if length < Self::SHORTEST {
            return Err(ReasonError::TooShort);
        }
        if length > Self::LONGEST {
            return Err(ReasonError::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The reason as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_five_characters_that_are_not_blanks_around_it() {
        assert_eq!(Reason::parse(" 민원 문의 ").unwrap().as_str(), "민원 문의");
        assert_eq!(Reason::parse("  문의  "), Err(ReasonError::TooShort));
        assert_eq!(Reason::parse("abc\ndef"), Err(ReasonError::Malformed));
        assert!(Reason::parse(&"가".repeat(200)).is_ok());
        assert_eq!(Reason::parse(&"가".repeat(201)), Err(ReasonError::TooLong));
    }
}
