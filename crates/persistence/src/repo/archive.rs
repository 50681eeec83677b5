//! What is left of a verification when its row goes, and what its messages came to.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

use super::super::engine::{Backend, Conn, id_text};
use crate::failure::Failure;
use crate::sql::{Uid, UidSql};

/// Whether a provider took an attempt `a`, also where it failed later.
pub const TAKEN: &str =
    "(a.state IN ('accepted', 'sent', 'delivered') OR a.state = 'failed' AND a.reference IS NOT NULL)";

/// Verifications `r` with what their messages came to, in one pass over the attempts. `chosen` names the attempt that the
/// verification counts for: the newest that some provider took, or the last one where none did. `which` says which
/// verifications `v`; `since`, where there is one, is an id before those of all their messages, so that rows are read by
/// ranges of ids and not one by one.
pub fn with_messages(which: &str, since: Option<&str>) -> String {
    let (of_messages, of_attempts) = match since {
        Some(id) => (format!("AND m.id >= {id}"), format!("AND a.message_id >= {id}")),
        None => (String::new(), String::new()),
    };
    let message = id_text("m.id");
    // The greatest of texts that begin with what counts: whether it was taken, its message, its number. Windows do the
    // same at twice the cost.
    let chosen = format!(
        "max(CASE WHEN {TAKEN} THEN '2' ELSE '1' END \
         || {message} || CAST(10000 + a.number AS text) || a.provider)"
    );
    format!(
        "SELECT v.id, v.tenant, v.purpose, v.phone_index, v.country, v.run_by_provider, v.status, v.checks, \
         v.max_checks, v.sends, v.test_number, v.withheld, v.created_at, v.expires_at, v.ended_at, \
         {chosen} AS chosen, max(CASE WHEN a.state = 'delivered' THEN 1 ELSE 0 END) AS delivered \
         FROM verifications AS v LEFT JOIN messages AS m ON m.verification_id = v.id {of_messages} \
         LEFT JOIN attempts AS a ON a.message_id = m.id {of_attempts} WHERE {which} GROUP BY v.id"
    )
}

/// Whether some provider took a message of a verification `r`.
pub const ACCEPTED: &str = "coalesce(substr(r.chosen, 1, 1), '0') = '2'";

/// Whom the figures of a verification `r` count for. A provider that runs it counts where nobody is known to have taken a
/// message. Before the name stand a digit, 32 of the message's id and five of the attempt's number.
pub const PROVIDER: &str = "CASE WHEN substr(r.chosen, 1, 1) = '2' THEN substr(r.chosen, 39) \
     ELSE coalesce(r.run_by_provider, substr(r.chosen, 39)) END";

/// Writes down what is left of verifications whose rows are about to go; those that are written already stay so.
pub fn archive(c: &mut Conn, ids: &[Uid]) -> Result<(), Failure> {
    if !ids.is_empty() {
        Archive(ids).execute(c)?;
    }
    Ok(())
}

struct Archive<'a>(&'a [Uid]);

impl QueryId for Archive<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Conn> for Archive<'_> {}

impl QueryFragment<Backend> for Archive<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        // One text for each number of rows.
        out.unsafe_to_cache_prepared();
        let rows = with_messages("v.id IN (:)", None);
        let (before, after) = rows.split_once(':').unwrap_or((&rows, ""));
        out.push_sql(&format!(
            "INSERT INTO past_verifications (id, tenant, purpose, phone_index, country, provider, run_by_provider, \
             status, checks, max_checks, sends, accepted, delivered, test_number, withheld, created_at, ended_at) \
             SELECT r.id, r.tenant, r.purpose, r.phone_index, r.country, {PROVIDER}, r.run_by_provider, \
             CASE WHEN r.status IN ('verified', 'cancelled') THEN r.status \
             WHEN r.status = 'locked' OR r.checks >= r.max_checks THEN 'locked' ELSE 'expired' END, \
             r.checks, r.max_checks, r.sends, {ACCEPTED}, r.delivered = 1, r.test_number, r.withheld, r.created_at, \
             coalesce(r.ended_at, r.expires_at) FROM ({before}"
        ));
        for (place, id) in self.0.iter().enumerate() {
            if place > 0 {
                out.push_sql(", ");
            }
            out.push_bind_param::<UidSql, _>(id)?;
        }
        out.push_sql(after);
        // Without a condition SQLite would read a join's.
        out.push_sql(") AS r WHERE true ON CONFLICT (id) DO NOTHING");
        Ok(())
    }
}
