//! What answers with figures look like.

use bonin_domain::Amount;
use bonin_domain::analytics::{AnalyticsRange, Spread};
use bonin_domain::messages::Locale;
use bonin_services::analytics::{By, Cost, FailureCount, Funnel, Latency, Line, Overview, Point, Series};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What was looked at, and when.
#[derive(Serialize, ToSchema)]
pub struct SpanView {
    /// Where the span begins.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Where it ends, exclusively.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// `hour` or `day`, in Korea.
    #[schema(example = "day")]
    step: &'static str,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    server_time: Timestamp,
}

impl SpanView {
    /// The span, looked at `at`.
    pub fn new(range: AnalyticsRange, at: Timestamp) -> Self {
        Self { from: range.from(), until: range.until(), step: range.step.as_str(), server_time: at }
    }
}

/// A sum of money of one currency.
#[derive(Serialize, ToSchema)]
pub struct AmountView {
    /// A decimal number.
    #[schema(example = "1240.5")]
    amount: String,
    /// ISO 4217.
    #[schema(example = "KRW")]
    currency: String,
}

impl AmountView {
    fn new((currency, amount): (&str, Amount)) -> Self {
        Self { amount: amount.to_string(), currency: currency.to_owned() }
    }

    fn all(cost: &Cost) -> Vec<Self> {
        cost.amounts().map(Self::new).collect()
    }
}

/// How times are spread.
#[derive(Serialize, ToSchema)]
pub struct SpreadView {
    /// How many there are.
    count: u64,
    /// The median, to the tenth.
    #[schema(example = 8.2)]
    median_seconds: Option<f64>,
    /// What 95 of a hundred do not exceed.
    #[schema(example = 31.4)]
    p95_seconds: Option<f64>,
}

impl From<&Spread> for SpreadView {
    fn from(spread: &Spread) -> Self {
        Self {
            count: spread.count(),
            median_seconds: spread.median().map(seconds),
            p95_seconds: spread.percentile(95).map(seconds),
        }
    }
}

fn seconds(tenths: u32) -> f64 {
    f64::from(tenths) / 10.0
}

/// A span at a glance.
#[derive(Serialize, ToSchema)]
pub struct OverviewView {
    #[serde(flatten)]
    span: SpanView,
    /// Starts that were allowed.
    starts: u64,
    /// Starts that were not; missing where provider or country is asked for: they have neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_starts: Option<u64>,
    /// How many of the verifications wait.
    pending: u64,
    /// How many succeeded.
    verified: u64,
    /// How many ran out of time.
    expired: u64,
    /// How many were cancelled.
    cancelled: u64,
    /// How many ran out of checks.
    locked: u64,
    /// `verified` among all that do not wait, 0 to 1; `null` where none is.
    #[schema(example = 0.934)]
    conversion: Option<f64>,
    /// Codes that were sent.
    sends: u64,
    /// Attempts at messages by providers.
    attempts: u64,
    /// Those that did not bring the message, as far as is known.
    failed_attempts: u64,
    /// Times from start to success.
    time_to_verify: SpreadView,
    /// What the attempts cost, each currency by itself.
    cost: Vec<AmountView>,
    /// The same for each verified user, to the hundredth; `null` where `provider` is asked for, or a span that begins
    /// more than 90 days ago: those attempts are not all of these verifications.
    cost_per_verified: Option<Vec<AmountView>>,
}

impl OverviewView {
    /// A span at a glance.
    pub fn new(span: SpanView, overview: &Overview) -> Self {
        let outcomes = overview.outcomes;
        Self {
            span,
            starts: outcomes.starts(),
            refused_starts: overview.refused,
            pending: outcomes.pending,
            verified: outcomes.verified,
            expired: outcomes.expired,
            cancelled: outcomes.cancelled,
            locked: outcomes.locked,
            conversion: outcomes.conversion().ratio(),
            sends: overview.sends,
            attempts: overview.attempts,
            failed_attempts: overview.failed,
            time_to_verify: SpreadView::from(&overview.times),
            cost: AmountView::all(&overview.cost),
            cost_per_verified: overview.cost_per_verified.as_ref().map(AmountView::all),
        }
    }
}

/// The course of figures over time.
#[derive(Serialize, ToSchema)]
pub struct SeriesView {
    #[serde(flatten)]
    span: SpanView,
    /// `provider`, `country` or `purpose`; `null` where nothing is parted.
    by: Option<&'static str>,
    /// The parts, those with the most starts first; one where nothing is parted.
    series: Vec<LineView>,
}

/// The course of one part.
#[derive(Serialize, ToSchema)]
pub struct LineView {
    /// Which; `null` of what is not parted, or not known.
    #[schema(example = "sens")]
    name: Option<String>,
    /// One point for each step, in order.
    points: Vec<PointView>,
}

/// The figures of one step.
#[derive(Serialize, ToSchema)]
pub struct PointView {
    /// When the step begins.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Starts that were allowed.
    starts: u64,
    /// How many of them wait.
    pending: u64,
    /// How many of them succeeded.
    verified: u64,
    /// `verified` among all that do not wait.
    conversion: Option<f64>,
    /// Attempts that did not bring the message, as far as is known.
    failed_attempts: u64,
    /// What attempts cost.
    cost: Vec<AmountView>,
}

impl SeriesView {
    /// The course of figures.
    pub fn new(span: SpanView, by: Option<By>, series: &Series) -> Self {
        let line = |line: &Line| LineView {
            name: line.name.clone(),
            points: line.points.iter().map(PointView::from).collect(),
        };
        Self { span, by: by.map(By::as_str), series: series.lines.iter().map(line).collect() }
    }
}

impl From<&Point> for PointView {
    fn from(point: &Point) -> Self {
        Self {
            at: point.at,
            starts: point.outcomes.starts(),
            pending: point.outcomes.pending,
            verified: point.outcomes.verified,
            conversion: point.outcomes.conversion().ratio(),
            failed_attempts: point.failed,
            cost: AmountView::all(&point.cost),
        }
    }
}

/// How far verifications come.
#[derive(Serialize, ToSchema)]
pub struct FunnelView {
    #[serde(flatten)]
    span: SpanView,
    /// Starts that were allowed.
    started: u64,
    /// Some provider took a message.
    accepted: u64,
    /// A message is known to have reached the phone.
    delivered: u64,
    /// A code was typed.
    typed: u64,
    /// The right code was typed in time.
    verified: u64,
}

impl FunnelView {
    /// How far verifications come.
    pub fn new(span: SpanView, funnel: Funnel) -> Self {
        let Funnel { started, accepted, delivered, typed, verified } = funnel;
        Self { span, started, accepted, delivered, typed, verified }
    }
}

/// How long providers take.
#[derive(Serialize, ToSchema)]
pub struct LatencyView {
    #[serde(flatten)]
    span: SpanView,
    /// By provider.
    providers: Vec<ProviderLatencyView>,
}

/// How long a provider takes.
#[derive(Serialize, ToSchema)]
pub struct ProviderLatencyView {
    /// Who.
    #[schema(example = "sens")]
    provider: String,
    /// From calling it to its yes.
    acceptance: MeasuredView,
    /// From calling it to knowing that the message reached the phone.
    delivery: MeasuredView,
}

/// How long something takes.
#[derive(Serialize, ToSchema)]
pub struct MeasuredView {
    #[serde(flatten)]
    spread: SpreadView,
    /// How many took how long.
    histogram: Vec<BarView>,
}

/// Those of a histogram that took longer than the bar before allows, and no longer than this one.
#[derive(Serialize, ToSchema)]
pub struct BarView {
    /// How long; `null` for all that took longer.
    #[schema(example = 5.0)]
    up_to_seconds: Option<f64>,
    /// How many.
    count: u64,
}

impl From<&Spread> for MeasuredView {
    fn from(spread: &Spread) -> Self {
        let bounds = Latency::BOUNDS.iter().map(|&bound| Some(seconds(bound))).chain([None]);
        let bars = bounds.zip(spread.histogram(&Latency::BOUNDS));
        let histogram = bars.map(|(up_to_seconds, count)| BarView { up_to_seconds, count }).collect();
        Self { spread: spread.into(), histogram }
    }
}

impl LatencyView {
    /// How long providers take.
    pub fn new(span: SpanView, latencies: &[Latency]) -> Self {
        let provider = |latency: &Latency| ProviderLatencyView {
            provider: latency.provider.to_string(),
            acceptance: (&latency.acceptance).into(),
            delivery: (&latency.delivery).into(),
        };
        Self { span, providers: latencies.iter().map(provider).collect() }
    }
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
pub struct FailuresView {
    #[serde(flatten)]
    span: SpanView,
    /// By class and provider, the most frequent first.
    failures: Vec<FailureCountView>,
}

/// Attempts of one provider that failed in one way.
#[derive(Serialize, ToSchema)]
pub struct FailureCountView {
    /// One of twelve classes, the same for all providers.
    #[schema(example = "unreachable")]
    class: &'static str,
    /// For people, in the language of `Accept-Language`: Korean or English.
    text: &'static str,
    /// Who was asked.
    #[schema(example = "sens")]
    provider: String,
    /// How many.
    count: u64,
}

impl FailuresView {
    /// What went wrong, told in `locale`.
    pub fn new(span: SpanView, failures: &[FailureCount], locale: Locale) -> Self {
        let failure = |failure: &FailureCount| FailureCountView {
            class: failure.class.as_str(),
            text: failure.class.text(locale),
            provider: failure.provider.to_string(),
            count: failure.count,
        };
        Self { span, failures: failures.iter().map(failure).collect() }
    }
}
