//! Answers repeated under an idempotency key for 24 hours (requirement I09).

use bonin_domain::codes::{Status, Verification};
use bonin_domain::keys::Sealed;
use bonin_ports::Idempotency;
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use super::super::engine::Conn;
use crate::failure::Failure;
use crate::rows::{IdempotencyRow, VerificationRow, count};
use crate::schema::{idempotency as i, verifications as v};
use crate::sql::{Instant, Uid};

/// How long an answer is repeated.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What is known of a key.
pub enum Recalled {
    /// Nothing: go ahead.
    Fresh,
    /// The same request was answered so.
    Repeated { verification: Box<Verification>, token: Option<Sealed> },
    /// Another request was.
    KeyReused,
}

/// Looks a key up; forgets it when its day is over.
pub fn recall(c: &mut Conn, key: Option<&Idempotency>, now: Timestamp) -> Result<Recalled, Failure> {
    let Some(key) = key else { return Ok(Recalled::Fresh) };
    let found: Option<IdempotencyRow> =
        i::table.find(key.key.as_bytes()).select(IdempotencyRow::as_select()).get_result(c).optional()?;
    let Some(kept) = found else { return Ok(Recalled::Fresh) };
    if kept.created_at.0.checked_add(KEPT).is_ok_and(|end| end <= now) {
        diesel::delete(i::table.find(key.key.as_bytes())).execute(c)?;
        return Ok(Recalled::Fresh);
    }
    if kept.request != key.request.as_bytes() {
        return Ok(Recalled::KeyReused);
    }
    let row: VerificationRow =
        v::table.find(kept.verification_id).select(VerificationRow::as_select()).get_result(c)?;
    let verification = Verification {
        status: Status::Pending,
        checks_left: count(kept.checks_left)?,
        sends: count(kept.sends)?,
        created_at: kept.created_at.0,
        expires_at: kept.expires_at.0,
        resend_at: kept.resend_at.0,
        ..row.at(now)?
    };
    Ok(Recalled::Repeated { verification: Box::new(verification), token: kept.token.map(Sealed::from_bytes) })
}

/// Keeps an answer, in the transaction of what it answers.
pub fn keep(
    c: &mut Conn,
    key: Option<&Idempotency>,
    answer: &Verification,
    now: Timestamp,
) -> Result<(), Failure> {
    let Some(key) = key else { return Ok(()) };
    let row = IdempotencyRow {
        key: key.key.as_bytes().to_vec(),
        tenant: answer.tenant.as_str().to_owned(),
        request: key.request.as_bytes().to_vec(),
        verification_id: Uid(answer.id.as_uuid()),
        token: key.token.as_ref().map(|token| token.as_bytes().to_vec()),
        checks_left: i16::try_from(answer.checks_left).unwrap_or(i16::MAX),
        sends: i16::try_from(answer.sends).unwrap_or(i16::MAX),
        resend_at: Instant(answer.resend_at),
        expires_at: Instant(answer.expires_at),
        created_at: Instant(now),
    };
    diesel::insert_into(i::table).values(&row).execute(c)?;
    Ok(())
}
