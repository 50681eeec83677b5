//! Phone numbers, reduced to what a simulator needs: one spelling (E.164) for each number.

/// The E.164 form of `digits` as dialled inside the country with this calling code.
pub(crate) fn from_national(country: &str, digits: &str) -> Option<String> {
    let significant = match country {
        // In Korea a number without its leading zero cannot be dialled.
        "82" => digits.strip_prefix('0').filter(|rest| (8..=11).contains(&rest.len()))?,
        _ => digits.strip_prefix('0').unwrap_or(digits),
    };
    international(&format!("{country}{significant}"))
}

/// The E.164 form of a number as people write it: `010-1234-5678`, `+82 10 1234 5678`, and also
/// ` 821012345678`, which is what a raw `+` in a query string becomes.
pub(crate) fn parse(raw: &str) -> Option<String> {
    let mut digits = String::new();
    let mut plus = false;
    for letter in raw.trim().chars() {
        match letter {
            '+' if digits.is_empty() && !plus => plus = true,
            '0'..='9' => digits.push(letter),
            ' ' | '-' | '.' | '(' | ')' | '\u{a0}' => {}
            _ => return None,
        }
    }
    if !plus {
        if let Some(rest) = digits.strip_prefix("00") {
            digits = rest.to_owned();
        } else if digits.starts_with('0') {
            return from_national("82", &digits);
        }
    }
    // `+82 (0)10-…` is wrong but common.
    match digits.strip_prefix("820") {
        Some(rest) => international(&format!("82{rest}")),
        None => international(&digits),
    }
}

fn international(digits: &str) -> Option<String> {
    let plausible = (8..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    plausible.then(|| format!("+{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_spelling_of_a_number_gives_the_same_number() {
        for raw in [
            "01012345678",
            "010-1234-5678",
            "010 1234 5678",
            "+821012345678",
            "+82 10-1234-5678",
            "+82 (0)10 1234 5678",
            " 821012345678",
            " 82 10 1234 5678",
            "821012345678",
            "00821012345678",
        ] {
            assert_eq!(parse(raw).as_deref(), Some("+821012345678"), "{raw}");
        }
        assert_eq!(parse("+1 415 555 0100").as_deref(), Some("+14155550100"));
        assert_eq!(parse("02-555-0100").as_deref(), Some("+8225550100"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for raw in ["", "+", "hello", "010", "1234", "++821012345678", "010-1234-5678x", "+0101234567890"] {
            assert_eq!(parse(raw), None, "{raw}");
        }
    }

    #[test]
    fn national_digits_join_their_country() {
        assert_eq!(from_national("82", "01012345678").as_deref(), Some("+821012345678"));
        assert_eq!(from_national("1", "4155550100").as_deref(), Some("+14155550100"));
        assert_eq!(from_national("44", "07700900123").as_deref(), Some("+447700900123"));
        assert_eq!(from_national("82", "1012345678"), None);
        assert_eq!(from_national("82", "0101"), None);
    }
}
