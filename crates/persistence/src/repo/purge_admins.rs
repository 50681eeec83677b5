//! Removing what administrators leave behind (security 32, 48, 51).

use diesel::dsl::max;
use diesel::prelude::*;
use jiff::SignedDuration;

use super::super::engine::Conn;
use crate::failure::Failure;
use crate::schema::{admin_invitations as i, admin_sessions as s, audit as a};
use crate::sql::{Instant, Uid};

/// Entries of the record: two years (security 48). A day more, since the database's own clock must agree that an entry
/// is old enough.
const RECORD: SignedDuration = SignedDuration::from_hours((2 * 365 + 1) * 24);

/// Removes at most `limit` rows of each kind.
pub fn purge_admins(
    c: &mut Conn,
    before: &impl Fn(SignedDuration) -> Instant,
    limit: i64,
) -> Result<usize, Failure> {
    let now = before(SignedDuration::ZERO);

    let secrets: Vec<Vec<u8>> =
        i::table.filter(i::expires_at.lt(now)).limit(limit).select(i::secret).load(c)?;
    let mut gone = diesel::delete(i::table.filter(i::secret.eq_any(&secrets))).execute(c)?;

    let ids: Vec<Uid> = s::table.filter(s::expires_at.lt(now)).limit(limit).select(s::id).load(c)?;
    gone += diesel::delete(s::table.filter(s::id.eq_any(&ids))).execute(c)?;

    // The newest entry stays, however old: the next one follows it.
    let newest: Option<i64> = a::table.select(max(a::number)).get_result(c)?;
    let oldest: Vec<(i64, Instant)> = a::table
        .filter(a::number.lt(newest.unwrap_or_default()))
        .order(a::number)
        .limit(limit)
        .select((a::number, a::at))
        .load(c)?;
    // From the oldest on without a gap, so that what is left still follows one another.
    let old = oldest.into_iter().take_while(|(_, at)| *at < before(RECORD)).last();
    if let Some((last, _)) = old {
        gone += diesel::delete(a::table.filter(a::number.le(last))).execute(c)?;
    }
    Ok(gone)
}
