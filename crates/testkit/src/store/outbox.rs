//! Messages that wait, and what became of those that were sent.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{Status, VerificationId};
use bonin_domain::messages::{Attempt, LeaseId, MessageId};
use bonin_ports::{
    DispatchOutcome, LeasedMessage, MessageHistory, Next, Outbox, PolledAttempt, Report, RepositoryError,
};
use jiff::Timestamp;

use super::InMemoryStore;
use super::state::{AttemptRow, MessageRow, State};

impl MessageRow {
    fn attempts(&self) -> Vec<Attempt> {
        self.attempts.iter().map(|row| row.attempt.clone()).collect()
    }

    fn is_free(&self, now: Timestamp) -> bool {
        self.payload.is_some() && self.due_at <= now && self.lease.is_none_or(|(_, end)| end <= now)
    }

    /// Adds an attempt, or moves the one of the same number forward; one that is not ahead changes nothing.
    fn upsert(&mut self, attempt: Attempt, poll_at: Option<Timestamp>) {
        let poll_at = poll_at.filter(|_| !attempt.state.is_final());
        let place = self.attempts.binary_search_by_key(&attempt.number, |row| row.attempt.number);
        match place {
            Err(place) => self
                .attempts
                .insert(place, AttemptRow { accepted_at: attempt.updated_at, attempt, poll_at, polls: 0 }),
            Ok(place) => {
                let row = &mut self.attempts[place];
                if row.attempt.state.may_become(attempt.state) {
                    row.accepted_at = attempt.updated_at;
                    row.attempt = Attempt {
                        reference: attempt.reference.or_else(|| row.attempt.reference.clone()),
                        started_at: row.attempt.started_at,
                        ..attempt
                    };
                    row.poll_at = poll_at;
                }
            }
        }
    }
}

impl State {
    fn message(&mut self, id: MessageId) -> Option<&mut MessageRow> {
        self.messages.iter_mut().find(|row| row.id == id)
    }
}

#[async_trait]
impl Outbox for InMemoryStore {
    async fn lease(
        &self,
        lease: LeaseId,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<LeasedMessage>, RepositoryError> {
        let mut state = self.state();
        let over = |row: &&super::state::VerificationRow| row.verification.status != Status::Pending;
        let ended: Vec<_> = state.verifications.iter().filter(over).map(|row| row.verification.id).collect();
        let mut free: Vec<_> = state.messages.iter_mut().filter(|row| row.is_free(now)).collect();
        free.sort_by_key(|row| row.created_at);
        let taken = free.into_iter().take(usize::from(limit)).filter_map(|row| {
            let interrupted = row.lease.replace((lease, until)).is_some();
            Some(LeasedMessage {
                id: row.id,
                tenant: row.tenant.clone(),
                payload: row.payload.clone()?,
                created_at: row.created_at,
                expires_at: if ended.contains(&row.verification) { now } else { row.expires_at },
                interrupted,
                attempts: row.attempts(),
            })
        });
        Ok(taken.collect())
    }

    async fn record(&self, outcomes: Vec<DispatchOutcome>) -> Result<(), RepositoryError> {
        let mut state = self.state();
        let known =
            |outcome: &DispatchOutcome| state.messages.iter().any(|row| row.id == outcome.attempt.message);
        if !outcomes.iter().all(known) {
            return Err(RepositoryError::Internal("an attempt for no message".to_owned()));
        }
        for outcome in outcomes {
            let Some(row) = state.message(outcome.attempt.message) else {
                continue;
            };
            row.upsert(outcome.attempt, outcome.poll_at);
            if row.lease.is_some_and(|(holder, _)| holder == outcome.lease) {
                row.lease = None;
                match outcome.next {
                    Next::Close => row.payload = None,
                    Next::Again(due_at) => row.due_at = due_at,
                }
            }
        }
        Ok(())
    }

    async fn lease_polls(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<PolledAttempt>, RepositoryError> {
        let mut state = self.state();
        let attempts = state.messages.iter_mut().flat_map(|row| &mut row.attempts);
        let is_due = |row: &&mut AttemptRow| {
            row.attempt.reference.is_some() && row.poll_at.is_some_and(|at| at <= now)
        };
        let mut due: Vec<_> = attempts.filter(is_due).collect();
        due.sort_by_key(|row| row.poll_at);
        let taken = due.into_iter().take(usize::from(limit)).filter_map(|row| {
            row.poll_at = Some(until);
            row.polls += 1;
            Some(PolledAttempt {
                message: row.attempt.message,
                number: row.attempt.number,
                provider: row.attempt.provider.clone(),
                reference: row.attempt.reference.clone()?,
                accepted_at: row.accepted_at,
                polls: row.polls - 1,
            })
        });
        Ok(taken.collect())
    }

    async fn record_reports(&self, reports: Vec<Report>, now: Timestamp) -> Result<(), RepositoryError> {
        let mut state = self.state();
        for report in reports {
            let attempts = state.message(report.message).map(|row| &mut row.attempts);
            let found =
                attempts.and_then(|rows| rows.iter_mut().find(|row| row.attempt.number == report.number));
            let Some(row) = found else { continue };
            if row.attempt.state.may_become(report.state) {
                row.attempt.state = report.state;
                row.attempt.failure = report.failure;
                row.attempt.provider_code = report.provider_code;
                row.attempt.updated_at = now;
            }
            row.poll_at = report.poll_at.filter(|_| !row.attempt.state.is_final());
        }
        Ok(())
    }

    async fn messages(
        &self,
        tenant: &TenantId,
        verification: VerificationId,
    ) -> Result<Vec<MessageHistory>, RepositoryError> {
        let state = self.state();
        let own =
            state.messages.iter().filter(|row| row.tenant == *tenant && row.verification == verification);
        let mut histories: Vec<_> = own
            .map(|row| MessageHistory { id: row.id, created_at: row.created_at, attempts: row.attempts() })
            .collect();
        histories.sort_by_key(|history| history.created_at);
        Ok(histories)
    }
}
