//! Spending a check: one conditional statement that charges, compares and marks.

use bonin_domain::codes::{Limits, budget_day};
use bonin_ports::{Check, Spent};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Binary, Integer, Text};

use super::super::engine::{self, Backend, Conn};
use super::inserts::push_values;
use super::verifications::find;
use crate::failure::Failure;
use crate::rows::VerificationRow;
use crate::sql::{Instant, InstantSql, Uid, UidSql};

/// A typed code has a digest for each purpose under each of two keys; the statement has a place for each.
const DIGESTS: usize = 6;

/// The conditional update, between `WITH i (…) AS (SELECT …)` and what the engine puts behind it.
///
/// Whether the code matches is written out three times over because SQL has no let; the values are bound
/// once, as the columns of `i`.
macro_rules! update_sql {
    () => {
        concat!(
            "UPDATE verifications AS v SET checks = v.checks + 1, ",
            "status = CASE WHEN ", update_sql!(@matches), " THEN 'verified' ",
            "WHEN v.checks + 1 >= v.max_checks THEN 'locked' ELSE 'pending' END, ",
            "ended_at = CASE WHEN ", update_sql!(@matches), " THEN i.i_now ELSE NULL END, ",
            "proof = CASE WHEN ", update_sql!(@matches), " THEN i.i_proof ELSE NULL END, ",
            "proof_until = CASE WHEN ", update_sql!(@matches), " THEN i.i_proof_until ELSE NULL END, ",
            "code_1 = CASE WHEN ", update_sql!(@over), " THEN NULL ELSE v.code_1 END, ",
            "code_2 = CASE WHEN ", update_sql!(@over), " THEN NULL ELSE v.code_2 END, ",
            "code_3 = CASE WHEN ", update_sql!(@over), " THEN NULL ELSE v.code_3 END ",
            "FROM i WHERE v.id = i.i_id AND v.tenant = i.i_tenant AND v.token = i.i_token ",
            "AND v.status = 'pending' AND v.checks < v.max_checks AND v.expires_at > i.i_now ",
            "AND (SELECT coalesce(sum(w.hits), 0) FROM wrong_checks AS w WHERE w.tenant = i.i_tenant ",
            "AND w.phone_index = v.phone_index AND w.day = i.i_day) < i.i_ceiling ",
            "RETURNING id, tenant, purpose, locale, status, phone_index, phone, known_client, checks, ",
            "max_checks, sends, created_at, sent_at, resend_at, expires_at"
        )
    };
    (@over) => {
        concat!("(", update_sql!(@matches), ") OR v.checks + 1 >= v.max_checks")
    };
    (@matches) => {
        concat!(
            "(v.code_1 IN (i.d1, i.d2, i.d3, i.d4, i.d5, i.d6) AND v.code_1_until > i.i_now) ",
            "OR (v.code_2 IN (i.d1, i.d2, i.d3, i.d4, i.d5, i.d6) AND v.code_2_until > i.i_now) ",
            "OR (v.code_3 IN (i.d1, i.d2, i.d3, i.d4, i.d5, i.d6) AND v.code_3_until > i.i_now)"
        )
    };
}
pub(crate) use update_sql;

/// The statement with its values. Its text never changes, so both engines keep it prepared.
pub struct SpendCheck<'a> {
    id: Uid,
    tenant: &'a str,
    token: &'a [u8],
    now: Instant,
    day: i32,
    ceiling: i32,
    proof: &'a [u8],
    proof_until: Instant,
    client: &'a [u8],
    client_until: Instant,
    digests: [&'a [u8]; DIGESTS],
}

impl<'a> SpendCheck<'a> {
    fn new(check: &'a Check, ceiling: i32) -> Result<Self, Failure> {
        let given = check.code.as_slice();
        let first = given.first().ok_or(Failure::BadRow("a check without a code"))?;
        if given.len() > DIGESTS {
            return Err(Failure::BadRow("more digests than the statement has places for"));
        }
        let mut digests = [first.as_bytes(); DIGESTS];
        for (place, digest) in digests.iter_mut().zip(given) {
            *place = digest.as_bytes();
        }
        Ok(Self {
            id: Uid(check.id.as_uuid()),
            tenant: check.tenant.as_str(),
            token: check.token.as_bytes(),
            now: Instant(check.now),
            day: budget_day(check.now),
            ceiling,
            proof: check.proof.0.as_bytes(),
            proof_until: Instant(check.proof.1),
            client: check.client_token.0.as_bytes(),
            client_until: Instant(check.client_token.1),
            digests,
        })
    }
}

impl QueryId for SpendCheck<'_> {
    type QueryId = SpendCheck<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for SpendCheck<'_> {
    type SqlType = diesel::dsl::SqlTypeOf<diesel::dsl::AsSelect<VerificationRow, Backend>>;
}

impl RunQueryDsl<Conn> for SpendCheck<'_> {}

impl QueryFragment<Backend> for SpendCheck<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql(
            "WITH i (i_id, i_tenant, i_token, i_now, i_day, i_ceiling, i_proof, i_proof_until, i_client, \
             i_client_until, d1, d2, d3, d4, d5, d6) AS (SELECT ",
        );
        push_values!(
            out,
            UidSql => &self.id,
            Text => self.tenant,
            Binary => self.token,
            InstantSql => &self.now,
            Integer => &self.day,
            Integer => &self.ceiling,
            Binary => self.proof,
            InstantSql => &self.proof_until,
            Binary => self.client,
            InstantSql => &self.client_until,
        );
        for digest in &self.digests {
            out.push_sql(", ");
            out.push_bind_param::<Binary, _>(*digest)?;
        }
        out.push_sql(")");
        out.push_sql(engine::SPEND_CHECK);
        Ok(())
    }
}

pub fn spend_check(c: &mut Conn, check: &Check) -> Result<Spent, Failure> {
    if let Some(spent) = spend_up_to(c, check, engine::UNLOCKED_CEILING)? {
        return Ok(spent);
    }
    // Nothing was charged. Why, does not matter for safety any more: a plain read tells.
    let Some(row) = find(c, &check.tenant, check.id, check.token)? else { return Ok(Spent::NotFound) };
    let number = row.phone_index()?;
    let verification = row.at(check.now)?;
    if verification.ended().is_some() {
        return Ok(Spent::Over(verification));
    }
    // The number has so many wrong checks today that parallel ones could pass the ceiling together.
    let spent = engine::alone(c, number.lock_key(), |c| {
        spend_up_to(c, check, i32::from(Limits::WRONG_CHECKS_CEILING))
    })?;
    if let Some(spent) = spent {
        return Ok(spent);
    }
    let Some(row) = find(c, &check.tenant, check.id, check.token)? else { return Ok(Spent::NotFound) };
    let verification = row.at(check.now)?;
    Ok(match verification.ended() {
        Some(_) => Spent::Over(verification),
        None => Spent::NumberExhausted(verification),
    })
}

/// Spends the check where the number has fewer than `ceiling` wrong checks today; `None` where nothing was
/// charged.
fn spend_up_to(c: &mut Conn, check: &Check, ceiling: i32) -> Result<Option<Spent>, Failure> {
    let spent: Option<VerificationRow> = SpendCheck::new(check, ceiling)?.get_result(c).optional()?;
    let Some(row) = spent else { return Ok(None) };
    engine::settle_check(c, &row, check)?;
    let matched = row.status == "verified";
    let verification = row.at(check.now)?;
    Ok(Some(if matched { Spent::Matched(verification) } else { Spent::Missed(verification) }))
}
