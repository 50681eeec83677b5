//! Texts on their way: GSM-7 or UCS-2, in parts.

/// The letters of GSM 03.38 besides ASCII letters and digits.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// Letters that count two.
const EXTENDED: &str = "|^€{}[]~\\\u{c}";

/// What `type=text` leaves of a text: a question mark for every letter that GSM-7 lacks.
pub(super) fn in_gsm7(text: &str) -> String {
    text.chars().map(|letter| if gsm7_size(letter).is_some() { letter } else { '?' }).collect()
}

/// How many parts a text in GSM-7 has.
pub(super) fn gsm7_parts(text: &str) -> usize {
    parts(text.chars().map(|letter| gsm7_size(letter).unwrap_or(1)), 160, 153)
}

/// How many parts a text in UCS-2 has.
pub(super) fn ucs2_parts(text: &str) -> usize {
    parts(text.chars().map(char::len_utf16), 70, 67)
}

fn gsm7_size(letter: char) -> Option<usize> {
    if letter.is_ascii_alphanumeric() || BASIC.contains(letter) {
        Some(1)
    } else {
        EXTENDED.contains(letter).then_some(2)
    }
}

fn parts(sizes: impl Iterator<Item = usize> + Clone, alone: usize, joined: usize) -> usize {
    if sizes.clone().sum::<usize>() <= alone {
        return 1;
    }
    let (full, _) =
        sizes.fold(
            (0, 0),
            |(full, used), size| {
                if used + size > joined { (full + 1, size) } else { (full, used + size) }
            },
        );
    full + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_in_the_alphabet_of_the_text() {
        for (count, expected) in [(0, 1), (160, 1), (161, 2), (306, 2), (307, 3)] {
            assert_eq!(gsm7_parts(&"a".repeat(count)), expected, "{count}");
        }
        assert_eq!((gsm7_parts(&"€".repeat(80)), gsm7_parts(&"€".repeat(81))), (1, 2));
        for (count, expected) in [(70, 1), (71, 2), (134, 2), (135, 3)] {
            assert_eq!(ucs2_parts(&"가".repeat(count)), expected, "{count}");
        }
        assert_eq!((ucs2_parts(&"😀".repeat(35)), ucs2_parts(&"😀".repeat(36))), (1, 2));
    }

    #[test]
    fn korean_does_not_survive_as_text() {
        assert_eq!(in_gsm7("[본인] 10€"), "[??] 10€");
    }
}
