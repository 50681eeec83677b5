//! Several inserts as one statement: one round trip.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

use super::engine::Conn;
use super::repo::inserts::{INSERT_ATTEMPTS, MOVE_ATTEMPTS, push_attempt};
use crate::failure::Failure;
use crate::rows::AttemptRow;

/// Adds attempts in one statement; those that are there already only move forward.
pub fn upsert_attempts(c: &mut Conn, rows: &[AttemptRow]) -> Result<(), Failure> {
    match rows {
        [] => {}
        [row] => {
            row.execute(c)?;
        }
        rows => {
            AttemptRows(rows).execute(c)?;
        }
    }
    Ok(())
}

/// Several attempts at once.
struct AttemptRows<'a>(&'a [AttemptRow]);

impl QueryId for AttemptRows<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for AttemptRows<'_> {}

impl QueryFragment<Pg> for AttemptRows<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // One text for each number of rows.
        out.unsafe_to_cache_prepared();
        out.push_sql(INSERT_ATTEMPTS);
        for (place, row) in self.0.iter().enumerate() {
            if place > 0 {
                out.push_sql(", ");
            }
            push_attempt(row, &mut out)?;
        }
        out.push_sql(MOVE_ATTEMPTS);
        Ok(())
    }
}

/// Three inserts as one statement: one round trip, and no transaction needed around them.
#[derive(QueryId)]
struct Together<A, B, C>(A, B, C);

impl<A, B, C> RunQueryDsl<PgConnection> for Together<A, B, C> {}

impl<A, B, C> QueryFragment<Pg> for Together<A, B, C>
where
    A: QueryFragment<Pg>,
    B: QueryFragment<Pg>,
    C: QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH first AS (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql("), second AS (");
        self.1.walk_ast(out.reborrow())?;
        out.push_sql(") ");
        self.2.walk_ast(out)
    }
}

/// Runs three inserts, all or none.
pub fn insert_together<A, B, C>(c: &mut Conn, first: A, second: B, third: C) -> Result<(), Failure>
where
    A: QueryFragment<Pg> + QueryId,
    B: QueryFragment<Pg> + QueryId,
    C: QueryFragment<Pg> + QueryId,
{
    Together(first, second, third).execute(c)?;
    Ok(())
}
