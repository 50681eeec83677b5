//! Sums of money, each currency by itself.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use bonin_domain::Amount;
use bonin_domain::messages::Price;

/// What attempts cost, by currency. Currencies are never added together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost(BTreeMap<String, Amount>);

impl Cost {
    /// By currency (ISO 4217).
    pub fn amounts(&self) -> impl Iterator<Item = (&str, Amount)> {
        self.0.iter().map(|(currency, amount)| (currency.as_str(), *amount))
    }

    /// What was spent of one currency.
    pub fn of(&self, currency: &str) -> Amount {
        self.0.get(currency).copied().unwrap_or_default()
    }

    /// Whether no price is known.
    pub fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }

    /// The cost of each of `many`, to the hundredth; of none among nobody.
    #[must_use]
    pub fn among(&self, many: u64) -> Self {
        Self(self.0.iter().filter_map(|(currency, of)| Some((currency.clone(), of.among(many)?))).collect())
    }

    pub(super) fn add(&mut self, price: &Price, count: u64) {
        let sum = self.0.entry(price.currency().to_owned()).or_default();
        *sum = *sum + Amount::of(price) * count;
    }
}

impl AddAssign<&Self> for Cost {
    fn add_assign(&mut self, other: &Self) {
        for (currency, amount) in &other.0 {
            let sum = self.0.entry(currency.clone()).or_default();
            *sum = *sum + *amount;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_stay_apart_and_sums_are_exact() {
        let mut cost = Cost::default();
        cost.add(&Price::parse("8.4", "KRW").unwrap(), 3);
        cost.add(&Price::parse("20", "KRW").unwrap(), 1);
        cost.add(&Price::parse("0.1", "EUR").unwrap(), 3);
        let written: Vec<String> =
            cost.amounts().map(|(currency, amount)| format!("{amount} {currency}")).collect();
        assert_eq!(written, ["0.3 EUR", "45.2 KRW"]);
        assert_eq!(cost.among(3).of("KRW").to_string(), "15.07");
        assert!(cost.among(0).is_unknown());
    }
}
