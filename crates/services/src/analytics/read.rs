//! Asks the store, and reckons.

use std::collections::BTreeMap;
use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::analytics::AnalyticsRange;
use bonin_domain::messages::ProviderName;
use bonin_ports::{
    AnalyticsQuery, AnalyticsRepository, AttemptCell, Clock, LatencyCell, RefusalCell, RepositoryError,
    TimeCell, VerificationCell,
};
use futures_util::future::{try_join, try_join4, try_join5};

use crate::analytics::{By, FailureCount, Filter, Funnel, Latency, Overview, ProviderFigures, Series};

/// What somebody wants to know figures of.
#[derive(Clone, Debug)]
pub struct Question {
    /// Whose; `None` is everybody's.
    pub tenant: Option<TenantId>,
    /// From when to when.
    pub range: AnalyticsRange,
    /// Of which verifications.
    pub filter: Filter,
}

/// Reads figures. Each method asks the store for what it needs, side by side.
#[derive(Clone)]
pub struct ReadFigures {
    /// Counts what is stored.
    pub analytics: Arc<dyn AnalyticsRepository>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Everything that is known of a span, as counts: figures of any kind come out of one reading.
#[derive(Clone, Debug)]
pub struct Figures {
    range: AnalyticsRange,
    verifications: Vec<VerificationCell>,
    times: Vec<TimeCell>,
    attempts: Vec<AttemptCell>,
    latencies: Vec<LatencyCell>,
    refusals: Option<Vec<RefusalCell>>,
}

impl Figures {
    /// The span at a glance.
    pub fn overview(&self) -> Overview {
        Overview::of(&self.verifications, &self.times, &self.attempts, self.refusals.as_ref())
    }

    /// The steps of the span up to `last`, at a glance. Times have no step: those of the whole span are told.
    pub fn overview_until(&self, last: i64) -> Overview {
        Overview::of(
            self.verifications.iter().filter(|cell| cell.step <= last),
            &self.times,
            self.attempts.iter().filter(|cell| cell.step <= last),
            self.refusals.as_ref().map(|cells| cells.iter().filter(move |cell| cell.step <= last)),
        )
    }

    /// The course over the span.
    pub fn series(&self, by: Option<By>) -> Series {
        Series::of(self.range, by, &self.verifications, &self.attempts)
    }

    /// How far verifications come.
    pub fn funnel(&self) -> Funnel {
        Funnel::of(&self.verifications)
    }

    /// How long providers take.
    pub fn latencies(&self) -> Vec<Latency> {
        Latency::of(&self.latencies)
    }

    /// What went wrong, the most frequent first.
    pub fn failures(&self) -> Vec<FailureCount> {
        FailureCount::of(&self.attempts)
    }

    /// How providers fare.
    pub fn providers(&self) -> BTreeMap<ProviderName, ProviderFigures> {
        ProviderFigures::of(&self.verifications, &self.attempts)
    }
}

impl ReadFigures {
    /// Everything.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "analytics.read", skip_all)]
    pub async fn execute(&self, question: &Question) -> Result<Figures, RepositoryError> {
        let asked = self.ask(question);
        let (verifications, times, attempts, latencies, refusals) = try_join5(
            asked.verifications(),
            asked.times(),
            asked.attempts(),
            asked.latencies(),
            asked.refusals(),
        )
        .await?;
        Ok(Figures { range: question.range, verifications, times, attempts, latencies, refusals })
    }

    /// The span at a glance.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "analytics.overview", skip_all)]
    pub async fn overview(&self, question: &Question) -> Result<Overview, RepositoryError> {
        let asked = self.ask(question);
        let (verifications, times, attempts, refusals) =
            try_join4(asked.verifications(), asked.times(), asked.attempts(), asked.refusals()).await?;
        Ok(Overview::of(&verifications, &times, &attempts, refusals.as_ref()))
    }

    /// The course over the span.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "analytics.series", skip_all)]
    pub async fn series(&self, question: &Question, by: Option<By>) -> Result<Series, RepositoryError> {
        let asked = self.ask(question);
        let (verifications, attempts) = try_join(asked.verifications(), asked.attempts()).await?;
        Ok(Series::of(question.range, by, &verifications, &attempts))
    }

    /// How far verifications come.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "analytics.funnel", skip_all)]
    pub async fn funnel(&self, question: &Question) -> Result<Funnel, RepositoryError> {
        Ok(Funnel::of(&self.ask(question).verifications().await?))
    }

    /// How long providers take.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "analytics.latency", skip_all)]
    pub async fn latency(&self, question: &Question) -> Result<Vec<Latency>, RepositoryError> {
        Ok(Latency::of(&self.ask(question).latencies().await?))
    }

    /// What went wrong, the most frequent first.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "analytics.failures", skip_all)]
    pub async fn failures(&self, question: &Question) -> Result<Vec<FailureCount>, RepositoryError> {
        Ok(FailureCount::of(&self.ask(question).attempts().await?))
    }

    fn ask<'a>(&'a self, question: &'a Question) -> Asked<'a> {
        let query =
            AnalyticsQuery { tenant: question.tenant.clone(), range: question.range, now: self.clock.now() };
        Asked { analytics: &*self.analytics, query, filter: &question.filter }
    }
}

/// A question on its way to the store: all of its counts are of one moment.
struct Asked<'a> {
    analytics: &'a dyn AnalyticsRepository,
    query: AnalyticsQuery,
    filter: &'a Filter,
}

impl Asked<'_> {
    async fn verifications(&self) -> Result<Vec<VerificationCell>, RepositoryError> {
        let mut cells = self.analytics.verifications(self.query.clone()).await?;
        cells.retain(|of| self.filter.fits(of.provider.as_ref(), of.country, of.purpose));
        Ok(cells)
    }

    async fn times(&self) -> Result<Vec<TimeCell>, RepositoryError> {
        let mut cells = self.analytics.times(self.query.clone()).await?;
        cells.retain(|of| self.filter.fits(of.provider.as_ref(), of.country, of.purpose));
        Ok(cells)
    }

    async fn attempts(&self) -> Result<Vec<AttemptCell>, RepositoryError> {
        let mut cells = self.analytics.attempts(self.query.clone()).await?;
        cells.retain(|of| self.filter.fits(Some(&of.provider), of.country, of.purpose));
        Ok(cells)
    }

    async fn latencies(&self) -> Result<Vec<LatencyCell>, RepositoryError> {
        let mut cells = self.analytics.latencies(self.query.clone()).await?;
        cells.retain(|of| self.filter.fits(Some(&of.provider), of.country, of.purpose));
        Ok(cells)
    }

    async fn refusals(&self) -> Result<Option<Vec<RefusalCell>>, RepositoryError> {
        if !self.filter.knows_refusals() {
            return Ok(None);
        }
        let mut cells = self.analytics.refusals(self.query.clone()).await?;
        cells.retain(|of| self.filter.fits(None, None, of.purpose));
        Ok(Some(cells))
    }
}
