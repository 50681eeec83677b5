//! Removing what accounts, sessions and identity verifications leave behind (security 32, 39, 49; requirement K03).

use diesel::prelude::*;
use jiff::SignedDuration;

use super::super::engine::Conn;
use super::idempotency::KEPT;
use super::sign_up::forget_keys;
use crate::failure::Failure;
use crate::schema::{
    accounts as a, consents as o, identity_verifications as i, login_attempts as l, otp_requests as q,
    password_resets as r, sessions as s,
};
use crate::sql::{Instant, Uid};

/// Rows of members who left (security 49).
const CLOSED: SignedDuration = SignedDuration::from_hours(5 * 24);
/// Failures of a login id that nobody has tried since.
const ATTEMPTS: SignedDuration = SignedDuration::from_hours(24);
/// Identity verifications with the digests of their results, after their end. A result counts for 10 minutes only.
const IDENTITIES: SignedDuration = SignedDuration::from_hours(24);
/// Results that the provider could not be made to erase, after their end.
const UNERASED: SignedDuration = SignedDuration::from_hours(30 * 24);
/// One-time passwords are counted for a day.
const OTP_REQUESTS: SignedDuration = SignedDuration::from_hours(24);

/// Removes at most `limit` rows of each kind; a closed account takes its consents with it.
pub fn purge_accounts(
    c: &mut Conn,
    before: &impl Fn(SignedDuration) -> Instant,
    limit: i64,
) -> Result<usize, Failure> {
    let now = before(SignedDuration::ZERO);

    let ids: Vec<Uid> = s::table.filter(s::expires_at.lt(now)).limit(limit).select(s::id).load(c)?;
    let mut gone = diesel::delete(s::table.filter(s::id.eq_any(&ids))).execute(c)?;

    let ids: Vec<Uid> = r::table.filter(r::expires_at.lt(now)).limit(limit).select(r::id).load(c)?;
    gone += diesel::delete(r::table.filter(r::id.eq_any(&ids))).execute(c)?;

    let old: Vec<(String, Vec<u8>, Vec<u8>)> = l::table
        .filter(l::charged_at.lt(before(ATTEMPTS)))
        .filter(l::ends_at.lt(now))
        .limit(limit)
        .select((l::tenant, l::login_index, l::address))
        .load(c)?;
    for row in old {
        // One that was charged again meanwhile stays.
        let row = l::table.find(row).filter(l::charged_at.lt(before(ATTEMPTS)));
        gone += diesel::delete(row).execute(c)?;
    }

    let ids: Vec<Uid> = a::table
        .filter(a::closed_at.is_not_null())
        .filter(a::closed_at.lt(before(CLOSED)))
        .limit(limit)
        .select(a::id)
        .load(c)?;
    gone += diesel::delete(o::table.filter(o::account_id.eq_any(&ids))).execute(c)?;
    gone += diesel::delete(a::table.filter(a::id.eq_any(&ids))).execute(c)?;

    let ids: Vec<Uid> = a::table
        .filter(a::idempotency_key.is_not_null())
        .filter(a::created_at.lt(before(KEPT)))
        .limit(limit)
        .select(a::id)
        .load(c)?;
    gone += forget_keys(c, &ids)?;

    Ok(gone + purge_identities(c, before, limit)?)
}

/// What is told of a person goes when the proof is dead, the rest a day after the end.
fn purge_identities(
    c: &mut Conn,
    before: &impl Fn(SignedDuration) -> Instant,
    limit: i64,
) -> Result<usize, Failure> {
    let ids: Vec<Uid> = i::table
        .filter(i::identified.is_not_null())
        .filter(i::proof_until.lt(before(SignedDuration::ZERO)))
        .limit(limit)
        .select(i::id)
        .load(c)?;
    let mut gone = diesel::update(i::table.filter(i::id.eq_any(&ids)))
        .set(i::identified.eq(None::<Vec<u8>>))
        .execute(c)?;

    let over = |age| i::expires_at.lt(before(age));
    let ids: Vec<Uid> = i::table
        .filter(over(IDENTITIES))
        .filter(i::erase_at.is_null().or(over(UNERASED)))
        .limit(limit)
        .select(i::id)
        .load(c)?;
    gone += diesel::delete(i::table.filter(i::id.eq_any(&ids))).execute(c)?;

    let old: Vec<(Uid, i16)> = q::table
        .filter(q::created_at.lt(before(OTP_REQUESTS)))
        .limit(limit)
        .select((q::identity_id, q::number))
        .load(c)?;
    for row in old {
        gone += diesel::delete(q::table.find(row)).execute(c)?;
    }
    Ok(gone)
}
