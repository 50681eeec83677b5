//! Spending a check: one conditional statement that charges, compares and marks.

use bonin_domain::codes::{Limits, Purpose, budget_day};
use bonin_ports::{Check, Holder, Spent};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Binary, Integer, Text};

use super::super::engine::{self, Backend, Conn};
use super::text;
use super::verifications::find;
use crate::failure::Failure;
use crate::rows::VerificationRow;
use crate::sql::{Instant, InstantSql, Uid, UidSql};

/// A typed code has a digest for each purpose under each of two keys; the statement has a place for each.
const DIGESTS: usize = 10;
const _: () = assert!(DIGESTS == 2 * Purpose::ALL.len(), "the statement has a place for each digest");

/// The conditional update, see [`super::text`]. Whether the code matches is worked out once. A miss is the last
/// only where no provider runs the verification: else the provider has yet to say that it is one.
macro_rules! update_sql {
    () => {
        "UPDATE verifications AS v SET checks = v.checks + 1, \
         (status, ended_at, proof, proof_until, code_1, code_2, code_3) = (SELECT \
         CASE WHEN t.hit THEN 'verified' WHEN t.last THEN 'locked' ELSE 'pending' END, \
         CASE WHEN t.hit THEN :1 ELSE NULL END, \
         CASE WHEN t.hit THEN :2 ELSE NULL END, \
         CASE WHEN t.hit THEN :3 ELSE NULL END, \
         CASE WHEN t.hit OR t.last THEN NULL ELSE v.code_1 END, \
         CASE WHEN t.hit OR t.last THEN NULL ELSE v.code_2 END, \
         CASE WHEN t.hit OR t.last THEN NULL ELSE v.code_3 END \
         FROM (SELECT \
         coalesce(v.code_1 IN (:4, :5, :6, :7, :8, :9, :10, :11, :12, :13) \
         AND v.code_1_until > :1, false) \
         OR coalesce(v.code_2 IN (:4, :5, :6, :7, :8, :9, :10, :11, :12, :13) \
         AND v.code_2_until > :1, false) \
         OR coalesce(v.code_3 IN (:4, :5, :6, :7, :8, :9, :10, :11, :12, :13) \
         AND v.code_3_until > :1, false) AS hit, \
         v.run_by_provider IS NULL AND v.checks + 1 >= v.max_checks AS last) AS t) \
         WHERE v.id = :14 AND v.tenant = :15 AND v.token = :16 \
         AND v.status = 'pending' AND v.checks < v.max_checks AND v.expires_at > :1 \
         AND (SELECT coalesce(sum(w.hits), 0) FROM wrong_checks AS w WHERE w.tenant = :15 \
         AND w.phone_index = v.phone_index AND w.day = :17) < :18 \
         RETURNING id, tenant, purpose, locale, status, phone_index, phone, known_client, checks, \
         max_checks, sends, created_at, sent_at, resend_at, expires_at, run_by_provider, run_by_reference, \
         withheld"
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
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        text::push(engine::SPEND_CHECK, out, |number, out| match number {
            1 => out.push_bind_param::<InstantSql, _>(&self.now),
            2 => out.push_bind_param::<Binary, _>(self.proof),
            3 => out.push_bind_param::<InstantSql, _>(&self.proof_until),
            4..=13 => out.push_bind_param::<Binary, _>(self.digests[number - 4]),
            14 => out.push_bind_param::<UidSql, _>(&self.id),
            15 => out.push_bind_param::<Text, _>(self.tenant),
            16 => out.push_bind_param::<Binary, _>(self.token),
            17 => out.push_bind_param::<Integer, _>(&self.day),
            18 => out.push_bind_param::<Integer, _>(&self.ceiling),
            19 => out.push_bind_param::<Binary, _>(self.client),
            _ => out.push_bind_param::<InstantSql, _>(&self.client_until),
        })
    }
}

pub fn spend_check(c: &mut Conn, check: &Check) -> Result<Spent, Failure> {
    if let Some(spent) = spend_up_to(c, check, engine::UNLOCKED_CEILING)? {
        return Ok(spent);
    }
    // Nothing was charged. Why, does not matter for safety any more: a plain read tells.
    let holder = Holder::Token(check.token);
    let Some(row) = find(c, &check.tenant, check.id, holder)? else { return Ok(Spent::NotFound) };
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
    let Some(row) = find(c, &check.tenant, check.id, holder)? else { return Ok(Spent::NotFound) };
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
    engine::conclude(c, &row, check)?;
    let (matched, decided) = (row.status == "verified", row.run_by_provider.is_none());
    let verification = row.at(check.now)?;
    Ok(Some(match (matched, decided) {
        (true, _) => Spent::Matched(verification),
        (false, true) => Spent::Missed(verification),
        (false, false) => Spent::Undecided(verification),
    }))
}
