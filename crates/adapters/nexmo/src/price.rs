//! Sums of prices, exact: they are decimal numbers with up to eight digits behind the point.

use bonin_domain::messages::Price;

/// Adds amounts; `None` where one is not a plain decimal number. A single one stays as it is written.
pub(crate) fn sum(amounts: &[&str], currency: &str) -> Option<Price> {
    if let [amount] = amounts {
        return Price::parse(amount, currency);
    }
    let mut prices = Vec::with_capacity(amounts.len());
    for amount in amounts {
        prices.push(Price::parse(amount, currency)?);
    }
    let digits = prices.iter().map(|price| fraction(price).len()).max()?;
    let mut total: u128 = 0;
    for price in &prices {
        let (whole, fraction) = (whole(price), fraction(price));
        total += format!("{whole}{fraction:0<digits$}").parse::<u128>().ok()?;
    }
    let unit = 10_u128.pow(u32::try_from(digits).ok()?);
    let amount = match digits {
        0 => total.to_string(),
        _ => format!("{}.{:0digits$}", total / unit, total % unit),
    };
    Price::parse(&amount, currency)
}

fn whole(price: &Price) -> &str {
    price.amount().split_once('.').map_or(price.amount(), |(whole, _)| whole)
}

fn fraction(price: &Price) -> &str {
    price.amount().split_once('.').map_or("", |(_, fraction)| fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_added_without_rounding() {
        for (amounts, expected) in [
            (&["0.10000000"][..], Some("0.10000000")),
            (&["0.03330000", "0.03330000", "0.03330000"], Some("0.09990000")),
            (&["0.95", "0.125"], Some("1.075")),
            (&["1", "2"], Some("3")),
            (&["0.1", "free"], None),
            (&["-0.1", "0.1"], None),
            (&[], None),
        ] {
            let price = sum(amounts, "EUR");
            assert_eq!(price.as_ref().map(Price::amount), expected, "{amounts:?}");
        }
    }
}
