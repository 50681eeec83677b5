//! Phone numbers for tests.

use std::fmt::Write;
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A Korean mobile number in E.164 form that no other call in this process gave.
///
/// Neighbours are far apart and their digits look random, so that a search for one finds no other thing.
pub fn fresh() -> String {
    let place = NEXT.fetch_add(1, Ordering::Relaxed);
    // A full cycle over the numbers of 010-2000-0000 to 010-4999-9999: the step shares no factor with them.
    let offset = (u64::from(place) * 18_546_989 + 7_391_846) % 30_000_000;
    format!("+8210{}", 20_000_000 + offset)
}

/// The number as it is dialled at home: `01023456789`.
///
/// # Panics
/// When it is not a Korean one in E.164 form.
pub fn national(e164: &str) -> String {
    let rest = e164.strip_prefix("+82").expect("a Korean number in E.164 form");
    format!("0{rest}")
}

/// The number as people write it: `010-2345-6789`.
///
/// # Panics
/// When it is not a Korean one in E.164 form.
pub fn hyphenated(e164: &str) -> String {
    let digits = national(e164);
    format!("{}-{}-{}", &digits[..3], &digits[3..7], &digits[7..])
}

/// The masked form that answers show: `+8210****6789`.
pub fn masked(e164: &str) -> String {
    format!("+8210****{}", &e164[e164.len() - 4..])
}

/// A code that is not `code`, of the same length.
pub fn wrong_code(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { char::from(digit as u8 + 1) }).collect()
}

/// The same digits, full width.
pub fn full_width(digits: &str) -> String {
    digits.chars().fold(String::new(), |mut wide, digit| {
        let shifted = char::from_u32(u32::from(digit) + 0xFEE0).filter(|_| digit.is_ascii_graphic());
        write!(wide, "{}", shifted.unwrap_or(digit)).expect("writing to a string succeeds");
        wide
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_numbers_differ_and_are_written_in_full() {
        let (one, other) = (fresh(), fresh());
        assert_ne!(one, other);
        assert!(one.len() == 13 && one.starts_with("+8210") && one[1..].bytes().all(|b| b.is_ascii_digit()));
    }

    #[test]
    fn spellings_are_those_of_one_number() {
        assert_eq!(national("+821023456789"), "01023456789");
        assert_eq!(hyphenated("+821023456789"), "010-2345-6789");
        assert_eq!(masked("+821023456789"), "+8210****6789");
        assert_eq!(full_width("010-2"), "０１０－２");
        assert_eq!(wrong_code("012989"), "123090");
    }
}
