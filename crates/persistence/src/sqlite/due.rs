//! What is due.

use diesel::prelude::*;

use super::engine::Conn;
use crate::failure::Failure;
use crate::rows::{AttemptRow, DueMessageRow, ErasureRow, ReceiptRow};
use crate::schema::{attempts as a, identity_verifications as i, messages as m, receipts as r};
use crate::sql::{Instant, Uid};

/// How many messages of a group wait.
pub fn waiting_messages(c: &mut Conn, group: Uid) -> Result<usize, Failure> {
    let waiting: i64 = m::table
        .filter(m::group_id.eq(group))
        .filter(m::due_at.is_not_null())
        .filter(m::lease.is_null())
        .count()
        .get_result(c)?;
    usize::try_from(waiting).map_err(|_| Failure::BadRow("a negative count"))
}

/// Due messages.
pub fn due_messages(c: &mut Conn, now: Instant, limit: i64) -> Result<Vec<DueMessageRow>, Failure> {
    let mut due: Vec<DueMessageRow> = m::table
        .filter(m::due_at.le(now).and(m::verification_id.is_not_null()))
        .order((m::due_at, m::id))
        .limit(limit)
        .select(DueMessageRow::as_select())
        .load(c)?;
    // Codes first: people wait for them. A bulk of messages is due all at once, so that it comes last.
    let left = limit - i64::try_from(due.len()).unwrap_or(limit);
    if left > 0 {
        let mut notices: Vec<DueMessageRow> = m::table
            .filter(m::due_at.le(now).and(m::verification_id.is_null()).and(m::group_id.is_null()))
            .order((m::due_at, m::id))
            .limit(left)
            .select(DueMessageRow::as_select())
            .load(c)?;
        due.append(&mut notices);
    }
    let left = limit - i64::try_from(due.len()).unwrap_or(limit);
    if left > 0 {
        let mut of_groups: Vec<DueMessageRow> = m::table
            .filter(m::due_at.le(now).and(m::group_id.is_not_null()))
            .order((m::due_at, m::id))
            .limit(left)
            .select(DueMessageRow::as_select())
            .load(c)?;
        due.append(&mut of_groups);
    }
    Ok(due)
}

/// Attempts due to be asked after.
pub fn due_polls(c: &mut Conn, now: Instant, limit: i64) -> Result<Vec<AttemptRow>, Failure> {
    Ok(a::table
        .filter(a::poll_at.le(now))
        .order(a::poll_at)
        .limit(limit)
        .select(AttemptRow::as_select())
        .load(c)?)
}

/// Calls of providers due to be read.
pub fn due_receipts(c: &mut Conn, now: Instant, limit: i64) -> Result<Vec<ReceiptRow>, Failure> {
    Ok(r::table
        .filter(r::due_at.le(now))
        .order(r::due_at)
        .limit(limit)
        .select(ReceiptRow::as_select())
        .load(c)?)
}

/// Results due to be erased.
pub fn due_erasures(c: &mut Conn, now: Instant, limit: i64) -> Result<Vec<ErasureRow>, Failure> {
    Ok(i::table
        .filter(i::erase_at.le(now))
        .order(i::erase_at)
        .limit(limit)
        .select(ErasureRow::as_select())
        .load(c)?)
}
