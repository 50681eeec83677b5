//! Removing what the messaging app leaves behind (security 32, 35, 49; requirement K03).

use bonin_domain::messaging::ConnectionState;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use jiff::SignedDuration;

use super::super::engine::Conn;
use super::purge::first_id_at;
use crate::failure::Failure;
use crate::schema::{
    app_sessions as a, connections as k, oauth_logins as o, web_messages as m, web_sends as s,
};
use crate::sql::{Instant, Uid};

/// What was sent, after it was asked for or its time came.
const SENDS: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Connections, after they ended.
const CONNECTIONS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Removes at most `limit` rows of each kind.
pub fn purge_app(
    c: &mut Conn,
    before: &impl Fn(SignedDuration) -> Instant,
    limit: i64,
) -> Result<usize, Failure> {
    let now = before(SignedDuration::ZERO);

    let ids: Vec<Uid> = o::table.filter(o::expires_at.lt(now)).limit(limit).select(o::id).load(c)?;
    let mut gone = diesel::delete(o::table.filter(o::id.eq_any(&ids))).execute(c)?;

    let ids: Vec<Uid> = a::table.filter(a::expires_at.lt(now)).limit(limit).select(a::id).load(c)?;
    gone += diesel::delete(a::table.filter(a::id.eq_any(&ids))).execute(c)?;

    gone += purge_sends(c, before(SENDS), limit)?;

    let ended = k::state.ne(ConnectionState::Live.as_str()).and(k::updated_at.lt(before(CONNECTIONS)));
    let ids: Vec<Uid> = k::table
        .filter(ended)
        .filter(not(exists(s::table.filter(s::connection_id.eq(k::id)))))
        .limit(limit)
        .select(k::id)
        .load(c)?;
    // One that somebody renewed meanwhile stays.
    gone += diesel::delete(k::table.filter(k::id.eq_any(&ids)).filter(ended)).execute(c)?;
    Ok(gone)
}

/// Sends go after their messages.
fn purge_sends(c: &mut Conn, old: Instant, limit: i64) -> Result<usize, Failure> {
    // Ids are ordered by time, so the oldest rows stand first in the primary key; some of them wait for their time.
    let is_old = s::created_at.lt(old).and(s::scheduled_at.is_null().or(s::scheduled_at.lt(old)));
    let ids: Vec<Uid> = m::table
        .filter(m::id.lt(first_id_at(old)))
        .filter(exists(s::table.filter(s::id.eq(m::send_id)).filter(is_old)))
        .order(m::id)
        .limit(limit)
        .select(m::id)
        .load(c)?;
    let mut gone = diesel::delete(m::table.filter(m::id.eq_any(&ids))).execute(c)?;

    let ids: Vec<Uid> = s::table
        .filter(s::id.lt(first_id_at(old)))
        .filter(is_old)
        .filter(not(exists(m::table.filter(m::send_id.eq(s::id)))))
        .order(s::id)
        .limit(limit)
        .select(s::id)
        .load(c)?;
    gone += diesel::delete(s::table.filter(s::id.eq_any(&ids))).execute(c)?;
    Ok(gone)
}
