//! Texts as the Korean networks carry them: CP949, of limited length.

use bonin_domain::messages::euc_kr_len;

/// Whether every character exists in CP949.
pub(super) fn encodable(text: &str) -> bool {
    euc_kr_len(text).is_ok()
}

/// The longest start of `text` that takes at most `limit` bytes, never half a character.
pub(super) fn cut(text: &str, limit: usize) -> &str {
    let mut bytes = 0;
    for (index, letter) in text.char_indices() {
        bytes += if letter.is_ascii() { 1 } else { 2 };
        if bytes > limit {
            return &text[..index];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_and_em_dashes_do_not_exist_in_cp949() {
        assert!(encodable("[본인] 인증번호 [123456] €"));
        // Beyond the 2,350 syllables of KS X 1001.
        assert!(encodable("\u{b620}\u{d3b2}"));
        assert!(!encodable("안녕 😀"));
        assert!(!encodable("a \u{2014} b"));
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        let hangul = "가".repeat(46);
        assert_eq!(cut(&hangul, 90), "가".repeat(45));
        assert_eq!(cut(&format!("a{hangul}"), 90), format!("a{}", "가".repeat(44)));
        assert_eq!(cut("short", 90), "short");
        assert_eq!(cut(&"a".repeat(90), 90).len(), 90);
        assert_eq!(cut(&"a".repeat(91), 90).len(), 90);
    }
}
