//! [`Outbox`]: leases, attempts, reports.

use std::collections::HashMap;

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::VerificationId;
use bonin_domain::keys::Sealed;
use bonin_domain::messages::{Attempt, DeliveryState, LeaseId, MessageId};
use bonin_ports::{
    DispatchOutcome, LeasedMessage, MessageHistory, Next, Outbox, PolledAttempt, Report, RepositoryError,
};
use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;

use super::super::engine::{self, Conn, Store};
use crate::failure::Failure;
use crate::rows::{AttemptRow, DueMessageRow, provider, reference, tenant};
use crate::schema::{attempts as a, messages as m, verifications as v};
use crate::sql::{Instant, Uid};

#[async_trait]
impl Outbox for Store {
    async fn lease(
        &self,
        lease: LeaseId,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<LeasedMessage>, RepositoryError> {
        self.write(move |c| take_due(c, lease, now, until, limit)).await
    }

    async fn record(&self, outcomes: Vec<DispatchOutcome>) -> Result<(), RepositoryError> {
        self.write(move |c| record(c, &outcomes)).await
    }

    async fn lease_polls(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<PolledAttempt>, RepositoryError> {
        self.write(move |c| take_polls(c, now, until, limit)).await
    }

    async fn record_reports(&self, reports: Vec<Report>, now: Timestamp) -> Result<(), RepositoryError> {
        self.write(move |c| record_reports(c, &reports, now)).await
    }

    async fn messages(
        &self,
        tenant: &TenantId,
        verification: VerificationId,
    ) -> Result<Vec<MessageHistory>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| messages_of(c, &tenant, verification)).await
    }
}

fn take_due(
    c: &mut Conn,
    lease: LeaseId,
    now: Timestamp,
    until: Timestamp,
    limit: u16,
) -> Result<Vec<LeasedMessage>, Failure> {
    let due: Vec<DueMessageRow> = engine::due_messages(c, Instant(now), i64::from(limit))?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let ended = ended_verifications(c, &due)?;
    let ids: Vec<Uid> = due.iter().map(|row| row.id).collect();
    diesel::update(m::table.filter(m::id.eq_any(&ids)))
        .set((m::lease.eq(Uid(lease.as_uuid())), m::due_at.eq(Instant(until))))
        .execute(c)?;
    let mut attempts = attempts_of(c, &ids)?;
    due.into_iter()
        .map(|row| {
            let payload = row.payload.ok_or(Failure::BadRow("an open message without its text"))?;
            Ok(LeasedMessage {
                id: MessageId::from_uuid(row.id.0),
                tenant: tenant(&row.tenant)?,
                payload: Sealed::from_bytes(payload),
                created_at: row.created_at.0,
                // A code dies with its verification, so that its message is looked up but not sent again.
                expires_at: if ended.contains(&row.verification_id) { now } else { row.expires_at.0 },
                interrupted: row.lease.is_some(),
                attempts: attempts.remove(&row.id.0).unwrap_or_default(),
            })
        })
        .collect()
}

/// The verifications of due messages that have ended in the meantime: nobody waits for their codes any more.
fn ended_verifications(c: &mut Conn, due: &[DueMessageRow]) -> Result<Vec<Uid>, Failure> {
    let verifications: Vec<Uid> = due.iter().map(|row| row.verification_id).collect();
    Ok(v::table.filter(v::id.eq_any(&verifications)).filter(v::status.ne("pending")).select(v::id).load(c)?)
}

/// The attempts of several messages, oldest first.
fn attempts_of(c: &mut Conn, ids: &[Uid]) -> Result<HashMap<Uuid, Vec<Attempt>>, Failure> {
    let rows: Vec<AttemptRow> = a::table
        .filter(a::message_id.eq_any(ids))
        .order((a::message_id, a::number))
        .select(AttemptRow::as_select())
        .load(c)?;
    let mut found: HashMap<Uuid, Vec<Attempt>> = HashMap::new();
    for row in rows {
        found.entry(row.message_id.0).or_default().push(row.try_into()?);
    }
    Ok(found)
}

fn record(c: &mut Conn, outcomes: &[DispatchOutcome]) -> Result<(), Failure> {
    let ids: Vec<Uid> = outcomes.iter().map(|outcome| Uid(outcome.attempt.message.as_uuid())).collect();
    let tenants: HashMap<Uuid, String> = m::table
        .filter(m::id.eq_any(&ids))
        .select((m::id, m::tenant))
        .load::<(Uid, String)>(c)?
        .into_iter()
        .map(|(id, tenant)| (id.0, tenant))
        .collect();
    let mut rows = Vec::with_capacity(outcomes.len());
    let mut closed = (Vec::new(), Vec::new());
    for outcome in outcomes {
        let message = outcome.attempt.message.as_uuid();
        let tenant = tenants.get(&message).ok_or(Failure::BadRow("an attempt of an unknown message"))?;
        rows.push(AttemptRow::new(tenant.clone(), &outcome.attempt, outcome.poll_at));
        let lease = Uid(outcome.lease.as_uuid());
        match outcome.next {
            Next::Close => {
                closed.0.push(Uid(message));
                closed.1.push(lease);
            }
            Next::Again(at) => {
                diesel::update(m::table.find(Uid(message)))
                    .filter(m::lease.eq(lease))
                    .set((m::lease.eq(None::<Uid>), m::due_at.eq(Instant(at))))
                    .execute(c)?;
            }
        }
    }
    let doubled: Vec<(Uid, i16)> =
        rows.iter().filter(|row| row.possible_duplicate).map(|row| (row.message_id, row.number)).collect();
    engine::upsert_attempts(c, rows)?;
    for attempt in doubled {
        // Where two processes sent the same message, the mark stays whoever records first or farther.
        diesel::update(a::table.find(attempt)).set(a::possible_duplicate.eq(true)).execute(c)?;
    }
    if !closed.0.is_empty() {
        // A lease belongs to one call, so that pairs of the two lists need not be told apart.
        diesel::update(m::table)
            .filter(m::id.eq_any(&closed.0))
            .filter(m::lease.eq_any(&closed.1))
            .set((m::lease.eq(None::<Uid>), m::due_at.eq(None::<Instant>), m::payload.eq(None::<Vec<u8>>)))
            .execute(c)?;
    }
    Ok(())
}

fn take_polls(
    c: &mut Conn,
    now: Timestamp,
    until: Timestamp,
    limit: u16,
) -> Result<Vec<PolledAttempt>, Failure> {
    let due: Vec<AttemptRow> = engine::due_polls(c, Instant(now), i64::from(limit))?;
    due.into_iter()
        .map(|row| {
            diesel::update(a::table.find((row.message_id, row.number)))
                .set((a::poll_at.eq(Instant(until)), a::polls.eq(row.polls + 1)))
                .execute(c)?;
            let name =
                row.reference.as_deref().ok_or(Failure::BadRow("a polled attempt without reference"))?;
            Ok(PolledAttempt {
                message: MessageId::from_uuid(row.message_id.0),
                number: row.number,
                provider: provider(&row.provider)?,
                reference: reference(name)?,
                accepted_at: row.updated_at.0,
                polls: row.polls,
            })
        })
        .collect()
}

fn record_reports(c: &mut Conn, reports: &[Report], now: Timestamp) -> Result<(), Failure> {
    for report in reports {
        let row = a::table.find((Uid(report.message.as_uuid()), report.number));
        let poll_at = report.poll_at.filter(|_| !report.state.is_final()).map(Instant);
        // A late report must not begin the asking again.
        let open = a::rank.lt(DeliveryState::Delivered.rank());
        diesel::update(row).filter(open).set(a::poll_at.eq(poll_at)).execute(c)?;
        if report.state == DeliveryState::Queued {
            continue;
        }
        diesel::update(row)
            .filter(a::rank.lt(report.state.rank()))
            .set((
                a::state.eq(report.state.as_str()),
                a::rank.eq(report.state.rank()),
                a::failure.eq(report.failure.map(bonin_domain::messages::FailureClass::as_str)),
                a::provider_code.eq(report.provider_code.as_deref()),
                a::updated_at.eq(Instant(now)),
            ))
            .execute(c)?;
    }
    Ok(())
}

fn messages_of(
    c: &mut Conn,
    tenant: &TenantId,
    verification: VerificationId,
) -> Result<Vec<MessageHistory>, Failure> {
    let found: Vec<(Uid, Instant)> = m::table
        .filter(m::verification_id.eq(Uid(verification.as_uuid())))
        .filter(m::tenant.eq(tenant.as_str()))
        .order((m::created_at, m::id))
        .select((m::id, m::created_at))
        .load(c)?;
    let ids: Vec<Uid> = found.iter().map(|(id, _)| *id).collect();
    let mut attempts = attempts_of(c, &ids)?;
    let history = |(id, created_at): (Uid, Instant)| MessageHistory {
        id: MessageId::from_uuid(id.0),
        created_at: created_at.0,
        attempts: attempts.remove(&id.0).unwrap_or_default(),
    };
    Ok(found.into_iter().map(history).collect())
}
