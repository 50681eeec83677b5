//! The code a person types.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// How many digits a code has: 4 to 10, 6 by default (requirement A01).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeLength(u8);

impl CodeLength {
    /// Six digits.
    pub const SIX: Self = Self(6);

    /// A length of 4 to 10 digits.
    ///
    /// # Errors
    /// [`CodeError::Length`] outside that range.
    pub fn new(digits: u8) -> Result<Self, CodeError> {
        if (4..=10).contains(&digits) { Ok(Self(digits)) } else { Err(CodeError::Length) }
    }

    /// The number of digits.
    pub fn digits(self) -> usize {
        usize::from(self.0)
    }
}

/// A code: ASCII digits, leading zeros included. `Debug` shows none of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(Zeroizing<String>);

/// Why a text is not a code. The text itself is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Something else than digits, spaces and hyphens.
    #[error("a code has digits only")]
    NotDigits,
    /// Another number of digits than the codes of this deployment have.
    #[error("a code of this length is never sent")]
    Length,
}

impl Code {
    /// Draws a code uniformly over all values of `length`; `fill` writes random bytes.
    ///
    /// Rejection sampling: a draw beyond the largest multiple of the number of values is thrown away, so that
    /// no value is likelier than another (requirement A02).
    pub fn draw(length: CodeLength, fill: &mut dyn FnMut(&mut [u8])) -> Self {
        let values = 10_u64.pow(u32::from(length.0));
        let fair = u64::MAX - u64::MAX % values;
        loop {
            let mut bytes = [0; 8];
            fill(&mut bytes);
            let drawn = u64::from_le_bytes(bytes);
            if drawn < fair {
                let width = length.digits();
                return Self(Zeroizing::new(format!("{:0width$}", drawn % values)));
            }
        }
    }

    /// Reads a typed code: full-width digits, spaces and hyphens are folded (requirement A13).
    ///
    /// # Errors
    /// [`CodeError`] when what remains is not exactly `length` digits.
    pub fn parse(raw: &str, length: CodeLength) -> Result<Self, CodeError> {
        if raw.len() > 64 {
            return Err(CodeError::Length);
        }
        let mut digits = Zeroizing::new(String::with_capacity(length.digits()));
        for character in raw.nfkc() {
            match character {
                '0'..='9' => digits.push(character),
                ' ' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
                _ => return Err(CodeError::NotDigits),
            }
        }
        if digits.len() == length.digits() { Ok(Self(digits)) } else { Err(CodeError::Length) }
    }

    /// The digits, for the message text and the digest.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Code(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator with a long period: tests need many draws, not secret ones.
    fn splitmix(seed: u64) -> impl FnMut(&mut [u8]) {
        let mut state = seed;
        move |bytes| {
            for chunk in bytes.chunks_mut(8) {
                state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mut mixed = state;
                mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                mixed ^= mixed >> 31;
                chunk.copy_from_slice(&mixed.to_le_bytes()[..chunk.len()]);
            }
        }
    }

    #[test]
    fn a_million_codes_are_uniform_at_every_position() {
        let mut fill = splitmix(1);
        let mut counts = [[0_u32; 10]; 6];
        for _ in 0..1_000_000 {
            let code = Code::draw(CodeLength::SIX, &mut fill);
            assert_eq!(code.reveal().len(), 6);
            for (position, digit) in code.reveal().bytes().enumerate() {
                counts[position][usize::from(digit - b'0')] += 1;
            }
        }
        for position in counts {
            let expected = 100_000.0;
            let chi_square: f64 =
                position.iter().map(|&seen| (f64::from(seen) - expected).powi(2) / expected).sum();
            // Nine degrees of freedom: 27.88 is the value exceeded with probability 0.001.
            assert!(chi_square < 27.88, "chi-square {chi_square}");
        }
    }

    #[test]
    fn leading_zeros_and_the_all_nines_code_are_reachable() {
        let drawn = |value: u64| {
            Code::draw(CodeLength::SIX, &mut |bytes: &mut [u8]| bytes.copy_from_slice(&value.to_le_bytes()))
        };
        assert_eq!(drawn(7).reveal(), "000007");
        assert_eq!(drawn(999_999).reveal(), "999999");
        assert_eq!(drawn(1_000_000).reveal(), "000000");
    }

    #[test]
    fn a_draw_beyond_the_fair_range_is_thrown_away() {
        let mut draws = [u64::MAX, 42].into_iter();
        let code = Code::draw(CodeLength::SIX, &mut |bytes: &mut [u8]| {
            bytes.copy_from_slice(&draws.next().unwrap().to_le_bytes());
        });
        assert_eq!(code.reveal(), "000042");
        assert_eq!(draws.next(), None);
    }

    #[test]
    fn typed_codes_are_folded_and_anything_else_is_refused() {
        for typed in ["012345", "012 345", "012-345", "０１２３４５", " 012345 "] {
            assert_eq!(Code::parse(typed, CodeLength::SIX).unwrap().reveal(), "012345", "{typed}");
        }
        for (bad, why) in [
            ("", CodeError::Length),
            ("01234", CodeError::Length),
            ("0123456", CodeError::Length),
            ("01234a", CodeError::NotDigits),
            ("01234\0", CodeError::NotDigits),
            ("٠١٢٣٤٥", CodeError::NotDigits),
            ("{\"a\":1}", CodeError::NotDigits),
        ] {
            assert_eq!(Code::parse(bad, CodeLength::SIX), Err(why), "{bad:?}");
        }
    }

    #[test]
    fn debug_output_holds_no_digit() {
        assert_eq!(format!("{:?}", Code::parse("123456", CodeLength::SIX).unwrap()), "Code(…)");
    }
}
