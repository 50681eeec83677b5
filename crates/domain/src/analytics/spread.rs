//! How durations are spread.

use std::collections::BTreeMap;

/// Durations in tenths of seconds, with how often each came. Databases count them in this form, so a median is the same
/// whoever reckons it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread(BTreeMap<u32, u64>);

impl Spread {
    /// Adds `count` durations of so many tenths of seconds.
    pub fn add(&mut self, tenths: u32, count: u64) {
        *self.0.entry(tenths).or_default() += count;
    }

    /// How many durations there are.
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// The least duration, in tenths, that `percent` of a hundred do not exceed (nearest rank); `None` without any.
    pub fn percentile(&self, percent: u8) -> Option<u32> {
        let count = self.count();
        let rank = (u64::from(percent.min(100)) * count).div_ceil(100).max(1);
        let mut passed = 0;
        for (tenths, many) in &self.0 {
            passed += many;
            if passed >= rank {
                return Some(*tenths);
            }
        }
        None
    }

    /// The median, in tenths of seconds.
    pub fn median(&self) -> Option<u32> {
        self.percentile(50)
    }

    /// How many take at most each of `bounds` (tenths, ascending) and longer than the bound before; the last number is
    /// of those beyond all.
    pub fn histogram(&self, bounds: &[u32]) -> Vec<u64> {
        let mut counts = vec![0; bounds.len() + 1];
        for (tenths, many) in &self.0 {
            counts[bounds.partition_point(|bound| bound < tenths)] += many;
        }
        counts
    }
}

impl FromIterator<(u32, u64)> for Spread {
    fn from_iter<I: IntoIterator<Item = (u32, u64)>>(counts: I) -> Self {
        let mut spread = Self::default();
        for (tenths, count) in counts {
            spread.add(tenths, count);
        }
        spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_one_of_the_durations() {
        let spread: Spread = [(80, 1), (100, 2), (120, 1), (900, 1)].into_iter().collect();
        assert_eq!((spread.count(), spread.median()), (5, Some(100)));
        assert_eq!(
            (spread.percentile(95), spread.percentile(0), spread.percentile(100)),
            (Some(900), Some(80), Some(900))
        );
        assert_eq!(Spread::default().median(), None);
    }

    #[test]
    fn a_histogram_counts_everything_once() {
        let spread: Spread = [(50, 1), (100, 2), (101, 4), (700, 8)].into_iter().collect();
        assert_eq!(spread.histogram(&[100, 300]), [3, 4, 8]);
        assert_eq!(spread.histogram(&[]), [15]);
    }
}
