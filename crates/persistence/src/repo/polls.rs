//! Attempts whose provider is to be asked what became of them.

use std::collections::HashMap;

use bonin_domain::keys::Sealed;
use bonin_domain::messages::MessageId;
use bonin_ports::PolledAttempt;
use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;

use super::super::engine::{self, Conn};
use crate::failure::Failure;
use crate::rows::{AttemptRow, provider, reference, tenant};
use crate::schema::{attempts as a, messages as m, verifications as v};
use crate::sql::{Instant, Uid};

pub fn take_polls(
    c: &mut Conn,
    now: Timestamp,
    until: Timestamp,
    limit: u16,
) -> Result<Vec<PolledAttempt>, Failure> {
    let due: Vec<AttemptRow> = engine::due_polls(c, Instant(now), i64::from(limit))?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let recipients = recipients(c, &due)?;
    let mut taken = Vec::with_capacity(due.len());
    for row in due {
        let attempt = diesel::update(a::table.find((row.message_id, row.number)));
        let Some((phone, phone_row)) = recipients.get(&row.message_id.0) else {
            // Its verification was removed while nobody asked, or it is a notice, which keeps no recipient:
            // it can never be asked after.
            attempt.set(a::poll_at.eq(None::<Instant>)).execute(c)?;
            continue;
        };
        attempt.set((a::poll_at.eq(Instant(until)), a::polls.eq(row.polls + 1))).execute(c)?;
        let name = row.reference.as_deref().ok_or(Failure::BadRow("a polled attempt without reference"))?;
        taken.push(PolledAttempt {
            message: MessageId::from_uuid(row.message_id.0),
            number: row.number,
            provider: provider(&row.provider)?,
            reference: reference(name)?,
            tenant: tenant(&row.tenant)?,
            phone: Sealed::from_bytes(phone.clone()),
            phone_row: *phone_row,
            accepted_at: row.accepted_at.0,
            polls: row.polls,
        });
    }
    Ok(taken)
}

/// A sealed recipient, with the row to which the seal is bound.
type Recipient = (Vec<u8>, [u8; 16]);

/// The recipients of messages: a group's message keeps its own, for a code's there is the verification's.
fn recipients(c: &mut Conn, due: &[AttemptRow]) -> Result<HashMap<Uuid, Recipient>, Failure> {
    type Found = (Uid, Option<Vec<u8>>, Option<Uid>, Option<Vec<u8>>);
    let ids: Vec<Uid> = due.iter().map(|row| row.message_id).collect();
    let found: Vec<Found> = m::table
        .left_join(v::table.on(m::verification_id.eq(v::id.nullable())))
        .filter(m::id.eq_any(&ids))
        .select((m::id, m::phone, m::verification_id, v::phone.nullable()))
        .load(c)?;
    let recipient = |(id, own, verification, of_verification): Found| {
        let sealed = match (own, verification, of_verification) {
            (Some(phone), _, _) => (phone, *id.0.as_bytes()),
            (None, Some(verification), Some(phone)) => (phone, *verification.0.as_bytes()),
            _ => return None,
        };
        Some((id.0, sealed))
    };
    Ok(found.into_iter().filter_map(recipient).collect())
}
