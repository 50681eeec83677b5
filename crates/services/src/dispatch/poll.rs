//! Asking providers that do not push what became of messages (requirement E04).

use std::sync::Arc;
use std::time::Duration;

use bonin_domain::keys::{KeyRing, SealedField};
use bonin_domain::messages::DeliveryState;
use bonin_domain::{PhoneNumber, Region};
use bonin_ports::{Clock, DeliveryReport, Outbox, PolledAttempt, Report, RepositoryError, TakenMessage};
use futures_util::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};

use crate::dispatch::providers::Providers;
use crate::dispatch::turn::stored_code;

/// Seconds after acceptance at which a provider is asked.
const SCHEDULE: [i64; 5] = [5, 15, 60, 300, 600];

/// Attempts that are asked after in one go, and how many at a time.
const BATCH: u16 = 100;
const AT_A_TIME: usize = 20;

/// How long a provider may take to report.
const REPORT: Duration = Duration::from_secs(5);

/// How long another process leaves an attempt alone that this one asks after: longer than a whole batch takes
/// when no report comes, 25 s.
const TURN: SignedDuration = SignedDuration::from_secs(30);

/// Asks providers what became of messages they accepted.
#[derive(Clone)]
pub struct PollReports {
    /// Where attempts are stored.
    pub outbox: Arc<dyn Outbox>,
    /// Whom to ask.
    pub providers: Arc<Providers>,
    /// Unseals the recipients.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// When an attempt that was asked after `polls` times before is due first or next.
pub(super) fn due(accepted_at: Timestamp, polls: i16) -> Option<Timestamp> {
    let seconds = *SCHEDULE.get(usize::try_from(polls).ok()?)?;
    accepted_at.checked_add(SignedDuration::from_secs(seconds)).ok()
}

impl PollReports {
    /// Asks after everything that is due, up to one batch; says how many were.
    ///
    /// # Errors
    /// The store's; what was learnt then is asked for again.
    #[tracing::instrument(name = "dispatch.poll", skip_all)]
    pub async fn execute(&self) -> Result<usize, RepositoryError> {
        let now = self.clock.now();
        let until = now.checked_add(TURN).unwrap_or(Timestamp::MAX);
        let due = self.outbox.lease_polls(now, until, BATCH).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let count = due.len();
        let questions: Vec<_> = due.iter().map(|attempt| self.ask(attempt)).collect();
        let reports = stream::iter(questions).buffer_unordered(AT_A_TIME).collect().await;
        self.outbox.record_reports(reports, self.clock.now()).await?;
        Ok(count)
    }

    async fn ask(&self, attempt: &PolledAttempt) -> Report {
        let next = due(attempt.accepted_at, attempt.polls + 1);
        let nothing_new = Report {
            message: attempt.message,
            number: attempt.number,
            state: DeliveryState::Queued,
            failure: None,
            provider_code: None,
            price: None,
            poll_at: next,
        };
        let code = match self.answer(attempt).await {
            Ok(report) => {
                return Report {
                    state: report.state,
                    failure: report.failure,
                    provider_code: report.code.as_deref().map(stored_code),
                    price: report.price,
                    poll_at: next.filter(|_| !report.state.is_final()),
                    ..nothing_new
                };
            }
            Err(code) => code,
        };
        tracing::warn!(
            provider.name = %attempt.provider,
            message.id = %attempt.message,
            provider.code = code,
            "the provider gave no report"
        );
        nothing_new
    }

    /// The provider's report, or a code that says why there is none.
    async fn answer(&self, attempt: &PolledAttempt) -> Result<DeliveryReport, String> {
        let provider = self.providers.get(&attempt.provider);
        let reports = provider.and_then(|provider| provider.reports.as_ref()).ok_or("no_such_provider")?;
        let number = self
            .keys
            .unseal(&attempt.tenant, SealedField::Phone, &attempt.phone_row, &attempt.phone)
            .map_err(|_| "unreadable_number")?;
        let number = std::str::from_utf8(&number).map_err(|_| "unreadable_number")?;
        let to = PhoneNumber::parse(number, Region::KR).map_err(|_| "unreadable_number")?;
        let taken = TakenMessage { reference: &attempt.reference, to: &to, accepted_at: attempt.accepted_at };
        match tokio::time::timeout(REPORT, reports.report(&taken)).await {
            Ok(Ok(report)) => Ok(report),
            Ok(Err(error)) => Err(error.code),
            Err(_) => Err("timeout".to_owned()),
        }
    }
}
