//! Bytes as Korean carriers count them.

use encoding_rs::EUC_KR;

/// A character that the carriers' encoding does not have, such as an emoji or an em dash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the character {0:?} cannot be sent in a text message")]
pub struct Unencodable(pub char);

/// The length of `text` in EUC-KR as carriers count it: ASCII 1, Hangul and symbols 2 (SENS sheet, section 11).
///
/// The encoding is CP949, the superset that the WHATWG calls `euc-kr`, with every modern syllable.
///
/// # Errors
/// The first character that cannot be encoded; nothing is ever replaced silently.
pub fn euc_kr_len(text: &str) -> Result<usize, Unencodable> {
    // `encode` of the whole text would write `&#NNN;` for what it cannot map and count nine bytes for it.
    let (encoded, _, unmappable) = EUC_KR.encode(text);
    if !unmappable {
        return Ok(encoded.len());
    }
    let culprit = text.chars().find(|character| EUC_KR.encode(&character.to_string()).2);
    Err(Unencodable(culprit.unwrap_or(char::REPLACEMENT_CHARACTER)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_counts_two_bytes_and_ascii_one() {
        assert_eq!(euc_kr_len(""), Ok(0));
        assert_eq!(euc_kr_len("abc 123"), Ok(7));
        assert_eq!(euc_kr_len(&"가".repeat(45)), Ok(90));
        assert_eq!(euc_kr_len("€"), Ok(2));
        assert_eq!(euc_kr_len("똠펲"), Ok(4), "syllables that only CP949 has");
    }

    #[test]
    fn what_cannot_be_encoded_is_named() {
        assert_eq!(euc_kr_len("안녕 😀!"), Err(Unencodable('😀')));
        assert_eq!(euc_kr_len("a—b"), Err(Unencodable('—')));
    }

    #[test]
    fn a_character_is_one_of_ascii_or_one_that_two_bytes_stand_for() {
        // The page of sending finds out in the browser in this way what can be sent, and counts one byte or two.
        let leads = 0x81..=0xfe_u8;
        let pairs = leads.flat_map(|lead| (0x41..=0xfe_u8).flat_map(move |trail| [lead, trail]));
        let pairs: Vec<u8> = pairs.collect();
        let (decoded, _) = EUC_KR.decode_without_bom_handling(&pairs);
        let known: std::collections::HashSet<char> =
            decoded.chars().filter(|c| !c.is_ascii() && *c != char::REPLACEMENT_CHARACTER).collect();
        assert_eq!(known.len(), 17_048);
        for character in '\0'..='\u{ffff}' {
            let bytes = if character.is_ascii() { Some(1) } else { known.contains(&character).then_some(2) };
            assert_eq!(euc_kr_len(character.encode_utf8(&mut [0; 4])).ok(), bytes, "{character:?}");
        }
    }
}
