//! Korean numbers in the groups that Cafe24 wants them in (section 6).

use bonin_domain::PhoneNumber;

const KOREA: u16 = 82;

/// The two or three groups of a number of digits: `02 123 4567`, `1588 0000`. `None` where it is none.
pub(crate) fn groups(digits: &str) -> Option<Vec<&str>> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if digits.len() == 8 && ["15", "16", "18"].iter().any(|prefix| digits.starts_with(prefix)) {
        return Some(vec![&digits[..4], &digits[4..]]);
    }
    let (area, lengths) = if digits.starts_with("02") { (2, 9..=10) } else { (3, 10..=12) };
    if !digits.starts_with('0') || !lengths.contains(&digits.len()) {
        return None;
    }
    let last = digits.len() - 4;
    Some(vec![&digits[..area], &digits[area..last], &digits[last..]])
}

/// The number as Koreans write it, `010-1234-5678`; `None` for numbers of other countries.
pub(crate) fn hyphenated(number: &PhoneNumber) -> Option<String> {
    Some(groups(&national(number)?)?.join("-"))
}

/// The number as Koreans dial it, `01012345678`; `None` for numbers of other countries.
pub(crate) fn national(number: &PhoneNumber) -> Option<String> {
    (number.country_code() == KOREA).then(|| format!("0{}", number.national_digits()))
}

/// The digits of a number in whatever spelling.
pub(crate) fn digits(raw: &str) -> String {
    raw.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use bonin_domain::Region;

    use super::*;

    #[test]
    fn numbers_split_as_the_table_says() {
        for (digits, split) in [
            ("01012345678", "010-1234-5678"),
            ("0111234567", "011-123-4567"),
            ("07000000000", "070-0000-0000"),
            ("021234567", "02-123-4567"),
            ("0212345678", "02-1234-5678"),
            ("0311234567", "031-123-4567"),
            ("050512345678", "050-51234-5678"),
            ("15880000", "1588-0000"),
            ("16001234", "1600-1234"),
            ("18991234", "1899-1234"),
        ] {
            assert_eq!(groups(digits).unwrap().join("-"), split);
        }
        for wrong in [
            "",
            "02",
            "02123456",
            "02123456789",
            "010123456",
            "0101234567890",
            "17001234",
            "1234567890",
            "Bonin",
        ] {
            assert_eq!(groups(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn recipients_are_korean() {
        let hyphenated = |raw: &str| hyphenated(&PhoneNumber::parse(raw, Region::KR).unwrap());
        assert_eq!(hyphenated("+821012345678").as_deref(), Some("010-1234-5678"));
        assert_eq!(hyphenated("02-312-3456").as_deref(), Some("02-312-3456"));
        assert_eq!(hyphenated("+1 650 253 0000"), None);
    }
}
