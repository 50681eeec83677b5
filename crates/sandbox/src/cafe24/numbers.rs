//! Korean numbers as Cafe24 reads and writes them.

use crate::numbers;

/// Why a recipient is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadNumber {
    /// `3205`: not made of digits and hyphens.
    Format,
    /// `3202`: no Korean subscriber's number.
    Number,
}

/// A recipient's number, with hyphens or without, as E.164.
pub(super) fn recipient(raw: &str) -> Result<String, BadNumber> {
    if raw.is_empty() || !raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Err(BadNumber::Format);
    }
    let digits = raw.replace('-', "");
    if !(9..=12).contains(&digits.len()) {
        return Err(BadNumber::Number);
    }
    numbers::from_national("82", &digits).ok_or(BadNumber::Number)
}

/// The digits as people write them: `010-1234-5678`.
pub(super) fn hyphenated(digits: &str) -> String {
    let area = if digits.starts_with("02") { 2 } else { 3 };
    match digits.len().checked_sub(4) {
        Some(4) => format!("{}-{}", &digits[..4], &digits[4..]),
        Some(last) if last > area => {
            format!("{}-{}-{}", &digits[..area], &digits[area..last], &digits[last..])
        }
        _ => digits.to_owned(),
    }
}

/// The digits dialled in Korea for a number as E.164.
pub(super) fn national(e164: &str) -> String {
    e164.strip_prefix("+82").map_or_else(|| e164.to_owned(), |rest| format!("0{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_come_with_hyphens_or_without() {
        for raw in ["010-1234-5678", "01012345678", "0-1-012345678"] {
            assert_eq!(recipient(raw).as_deref(), Ok("+821012345678"), "{raw}");
        }
        for raw in ["", "+821012345678", "010 1234 5678", "hello", "０１０"] {
            assert_eq!(recipient(raw), Err(BadNumber::Format), "{raw}");
        }
        for raw in ["010-1234", "1234567890", "821012345678", "0101234567890"] {
            assert_eq!(recipient(raw), Err(BadNumber::Number), "{raw}");
        }
    }

    #[test]
    fn numbers_are_shown_with_hyphens() {
        for (digits, shown) in [
            ("01012345678", "010-1234-5678"),
            ("0255550101", "02-5555-0101"),
            ("021234567", "02-123-4567"),
            ("15880000", "1588-0000"),
            ("119", "119"),
        ] {
            assert_eq!(hyphenated(digits), shown);
        }
        assert_eq!(national("+821012345678"), "01012345678");
    }
}
