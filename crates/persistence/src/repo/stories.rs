//! [`StoryRepository`]: what is known of verifications, for administrators.

use async_trait::async_trait;
use bonin_domain::codes::VerificationId;
use bonin_domain::keys::PhoneIndex;
use bonin_ports::{FiledDecision, FiledVerification, RepositoryError, StoryRepository};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, Text};
use jiff::{SignedDuration, Timestamp};

use super::super::engine::{Backend, Conn, Store};
use super::figures::OF_A_START;
use super::purge::first_id_at;
use super::text;
use crate::failure::Failure;
use crate::rows::{FiledDecisionRow, LiveStoryRow, PastStoryRow, filed_decision};
use crate::schema::{decisions as d, messages as m, past_verifications as p, verifications as v};
use crate::sql::{DocumentSql, Instant, InstantSql, Uid, UidSql};

/// The rule that is looked at for starts alone.
const OF_STARTS_ALONE: &str = "destination";

/// How far back a number's verifications are looked up.
const REACH: SignedDuration = SignedDuration::from_hours(90 * 24);

#[async_trait]
impl StoryRepository for Store {
    async fn find(
        &self,
        id: VerificationId,
        now: Timestamp,
    ) -> Result<Option<FiledVerification>, RepositoryError> {
        self.read(move |c| Ok(filed(c, &[Uid(id.as_uuid())], now)?.pop())).await
    }

    async fn of_number(
        &self,
        phone: PhoneIndex,
        limit: u16,
        now: Timestamp,
    ) -> Result<Vec<FiledVerification>, RepositoryError> {
        self.read(move |c| of_number(c, &phone, limit, now)).await
    }

    async fn decision(&self, id: VerificationId) -> Result<Option<FiledDecision>, RepositoryError> {
        self.read(move |c| {
            let row: Option<FiledDecisionRow> =
                d::table.find(Uid(id.as_uuid())).select(DECISION).get_result(c).optional()?;
            let decision = row.map(filed_decision).transpose()?;
            // A resend's stands under the name of its message.
            Ok(decision.filter(|of| of.findings.iter().any(|finding| finding.rule == OF_STARTS_ALONE)))
        })
        .await
    }

    async fn refused_resends(
        &self,
        id: VerificationId,
        phone: PhoneIndex,
    ) -> Result<Vec<FiledDecision>, RepositoryError> {
        self.read(move |c| {
            let rows: Vec<FiledDecisionRow> = d::table
                .filter(d::phone_index.eq(phone.as_bytes()))
                .filter(d::outcome.ne("allowed"))
                .filter(d::verification_id.eq(Uid(id.as_uuid())))
                .order((d::created_at, d::id))
                .select(DECISION)
                .load(c)?;
            let told = rows.into_iter().map(filed_decision);
            told.map(|decision| Ok(FiledDecision { id, ..decision? })).collect()
        })
        .await
    }

    async fn refused(&self, phone: PhoneIndex, limit: u16) -> Result<Vec<FiledDecision>, RepositoryError> {
        self.read(move |c| {
            let rows: Vec<FiledDecisionRow> = Refused { phone, limit: i64::from(limit) }.load(c)?;
            rows.into_iter().map(filed_decision).collect()
        })
        .await
    }
}

type DecisionColumns =
    (d::id, d::tenant, d::purpose, d::phone_index, d::test_number, d::outcome, d::findings, d::created_at);
const DECISION: DecisionColumns =
    (d::id, d::tenant, d::purpose, d::phone_index, d::test_number, d::outcome, d::findings, d::created_at);

/// What is known of verifications. Rows that are there are read first: one that goes in between is found among those
/// that are left.
fn filed(c: &mut Conn, ids: &[Uid], now: Timestamp) -> Result<Vec<FiledVerification>, Failure> {
    let live: Vec<LiveStoryRow> =
        v::table.filter(v::id.eq_any(ids)).select(LiveStoryRow::as_select()).load(c)?;
    let gone: Vec<Uid> = ids.iter().copied().filter(|id| live.iter().all(|row| row.id != *id)).collect();
    let mut all: Vec<FiledVerification> =
        live.into_iter().map(|row| row.at(now)).collect::<Result<_, _>>()?;
    if !gone.is_empty() {
        let left: Vec<PastStoryRow> =
            p::table.filter(p::id.eq_any(&gone)).select(PastStoryRow::as_select()).load(c)?;
        for row in left {
            all.push(row.try_into()?);
        }
    }
    Ok(all)
}

/// A number's verifications are found by their messages, of which each has one at least.
fn of_number(
    c: &mut Conn,
    phone: &PhoneIndex,
    limit: u16,
    now: Timestamp,
) -> Result<Vec<FiledVerification>, Failure> {
    let since = Instant(now.checked_sub(REACH).unwrap_or(Timestamp::MIN));
    let ids: Vec<Option<Uid>> = m::table
        .filter(m::phone_index.eq(phone.as_bytes()))
        .filter(m::created_at.ge(since))
        .filter(m::verification_id.is_not_null())
        .filter(m::verification_id.ge(first_id_at(since)))
        .select(m::verification_id)
        .distinct()
        .order(m::verification_id.desc())
        .limit(i64::from(limit))
        .load(c)?;
    let ids: Vec<Uid> = ids.into_iter().flatten().collect();
    let mut found = filed(c, &ids, now)?;
    found.sort_by_key(|filed| std::cmp::Reverse(filed.id.as_uuid()));
    Ok(found)
}

/// The newest refused starts with a number. The words of the partial index stand in the text, or it is not used.
struct Refused {
    phone: PhoneIndex,
    limit: i64,
}

impl QueryId for Refused {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Refused {
    type SqlType = (UidSql, Text, Text, Binary, Bool, Text, DocumentSql, InstantSql);
}

impl RunQueryDsl<Conn> for Refused {}

impl QueryFragment<Backend> for Refused {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        let text = format!(
            "SELECT d.id, d.tenant, d.purpose, d.phone_index, d.test_number, d.outcome, d.findings, d.created_at \
             FROM decisions AS d WHERE d.phone_index = :1 AND d.outcome <> 'allowed' AND {OF_A_START} \
             ORDER BY d.created_at DESC, d.id DESC LIMIT :2"
        );
        text::push(&text, out, |number, out| match number {
            1 => out.push_bind_param::<Binary, _>(self.phone.as_bytes()),
            _ => out.push_bind_param::<BigInt, _>(&self.limit),
        })
    }
}
