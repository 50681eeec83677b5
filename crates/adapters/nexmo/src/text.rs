//! How a text travels, and in how many parts (section 3.2).

/// The alphabet of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SmsEncoding {
    /// Latin letters, seven bits each: `type=text`.
    Gsm7,
    /// Everything else, Korean too: `type=unicode`.
    Ucs2,
}

/// The letters of GSM 03.38 besides ASCII letters and digits; each counts one.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// Its extension table; each counts two and is not parted.
const EXTENDED: &str = "|^€{}[]~\\\u{c}";

impl SmsEncoding {
    /// The one that carries `text` at the lowest price.
    pub fn of(text: &str) -> Self {
        if text.chars().all(|letter| septets(letter).is_some()) { Self::Gsm7 } else { Self::Ucs2 }
    }

    /// As Nexmo spells it.
    pub(crate) fn wire_name(self) -> &'static str {
        match self {
            Self::Gsm7 => "text",
            Self::Ucs2 => "unicode",
        }
    }

    /// How many parts `text` goes in; each is billed as a message.
    pub fn parts(self, text: &str) -> usize {
        let (alone, joined) = match self {
            Self::Gsm7 => (160, 153),
            Self::Ucs2 => (70, 67),
        };
        let size = |letter: char| match self {
            Self::Gsm7 => septets(letter).unwrap_or(1),
            Self::Ucs2 => letter.len_utf16(),
        };
        if text.chars().map(size).sum::<usize>() <= alone {
            return 1;
        }
        let (mut parts, mut used) = (1, 0);
        for letter in text.chars() {
            // What counts two does not fit where one is left.
            if used + size(letter) > joined {
                parts += 1;
                used = 0;
            }
            used += size(letter);
        }
        parts
    }
}

/// What a letter takes in GSM-7; `None` where it has none there.
fn septets(letter: char) -> Option<usize> {
    if letter.is_ascii_alphanumeric() || BASIC.contains(letter) {
        Some(1)
    } else if EXTENDED.contains(letter) {
        Some(2)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_texts_go_as_text_and_korean_ones_as_unicode() {
        for latin in ["Your code is 1234", "à la carte", "[Bonin] 10 €", "ΔΩ\n", ""] {
            assert_eq!(SmsEncoding::of(latin), SmsEncoding::Gsm7, "{latin}");
        }
        for other in ["[본인] 인증번호 1234", "ê", "`", "😀", "α"] {
            assert_eq!(SmsEncoding::of(other), SmsEncoding::Ucs2, "{other}");
        }
    }

    #[test]
    fn parts_are_counted_as_they_are_billed() {
        let parts = |text: &str| SmsEncoding::of(text).parts(text);
        for (letter, count, expected) in [
            ("a", 0, 1),
            ("a", 160, 1),
            ("a", 161, 2),
            ("a", 306, 2),
            ("a", 307, 3),
            ("€", 80, 1),
            ("€", 81, 2),
            ("가", 70, 1),
            ("가", 71, 2),
            ("가", 134, 2),
            ("가", 135, 3),
            ("😀", 35, 1),
            ("😀", 36, 2),
        ] {
            assert_eq!(parts(&letter.repeat(count)), expected, "{count} of {letter}");
        }
        // 153 is odd, so 76 pairs fill a part and 153 pairs need a third.
        assert_eq!(parts(&"€".repeat(152)), 2);
        assert_eq!(parts(&"€".repeat(153)), 3);
    }
}
