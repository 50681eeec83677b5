//! Messages that wait, and what became of those that were sent.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{Status, VerificationId};
use bonin_domain::keys::Sealed;
use bonin_domain::messages::{Attempt, GroupId, LeaseId, MessageId};
use bonin_ports::{
    DispatchOutcome, LeasedMessage, MessageHistory, Next, Outbox, PolledAttempt, Report, RepositoryError,
};
use jiff::Timestamp;

use super::InMemoryStore;
use super::state::{AttemptRow, MessageRow, Owner, State, VerificationRow};

impl MessageRow {
    fn is_free(&self, now: Timestamp) -> bool {
        self.payload.is_some() && self.due_at <= now && self.lease.is_none_or(|(_, end)| end <= now)
    }

    /// Adds an attempt, or moves the one of the same number forward; of one that is not ahead only its mark as
    /// a possible duplicate is kept.
    fn upsert(&mut self, attempt: Attempt, poll_at: Option<Timestamp>) {
        let poll_at = poll_at.filter(|_| !attempt.state.is_final());
        let place = self.attempts.binary_search_by_key(&attempt.number, |row| row.attempt.number);
        match place {
            Err(place) => self.attempts.insert(place, AttemptRow { attempt, poll_at, polls: 0 }),
            Ok(place) => {
                let row = &mut self.attempts[place];
                let before = &row.attempt;
                let possible_duplicate = before.possible_duplicate || attempt.possible_duplicate;
                if before.state.may_become(attempt.state) {
                    row.poll_at = poll_at;
                    row.attempt = Attempt {
                        reference: attempt.reference.or_else(|| before.reference.clone()),
                        price: attempt.price.or_else(|| before.price.clone()),
                        event: attempt.event.or_else(|| before.event.clone()),
                        country: attempt.country.or(before.country),
                        route: attempt.route.or_else(|| before.route.clone()),
                        started_at: before.started_at,
                        ..attempt
                    };
                }
                row.attempt.possible_duplicate = possible_duplicate;
            }
        }
    }
}

impl State {
    fn message(&mut self, id: MessageId) -> Option<&mut MessageRow> {
        self.messages.iter_mut().find(|row| row.id == id)
    }

    fn record(&mut self, outcome: DispatchOutcome) {
        let Some(row) = self.messages.iter_mut().find(|row| row.id == outcome.message) else { return };
        let last = outcome.attempts.last();
        let run_by = last.and_then(|last| Some((last.provider.clone(), last.reference.clone()?)));
        let last = outcome.attempts.len().saturating_sub(1);
        for (place, attempt) in outcome.attempts.into_iter().enumerate() {
            row.upsert(attempt, outcome.poll_at.filter(|_| place == last));
        }
        let holds = row.lease.is_some_and(|(holder, _)| holder == outcome.lease);
        if holds {
            row.lease = None;
            match outcome.next {
                Next::Close => row.payload = None,
                Next::Again(due_at) => row.due_at = due_at,
            }
        }
        let (verification, group) = (row.verification(), row.group());
        if outcome.runs_verification && run_by.is_some() {
            let row = self.verifications.iter_mut().find(|row| Some(row.verification.id) == verification);
            if let Some(row) = row {
                row.verification.run_by = run_by;
                if holds {
                    row.codes.pop();
                }
            }
        }
        if let Some(group) = group {
            self.drop_images_of(group);
        }
        if holds && outcome.next == Next::Close {
            self.settle(outcome.message);
        }
    }

    /// Erases the images of a group whose messages are all closed.
    fn drop_images_of(&mut self, id: GroupId) {
        let open = self.messages.iter().any(|row| row.group() == Some(id) && row.payload.is_some());
        if let Some(row) = self.groups.iter_mut().find(|row| row.group.id == id && !open) {
            row.images = None;
        }
    }

    /// The recipient's number, sealed, and the row to which the seal is bound.
    fn phone_of(&self, message: &MessageRow) -> Option<(Sealed, [u8; 16])> {
        match &message.owner {
            Owner::Notice => None,
            Owner::Group { phone, .. } => Some((phone.clone(), *message.id.as_row())),
            Owner::Verification(id) => {
                let row = self.verifications.iter().find(|row| row.verification.id == *id)?;
                Some((row.verification.phone.clone(), *id.as_row()))
            }
        }
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
        let over = |row: &&VerificationRow| row.verification.status != Status::Pending;
        let ended: Vec<_> = state.verifications.iter().filter(over).map(|row| row.verification.id).collect();
        let mut free: Vec<_> = state.messages.iter_mut().filter(|row| row.is_free(now)).collect();
        // Codes first: people wait for them. Then what owners of accounts are told.
        let turn = |row: &MessageRow| match row.owner {
            Owner::Verification(_) => 0,
            Owner::Notice => 1,
            Owner::Group { .. } => 2,
        };
        free.sort_by_key(|row| (turn(row), row.created_at, row.id.as_uuid()));
        let taken = free.into_iter().take(usize::from(limit)).filter_map(|row| {
            let dead = row.lease.replace((lease, until));
            let due_at = dead.map_or(row.due_at, |(_, ended_at)| ended_at);
            let is_over = row.verification().is_some_and(|id| ended.contains(&id));
            Some(LeasedMessage {
                id: row.id,
                tenant: row.tenant.clone(),
                payload: row.payload.clone()?,
                group: row.group(),
                created_at: row.created_at,
                due_at,
                expires_at: if is_over { now } else { row.expires_at },
                interrupted: dead.is_some(),
                attempts: row.attempts(),
            })
        });
        Ok(taken.collect())
    }

    async fn record(&self, outcomes: Vec<DispatchOutcome>) -> Result<(), RepositoryError> {
        let mut state = self.state();
        let known = |outcome: &DispatchOutcome| {
            let is_own = |attempt: &Attempt| attempt.message == outcome.message;
            outcome.attempts.iter().all(is_own) && state.messages.iter().any(|row| row.id == outcome.message)
        };
        if !outcomes.iter().all(known) {
            return Err(RepositoryError::Internal("an attempt for no message".to_owned()));
        }
        for outcome in outcomes {
            state.record(outcome);
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
        let mut due = Vec::new();
        for (message, row) in state.messages.iter().enumerate() {
            // The number of a notice is in its payload alone: nobody can be asked what became of it.
            if row.owner == Owner::Notice {
                continue;
            }
            for (attempt, row) in row.attempts.iter().enumerate() {
                let is_due = |at: &Timestamp| *at <= now && row.attempt.reference.is_some();
                if let Some(at) = row.poll_at.filter(is_due) {
                    due.push((at, message, attempt));
                }
            }
        }
        due.sort_unstable();
        let taken = due.into_iter().take(usize::from(limit)).filter_map(|(_, message, attempt)| {
            let (phone, phone_row) = state.phone_of(&state.messages[message])?;
            let message = &mut state.messages[message];
            let row = &mut message.attempts[attempt];
            row.poll_at = Some(until);
            row.polls += 1;
            Some(PolledAttempt {
                message: message.id,
                number: row.attempt.number,
                provider: row.attempt.provider.clone(),
                reference: row.attempt.reference.clone()?,
                tenant: message.tenant.clone(),
                phone,
                phone_row,
                accepted_at: row.attempt.accepted_at,
                polls: row.polls - 1,
            })
        });
        Ok(taken.collect())
    }

    async fn images(&self, group: GroupId) -> Result<Option<Sealed>, RepositoryError> {
        let state = self.state();
        Ok(state.groups.iter().find(|row| row.group.id == group).and_then(|row| row.images.clone()))
    }

    async fn record_reports(&self, reports: Vec<Report>, now: Timestamp) -> Result<(), RepositoryError> {
        let mut state = self.state();
        for report in reports {
            let attempts = state.message(report.message).map(|row| &mut row.attempts);
            let found =
                attempts.and_then(|rows| rows.iter_mut().find(|row| row.attempt.number == report.number));
            let Some(row) = found.filter(|row| row.attempt.takes_news(now)) else { continue };
            row.move_to(report.state, report.failure, report.provider_code, now);
            row.take_price(report.price);
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
        let own = state
            .messages
            .iter()
            .filter(|row| row.tenant == *tenant && row.verification() == Some(verification));
        let mut histories: Vec<_> = own
            .map(|row| MessageHistory { id: row.id, created_at: row.created_at, attempts: row.attempts() })
            .collect();
        histories.sort_by_key(|history| history.created_at);
        Ok(histories)
    }
}
