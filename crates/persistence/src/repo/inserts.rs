//! Inserts on the hot path, with a text that never changes.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, SmallInt, Text};

use super::super::engine::{Backend, Conn};
use crate::rows::{AttemptRow, DecisionRow, NewMessageRow, NewVerificationRow};
use crate::sql::{DocumentSql, InstantSql, UidSql};

/// Pushes values, separated by commas.
macro_rules! push_values {
    ($out:ident, $first:ty => $first_value:expr $(, $kind:ty => $value:expr)* $(,)?) => {
        $out.push_bind_param::<$first, _>($first_value)?;
        $(
            $out.push_sql(", ");
            $out.push_bind_param::<$kind, _>($value)?;
        )*
    };
}

impl RunQueryDsl<Conn> for NewVerificationRow<'_> {}

impl QueryFragment<Backend> for NewVerificationRow<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO verifications (id, tenant, purpose, locale, status, token, phone_index, \
             phone, known_client, test_number, checks, max_checks, sends, code_1, code_1_until, \
             created_at, sent_at, resend_at, expires_at, withheld, country) VALUES (",
        );
        push_values!(
            out,
            UidSql => &self.id,
            Text => self.tenant,
            Text => self.purpose,
            Text => self.locale,
            Text => self.status,
            Binary => self.token,
            Binary => self.phone_index,
            Binary => self.phone,
            Bool => &self.known_client,
            Bool => &self.test_number,
            SmallInt => &self.checks,
            SmallInt => &self.max_checks,
            SmallInt => &self.sends,
            Binary => self.code_1,
            InstantSql => &self.code_1_until,
            InstantSql => &self.created_at,
            InstantSql => &self.sent_at,
            InstantSql => &self.resend_at,
            InstantSql => &self.expires_at,
            Bool => &self.withheld,
            Nullable<Text> => &self.country,
        );
        out.push_sql(")");
        Ok(())
    }
}

impl RunQueryDsl<Conn> for NewMessageRow<'_> {}

impl QueryFragment<Backend> for NewMessageRow<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO messages (id, tenant, verification_id, phone_index, test_number, payload, \
             created_at, expires_at, due_at, lease, charge, charge_day) VALUES (",
        );
        push_values!(
            out,
            UidSql => &self.id,
            Text => self.tenant,
            UidSql => &self.verification_id,
            Binary => self.phone_index,
            Bool => &self.test_number,
            Binary => self.payload,
            InstantSql => &self.created_at,
            InstantSql => &self.expires_at,
            InstantSql => &self.due_at,
            Nullable<UidSql> => &self.lease,
            Nullable<BigInt> => &self.charge,
            Nullable<Integer> => &self.charge_day,
        );
        out.push_sql(")");
        Ok(())
    }
}

impl RunQueryDsl<Conn> for DecisionRow<'_> {}

impl QueryFragment<Backend> for DecisionRow<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO decisions (id, tenant, purpose, phone_index, test_number, address, network, \
             outcome, findings, created_at, verification_id) VALUES (",
        );
        push_values!(
            out,
            UidSql => &self.id,
            Text => self.tenant,
            Text => self.purpose,
            Binary => self.phone_index,
            Bool => &self.test_number,
            Nullable<Binary> => &self.address,
            Nullable<Binary> => &self.network,
            Text => self.outcome,
            DocumentSql => &self.findings,
            InstantSql => &self.created_at,
            Nullable<UidSql> => &self.verification_id,
        );
        out.push_sql(")");
        Ok(())
    }
}

/// What comes before the values of attempts, and after them: one that is there already only moves forward, and
/// keeps what the newer word leaves open.
pub const INSERT_ATTEMPTS: &str = "INSERT INTO attempts (message_id, number, tenant, provider, state, rank, \
     failure, provider_code, reference, possible_duplicate, started_at, updated_at, accepted_at, poll_at, \
     polls, country, price_amount, price_currency, event, route) VALUES ";
pub const MOVE_ATTEMPTS: &str = " ON CONFLICT (message_id, number) DO UPDATE SET state = excluded.state, \
     provider = excluded.provider, \
     rank = excluded.rank, failure = excluded.failure, provider_code = excluded.provider_code, \
     reference = coalesce(excluded.reference, attempts.reference), updated_at = excluded.updated_at, \
     accepted_at = excluded.accepted_at, poll_at = excluded.poll_at, \
     country = coalesce(excluded.country, attempts.country), \
     price_amount = coalesce(excluded.price_amount, attempts.price_amount), \
     price_currency = coalesce(excluded.price_currency, attempts.price_currency), \
     event = coalesce(excluded.event, attempts.event), route = coalesce(excluded.route, attempts.route) \
     WHERE attempts.rank < excluded.rank";

/// Pushes the values of one attempt, in brackets.
pub fn push_attempt<'b>(row: &'b AttemptRow, out: &mut AstPass<'_, 'b, Backend>) -> QueryResult<()> {
    out.push_sql("(");
    push_values!(
        out,
        UidSql => &row.message_id,
        SmallInt => &row.number,
        Text => &row.tenant,
        Text => &row.provider,
        Text => &row.state,
        SmallInt => &row.rank,
        Nullable<Text> => &row.failure,
        Nullable<Text> => &row.provider_code,
        Nullable<Text> => &row.reference,
        Bool => &row.possible_duplicate,
        InstantSql => &row.started_at,
        InstantSql => &row.updated_at,
        InstantSql => &row.accepted_at,
        Nullable<InstantSql> => &row.poll_at,
        SmallInt => &row.polls,
        Nullable<Text> => &row.country,
        Nullable<Text> => &row.price_amount,
        Nullable<Text> => &row.price_currency,
        Nullable<Text> => &row.event,
        Nullable<DocumentSql> => &row.route,
    );
    out.push_sql(")");
    Ok(())
}

impl RunQueryDsl<Conn> for &AttemptRow {}

impl QueryFragment<Backend> for AttemptRow {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql(INSERT_ATTEMPTS);
        push_attempt(self, &mut out)?;
        out.push_sql(MOVE_ATTEMPTS);
        Ok(())
    }
}
