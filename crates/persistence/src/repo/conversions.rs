//! [`ConversionLog`]: which codes led to success.

use async_trait::async_trait;
use bonin_ports::{ConversionLog, RepositoryError, SentCode};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use jiff::{SignedDuration, Timestamp};

use super::super::engine::{Backend, Conn, Store};
use super::purge::{VERIFICATIONS, first_id_at};
use super::text;
use crate::failure::Failure;
use crate::rows::provider;
use crate::sql::{Instant, InstantSql, Uid, UidSql};

#[async_trait]
impl ConversionLog for Store {
    async fn recent(&self, limit: u16, now: Timestamp) -> Result<Vec<SentCode>, RepositoryError> {
        self.read(move |c| recent(c, limit, now)).await
    }
}

/// The newest decided codes. Names are ordered by time, so that the newest messages stand last in the primary
/// key; older ones than `since` have no verification any more. Each verification is looked at by itself: as a
/// join, the planner reads all of them before it gives the first.
struct Recent {
    since: Uid,
    now: Instant,
    limit: i64,
}

impl QueryId for Recent {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Recent {
    type SqlType = (Text, Nullable<Text>, InstantSql, Bool);
}

impl RunQueryDsl<Conn> for Recent {}

impl QueryFragment<Backend> for Recent {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        const TEXT: &str = "SELECT s.provider, s.country, s.accepted_at, s.converted FROM (\
             SELECT m.id, a.number, a.provider, a.country, a.accepted_at, (SELECT CASE \
             WHEN EXISTS (SELECT 1 FROM messages AS later \
             WHERE later.verification_id = v.id AND later.id > m.id) THEN false \
             WHEN v.status = 'verified' THEN true \
             WHEN v.status <> 'pending' OR v.expires_at <= :1 OR v.checks >= v.max_checks THEN false \
             END FROM verifications AS v WHERE v.id = m.verification_id) AS converted \
             FROM messages AS m JOIN attempts AS a ON a.message_id = m.id \
             WHERE m.id >= :2 AND m.verification_id IS NOT NULL AND NOT m.test_number \
             AND (a.state IN ('accepted', 'sent', 'delivered') \
             OR a.state = 'failed' AND a.reference IS NOT NULL)) AS s \
             WHERE s.converted IS NOT NULL ORDER BY s.id DESC, s.number LIMIT :3";
        text::push(TEXT, out, |number, out| match number {
            1 => out.push_bind_param::<InstantSql, _>(&self.now),
            2 => out.push_bind_param::<UidSql, _>(&self.since),
            _ => out.push_bind_param::<BigInt, _>(&self.limit),
        })
    }
}

fn recent(c: &mut Conn, limit: u16, now: Timestamp) -> Result<Vec<SentCode>, Failure> {
    let oldest = now.checked_sub(VERIFICATIONS + SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN);
    let query = Recent { since: first_id_at(Instant(oldest)), now: Instant(now), limit: i64::from(limit) };
    let rows: Vec<(String, Option<String>, Instant, bool)> = query.load(c)?;
    let code = |(name, country, at, converted): (String, Option<String>, Instant, bool)| {
        let region = |code: String| code.parse().map_err(|_| Failure::BadRow("attempts.country"));
        Ok(SentCode {
            provider: provider(&name)?,
            country: country.map(region).transpose()?,
            at: at.0,
            converted,
        })
    };
    rows.into_iter().map(code).collect()
}
