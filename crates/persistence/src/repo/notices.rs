//! Notices: messages that tell an account's owner what was done with it (security 28, 29).

use bonin_ports::Notice;
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::Conn;
use crate::failure::Failure;
use crate::schema::messages as m;
use crate::sql::{Instant, Uid};

/// Puts a notice into the outbox, in the transaction of the deed, unless its number was told often enough; the number's
/// subject is locked. It belongs to no verification and no group, so that it counts for no other limit and stands in no
/// list.
pub fn store(c: &mut Conn, tenant: &str, notice: &Notice, now: Timestamp) -> Result<(), Failure> {
    if told_lately(c, notice, now)? >= i64::from(Notice::MOST) {
        return Ok(());
    }
    let lease = notice.message.lease;
    diesel::insert_into(m::table)
        .values((
            m::id.eq(Uid(notice.message.id.as_uuid())),
            m::tenant.eq(tenant),
            m::phone_index.eq(notice.phone_index.as_bytes()),
            m::test_number.eq(notice.test_number),
            m::payload.eq(notice.message.payload.as_bytes()),
            m::created_at.eq(Instant(now)),
            m::expires_at.eq(Instant(notice.expires_at)),
            m::due_at.eq(Instant(lease.map_or(now, |(_, until)| until))),
            m::lease.eq(lease.map(|(lease, _)| Uid(lease.as_uuid()))),
        ))
        .execute(c)?;
    Ok(())
}

/// How many notices a number was told within the stretch, by whichever tenant.
fn told_lately(c: &mut Conn, notice: &Notice, now: Timestamp) -> Result<i64, Failure> {
    let since = Instant(now.checked_sub(Notice::WITHIN).unwrap_or(Timestamp::MIN));
    Ok(m::table
        .filter(m::phone_index.eq(notice.phone_index.as_bytes()))
        .filter(m::verification_id.is_null())
        .filter(m::group_id.is_null())
        .filter(m::created_at.gt(since))
        .count()
        .get_result(c)?)
}
