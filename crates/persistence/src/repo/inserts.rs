//! Inserts on the hot path, with a text that never changes.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Binary, Bool, Nullable, SmallInt, Text};

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
             created_at, sent_at, resend_at, expires_at) VALUES (",
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
             created_at, expires_at, due_at, lease) VALUES (",
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
             outcome, findings, created_at) VALUES (",
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
        );
        out.push_sql(")");
        Ok(())
    }
}

impl RunQueryDsl<Conn> for AttemptRow {}

/// An attempt that is there already only moves forward.
impl QueryFragment<Backend> for AttemptRow {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO attempts (message_id, number, tenant, provider, state, rank, failure, \
             provider_code, reference, possible_duplicate, started_at, updated_at, poll_at, polls) VALUES (",
        );
        push_values!(
            out,
            UidSql => &self.message_id,
            SmallInt => &self.number,
            Text => &self.tenant,
            Text => &self.provider,
            Text => &self.state,
            SmallInt => &self.rank,
            Nullable<Text> => &self.failure,
            Nullable<Text> => &self.provider_code,
            Nullable<Text> => &self.reference,
            Bool => &self.possible_duplicate,
            InstantSql => &self.started_at,
            InstantSql => &self.updated_at,
            Nullable<InstantSql> => &self.poll_at,
            SmallInt => &self.polls,
        );
        out.push_sql(
            ") ON CONFLICT (message_id, number) DO UPDATE SET state = excluded.state, \
             rank = excluded.rank, failure = excluded.failure, provider_code = excluded.provider_code, \
             reference = excluded.reference, updated_at = excluded.updated_at, poll_at = excluded.poll_at \
             WHERE attempts.rank < excluded.rank",
        );
        Ok(())
    }
}
