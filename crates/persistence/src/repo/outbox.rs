//! [`Outbox`]: leases, and what their holders did.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::VerificationId;
use bonin_domain::keys::Sealed;
use bonin_domain::messages::{GroupId, LeaseId, MessageId};
use bonin_ports::{
    DispatchOutcome, LeasedMessage, MessageHistory, Next, Outbox, PolledAttempt, Report, RepositoryError,
};
use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;

use super::super::engine::{self, Conn, Store};
use super::attempts::{attempts_of, record_reports, write_attempts};
use super::groups::{erase_images, images};
use super::polls::take_polls;
use super::spending::settle;
use crate::failure::Failure;
use crate::rows::{AttemptRow, DueMessageRow, tenant};
use crate::schema::{messages as m, verifications as v};
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

    async fn images(&self, group: GroupId) -> Result<Option<Sealed>, RepositoryError> {
        self.read(move |c| images(c, Uid(group.as_uuid()))).await
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
            let over = row.verification_id.is_some_and(|id| ended.contains(&id));
            let payload = row.payload.ok_or(Failure::BadRow("an open message without its text"))?;
            Ok(LeasedMessage {
                id: MessageId::from_uuid(row.id.0),
                tenant: tenant(&row.tenant)?,
                payload: Sealed::from_bytes(payload),
                group: row.group_id.map(|id| GroupId::from_uuid(id.0)),
                created_at: row.created_at.0,
                due_at: row.due_at.ok_or(Failure::BadRow("a due message without its time"))?.0,
                // A code dies with its verification, so that its message is looked up but not sent again.
                expires_at: if over { now } else { row.expires_at.0 },
                interrupted: row.lease.is_some(),
                attempts: attempts.remove(&row.id.0).unwrap_or_default(),
            })
        })
        .collect()
}

/// The verifications of due messages that have ended in the meantime: nobody waits for their codes any more.
fn ended_verifications(c: &mut Conn, due: &[DueMessageRow]) -> Result<Vec<Uid>, Failure> {
    let verifications: Vec<Uid> = due.iter().filter_map(|row| row.verification_id).collect();
    if verifications.is_empty() {
        return Ok(Vec::new());
    }
    Ok(v::table.filter(v::id.eq_any(&verifications)).filter(v::status.ne("pending")).select(v::id).load(c)?)
}

/// Whose a message is.
#[derive(Queryable, Selectable)]
#[diesel(table_name = m)]
struct Belonging {
    id: Uid,
    tenant: String,
    verification_id: Option<Uid>,
    group_id: Option<Uid>,
    lease: Option<Uid>,
}

fn record(c: &mut Conn, outcomes: &[DispatchOutcome]) -> Result<(), Failure> {
    // In one order, so that transactions with the same rows cannot wait for each other in a circle; and what
    // is said of verifications before what is said of messages, like everywhere.
    let mut outcomes: Vec<&DispatchOutcome> = outcomes.iter().collect();
    outcomes.sort_by_key(|outcome| outcome.message.as_uuid());
    let ids: Vec<Uid> = outcomes.iter().map(|outcome| Uid(outcome.message.as_uuid())).collect();
    let known: HashMap<Uuid, Belonging> = m::table
        .filter(m::id.eq_any(&ids))
        .select(Belonging::as_select())
        .load(c)?
        .into_iter()
        .map(|belonging| (belonging.id.0, belonging))
        .collect();
    let mut rows = Vec::with_capacity(outcomes.len());
    let (mut run_by, mut groups) = (BTreeMap::new(), BTreeSet::new());
    for outcome in &outcomes {
        let belonging = known
            .get(&outcome.message.as_uuid())
            .ok_or(Failure::BadRow("an outcome of an unknown message"))?;
        let last = outcome.attempts.len().saturating_sub(1);
        for (place, attempt) in outcome.attempts.iter().enumerate() {
            if attempt.message != outcome.message {
                return Err(Failure::BadRow("an outcome with an attempt of another message"));
            }
            rows.push(AttemptRow::new(&belonging.tenant, attempt, outcome.poll_at.filter(|_| place == last)));
        }
        if let (Some(id), Some(runner)) = (belonging.verification_id, runner(outcome)) {
            let unsent = belonging.lease == Some(Uid(outcome.lease.as_uuid()));
            run_by.insert(id.0, (runner, unsent));
        }
        if let (Some(id), Next::Close) = (belonging.group_id, outcome.next) {
            groups.insert(id.0);
        }
    }
    for (id, ((provider, reference), unsent)) in run_by {
        diesel::update(v::table.find(Uid(id)))
            .set((v::run_by_provider.eq(provider), v::run_by_reference.eq(reference)))
            .execute(c)?;
        if unsent {
            drop_newest_code(c, Uid(id))?;
        }
    }
    write_attempts(c, rows)?;
    let reserved = release(c, &outcomes)?;
    if !groups.is_empty() {
        erase_images(c, &groups.into_iter().map(Uid).collect::<Vec<_>>())?;
    }
    if !reserved.is_empty() {
        settle(c, &reserved)?;
    }
    Ok(())
}

/// The newest code never left: a provider sent one of its own. It must not be there to be guessed.
fn drop_newest_code(c: &mut Conn, verification: Uid) -> Result<(), Failure> {
    diesel::update(v::table.find(verification))
        .set((
            v::code_1.eq(v::code_2),
            v::code_1_until.eq(v::code_2_until),
            v::code_2.eq(v::code_3),
            v::code_2_until.eq(v::code_3_until),
            v::code_3.eq(None::<Vec<u8>>),
            v::code_3_until.eq(None::<Instant>),
        ))
        .execute(c)?;
    Ok(())
}

/// The provider that runs the verification from now on, and how it calls it.
fn runner(outcome: &DispatchOutcome) -> Option<(&str, &str)> {
    let last = outcome.attempts.last().filter(|_| outcome.runs_verification)?;
    Some((last.provider.as_str(), last.reference.as_ref()?.as_str()))
}

/// Closes messages or puts them off, where the lease still holds; gives those that are closed now and put something on
/// their tenant's day.
fn release(c: &mut Conn, outcomes: &[&DispatchOutcome]) -> Result<Vec<Uid>, Failure> {
    let mut closed = (Vec::new(), Vec::new());
    for outcome in outcomes {
        let (message, lease) = (Uid(outcome.message.as_uuid()), Uid(outcome.lease.as_uuid()));
        match outcome.next {
            Next::Close => {
                closed.0.push(message);
                closed.1.push(lease);
            }
            Next::Again(at) => {
                diesel::update(m::table.find(message))
                    .filter(m::lease.eq(lease))
                    .set((m::lease.eq(None::<Uid>), m::due_at.eq(Instant(at))))
                    .execute(c)?;
            }
        }
    }
    if closed.0.is_empty() {
        return Ok(Vec::new());
    }
    // A lease belongs to one call, so that pairs of the two lists need not be told apart.
    let reserved: Vec<(Uid, Option<i64>)> = diesel::update(m::table)
        .filter(m::id.eq_any(&closed.0))
        .filter(m::lease.eq_any(&closed.1))
        .set((m::lease.eq(None::<Uid>), m::due_at.eq(None::<Instant>), m::payload.eq(None::<Vec<u8>>)))
        .returning((m::id, m::charge))
        .get_results(c)?;
    Ok(reserved.into_iter().filter(|(_, charge)| charge.is_some()).map(|(id, _)| id).collect())
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
