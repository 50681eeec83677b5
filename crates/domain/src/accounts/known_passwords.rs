//! Passwords that are tried first: a bundled list (`data/README.md`), and what is no better than its entries.

use std::cmp::Ordering;

/// One a line, in lower case, sorted by byte; six characters or more.
const LIST: &[u8] = include_bytes!("../../data/known-passwords.txt");

/// The most digits that people append to a word to get past a rule: a year.
const APPENDED: usize = 4;

/// The fewest different characters of a password.
const LEAST_VARIETY: usize = 4;

/// Whether a password, in lower case, is tried first: on the list, as it is or without the signs around it and up to
/// four digits at its end (`qwer1234!`, `Sunshine2026`); of fewer than four different characters; or a stretch of
/// the digits or the alphabet (`abcdefghij`, `9876543210`).
///
/// A longer number at the end is not taken off: `sunshine` with eight drawn digits is nothing that is tried early.
pub(super) fn is_known(folded: &str) -> bool {
    let bare = folded.trim_matches(|sign: char| sign.is_ascii_punctuation() || sign == ' ');
    let word = bare.trim_end_matches(|digit: char| digit.is_ascii_digit());
    let appended = bare.len() - word.len();
    let word = word.trim_end_matches(|sign: char| sign.is_ascii_punctuation());
    is_listed(folded)
        || is_listed(bare)
        || (appended <= APPENDED && is_listed(word))
        || has_little_variety(folded)
        || is_stretch(bare.as_bytes())
}

fn is_listed(word: &str) -> bool {
    let (mut low, mut high) = (0, LIST.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = LIST[low..middle].iter().rposition(|&b| b == b'\n').map_or(low, |end| low + end + 1);
        let end = LIST[middle..].iter().position(|&b| b == b'\n').map_or(LIST.len(), |end| middle + end);
        match LIST[start..end].cmp(word.as_bytes()) {
            Ordering::Equal => return true,
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = start,
        }
    }
    false
}

fn has_little_variety(folded: &str) -> bool {
    let mut seen: Vec<char> = folded.chars().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len() < LEAST_VARIETY
}

/// Whether each character is the one after, or each the one before, its neighbour; 0 comes after 9.
fn is_stretch(bytes: &[u8]) -> bool {
    let follows = |one: u8, two: u8| two == one.wrapping_add(1) || (one, two) == (b'9', b'0');
    let pairs = || bytes.windows(2).map(|pair| (pair[0], pair[1]));
    bytes.len() > 1
        && (pairs().all(|(one, two)| follows(one, two)) || pairs().all(|(one, two)| follows(two, one)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_of_the_list_is_found_and_is_as_the_look_up_needs_it() {
        let text = std::str::from_utf8(LIST).unwrap();
        let entries: Vec<&str> = text.lines().collect();
        assert!(entries.len() > 40_000 && text.ends_with('\n') && LIST.len() < 1_000_000);
        for pair in entries.windows(2) {
            assert!(pair[0] < pair[1], "{} before {}", pair[0], pair[1]);
        }
        for entry in entries {
            let visible = entry.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase());
            assert!(visible && entry.len() >= 6 && is_listed(entry), "{entry}");
        }
    }

    #[test]
    fn what_is_not_on_the_list_is_not_found() {
        for word in [
            "",
            "\n",
            "passwordz",
            "password\n",
            "\npassword",
            "password\npassword1",
            "~~~~~~~~",
            "!",
            "가나다",
        ] {
            assert!(!is_listed(word), "{word:?}");
        }
        let text = std::str::from_utf8(LIST).unwrap();
        assert!(!is_listed(text));
    }

    #[test]
    fn what_is_tried_first_is_known() {
        for word in [
            "password1",
            "qwer1234",
            "1q2w3e4r",
            "asdf1234",
            "q1w2e3r4",
            "iloveyou",
            "abcd1234",
            "12345678",
            "!@#$%^&*",
        ] {
            assert!(is_known(word), "{word}");
        }
    }

    #[test]
    fn korean_words_on_an_english_keyboard_are_known() {
        // 안녕하세요, 사랑해, 대한민국, 비밀번호.
        for word in ["dkssudgktpdy", "tkfkdgo1", "eogksalsrnr", "qlalfqjsgh1!"] {
            assert!(is_known(word), "{word}");
        }
    }

    #[test]
    fn signs_and_a_year_do_not_make_a_known_one_new() {
        for word in [
            "qwer1234!",
            "!!password!!",
            "sunshine2026",
            "sunshine2026!",
            "sunshine!1",
            "1q2w3e4r!@#",
            " dragon99 ",
        ] {
            assert!(is_known(word), "{word}");
        }
    }

    #[test]
    fn repetitions_and_stretches_are_known() {
        for word in [
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabc",
            "가나가나가나가나",
            "abcdefghijklmnop",
            "987654321098765",
            "0123456789012",
        ] {
            assert!(is_known(word), "{word}");
        }
    }

    #[test]
    fn what_nobody_tries_first_is_not_known() {
        for word in [
            "correct horse battery staple",
            "sunshine48151623",
            "k3j9x2p1",
            "83920175",
            "xkq-vhw-zpr",
            "abcdefgi1",
            "오늘은 비가 온다",
            "mcg!teapot7",
            "}{:?<)_&",
            "}{:?<)_&7",
        ] {
            assert!(!is_known(word), "{word}");
        }
    }
}
