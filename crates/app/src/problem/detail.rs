//! What the fault of a member says beyond its code.

use bonin_domain::accounts::TermId;
use bonin_domain::messages::{Locale, MessageKind};
use serde_json::{Map, Value, json};

/// What the fault of a member says beyond its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What it must be.
    Wanted(Wanted),
    /// How many items it may have.
    Most(usize),
    /// How long it is, and how long it may be.
    Bytes {
        /// Bytes it has.
        bytes: usize,
        /// Bytes it may have.
        limit: usize,
        /// What sets the limit.
        of: Measured,
    },
    /// The character that cannot be sent.
    Character(char),
    /// The term that is missing.
    Term(TermId),
}

/// A type of JSON other than text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// `true` or `false`.
    Boolean,
    /// A list.
    List,
    /// Text, or an object.
    TextOrObject,
    /// An object.
    Object,
}

/// What has a limit in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// The text of a message.
    Text(MessageKind),
    /// A subject.
    Subject,
    /// A message that carries a code, unless long ones are allowed.
    Verification,
}

impl Detail {
    /// What follows the member's name.
    pub fn message(&self, locale: Locale) -> String {
        match (self, locale) {
            (Self::Wanted(Wanted::Boolean), Locale::En) => "must be true or false".to_owned(),
            (Self::Wanted(Wanted::Boolean), Locale::Ko) => "true 또는 false여야 합니다.".to_owned(),
            (Self::Wanted(Wanted::List), Locale::En) => "must be a list".to_owned(),
            (Self::Wanted(Wanted::List), Locale::Ko) => "목록이어야 합니다.".to_owned(),
            (Self::Wanted(Wanted::TextOrObject), Locale::En) => "must be a string or an object".to_owned(),
            (Self::Wanted(Wanted::TextOrObject), Locale::Ko) => "문자열이나 객체여야 합니다.".to_owned(),
            (Self::Wanted(Wanted::Object), Locale::En) => "must be an object".to_owned(),
            (Self::Wanted(Wanted::Object), Locale::Ko) => "객체여야 합니다.".to_owned(),
            (Self::Most(most), Locale::En) => format!("has more than {most}"),
            (Self::Most(most), Locale::Ko) => format!("{most}개를 넘었습니다."),
            (Self::Bytes { bytes, limit, of }, Locale::En) => {
                format!("has {bytes} bytes, {} takes {limit}", of.name(locale))
            }
            (Self::Bytes { bytes, limit, of }, Locale::Ko) => {
                format!("{bytes}바이트입니다. {} {limit}바이트까지 보낼 수 있습니다.", of.name(locale))
            }
            (Self::Character(character), Locale::En) => {
                format!("holds the character {character}, which text messages do not have")
            }
            (Self::Character(character), Locale::Ko) => {
                format!("문자 메시지로 보낼 수 없는 글자가 있습니다: {character}")
            }
            (Self::Term(term), Locale::En) => format!("lacks the required term {}", term.as_str()),
            (Self::Term(term), Locale::Ko) => format!("필수 약관에 동의해 주세요: {}", term.as_str()),
        }
    }

    /// The same for machines.
    pub fn write(&self, error: &mut Map<String, Value>) {
        match self {
            Self::Wanted(_) => {}
            Self::Most(most) => drop(error.insert("limit".to_owned(), json!(most))),
            Self::Bytes { bytes, limit, of: _ } => {
                error.insert("bytes".to_owned(), json!(bytes));
                error.insert("limit".to_owned(), json!(limit));
            }
            Self::Character(character) => {
                drop(error.insert("character".to_owned(), json!(character.to_string())));
            }
            Self::Term(term) => drop(error.insert("term_id".to_owned(), json!(term.as_str()))),
        }
    }
}

impl Measured {
    fn name(self, locale: Locale) -> &'static str {
        match (self, locale) {
            (Self::Text(kind), Locale::En) => kind.as_str(),
            (Self::Text(MessageKind::Sms), Locale::Ko) => "SMS는",
            (Self::Text(MessageKind::Lms), Locale::Ko) => "LMS는",
            (Self::Text(MessageKind::Mms), Locale::Ko) => "MMS는",
            (Self::Subject, Locale::En) => "a subject",
            (Self::Subject, Locale::Ko) => "제목은",
            (Self::Verification, Locale::En) => "a verification message",
            (Self::Verification, Locale::Ko) => "인증 메시지는",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_says_how_long_it_is_and_may_be() {
        let detail = Detail::Bytes { bytes: 92, limit: 90, of: Measured::Text(MessageKind::Sms) };
        assert_eq!(detail.message(Locale::En), "has 92 bytes, sms takes 90");
        assert_eq!(detail.message(Locale::Ko), "92바이트입니다. SMS는 90바이트까지 보낼 수 있습니다.");
        let mut error = Map::new();
        detail.write(&mut error);
        assert_eq!(Value::Object(error), json!({"bytes": 92, "limit": 90}));
    }
}
