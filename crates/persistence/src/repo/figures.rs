//! The statements that count. The rows of a span are found by their ids, which are ordered by time.
//!
//! In each text `:1` and `:2` are the first id of the span and the first one after it, `:3` the tenant, `:4` a step's
//! length in seconds, `:5` the present moment, `:6` the first id that a verification with messages in the span can have.

use std::marker::PhantomData;

use bonin_ports::AnalyticsQuery;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use jiff::SignedDuration;

use super::super::engine::{Backend, Conn, step_begin, tenths};
use super::archive::{ACCEPTED, PROVIDER, TAKEN, with_messages};
use super::purge::first_id_at;
use super::text;
use crate::sql::{Instant, InstantSql, Uid, UidSql};

/// How far back the verification of a message is looked for; resends go on for minutes, not for days.
const LONGEST_LIFE: SignedDuration = SignedDuration::from_hours(48);

/// A statement.
pub trait Counting: 'static {
    /// Its columns.
    type Columns: 'static;

    /// Its text.
    fn text() -> String;
}

/// A statement with the values that it is asked for.
pub struct Figures<T> {
    since: Uid,
    first: Uid,
    end: Uid,
    tenant: Option<String>,
    length: i64,
    now: Instant,
    counting: PhantomData<T>,
}

impl<T: Counting> Figures<T> {
    pub fn new(query: &AnalyticsQuery) -> Self {
        let from = query.range.from();
        Self {
            since: first_id_at(Instant(from.checked_sub(LONGEST_LIFE).unwrap_or(from))),
            first: first_id_at(Instant(from)),
            end: first_id_at(Instant(query.range.until())),
            tenant: query.tenant.as_ref().map(|tenant| tenant.as_str().to_owned()),
            length: query.range.step.length().as_secs(),
            now: Instant(query.now),
            counting: PhantomData,
        }
    }
}

impl<T: Counting> QueryId for Figures<T> {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<T: Counting> Query for Figures<T> {
    type SqlType = T::Columns;
}

impl<T> RunQueryDsl<Conn> for Figures<T> {}

impl<T: Counting> QueryFragment<Backend> for Figures<T> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        text::push(&T::text(), out, |number, out| match number {
            1 => out.push_bind_param::<UidSql, _>(&self.first),
            2 => out.push_bind_param::<UidSql, _>(&self.end),
            3 => out.push_bind_param::<Nullable<Text>, _>(&self.tenant),
            4 => out.push_bind_param::<BigInt, _>(&self.length),
            5 => out.push_bind_param::<InstantSql, _>(&self.now),
            _ => out.push_bind_param::<UidSql, _>(&self.since),
        })
    }
}

/// The verifications of the span: those whose row is still there, with what their messages came to, and what is left
/// of the others.
fn counted() -> String {
    let own = |table: &str| {
        format!(
            "{table}.id >= :1 AND {table}.id < :2 AND (:3 IS NULL OR {table}.tenant = :3) \
             AND NOT {table}.test_number AND NOT {table}.withheld"
        )
    };
    let live = with_messages(&own("v"), Some(":1"));
    let past = own("p");
    format!(
        "SELECT r.created_at, r.ended_at, r.expires_at, r.purpose, r.country, {PROVIDER} AS provider, r.status, \
         r.checks, r.max_checks, r.sends, CASE WHEN {ACCEPTED} THEN 1 ELSE 0 END AS accepted, r.delivered \
         FROM ({live}) AS r UNION ALL \
         SELECT p.created_at, p.ended_at, p.ended_at, p.purpose, p.country, p.provider, p.status, \
         p.checks, p.max_checks, p.sends, CASE WHEN p.accepted THEN 1 ELSE 0 END, \
         CASE WHEN p.delivered THEN 1 ELSE 0 END FROM past_verifications AS p WHERE {past}"
    )
}

pub struct Verifications;

impl Counting for Verifications {
    type Columns =
        (InstantSql, Text, Nullable<Text>, Nullable<Text>, Text, BigInt, BigInt, BigInt, BigInt, BigInt);

    fn text() -> String {
        let (counted, step) = (counted(), step_begin("c.created_at"));
        format!(
            "WITH counted AS ({counted}) SELECT {step}, c.purpose, c.country, c.provider, \
             CASE WHEN c.status <> 'pending' THEN c.status WHEN c.checks >= c.max_checks THEN 'locked' \
             WHEN c.expires_at <= :5 THEN 'expired' ELSE 'pending' END, count(*), sum(c.accepted), \
             sum(c.delivered), sum(CASE WHEN c.checks > 0 THEN 1 ELSE 0 END), sum(c.sends) \
             FROM counted AS c GROUP BY 1, 2, 3, 4, 5"
        )
    }
}

pub struct Times;

impl Counting for Times {
    type Columns = (Text, Nullable<Text>, Nullable<Text>, BigInt, BigInt);

    fn text() -> String {
        let (counted, tenths) = (counted(), tenths("c.created_at", "c.ended_at"));
        format!(
            "WITH counted AS ({counted}) SELECT c.purpose, c.country, c.provider, {tenths}, count(*) \
             FROM counted AS c WHERE c.status = 'verified' GROUP BY 1, 2, 3, 4"
        )
    }
}

/// The attempts at messages of the span. What is known of a verification is in its row or in what is left of it, which
/// is looked for as far back as a verification lives; where neither is there, the decision still tells what it was for.
fn asked() -> String {
    format!(
        "SELECT m.created_at, coalesce(v.purpose, p.purpose, \
         (SELECT d.purpose FROM decisions AS d WHERE d.id = m.verification_id)) AS purpose, \
         coalesce(v.country, p.country, a.country) AS country, a.provider, a.state, {TAKEN} AS taken, a.failure, \
         a.price_amount, a.price_currency, a.started_at, a.accepted_at, a.updated_at \
         FROM messages AS m JOIN attempts AS a ON a.message_id = m.id AND a.message_id >= :1 AND a.message_id < :2 \
         LEFT JOIN verifications AS v ON v.id = m.verification_id \
         LEFT JOIN past_verifications AS p ON p.id = m.verification_id AND p.id >= :6 AND p.id < :2 \
         WHERE m.id >= :1 AND m.id < :2 AND (:3 IS NULL OR m.tenant = :3) AND m.verification_id IS NOT NULL \
         AND NOT m.test_number AND NOT coalesce(v.withheld, p.withheld, false)"
    )
}

pub struct Attempts;

impl Counting for Attempts {
    type Columns = (
        InstantSql,
        Text,
        Nullable<Text>,
        Text,
        Text,
        Bool,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Text>,
        BigInt,
    );

    fn text() -> String {
        let (asked, step) = (asked(), step_begin("s.created_at"));
        format!(
            "WITH asked AS ({asked}) SELECT {step}, s.purpose, s.country, s.provider, s.state, s.taken, s.failure, \
             s.price_amount, s.price_currency, count(*) FROM asked AS s WHERE s.purpose IS NOT NULL \
             GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9"
        )
    }
}

pub struct Latencies;

impl Counting for Latencies {
    type Columns = (Integer, Text, Nullable<Text>, Text, BigInt, BigInt);

    /// Kind 0 is the acceptance, 1 the delivery: an attempt may count for both.
    fn text() -> String {
        let (asked, accepted) = (asked(), tenths("s.started_at", "s.accepted_at"));
        let delivered = tenths("s.started_at", "s.updated_at");
        format!(
            "WITH asked AS ({asked}) SELECT k.kind, s.purpose, s.country, s.provider, \
             CASE k.kind WHEN 0 THEN {accepted} ELSE {delivered} END, count(*) \
             FROM asked AS s CROSS JOIN (SELECT 0 AS kind UNION ALL SELECT 1) AS k \
             WHERE s.purpose IS NOT NULL AND (s.state = 'delivered' OR k.kind = 0 AND s.taken) GROUP BY 1, 2, 3, 4, 5"
        )
    }
}

pub struct Refusals;

impl Counting for Refusals {
    type Columns = (InstantSql, Text, Text, BigInt);

    fn text() -> String {
        let step = step_begin("d.created_at");
        format!(
            "WITH refused AS (SELECT d.created_at, d.purpose, d.outcome FROM decisions AS d \
             WHERE d.id >= :1 AND d.id < :2 AND (:3 IS NULL OR d.tenant = :3) AND NOT d.test_number \
             AND d.outcome <> 'allowed' AND {OF_A_START}) \
             SELECT {step}, d.purpose, d.outcome, count(*) FROM refused AS d GROUP BY 1, 2, 3"
        )
    }
}

/// Whether a decision `d` is one on a start: only there the destination is judged. Resends store theirs beside.
pub const OF_A_START: &str = "CAST(d.findings AS text) LIKE '%\"destination\"%'";
