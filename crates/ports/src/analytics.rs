use async_trait::async_trait;
use bonin_domain::analytics::AnalyticsRange;
use bonin_domain::codes::{Purpose, Status};
use bonin_domain::messages::{DeliveryState, FailureClass, Price, ProviderName};
use bonin_domain::{Region, TenantId};
use jiff::Timestamp;

use crate::RepositoryError;

/// Which figures are asked for. Test numbers and verifications that are withheld never count.
#[derive(Clone, Debug)]
pub struct AnalyticsQuery {
    /// Whose; `None` is everybody's.
    pub tenant: Option<TenantId>,
    /// From when to when.
    pub range: AnalyticsRange,
    /// The present moment: a verification that ran out by then is expired, whether or not its row is still there.
    pub now: Timestamp,
}

/// Verifications that agree in all but their counts, of one step of time (that of their start).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationCell {
    /// The step's number ([`bonin_domain::analytics::Step::number`]).
    pub step: i64,
    /// What they are for.
    pub purpose: Purpose,
    /// The country of the number.
    pub country: Option<Region>,
    /// Who took the newest message, or was asked last where nobody took one.
    pub provider: Option<ProviderName>,
    /// How they ended, or stand; where the checks were used up, locked also after the end.
    pub status: Status,
    /// How many there are.
    pub count: u64,
    /// Of how many some provider took a message.
    pub accepted: u64,
    /// Of how many a message is known to have reached the phone.
    pub delivered: u64,
    /// In how many a code was typed.
    pub typed: u64,
    /// Codes sent in all of them.
    pub sends: u64,
}

/// Times from start to success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeCell {
    /// What they are for.
    pub purpose: Purpose,
    /// The country of the number.
    pub country: Option<Region>,
    /// As in [`VerificationCell`].
    pub provider: Option<ProviderName>,
    /// So many tenths of seconds, rounded down.
    pub tenths: u32,
    /// How often.
    pub count: u64,
}

/// Attempts at messages of verifications that agree in all but their count, of one step of time (that of the message).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptCell {
    /// The step's number.
    pub step: i64,
    /// What the verification is for.
    pub purpose: Purpose,
    /// The country of the number.
    pub country: Option<Region>,
    /// Who was asked.
    pub provider: ProviderName,
    /// How far it came.
    pub state: DeliveryState,
    /// Whether the provider took it, also where it failed later.
    pub taken: bool,
    /// Why not further.
    pub failure: Option<FailureClass>,
    /// What it cost, where that is known.
    pub price: Option<Price>,
    /// How many there are.
    pub count: u64,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// From calling the provider to its yes.
    Acceptance,
    /// From calling the provider to knowing that the message reached the phone.
    Delivery,
}

/// Latencies of attempts at messages of verifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatencyCell {
    /// What is measured.
    pub latency: Latency,
    /// What the verification is for.
    pub purpose: Purpose,
    /// The country of the number.
    pub country: Option<Region>,
    /// Who.
    pub provider: ProviderName,
    /// So many tenths of seconds, rounded down.
    pub tenths: u32,
    /// How often.
    pub count: u64,
}

/// Starts that were not allowed, of one step of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalCell {
    /// The step's number.
    pub step: i64,
    /// What they were for.
    pub purpose: Purpose,
    /// The outcome of the decision, as stored.
    pub outcome: String,
    /// How many.
    pub count: u64,
}

/// Counts over what is stored: the rows themselves are counted, nothing is kept in between. Rows of verifications go
/// 25 hours after their start, and leave a line without number or code for 180 days; both are counted, none twice.
#[async_trait]
pub trait AnalyticsRepository: Send + Sync {
    /// Verifications.
    async fn verifications(&self, query: AnalyticsQuery) -> Result<Vec<VerificationCell>, RepositoryError>;

    /// Times to success, of the verifications that [`AnalyticsRepository::verifications`] counts as verified.
    async fn times(&self, query: AnalyticsQuery) -> Result<Vec<TimeCell>, RepositoryError>;

    /// Attempts.
    async fn attempts(&self, query: AnalyticsQuery) -> Result<Vec<AttemptCell>, RepositoryError>;

    /// Latencies of these attempts.
    async fn latencies(&self, query: AnalyticsQuery) -> Result<Vec<LatencyCell>, RepositoryError>;

    /// Starts that were not allowed.
    async fn refusals(&self, query: AnalyticsQuery) -> Result<Vec<RefusalCell>, RepositoryError>;
}
