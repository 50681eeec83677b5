//! Removing what has outlived its use (security 5, 49; requirement K03).

use bonin_domain::codes::budget_day;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use super::super::engine::Conn;
use super::archive::archive;
use super::groups::{erase_images, forget_keys};
use super::idempotency::KEPT;
use super::purge_accounts::purge_accounts;
use super::purge_admins::purge_admins;
use super::purge_app::purge_app;
use crate::failure::Failure;
use crate::schema::{
    attempts as a, bad_keys as b, client_tokens as t, decisions as d, idempotency as i, message_groups as g,
    messages as m, past_verifications as p, receipts as r, spending as s, verifications as v,
    wrong_checks as w,
};
use crate::sql::{Instant, Uid};

/// The digest of a code is gone 60 s after its end; what looks for it comes by every 10 s.
const CODE_AFTER_ITS_END: SignedDuration = SignedDuration::from_secs(45);
pub const VERIFICATIONS: SignedDuration = SignedDuration::from_hours(25);
const ATTEMPTS: SignedDuration = SignedDuration::from_hours(90 * 24);
const DECISIONS: SignedDuration = SignedDuration::from_hours(180 * 24);
/// What is left of verifications.
const PAST: SignedDuration = SignedDuration::from_hours(180 * 24);
/// Days of spending that are kept.
const SPENDING: i32 = 180;
const CALLS: SignedDuration = SignedDuration::from_hours(24);

/// Removes at most `limit` rows of each kind, but for those of the record ([`purge_record`](super::purge_record)).
pub fn purge(c: &mut Conn, now: Timestamp, limit: i64) -> Result<usize, Failure> {
    let before = |age: SignedDuration| Instant(now.checked_sub(age).unwrap_or(Timestamp::MIN));
    let mut gone = 0;

    // Codes of verifications that ran out; the other ends erase theirs at once.
    let ids: Vec<Uid> = v::table
        .filter(v::code_1.is_not_null())
        .filter(v::expires_at.lt(before(CODE_AFTER_ITS_END)))
        .limit(limit)
        .select(v::id)
        .load(c)?;
    let none = None::<Vec<u8>>;
    gone += diesel::update(v::table.filter(v::id.eq_any(&ids)))
        .set((v::code_1.eq(&none), v::code_2.eq(&none), v::code_3.eq(&none)))
        .execute(c)?;

    // Ids are ordered by time, so the oldest rows stand first in the primary key.
    let ids: Vec<Uid> = v::table
        .filter(v::id.lt(first_id_at(before(VERIFICATIONS))))
        .filter(v::expires_at.lt(before(SignedDuration::from_hours(24))))
        .order(v::id)
        .limit(limit)
        .select(v::id)
        .load(c)?;
    archive(c, &ids)?;
    gone += diesel::delete(v::table.filter(v::id.eq_any(&ids))).execute(c)?;

    let ids: Vec<Uid> = p::table
        .filter(p::id.lt(first_id_at(before(PAST))))
        .order(p::id)
        .limit(limit)
        .select(p::id)
        .load(c)?;
    gone += diesel::delete(p::table.filter(p::id.eq_any(&ids))).execute(c)?;

    // A message may wait for its time longer than that.
    let ids: Vec<Uid> = m::table
        .filter(m::id.lt(first_id_at(before(ATTEMPTS))))
        .filter(m::expires_at.lt(before(ATTEMPTS)))
        .order(m::id)
        .limit(limit)
        .select(m::id)
        .load(c)?;
    gone += diesel::delete(a::table.filter(a::message_id.eq_any(&ids))).execute(c)?;
    gone += diesel::delete(m::table.filter(m::id.eq_any(&ids))).execute(c)?;

    gone += purge_groups(c, &before, limit)?;

    let ids: Vec<Uid> = d::table
        .filter(d::id.lt(first_id_at(before(DECISIONS))))
        .order(d::id)
        .limit(limit)
        .select(d::id)
        .load(c)?;
    gone += diesel::delete(d::table.filter(d::id.eq_any(&ids))).execute(c)?;

    let keys: Vec<Vec<u8>> =
        i::table.filter(i::created_at.lt(before(KEPT))).limit(limit).select(i::key).load(c)?;
    gone += diesel::delete(i::table.filter(i::key.eq_any(&keys))).execute(c)?;

    let digests: Vec<Vec<u8>> =
        t::table.filter(t::expires_at.lt(Instant(now))).limit(limit).select(t::digest).load(c)?;
    gone += diesel::delete(t::table.filter(t::digest.eq_any(&digests))).execute(c)?;

    gone += diesel::delete(w::table.filter(w::day.lt(budget_day(now) - 1))).execute(c)?;

    gone += diesel::delete(s::table.filter(s::day.lt(budget_day(now) - SPENDING))).execute(c)?;

    let addresses: Vec<Vec<u8>> =
        b::table.filter(b::ends_at.lt(Instant(now))).limit(limit).select(b::address).load(c)?;
    gone += diesel::delete(b::table.filter(b::address.eq_any(&addresses))).execute(c)?;

    // Those that still wait to be read stay.
    let ids: Vec<Uid> = r::table
        .filter(r::id.lt(first_id_at(before(CALLS))))
        .filter(r::due_at.is_null())
        .order(r::id)
        .limit(limit)
        .select(r::id)
        .load(c)?;
    gone += diesel::delete(r::table.filter(r::id.eq_any(&ids))).execute(c)?;
    gone += purge_app(c, &before, limit)?;
    gone += purge_admins(c, &before, limit)?;
    Ok(gone + purge_accounts(c, &before, limit)?)
}

/// Groups go after their messages; before that, their keys and images.
fn purge_groups(
    c: &mut Conn,
    before: &impl Fn(SignedDuration) -> Instant,
    limit: i64,
) -> Result<usize, Failure> {
    let ids: Vec<Uid> = g::table
        .filter(g::id.lt(first_id_at(before(ATTEMPTS))))
        .filter(g::expires_at.lt(before(ATTEMPTS)))
        .filter(not(exists(m::table.filter(m::group_id.eq(g::id.nullable())))))
        .order(g::id)
        .limit(limit)
        .select(g::id)
        .load(c)?;
    let mut gone = diesel::delete(g::table.filter(g::id.eq_any(&ids))).execute(c)?;

    let ids: Vec<Uid> = g::table
        .filter(g::idempotency_key.is_not_null())
        .filter(g::created_at.lt(before(KEPT)))
        .limit(limit)
        .select(g::id)
        .load(c)?;
    gone += forget_keys(c, &ids)?;

    let ids: Vec<Uid> = g::table.filter(g::images.is_not_null()).limit(limit).select(g::id).load(c)?;
    gone += erase_images(c, &ids)?;
    Ok(gone)
}

/// The smallest id that something made at `at` can have.
pub fn first_id_at(at: Instant) -> Uid {
    let millis = u64::try_from(at.0.as_millisecond()).unwrap_or(0);
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    Uid(uuid::Uuid::from_bytes(bytes))
}
