//! The course of figures over time.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use bonin_domain::analytics::AnalyticsRange;
use bonin_ports::{AttemptCell, VerificationCell};
use jiff::Timestamp;

use crate::analytics::failures::failed;
use crate::analytics::{Cost, Outcomes};

/// By what a series is parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Who took the newest message, or was asked last; of attempts, who was asked.
    Provider,
    /// The country of the number.
    Country,
    /// What verifications are for.
    Purpose,
}

impl By {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Provider, Self::Country, Self::Purpose];

    /// The name used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Country => "country",
            Self::Purpose => "purpose",
        }
    }

    /// Reads the name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == name)
    }

    fn of_verification(self, cell: &VerificationCell) -> Option<String> {
        match self {
            Self::Provider => cell.provider.as_ref().map(ToString::to_string),
            Self::Country => cell.country.map(|country| country.to_string()),
            Self::Purpose => Some(cell.purpose.to_string()),
        }
    }

    fn of_attempt(self, cell: &AttemptCell) -> Option<String> {
        match self {
            Self::Provider => Some(cell.provider.to_string()),
            Self::Country => cell.country.map(|country| country.to_string()),
            Self::Purpose => Some(cell.purpose.to_string()),
        }
    }
}

/// The figures of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// When the step begins.
    pub at: Timestamp,
    /// How the verifications stand that were started in it.
    pub outcomes: Outcomes,
    /// Attempts at messages of it that did not bring the message, as far as is known.
    pub failed: u64,
    /// What the attempts at messages of it cost.
    pub cost: Cost,
}

impl AddAssign<&Self> for Point {
    fn add_assign(&mut self, other: &Self) {
        self.outcomes += other.outcomes;
        self.failed += other.failed;
        self.cost += &other.cost;
    }
}

/// The course of one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which part; `None` of what is not parted, or not known.
    pub name: Option<String>,
    /// One point for each step, in order.
    pub points: Vec<Point>,
}

impl Line {
    fn new(name: Option<String>, range: AnalyticsRange) -> Self {
        let points = range.steps().map(|number| Point {
            at: range.step.begin(number),
            outcomes: Outcomes::default(),
            failed: 0,
            cost: Cost::default(),
        });
        Self { name, points: points.collect() }
    }

    /// All of it.
    pub fn outcomes(&self) -> Outcomes {
        let mut all = Outcomes::default();
        self.points.iter().for_each(|point| all += point.outcomes);
        all
    }

    /// What all of it cost.
    pub fn cost(&self) -> Cost {
        let mut all = Cost::default();
        self.points.iter().for_each(|point| all += &point.cost);
        all
    }

    /// Attempts of all of it that did not bring the message, as far as is known.
    pub fn failed(&self) -> u64 {
        self.points.iter().map(|point| point.failed).sum()
    }
}

/// The course of figures over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// From when to when, in which steps.
    pub range: AnalyticsRange,
    /// The parts, those with the most starts first; one where nothing is parted.
    pub lines: Vec<Line>,
}

impl Series {
    pub(super) fn of<'a>(
        range: AnalyticsRange,
        by: Option<By>,
        verifications: impl IntoIterator<Item = &'a VerificationCell>,
        attempts: impl IntoIterator<Item = &'a AttemptCell>,
    ) -> Self {
        let mut lines: BTreeMap<Option<String>, Line> = BTreeMap::new();
        if by.is_none() {
            lines.insert(None, Line::new(None, range));
        }
        for cell in verifications {
            let name = by.and_then(|by| by.of_verification(cell));
            if let Some(point) = point(&mut lines, name, range, cell.step) {
                point.outcomes.add(cell.status, cell.count);
            }
        }
        for cell in attempts {
            let name = by.and_then(|by| by.of_attempt(cell));
            let Some(point) = point(&mut lines, name, range, cell.step) else { continue };
            if failed(cell.state) {
                point.failed += cell.count;
            }
            point.cost.add(cell);
        }
        let mut lines: Vec<Line> = lines.into_values().collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.outcomes().starts()));
        Self { range, lines }
    }

    /// At most `most` parts, those with the most starts, and the others added up, where there are any.
    pub fn largest(&self, most: usize) -> (&[Line], Option<Line>) {
        let (largest, others) = self.lines.split_at(most.min(self.lines.len()));
        let mut sum = Line::new(None, self.range);
        for other in others {
            sum.points.iter_mut().zip(&other.points).for_each(|(point, of)| *point += of);
        }
        (largest, (!others.is_empty()).then_some(sum))
    }
}

/// The point of a step, if it lies in the span.
fn point(
    lines: &mut BTreeMap<Option<String>, Line>,
    name: Option<String>,
    range: AnalyticsRange,
    step: i64,
) -> Option<&mut Point> {
    let place = usize::try_from(step - range.steps().start()).ok()?;
    let line = lines.entry(name).or_insert_with_key(|name| Line::new(name.clone(), range));
    line.points.get_mut(place)
}

#[cfg(test)]
mod tests {
    use bonin_domain::analytics::Step;
    use bonin_domain::codes::{Purpose, Status};

    use super::*;

    #[test]
    fn the_largest_parts_stand_alone_and_the_others_together() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let range = AnalyticsRange::today(now);
        let cell = |hour: i64, country: &str, status: Status, count: u64| VerificationCell {
            step: Step::Hour.number(range.from()) + hour,
            purpose: Purpose::SignUp,
            country: country.parse().ok(),
            provider: None,
            status,
            count,
            accepted: 0,
            delivered: 0,
            typed: 0,
            sends: 0,
        };
        let cells = [
            cell(0, "KR", Status::Verified, 9),
            cell(1, "JP", Status::Expired, 4),
            cell(0, "US", Status::Verified, 5),
            cell(1, "US", Status::Pending, 2),
            cell(1, "FR", Status::Verified, 1),
        ];
        let series = Series::of(range, Some(By::Country), &cells, []);
        let (largest, others) = series.largest(2);
        let names: Vec<_> = largest.iter().filter_map(|line| line.name.as_deref()).collect();
        assert_eq!(names, ["KR", "US"]);
        let others = others.expect("two are left");
        let counts: Vec<_> =
            others.points[..3].iter().map(|of| (of.outcomes.starts(), of.outcomes.verified)).collect();
        assert_eq!(counts, [(0, 0), (5, 1), (0, 0)]);
        assert_eq!(series.largest(4).1, None, "nobody is left");
    }
}
