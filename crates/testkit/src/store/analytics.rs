//! Figures.

use async_trait::async_trait;
use bonin_domain::codes::Status;
use bonin_domain::messages::{Attempt, DeliveryState, ProviderName};
use bonin_ports::{
    AnalyticsQuery, AnalyticsRepository, AttemptCell, Latency, LatencyCell, RefusalCell, RepositoryError,
    TimeCell, VerificationCell,
};
use jiff::Timestamp;

use super::InMemoryStore;
use super::conversions::was_taken;
use super::state::{AttemptRow, MessageRow, State, VerificationRow};
use super::stories::of_a_start;

/// What the messages of a verification came to.
struct Told {
    provider: Option<ProviderName>,
    accepted: bool,
    delivered: bool,
}

impl State {
    /// The verifications that are asked for.
    fn asked<'a>(&'a self, query: &'a AnalyticsQuery) -> impl Iterator<Item = &'a VerificationRow> {
        self.verifications
            .iter()
            .filter(|row| row.counts_for(query) && is_within(query, row.verification.created_at))
    }

    /// The attempts at messages that are asked for.
    fn attempts_asked<'a>(
        &'a self,
        query: &'a AnalyticsQuery,
    ) -> impl Iterator<Item = (&'a MessageRow, &'a VerificationRow, &'a AttemptRow)> {
        let of = |message: &MessageRow| {
            let id = message.verification()?;
            self.verifications.iter().find(|row| row.verification.id == id)
        };
        let own = self.messages.iter().filter_map(move |message| Some((message, of(message)?)));
        let own = own.filter(|(message, row)| row.counts_for(query) && is_within(query, message.created_at));
        own.flat_map(|(message, row)| message.attempts.iter().map(move |attempt| (message, row, attempt)))
    }

    fn told(&self, row: &VerificationRow) -> Told {
        let id = row.verification.id;
        let own = self.messages.iter().filter(|message| message.verification() == Some(id));
        let mut attempts: Vec<&AttemptRow> = own.flat_map(|message| &message.attempts).collect();
        attempts.sort_by_key(|row| (row.attempt.message.as_uuid(), row.attempt.number));
        let name = |row: &&AttemptRow| row.attempt.provider.clone();
        let taken = attempts.iter().rfind(|row| was_taken(row)).map(name);
        let run_by = row.verification.run_by.as_ref().map(|(provider, _)| provider.clone());
        Told {
            accepted: taken.is_some(),
            delivered: attempts.iter().any(|row| row.attempt.state == DeliveryState::Delivered),
            provider: taken.or(run_by).or_else(|| attempts.last().map(name)),
        }
    }
}

impl VerificationRow {
    fn counts_for(&self, query: &AnalyticsQuery) -> bool {
        let asked = query.tenant.as_ref().is_none_or(|tenant| *tenant == self.verification.tenant);
        asked && !self.test_number && !self.verification.withheld
    }
}

fn is_within(query: &AnalyticsQuery, at: Timestamp) -> bool {
    query.range.from() <= at && at < query.range.until()
}

fn tenths(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from(to.duration_since(from).as_millis().max(0) / 100).unwrap_or(u32::MAX)
}

/// Counts cells that agree in all but what `add` adds up.
fn gather<T: PartialEq>(
    cells: impl Iterator<Item = T>,
    same: impl Fn(&T, &T) -> bool,
    add: impl Fn(&mut T, T),
) -> Vec<T> {
    let mut gathered: Vec<T> = Vec::new();
    for cell in cells {
        match gathered.iter_mut().find(|known| same(known, &cell)) {
            Some(known) => add(known, cell),
            None => gathered.push(cell),
        }
    }
    gathered
}

#[async_trait]
impl AnalyticsRepository for InMemoryStore {
    async fn verifications(&self, query: AnalyticsQuery) -> Result<Vec<VerificationCell>, RepositoryError> {
        let state = self.state();
        let cells = state.asked(&query).map(|row| {
            let told = state.told(row);
            VerificationCell {
                step: query.range.step.number(row.verification.created_at),
                purpose: row.verification.purpose,
                country: row.country,
                provider: told.provider,
                status: row.filed_status(query.now),
                count: 1,
                accepted: u64::from(told.accepted),
                delivered: u64::from(told.delivered),
                typed: u64::from(row.verification.checks_left < row.max_checks),
                sends: u64::from(row.verification.sends),
            }
        });
        let key = |cell: &VerificationCell| {
            (cell.step, cell.purpose, cell.country, cell.provider.clone(), cell.status)
        };
        let add = |known: &mut VerificationCell, cell: VerificationCell| {
            known.count += cell.count;
            known.accepted += cell.accepted;
            known.delivered += cell.delivered;
            known.typed += cell.typed;
            known.sends += cell.sends;
        };
        Ok(gather(cells, |one, other| key(one) == key(other), add))
    }

    async fn times(&self, query: AnalyticsQuery) -> Result<Vec<TimeCell>, RepositoryError> {
        let state = self.state();
        let verified = state.asked(&query).filter(|row| row.verification.status == Status::Verified);
        let cells = verified.filter_map(|row| {
            Some(TimeCell {
                purpose: row.verification.purpose,
                country: row.country,
                provider: state.told(row).provider,
                tenths: tenths(row.verification.created_at, row.ended_at?),
                count: 1,
            })
        });
        let same = |one: &TimeCell, other: &TimeCell| *one == TimeCell { count: one.count, ..other.clone() };
        Ok(gather(cells, same, |known, cell| known.count += cell.count))
    }

    async fn attempts(&self, query: AnalyticsQuery) -> Result<Vec<AttemptCell>, RepositoryError> {
        let state = self.state();
        let cells = state.attempts_asked(&query).map(|(message, row, asked @ AttemptRow { attempt, .. })| {
            AttemptCell {
                step: query.range.step.number(message.created_at),
                purpose: row.verification.purpose,
                country: row.country.or(attempt.country),
                provider: attempt.provider.clone(),
                state: attempt.state,
                taken: was_taken(asked),
                failure: attempt.failure,
                price: attempt.price.clone(),
                count: 1,
            }
        });
        let same = |one: &AttemptCell, other: &AttemptCell| {
            *one == AttemptCell { count: one.count, ..other.clone() }
        };
        Ok(gather(cells, same, |known, cell| known.count += cell.count))
    }

    async fn latencies(&self, query: AnalyticsQuery) -> Result<Vec<LatencyCell>, RepositoryError> {
        let state = self.state();
        let cells = state.attempts_asked(&query).flat_map(|(_, row, asked)| {
            let Attempt { provider, started_at, updated_at, .. } = &asked.attempt;
            let cell = |latency, end| LatencyCell {
                latency,
                purpose: row.verification.purpose,
                country: row.country.or(asked.attempt.country),
                provider: provider.clone(),
                tenths: tenths(*started_at, end),
                count: 1,
            };
            let accepted = was_taken(asked).then(|| cell(Latency::Acceptance, asked.attempt.accepted_at));
            let reached = asked.attempt.state == DeliveryState::Delivered;
            accepted.into_iter().chain(reached.then(|| cell(Latency::Delivery, *updated_at)))
        });
        let same = |one: &LatencyCell, other: &LatencyCell| {
            *one == LatencyCell { count: one.count, ..other.clone() }
        };
        Ok(gather(cells, same, |known, cell| known.count += cell.count))
    }

    async fn refusals(&self, query: AnalyticsQuery) -> Result<Vec<RefusalCell>, RepositoryError> {
        let state = self.state();
        let refused = state.filed_decisions.iter().filter(|decision| {
            let asked = query.tenant.as_ref().is_none_or(|tenant| *tenant == decision.tenant);
            let refused = decision.outcome != "allowed" && !decision.test_number && of_a_start(decision);
            asked && refused && is_within(&query, decision.created_at)
        });
        let cells = refused.map(|decision| RefusalCell {
            step: query.range.step.number(decision.created_at),
            purpose: decision.purpose,
            outcome: decision.outcome.clone(),
            count: 1,
        });
        let same = |one: &RefusalCell, other: &RefusalCell| {
            *one == RefusalCell { count: one.count, ..other.clone() }
        };
        Ok(gather(cells, same, |known, cell| known.count += cell.count))
    }
}
