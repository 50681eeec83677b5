//! The record of what administrators did.

use async_trait::async_trait;
use bonin_domain::admin::{AuditEntry, AuditHash, AuditNumber, NewAuditEntry};
use bonin_ports::{AuditFilter, AuditLog, RepositoryError};

use super::InMemoryStore;

impl InMemoryStore {
    /// Takes the oldest entries away, as the database's owner could.
    pub fn lose_entries(&self, count: usize) {
        self.state().audit.drain(..count);
    }
}

#[async_trait]
impl AuditLog for InMemoryStore {
    async fn append(&self, entry: NewAuditEntry) -> Result<AuditEntry, RepositoryError> {
        let mut state = self.state();
        let newest = state.audit.last().map(|newest| (newest.number, newest.hash));
        let (AuditNumber(last), before) = newest.unwrap_or((AuditNumber(0), AuditHash::START));
        let number = AuditNumber(last + 1);
        let hash = AuditHash::of(before, number, &entry);
        let NewAuditEntry { row, at, actor, address, action, subject, reason } = entry;
        let subject = subject.as_ref().map(ToString::to_string);
        let entry = AuditEntry { number, row, at, actor, address, action, subject, reason, hash };
        state.audit.push(entry.clone());
        Ok(entry)
    }

    async fn list(&self, filter: AuditFilter, limit: u16) -> Result<Vec<AuditEntry>, RepositoryError> {
        let state = self.state();
        let fits = |entry: &&AuditEntry| {
            filter.before.is_none_or(|before| entry.number < before)
                && filter.action.is_none_or(|action| entry.action == action)
                && filter.actor.as_ref().is_none_or(|actor| entry.actor == *actor)
        };
        Ok(state.audit.iter().rev().filter(fits).take(usize::from(limit)).cloned().collect())
    }
}
