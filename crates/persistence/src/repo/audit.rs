//! [`AuditLog`]: the record of what administrators did (security 48).

use async_trait::async_trait;
use bonin_domain::admin::{AuditEntry, AuditHash, AuditNumber, NewAuditEntry};
use bonin_ports::{AuditFilter, AuditLog, RepositoryError};
use diesel::prelude::*;

use super::super::engine::{self, Conn, Store};
use crate::failure::Failure;
use crate::rows::{AuditRow, audit_hash};
use crate::schema::audit as a;

/// Held while an entry is added, so that each follows the one before. Any constant will do.
const RECORD_LOCK: i64 = 0x0061_7564_6974;

#[async_trait]
impl AuditLog for Store {
    async fn append(&self, entry: NewAuditEntry) -> Result<AuditEntry, RepositoryError> {
        self.write(move |c| append(c, entry)).await
    }

    async fn list(&self, filter: AuditFilter, limit: u16) -> Result<Vec<AuditEntry>, RepositoryError> {
        self.read(move |c| {
            let mut query = a::table
                .filter(a::number.lt(filter.before.map_or(i64::MAX, |number| number.0)))
                .order(a::number.desc())
                .limit(i64::from(limit))
                .select(AuditRow::as_select())
                .into_boxed();
            if let Some(action) = filter.action {
                query = query.filter(a::action.eq(action.as_str()));
            }
            if let Some(actor) = &filter.actor {
                query = query.filter(a::actor.eq(actor.as_str()));
            }
            let rows: Vec<AuditRow> = query.load(c)?;
            rows.into_iter().map(AuditEntry::try_from).collect()
        })
        .await
    }
}

fn append(c: &mut Conn, new: NewAuditEntry) -> Result<AuditEntry, Failure> {
    engine::lock_subjects(c, vec![RECORD_LOCK])?;
    let newest: Option<(i64, Vec<u8>)> =
        a::table.order(a::number.desc()).select((a::number, a::hash)).first(c).optional()?;
    let (number, before) = match newest {
        Some((number, hash)) => (AuditNumber(number + 1), audit_hash(&hash)?),
        None => (AuditNumber(1), AuditHash::START),
    };
    let hash = AuditHash::of(before, number, &new);
    let entry = AuditEntry {
        number,
        row: new.row,
        at: new.at,
        actor: new.actor,
        address: new.address,
        action: new.action,
        subject: new.subject.as_ref().map(ToString::to_string),
        reason: new.reason,
        hash,
    };
    diesel::insert_into(a::table).values(&AuditRow::from(&entry)).execute(c)?;
    Ok(entry)
}
