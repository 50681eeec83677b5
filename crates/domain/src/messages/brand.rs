//! The name with which message texts begin.

use crate::messages::bytes::euc_kr_len;
use crate::messages::links::looks_like_a_link;

/// A brand: 1 to 20 characters that text messages can carry, no control characters, no brackets, no link
/// (security 19).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand(String);

/// Why a text is not a brand.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrandError {
    /// Empty or more than 20 characters.
    #[error("a brand has 1 to 20 characters")]
    Length,
    /// Control character, bracket, or one that text messages cannot carry.
    #[error(
        "a brand has no control characters, no brackets and only characters that text messages can carry"
    )]
    Characters,
    /// Looks like a link, which phones would make clickable.
    #[error("a brand is not a link")]
    Link,
}

impl Brand {
    /// Reads a brand.
    ///
    /// # Errors
    /// The rule that `raw` breaks.
    pub fn parse(raw: &str) -> Result<Self, BrandError> {
        let brand = raw.trim();
        if !(1..=20).contains(&brand.chars().count()) {
            return Err(BrandError::Length);
        }
        let forbidden = |character: char| character.is_control() || matches!(character, '[' | ']');
        if brand.contains(forbidden) || euc_kr_len(brand).is_err() {
            return Err(BrandError::Characters);
        }
        if brand.contains('/') || looks_like_a_link(brand) {
            return Err(BrandError::Link);
        }
        Ok(Self(brand.to_owned()))
    }

    /// The brand as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brands_are_short_plain_and_no_links() {
        for good in ["Bonin", "본인", "보드위드", "St. Mary", "가".repeat(20).as_str()] {
            assert_eq!(Brand::parse(good).unwrap().as_str(), good);
        }
        assert_eq!(Brand::parse(" "), Err(BrandError::Length));
        assert_eq!(Brand::parse(&"가".repeat(21)), Err(BrandError::Length));
        for bad in ["a\nb", "a\0", "[x]", "😀"] {
            assert_eq!(Brand::parse(bad), Err(BrandError::Characters), "{bad:?}");
        }
        for bad in ["https://x.kr", "bonin.kr", "www.bonin", "a/b"] {
            assert_eq!(Brand::parse(bad), Err(BrandError::Link), "{bad:?}");
        }
    }
}
