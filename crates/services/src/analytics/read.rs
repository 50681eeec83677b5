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
use jiff::Timestamp;
use tracing::Instrument as _;

use crate::analytics::settled::{ATTEMPTS, Cell};
use crate::analytics::turns::{Turn, Turns};
use crate::analytics::{
    By, FailureCount, Filter, Funnel, Latency, Overview, ProviderFigures, RememberedDays, Series,
};

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

impl Question {
    /// Whether attempts and verifications are of one another: one provider's attempts are of verifications that count for
    /// others, too, and attempts go before what is left of verifications.
    fn has_attempts_of_its_verifications(&self, now: Timestamp) -> bool {
        let kept = now.checked_sub(ATTEMPTS).unwrap_or(Timestamp::MIN);
        self.filter.provider.is_none() && self.range.from() >= kept
    }
}

/// Reads figures. Each method asks the store for what it needs, one count after the other; who waits for others' counts
/// longer than two seconds is told [`RepositoryError::Busy`].
#[derive(Clone)]
pub struct ReadFigures {
    /// Counts what is stored.
    pub analytics: Arc<dyn AnalyticsRepository>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whose turn it is to ask.
    pub turns: Turns,
    /// What need not be asked again.
    pub remembered: RememberedDays,
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
    shared: bool,
}

impl Figures {
    /// The span at a glance.
    pub fn overview(&self) -> Overview {
        Overview::of(&self.verifications, &self.times, &self.attempts, self.refusals.as_ref(), self.shared)
    }

    /// The steps of the span up to `last`, at a glance. Times have no step: those of the whole span are told.
    pub fn overview_until(&self, last: i64) -> Overview {
        Overview::of(
            self.verifications.iter().filter(|cell| cell.step <= last),
            &self.times,
            self.attempts.iter().filter(|cell| cell.step <= last),
            self.refusals.as_ref().map(|cells| cells.iter().filter(move |cell| cell.step <= last)),
            self.shared,
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
        self.ask(question).await?.figures().await
    }

    /// Everything of one span and another at a glance, in one turn.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn execute_beside(
        &self,
        question: &Question,
        other: &Question,
    ) -> Result<(Figures, Overview), RepositoryError> {
        let turn = self.turns.take().await?;
        let figures = self.ask_in(turn.clone(), question).figures().await?;
        Ok((figures, self.ask_in(turn, other).overview().await?))
    }

    /// The span at a glance.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "analytics.overview", skip_all)]
    pub async fn overview(&self, question: &Question) -> Result<Overview, RepositoryError> {
        self.ask(question).await?.overview().await
    }

    /// The course over the span.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "analytics.series", skip_all)]
    pub async fn series(&self, question: &Question, by: Option<By>) -> Result<Series, RepositoryError> {
        let asked = self.ask(question).await?;
        let (verifications, attempts) = (asked.verifications().await?, asked.attempts().await?);
        Ok(Series::of(question.range, by, &verifications, &attempts))
    }

    /// How far verifications come.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "analytics.funnel", skip_all)]
    pub async fn funnel(&self, question: &Question) -> Result<Funnel, RepositoryError> {
        Ok(Funnel::of(&self.ask(question).await?.verifications().await?))
    }

    /// How long providers take.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "analytics.latency", skip_all)]
    pub async fn latency(&self, question: &Question) -> Result<Vec<Latency>, RepositoryError> {
        Ok(Latency::of(&self.ask(question).await?.latencies().await?))
    }

    /// What went wrong, the most frequent first.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "analytics.failures", skip_all)]
    pub async fn failures(&self, question: &Question) -> Result<Vec<FailureCount>, RepositoryError> {
        Ok(FailureCount::of(&self.ask(question).await?.attempts().await?))
    }

    async fn ask<'a>(&self, question: &'a Question) -> Result<Asked<'a>, RepositoryError> {
        Ok(self.ask_in(self.turns.take().await?, question))
    }

    fn ask_in<'a>(&self, turn: Turn, question: &'a Question) -> Asked<'a> {
        let now = self.clock.now();
        let query = AnalyticsQuery { tenant: question.tenant.clone(), range: question.range, now };
        let shared = question.has_attempts_of_its_verifications(now);
        let (analytics, remembered) = (self.analytics.clone(), self.remembered.clone());
        Asked { analytics, remembered, query, filter: &question.filter, turn, shared }
    }
}

/// A question on its way to the store: all of its counts are of one moment.
struct Asked<'a> {
    analytics: Arc<dyn AnalyticsRepository>,
    remembered: RememberedDays,
    query: AnalyticsQuery,
    filter: &'a Filter,
    turn: Turn,
    /// Whether the attempts are those of the verifications.
    shared: bool,
}

impl Asked<'_> {
    async fn figures(&self) -> Result<Figures, RepositoryError> {
        Ok(Figures {
            range: self.query.range,
            verifications: self.verifications().await?,
            times: self.times().await?,
            attempts: self.attempts().await?,
            latencies: self.latencies().await?,
            refusals: self.refusals().await?,
            shared: self.shared,
        })
    }

    async fn overview(&self) -> Result<Overview, RepositoryError> {
        let (verifications, times) = (self.verifications().await?, self.times().await?);
        let (attempts, refusals) = (self.attempts().await?, self.refusals().await?);
        Ok(Overview::of(&verifications, &times, &attempts, refusals.as_ref(), self.shared))
    }

    async fn verifications(&self) -> Result<Vec<VerificationCell>, RepositoryError> {
        let mut cells = self.counted(|store, query| async move { store.verifications(query).await }).await?;
        cells.retain(|of| self.filter.fits(of.provider.as_ref(), of.country, of.purpose));
        Ok(cells)
    }

    async fn times(&self) -> Result<Vec<TimeCell>, RepositoryError> {
        let mut cells = self.counted(|store, query| async move { store.times(query).await }).await?;
        cells.retain(|of| self.filter.fits(of.provider.as_ref(), of.country, of.purpose));
        Ok(cells)
    }

    async fn attempts(&self) -> Result<Vec<AttemptCell>, RepositoryError> {
        let mut cells = self.counted(|store, query| async move { store.attempts(query).await }).await?;
        cells.retain(|of| self.filter.fits(Some(&of.provider), of.country, of.purpose));
        Ok(cells)
    }

    async fn latencies(&self) -> Result<Vec<LatencyCell>, RepositoryError> {
        let mut cells = self.counted(|store, query| async move { store.latencies(query).await }).await?;
        cells.retain(|of| self.filter.fits(Some(&of.provider), of.country, of.purpose));
        Ok(cells)
    }

    async fn refusals(&self) -> Result<Option<Vec<RefusalCell>>, RepositoryError> {
        if !self.filter.knows_refusals() {
            return Ok(None);
        }
        let mut cells = self.counted(|store, query| async move { store.refusals(query).await }).await?;
        cells.retain(|of| self.filter.fits(None, None, of.purpose));
        Ok(Some(cells))
    }

    /// Counts day by day, so that no statement takes long, however long the span; what is remembered of a day is not counted
    /// again. Each day in a task of its own, which keeps the turn: where the caller goes away, the store still counts.
    async fn counted<C, F>(
        &self,
        count: impl Fn(Arc<dyn AnalyticsRepository>, AnalyticsQuery) -> F,
    ) -> Result<Vec<C>, RepositoryError>
    where
        C: Cell,
        F: Future<Output = Result<Vec<C>, RepositoryError>> + Send + 'static,
    {
        let mut cells = Vec::new();
        for range in self.query.range.days() {
            let query = AnalyticsQuery { range, ..self.query.clone() };
            if let Some(known) = self.remembered.find(&query) {
                cells.extend::<Vec<C>>(known);
                continue;
            }
            let (count, remembered) = (count(self.analytics.clone(), query.clone()), self.remembered.clone());
            let counting = self.turn.keep_during(async move {
                let counted = count.await?;
                remembered.keep(&query, &counted);
                Ok(counted)
            });
            let counted = tokio::spawn(counting.in_current_span()).await;
            let panicked = |_| Err(RepositoryError::Internal("a count panicked".to_owned()));
            cells.extend(counted.unwrap_or_else(panicked)?);
        }
        Ok(cells)
    }
}
