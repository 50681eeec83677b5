//! Today, beside yesterday.

use bonin_domain::analytics::{AnalyticsRange, Step};
use bonin_ports::RepositoryError;
use jiff::{SignedDuration, Timestamp};

use crate::analytics::{Figures, Filter, Overview, Question, ReadFigures};

/// Reads today's figures of all tenants, and what they compare with.
#[derive(Clone)]
pub struct ReadToday {
    /// Reads figures.
    pub figures: ReadFigures,
}

/// Today's figures.
#[derive(Clone, Debug)]
pub struct Today {
    /// Today, by hours.
    pub figures: Figures,
    /// All of today so far.
    pub overview: Overview,
    /// The hours that are over, and the same hours of yesterday; `None` in the first hour.
    pub compared: Option<Compared>,
}

/// The same hours of two days. An hour that is not over would compare with a whole one.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Where the hours end, today.
    pub until: Timestamp,
    /// Today's; its times are those of the whole day.
    pub today: Overview,
    /// Yesterday's.
    pub yesterday: Overview,
}

impl ReadToday {
    /// Today's figures.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "analytics.today", skip_all)]
    pub async fn execute(&self) -> Result<Today, RepositoryError> {
        let now = self.figures.clock.now();
        let question = |range| Question { tenant: None, range, filter: Filter::default() };
        let range = AnalyticsRange::today(now);
        let until = Step::Hour.begin(Step::Hour.number(now));
        let back = |at: Timestamp| at.checked_sub(SignedDuration::from_hours(24)).unwrap_or(at);
        let Ok(yesterday) = AnalyticsRange::new(back(range.from()), back(until), Step::Hour) else {
            let figures = self.figures.execute(&question(range)).await?;
            return Ok(Today { overview: figures.overview(), figures, compared: None });
        };
        let (today, yesterday) = (question(range), question(yesterday));
        let (figures, yesterday) = self.figures.execute_beside(&today, &yesterday).await?;
        let compared =
            Compared { until, today: figures.overview_until(Step::Hour.number(until) - 1), yesterday };
        Ok(Today { overview: figures.overview(), figures, compared: Some(compared) })
    }
}
