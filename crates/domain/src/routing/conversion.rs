//! How often a provider's codes came back, as far as that is still news (requirement D12).

use crate::routing::sample::beta;

/// What became of the codes that a provider sent lately, old ones counting less.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Conversion {
    /// Codes that led to success.
    pub converted: f64,
    /// Codes that did not.
    pub missed: f64,
}

impl Conversion {
    /// After this long an outcome counts half, unless set otherwise: one hour.
    pub const HALF_LIFE_SECONDS: f64 = 3_600.0;

    /// The newest outcomes that are looked at. With more, a provider that became bad would live on its good
    /// name, and one that recovered would be held down by a long bad one.
    pub const NEWEST: f64 = 80.0;

    /// What is believed of every provider to begin with, on top of any rate being equally likely: a little good.
    /// Without it a good provider whose first codes happen to miss is not asked again for long.
    const BELIEF: Self = Self { converted: 2.0, missed: 0.0 };

    /// How much an outcome is believed. Above 1 the doubt shrinks faster than chance alone would have it: some
    /// exploring is given up, so that fewer people wait for a code that does not come.
    const TRUST: f64 = 2.0;

    /// Ages counts: each of `buckets` is an age in seconds with the codes of that age that were converted and
    /// missed. The newest [`Conversion::NEWEST`] count, each by half for every half-life of its age.
    pub fn aged(buckets: impl Iterator<Item = (f64, u32, u32)>, half_life_seconds: f64) -> Self {
        let half_life = half_life_seconds.max(1.0);
        // Clocks may differ: what lies ahead is new.
        let age = |age: f64| within(age, f64::MAX);
        let mut buckets: Vec<_> = buckets.map(|(old, hits, misses)| (age(old), hits, misses)).collect();
        buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut left = Self::NEWEST;
        let mut sum = Self::default();
        for (age, converted, missed) in buckets {
            let (converted, missed) = (f64::from(converted), f64::from(missed));
            let all = converted + missed;
            if all > 0.0 && left > 0.0 {
                let taken = all.min(left);
                left -= taken;
                let weight = (-age / half_life).exp2() * taken / all;
                sum.converted += weight * converted;
                sum.missed += weight * missed;
            }
        }
        sum
    }

    /// Draws a rate of conversion from what is known (Thompson sampling): a well-known provider gets about its
    /// true rate, a little-known one anything. Who scores best by it is asked in proportion to the chance of
    /// really being the best, so nobody has to decide when to explore.
    pub(super) fn sample(self, uniform: &mut dyn FnMut() -> f64) -> f64 {
        let counted = |count: f64| Self::TRUST * within(count, 1e9);
        let alpha = 1.0 + Self::BELIEF.converted + counted(self.converted);
        beta(alpha, 1.0 + Self::BELIEF.missed + counted(self.missed), uniform)
    }
}

/// `number` brought into 0 to `most`; what is no number is 0.
fn within(number: f64, most: f64) -> f64 {
    if number > 0.0 { number.min(most) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aged(buckets: &[(f64, u32, u32)]) -> Conversion {
        Conversion::aged(buckets.iter().copied(), 3_600.0)
    }

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-9
    }

    #[test]
    fn an_outcome_counts_half_after_each_half_life() {
        let sum = aged(&[(0.0, 8, 4), (3_600.0, 8, 4), (7_200.0, 8, 4)]);
        assert!(close(sum.converted, 14.0) && close(sum.missed, 7.0), "{sum:?}");
        assert_eq!(aged(&[]), Conversion::default());
    }

    #[test]
    fn only_the_newest_outcomes_count_whatever_the_order_of_the_buckets() {
        let sum = aged(&[(3_600.0, 1_000, 0), (0.0, 0, 60)]);
        assert!(close(sum.missed, 60.0) && close(sum.converted, 10.0), "{sum:?}");
        let sum = aged(&[(0.0, 300, 100), (1.0, 0, 1_000)]);
        assert!(close(sum.converted, 60.0) && close(sum.missed, 20.0), "{sum:?}");
    }

    #[test]
    fn odd_ages_and_half_lives_give_counts_all_the_same() {
        for age in [-5.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for half_life in [3_600.0, 0.0, -1.0, f64::NAN, f64::INFINITY] {
                let sum = Conversion::aged([(age, 3, 1), (0.0, 0, 0)].into_iter(), half_life);
                assert!((0.0..=3.0).contains(&sum.converted), "{age} {half_life} {sum:?}");
                assert!((0.0..=1.0).contains(&sum.missed), "{age} {half_life} {sum:?}");
            }
        }
    }
}
