//! Texts: UTF-8 or EUC-KR on the wire, EUC-KR on the way to phones.

use encoding_rs::EUC_KR;

/// Reads a text in whichever of the two it is; nobody says which.
pub(super) fn read(bytes: &[u8]) -> Option<String> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.to_owned());
    }
    EUC_KR.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

/// The bytes of a text in strict EUC-KR (KS X 1001): ASCII 1, others 2. `None` where a character has no place there,
/// be it an emoji or one of the syllables that only CP949 has.
pub(super) fn len(text: &str) -> Option<usize> {
    let (encoded, _, unmappable) = EUC_KR.encode(text);
    let mut rest = &*encoded;
    while let [first, tail @ ..] = rest {
        rest = match tail {
            _ if first.is_ascii() => tail,
            [second, tail @ ..] if *first >= 0xa1 && *second >= 0xa1 => tail,
            _ => return None,
        };
    }
    (!unmappable).then_some(encoded.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_charset_is_read() {
        let text = "인증번호 [123456]를 입력해주세요.";
        assert_eq!(read(text.as_bytes()).as_deref(), Some(text));
        assert_eq!(read(&EUC_KR.encode(text).0).as_deref(), Some(text));
        assert_eq!(read(b"\xff\xff"), None);
    }

    #[test]
    fn hangul_counts_two_bytes_and_what_only_cp949_has_cannot_be_sent() {
        assert_eq!(len("인증번호 [123456]를 입력해주세요."), Some(33));
        assert_eq!(len(""), Some(0));
        assert_eq!(len("€\n"), Some(3));
        for text in ["됬", "a됬", "똠방각하", "안녕 😀", "a—b"] {
            assert_eq!(len(text), None, "{text}");
        }
    }
}
