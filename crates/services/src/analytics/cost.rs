//! Sums of money, each currency by itself.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use bonin_domain::Amount;
use bonin_ports::AttemptCell;

/// What attempts cost, by currency. Currencies are never added together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    amounts: BTreeMap<String, Amount>,
    attempts: u64,
    unpriced: u64,
}

impl Cost {
    /// By currency (ISO 4217).
    pub fn amounts(&self) -> impl Iterator<Item = (&str, Amount)> {
        self.amounts.iter().map(|(currency, amount)| (currency.as_str(), *amount))
    }

    /// What was spent of one currency.
    pub fn of(&self, currency: &str) -> Amount {
        self.amounts.get(currency).copied().unwrap_or_default()
    }

    /// Whether something was tried and no price is known: that need not have cost nothing.
    pub fn is_unknown(&self) -> bool {
        self.amounts.is_empty() && self.attempts > 0
    }

    /// Attempts that a provider took, and whose price is not known: they are in no sum.
    pub fn unpriced(&self) -> u64 {
        self.unpriced
    }

    /// The cost of each of `many`, to the hundredth; of none among nobody.
    #[must_use]
    pub fn among(&self, many: u64) -> Self {
        let each = |(currency, of): (&String, &Amount)| Some((currency.clone(), of.among(many)?));
        Self {
            amounts: self.amounts.iter().filter_map(each).collect(),
            attempts: self.attempts,
            unpriced: self.unpriced,
        }
    }

    pub(super) fn add(&mut self, cell: &AttemptCell) {
        self.attempts += cell.count;
        match &cell.price {
            Some(price) => {
                let sum = self.amounts.entry(price.currency().to_owned()).or_default();
                *sum = *sum + Amount::of(price) * cell.count;
            }
            None if cell.taken => self.unpriced += cell.count,
            None => {}
        }
    }
}

impl AddAssign<&Self> for Cost {
    fn add_assign(&mut self, other: &Self) {
        self.attempts += other.attempts;
        self.unpriced += other.unpriced;
        for (currency, amount) in &other.amounts {
            let sum = self.amounts.entry(currency.clone()).or_default();
            *sum = *sum + *amount;
        }
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::codes::Purpose;
    use bonin_domain::messages::{DeliveryState, Price, ProviderName};

    use super::*;

    fn cell(price: Option<(&str, &str)>, taken: bool, count: u64) -> AttemptCell {
        AttemptCell {
            step: 0,
            purpose: Purpose::SignUp,
            country: None,
            provider: ProviderName::parse("sens").unwrap(),
            state: if taken { DeliveryState::Accepted } else { DeliveryState::Failed },
            taken,
            failure: None,
            price: price.map(|(amount, currency)| Price::parse(amount, currency).unwrap()),
            count,
        }
    }

    fn cost(cells: &[AttemptCell]) -> Cost {
        let mut cost = Cost::default();
        for cell in cells {
            cost.add(cell);
        }
        cost
    }

    #[test]
    fn currencies_stay_apart_and_sums_are_exact() {
        let cost = cost(&[
            cell(Some(("8.4", "KRW")), true, 3),
            cell(Some(("20", "KRW")), true, 1),
            cell(Some(("0.1", "EUR")), true, 3),
        ]);
        let written: Vec<String> =
            cost.amounts().map(|(currency, amount)| format!("{amount} {currency}")).collect();
        assert_eq!(written, ["0.3 EUR", "45.2 KRW"]);
        assert_eq!(cost.among(3).of("KRW").to_string(), "15.07");
        assert!(cost.among(0).is_unknown());
    }

    #[test]
    fn what_was_taken_without_a_price_is_counted_beside_the_sum() {
        assert!(!Cost::default().is_unknown(), "nothing was tried");
        let failed = cost(&[cell(None, false, 4)]);
        assert_eq!((failed.is_unknown(), failed.unpriced()), (true, 0));
        let mut all = cost(&[cell(None, true, 2), cell(Some(("9", "KRW")), true, 1)]);
        all += &failed;
        assert_eq!((all.is_unknown(), all.unpriced(), all.of("KRW").to_string()), (false, 2, "9".to_owned()));
        assert_eq!(all.among(2).unpriced(), 2, "the share is of the same attempts");
    }
}
