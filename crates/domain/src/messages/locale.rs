//! The languages of messages and pages.

use std::str::FromStr;

/// A language that Bonin speaks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Locale {
    /// Korean.
    #[default]
    Ko,
    /// English.
    En,
}

/// A text that names no language that Bonin speaks.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a supported language; one of ko, en")]
pub struct UnknownLocale;

impl Locale {
    /// The name used on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }
}

impl FromStr for Locale {
    type Err = UnknownLocale;

    /// Reads a language tag (RFC 5646); only its language part is looked at: `ko`, `ko-KR`, `en-GB`.
    fn from_str(raw: &str) -> Result<Self, UnknownLocale> {
        let language = raw.split(['-', '_']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "ko" => Ok(Self::Ko),
            "en" => Ok(Self::En),
            _ => Err(UnknownLocale),
        }
    }
}
