//! Sums of money, exact.

use std::fmt;
use std::ops::{Add, Mul};

use crate::messages::Price;

/// Digits after the point that are kept: what providers write (`0.10000000`).
const PLACES: usize = 8;

/// An amount of one currency, exact to eight places. What currency it is stands beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i128);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many whole units.
    pub fn whole(units: i64) -> Self {
        Self(i128::from(units) * 10_i128.pow(8))
    }

    /// Reads `20`, `8.4` or `0.10000000`; digits beyond the eighth place are dropped. `None` where it is no number, or
    /// has more than 12 digits before the point.
    pub fn parse(raw: &str) -> Option<Self> {
        let (whole, fraction) = raw.split_once('.').unwrap_or((raw, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.len() > 12 {
            return None;
        }
        let fraction: String = fraction.chars().chain("0".repeat(PLACES).chars()).take(PLACES).collect();
        let units: i128 = whole.parse().ok()?;
        Some(Self(units * 10_i128.pow(8) + fraction.parse::<i128>().ok()?))
    }

    /// The amount of a price.
    pub fn of(price: &Price) -> Self {
        Self::parse(price.amount()).unwrap_or_default()
    }

    /// This shared among `many`, rounded to the nearest hundredth; `None` among nobody.
    pub fn among(self, many: u64) -> Option<Self> {
        let hundredth = 10_i128.pow(6);
        let many = i128::from(many);
        (many > 0).then(|| Self((2 * self.0 + many * hundredth) / (2 * many * hundredth) * hundredth))
    }

    /// In ten-thousandths of a unit, rounded up.
    pub(crate) fn ten_thousandths(self) -> i64 {
        let place = 10_i128.pow(4);
        i64::try_from((self.0 + place - 1).div_euclid(place)).unwrap_or(i64::MAX)
    }

    /// As a number, for charts.
    #[expect(clippy::cast_precision_loss, reason = "charts need no more digits than they can show")]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e8
    }
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Mul<u64> for Amount {
    type Output = Self;

    fn mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(i128::from(times)))
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Amount {
    /// `1240`, `8.4`, `0.1`: no point without need, no grouping.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / 10_i128.pow(8), (self.0 % 10_i128.pow(8)).abs());
        let fraction = format!("{fraction:08}");
        match fraction.trim_end_matches('0') {
            "" => write!(formatter, "{whole}"),
            fraction => write!(formatter, "{whole}.{fraction}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_add_up_exactly() {
        let amount = |raw: &str| Amount::parse(raw).unwrap();
        let sum: Amount = [amount("0.1"), amount("0.2"), amount("8.4") * 3].into_iter().sum();
        assert_eq!((sum.to_string(), sum), ("25.5".to_owned(), amount("25.50")));
        assert_eq!(amount("0.10000000").to_string(), "0.1");
        assert_eq!(Amount::whole(1240).to_string(), "1240");
        for wrong in ["", ".", "1.", ".5", "-1", "1e3", "1234567890123", "1,000"] {
            assert_eq!(Amount::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn shares_are_rounded_to_the_hundredth() {
        let shared = |raw: &str, many| Amount::parse(raw).unwrap().among(many).map(|share| share.to_string());
        assert_eq!(shared("100", 3), Some("33.33".to_owned()));
        assert_eq!(shared("200", 3), Some("66.67".to_owned()));
        assert_eq!(shared("20", 1), Some("20".to_owned()));
        assert_eq!(shared("20", 0), None);
    }
}
