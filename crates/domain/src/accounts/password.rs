//! Passwords, and which of them are taken (security 26, requirement G06).

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::accounts::known_passwords;

/// The most characters of a password; longer ones are refused before anything is done with them.
const LONGEST: usize = 128;

/// A password as it was typed. `Debug` shows nothing of it; it is wiped when it is dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// A text that is too long to be a password, or empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password has 1 to 128 characters")]
pub struct PasswordLengthError;

impl Password {
    /// Reads a password, as typed: nothing is folded or cut.
    ///
    /// # Errors
    /// [`PasswordLengthError`].
    pub fn parse(raw: &str) -> Result<Self, PasswordLengthError> {
        if raw.is_empty() || raw.len() > 4 * LONGEST || raw.chars().count() > LONGEST {
            return Err(PasswordLengthError);
        }
        Ok(Self(Zeroizing::new(raw.to_owned())))
    }

    /// The text, for hashing and judging.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(…)")
    }
}

/// Which new passwords are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PasswordRule {
    /// 8 to 128 characters, no rule of composition; common ones, and ones built around words of the account or the
    /// service, are refused.
    #[default]
    Standard,
    /// 6 to 16 letters and digits of ASCII, both present; for services whose old clients know no other rule. Common
    /// ones, and ones built around words of the account or the service, are refused as well.
    SixToSixteen,
}

/// Why a new password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer characters than the rule asks for.
    #[error("the password is too short")]
    TooShort,
    /// More characters than the rule allows.
    #[error("the password is too long")]
    TooLong,
    /// Not letters and digits, both present, where the rule wants these.
    #[error("the password needs letters and digits, and nothing else")]
    Composition,
    /// Among those that are tried first.
    #[error("the password is too common")]
    Common,
    /// The one that the account has already.
    #[error("the password is the old one")]
    Unchanged,
    /// Built around the login id, nickname, number or the service's name.
    #[error("the password holds a word of the account")]
    Context,
}

/// The fewest letters of a password beside words of the account.
const LEAST_LETTERS: usize = 4;

/// The shortest word of the account that counts, in bytes: four letters, or two syllables of Hangul.
const SHORTEST_WORD: usize = 4;

impl PasswordRule {
    /// Judges a new password; `context` are words of the account and the service: parts of the login id, nickname,
    /// digits of the number, brand.
    ///
    /// Case and full-width forms make no difference to what is common or of the account. A word of the account in
    /// a password is no fault by itself: what stays when all of them, digits and signs are taken out must have
    /// four letters. `minsu1234` and `min.su!kim` have not, `correct horse battery minsu staple` has. Words
    /// under four letters (two syllables of Hangul) do not count.
    ///
    /// # Errors
    /// The first [`PasswordFault`].
    pub fn judge(self, password: &Password, context: &[&str]) -> Result<(), PasswordFault> {
        let text = password.reveal();
        let length = text.chars().count();
        let (least, most) = match self {
            Self::Standard => (8, LONGEST),
            Self::SixToSixteen => (6, 16),
        };
        if length < least {
            return Err(PasswordFault::TooShort);
        }
        if length > most {
            return Err(PasswordFault::TooLong);
        }
        if self == Self::SixToSixteen && !is_letters_and_digits(text) {
            return Err(PasswordFault::Composition);
        }
        let folded = folded(text);
        if known_passwords::is_known(&folded) {
            return Err(PasswordFault::Common);
        }
        if is_built_around(&folded, context) {
            return Err(PasswordFault::Context);
        }
        Ok(())
    }
}

fn is_letters_and_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// One spelling for all that look alike (NFKC), in lower case. For judging alone: a password is hashed as typed.
fn folded(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.nfkc().flat_map(char::to_lowercase).collect())
}

/// Letters and digits alone: `010-1234-5678` is `01012345678`.
fn squeezed(folded: &str) -> Zeroizing<String> {
    Zeroizing::new(folded.chars().filter(|c| c.is_alphanumeric()).collect())
}

fn is_built_around(folded_password: &str, context: &[&str]) -> bool {
    let mut words: Vec<_> = context.iter().map(|word| squeezed(&folded(word))).collect();
    words.retain(|word| word.len() >= SHORTEST_WORD);
    // A longer word goes before one that it holds: `kimminsu` before `minsu`.
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    let whole = squeezed(folded_password);
    let mut rest = whole.clone();
    for word in &words {
        // A space where the word was: what stands around it is no word by that.
        rest = Zeroizing::new(rest.replace(word.as_str(), " "));
    }
    rest != whole && rest.chars().filter(|c| c.is_alphabetic()).count() < LEAST_LETTERS
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: [&str; 7] = ["minsu", "minsukang", "kimminsu", "민수", "bonin", "01012345678", "kim"];

    fn standard(raw: &str) -> Result<(), PasswordFault> {
        PasswordRule::Standard.judge(&Password::parse(raw).unwrap(), &CONTEXT)
    }

    fn six_to_sixteen(raw: &str) -> Result<(), PasswordFault> {
        PasswordRule::SixToSixteen.judge(&Password::parse(raw).unwrap(), &CONTEXT)
    }

    #[test]
    fn only_1_to_128_characters_are_a_password() {
        assert!(Password::parse(&"가".repeat(128)).is_ok());
        assert!(Password::parse(&"\u{1f600}".repeat(128)).is_ok());
        for bad in ["", &"a".repeat(129), &"가".repeat(129), &"a".repeat(10_000_000)] {
            assert_eq!(Password::parse(bad).unwrap_err(), PasswordLengthError);
        }
    }

    #[test]
    fn a_password_is_kept_as_typed_and_not_shown() {
        let password = Password::parse(" Ｐass  word ").unwrap();
        assert_eq!(password.reveal(), " Ｐass  word ");
        assert_eq!(format!("{password:?}"), "Password(…)");
    }

    #[test]
    fn the_standard_rule_asks_for_8_characters_and_nothing_of_their_kind() {
        for good in [
            "xkqvhwzp",
            "83920175",
            "오늘은 비가 온다",
            "\u{1f600}a\u{1f601}b\u{1f602}c\u{1f603}d",
            "k3j9x2p1",
        ] {
            assert_eq!(standard(good), Ok(()), "{good}");
        }
        assert_eq!(standard("xkqvhwz"), Err(PasswordFault::TooShort));
        assert_eq!(standard("비가온다오늘은"), Err(PasswordFault::TooShort), "7 characters in 21 bytes");
        let longest: String = ('가'..).take(128).collect();
        assert_eq!(standard(&longest), Ok(()));
    }

    #[test]
    fn common_ones_are_refused_in_any_case_and_width() {
        for bad in [
            "password1",
            "PassWord1",
            "ｐａｓｓｗｏｒｄ１",
            "qwer1234",
            "1Q2W3E4R",
            "asdf1234",
            "Sunshine2026!",
        ] {
            assert_eq!(standard(bad), Err(PasswordFault::Common), "{bad}");
        }
    }

    #[test]
    fn one_built_around_words_of_the_account_is_refused() {
        for bad in [
            "minsu1234",
            "MinSu1234",
            "m.i.n.s.u-2026",
            "bonin2026!",
            "01012345678",
            "010-1234-5678",
            "kimminsu1990",
            "minsukang1990",
            "minsu+bonin",
            "minsuminsu",
            "abc!minsu!1990",
            "민수19900101",
            "ｍｉｎｓｕ７７７７１",
        ] {
            assert_eq!(standard(bad), Err(PasswordFault::Context), "{bad}");
        }
    }

    #[test]
    fn one_that_holds_such_a_word_among_others_passes() {
        for good in
            ["correct horse battery minsu staple", "minsu-teapot", "bonin islands", "민수의 커피 두 잔"]
        {
            assert_eq!(standard(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn words_that_are_short_or_absent_do_not_count() {
        assert_eq!(standard("kim83920175"), Ok(()));
        let judge =
            |context: &[&str]| PasswordRule::Standard.judge(&Password::parse("minsu90175").unwrap(), context);
        assert_eq!(judge(&[]), Ok(()));
        assert_eq!(judge(&["", "수", "...."]), Ok(()));
        assert_eq!(judge(&["minsu"]), Err(PasswordFault::Context));
    }

    #[test]
    fn six_to_sixteen_takes_letters_and_digits_and_nothing_else() {
        for good in ["x9kq2v", "k3j9x2p1", "Abcdefgh90317Zzz", "TEAPOT48151"] {
            assert_eq!(six_to_sixteen(good), Ok(()), "{good}");
        }
        assert_eq!(six_to_sixteen("x9kq2"), Err(PasswordFault::TooShort));
        assert_eq!(six_to_sixteen("k3j9x2p1k3j9x2p1z"), Err(PasswordFault::TooLong));
        for bad in
            ["xkqvhwzp", "83920175", "x9kq2v!", "x9kq2v!!!!", "x9 kq2v", "x9kq2v\n", "x9kq2가", "x９kqvh"]
        {
            assert_eq!(six_to_sixteen(bad), Err(PasswordFault::Composition), "{bad:?}");
        }
        for bad in ["abc123", "qwer1234", "Password1"] {
            assert_eq!(six_to_sixteen(bad), Err(PasswordFault::Common), "{bad}");
        }
        assert_eq!(six_to_sixteen("minsu1"), Err(PasswordFault::Context));
    }
}
