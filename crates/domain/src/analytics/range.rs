//! Spans and their steps.

use jiff::{SignedDuration, Timestamp};

/// Korea has kept this distance from UTC since 1988.
const KOREA: SignedDuration = SignedDuration::from_hours(9);

/// How long the steps of a span are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Hours.
    Hour,
    /// Korean calendar days.
    Day,
}

impl Step {
    /// The name used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// Reads the name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Hour, Self::Day].into_iter().find(|step| step.as_str() == name)
    }

    /// The most steps of a span: 92 days, or 366 hours. What is counted stands in the way of codes while it is counted.
    pub fn most(self) -> i64 {
        match self {
            Self::Hour => 366,
            Self::Day => 92,
        }
    }

    /// Its length.
    pub fn length(self) -> SignedDuration {
        match self {
            Self::Hour => SignedDuration::from_hours(1),
            Self::Day => SignedDuration::from_hours(24),
        }
    }

    /// The number of the step that holds `at`, counted from 1970-01-01 00:00 in Korea. SQL counts the same way:
    /// `floor((microseconds + 9 h) / length)`.
    pub fn number(self, at: Timestamp) -> i64 {
        let micros = at.as_microsecond().saturating_add(micros(KOREA));
        micros.div_euclid(micros_of(self))
    }

    /// When the step of this number begins.
    pub fn begin(self, number: i64) -> Timestamp {
        let micros = number.saturating_mul(micros_of(self)).saturating_sub(micros(KOREA));
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MIN)
    }
}

fn micros(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

fn micros_of(step: Step) -> i64 {
    micros(step.length())
}

/// A span in steps: from the beginning of one to the end of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnalyticsRange {
    /// Its steps.
    pub step: Step,
    first: i64,
    last: i64,
}

/// Why two moments make no span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnalyticsRangeError {
    /// The end does not lie after the beginning.
    #[error("the end lies before the beginning")]
    Backwards,
    /// More than [`Step::most`] steps.
    #[error("a span has at most 92 days, or 366 hours")]
    TooLong,
}

impl AnalyticsRange {
    /// The steps that hold anything of `from` (inclusive) to `until` (exclusive).
    ///
    /// # Errors
    /// [`AnalyticsRangeError`].
    pub fn new(from: Timestamp, until: Timestamp, step: Step) -> Result<Self, AnalyticsRangeError> {
        if until <= from {
            return Err(AnalyticsRangeError::Backwards);
        }
        let inside = until.checked_sub(SignedDuration::from_micros(1)).unwrap_or(until);
        let (first, last) = (step.number(from), step.number(inside));
        if last - first >= step.most() {
            return Err(AnalyticsRangeError::TooLong);
        }
        Ok(Self { step, first, last })
    }

    /// The Korean day of `now`, by hours.
    pub fn today(now: Timestamp) -> Self {
        let begin = Step::Day.begin(Step::Day.number(now));
        Self { step: Step::Hour, first: Step::Hour.number(begin), last: Step::Hour.number(begin) + 23 }
    }

    /// So many Korean days that end with the one of `now`, 1 to 92.
    pub fn last_days(now: Timestamp, days: u16) -> Self {
        let last = Step::Day.number(now);
        Self { step: Step::Day, first: last + 1 - i64::from(days).clamp(1, Step::Day.most()), last }
    }

    /// Where it begins.
    pub fn from(self) -> Timestamp {
        self.step.begin(self.first)
    }

    /// Where it ends, exclusively.
    pub fn until(self) -> Timestamp {
        self.step.begin(self.last + 1)
    }

    /// The span day by day, for whoever does not want to look at it all at once. Days of hours need not be Korean ones.
    pub fn days(self) -> impl Iterator<Item = Self> {
        let most: u8 = match self.step {
            Step::Hour => 24,
            Step::Day => 1,
        };
        let firsts = (self.first..=self.last).step_by(usize::from(most));
        firsts.map(move |first| Self { first, last: self.last.min(first + i64::from(most) - 1), ..self })
    }

    /// The numbers of its steps.
    pub fn steps(self) -> std::ops::RangeInclusive<i64> {
        self.first..=self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_korean() {
        assert_eq!(
            Step::Day.number(at("2026-11-20T14:59:59.999999Z")) + 1,
            Step::Day.number(at("2026-11-20T15:00:00Z"))
        );
        let today = AnalyticsRange::today(at("2026-11-21T01:00:00Z"));
        assert_eq!((today.from(), today.until()), (at("2026-11-20T15:00:00Z"), at("2026-11-21T15:00:00Z")));
        assert_eq!(today.steps().count(), 24);
        let week = AnalyticsRange::last_days(at("2026-11-21T01:00:00Z"), 7);
        assert_eq!((week.from(), week.until()), (at("2026-11-14T15:00:00Z"), at("2026-11-21T15:00:00Z")));
    }

    #[test]
    fn a_span_takes_in_every_step_that_it_touches() {
        let range =
            AnalyticsRange::new(at("2026-11-21T00:30:00Z"), at("2026-11-21T02:00:00Z"), Step::Hour).unwrap();
        assert_eq!((range.from(), range.until()), (at("2026-11-21T00:00:00Z"), at("2026-11-21T02:00:00Z")));
        assert_eq!(range.steps().count(), 2);
    }

    #[test]
    fn days_take_in_every_step_once() {
        let now = at("2026-11-21T01:00:00Z");
        let hours = AnalyticsRange::new(at("2026-11-19T00:00:00Z"), at("2026-11-21T02:00:00Z"), Step::Hour);
        for range in [AnalyticsRange::last_days(now, 90), AnalyticsRange::today(now), hours.unwrap()] {
            let steps: Vec<i64> = range.days().flat_map(AnalyticsRange::steps).collect();
            assert_eq!(steps, range.steps().collect::<Vec<_>>());
        }
        let many = hours.unwrap().days().map(|day| day.steps().count());
        assert_eq!(many.collect::<Vec<_>>(), [24, 24, 2]);
    }

    #[test]
    fn backwards_and_endless_spans_are_refused() {
        let (early, late) = (at("2026-01-01T15:00:00Z"), at("2026-04-03T15:00:00.000001Z"));
        assert_eq!(AnalyticsRange::new(late, early, Step::Day), Err(AnalyticsRangeError::Backwards));
        assert_eq!(AnalyticsRange::new(early, early, Step::Day), Err(AnalyticsRangeError::Backwards));
        assert_eq!(AnalyticsRange::new(early, late, Step::Day), Err(AnalyticsRangeError::TooLong));
        let most = AnalyticsRange::new(early, at("2026-04-03T15:00:00Z"), Step::Day).unwrap();
        assert_eq!(most.steps().count(), 92);
        assert_eq!(AnalyticsRange::last_days(late, 366).steps().count(), 92);
        let hours = |until| AnalyticsRange::new(early, at(until), Step::Hour);
        assert_eq!(hours("2026-01-16T21:00:00Z").unwrap().steps().count(), 366);
        assert_eq!(hours("2026-01-16T21:00:00.000001Z"), Err(AnalyticsRangeError::TooLong));
    }
}
