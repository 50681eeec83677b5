//! Removing what administrators leave behind (security 32, 48, 51).

use bonin_domain::admin::RECORD_KEPT;
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use super::super::engine::Conn;
use crate::failure::Failure;
use crate::schema::{admin_invitations as i, admin_sessions as s, audit as a};
use crate::sql::{Instant, Uid};

/// The database's own clock must agree that an entry is old enough, and it may be a little late.
const DAY: SignedDuration = SignedDuration::from_hours(24);

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
    Ok(gone)
}

/// Removes at most `limit` entries of the record. In a transaction of its own: the database may refuse to remove them, and
/// codes and tokens go all the same.
pub fn purge_record(c: &mut Conn, now: Timestamp, limit: i64) -> Result<usize, Failure> {
    let kept = Instant(now.checked_sub(RECORD_KEPT + DAY).unwrap_or(Timestamp::MIN));
    // From the oldest on without a gap, so that what is left still follows one another. The newest of the old ones stays:
    // it shows that a beginning which is missing was old enough to go.
    let oldest: Vec<(i64, Instant)> =
        a::table.order(a::number).limit(limit.saturating_add(1)).select((a::number, a::at)).load(c)?;
    let old = oldest.into_iter().take_while(|(_, at)| *at < kept).last();
    let Some((last, _)) = old else { return Ok(0) };
    Ok(diesel::delete(a::table.filter(a::number.lt(last))).execute(c)?)
}
