use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::admin::{AuditAction, AuditEntry, AuditHash, AuditNumber};
use bonin_domain::keys::{KeyRing, SealedField};
use bonin_ports::{AuditLog, RepositoryError};

use crate::admin::{Actor, Record};

/// Entries of one page.
const PAGE: u16 = 100;

/// Shows the record of what administrators did. Looking at it is recorded, too.
pub struct ReadRecord {
    /// The record.
    pub log: Arc<dyn AuditLog>,
    /// Records who looks.
    pub record: Record,
    /// Unseals reasons.
    pub keys: Arc<KeyRing>,
}

/// A page of the record, newest first.
#[derive(Debug)]
pub struct RecordPage {
    /// The entries, each with the reason that was typed.
    pub entries: Vec<(AuditEntry, Typed)>,
    /// Before which entry the next page begins, if there is one.
    pub next: Option<AuditNumber>,
    /// Whether these entries are as they were written, and none between them is missing.
    pub chain: Chain,
}

/// The reason of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// None was asked for.
    Nothing,
    /// What was typed.
    Reason(String),
    /// It does not open: it was changed, or its key is not in the ring.
    Closed,
}

/// Whether entries follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// They do.
    Holds,
    /// This entry is not as it was written, or the one before it is missing.
    Broken(AuditNumber),
}

impl ReadRecord {
    /// A page, from the entry before `before` on; from the newest without it.
    ///
    /// # Errors
    /// The store's; nothing is shown then.
    #[tracing::instrument(name = "admin.read_record", skip_all)]
    pub async fn execute(
        &self,
        actor: &Actor,
        before: Option<AuditNumber>,
    ) -> Result<RecordPage, RepositoryError> {
        self.record.execute(actor, AuditAction::AuditViewed, None, None).await?;
        // One more: the last of the page is compared with the one before it.
        let mut entries = self.log.list(before, PAGE + 1).await?;
        let chain = chain(&entries);
        let more = entries.len() > usize::from(PAGE);
        entries.truncate(usize::from(PAGE));
        let next = entries.last().map(|last| last.number).filter(|_| more);
        let entries = entries.into_iter().map(|entry| (self.typed(&entry), entry));
        Ok(RecordPage { entries: entries.map(|(typed, entry)| (entry, typed)).collect(), next, chain })
    }

    fn typed(&self, entry: &AuditEntry) -> Typed {
        let Some(sealed) = &entry.reason else { return Typed::Nothing };
        let tenant = TenantId::default_tenant();
        let opened = self.keys.unseal(&tenant, SealedField::AuditReason, &entry.row, sealed).ok();
        let text = opened.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
        text.map_or(Typed::Closed, Typed::Reason)
    }
}

/// Compares each entry, newest first, with the one before it. Of the oldest, only the very first can be judged: what was
/// before others may have outlived its two years.
fn chain(entries: &[AuditEntry]) -> Chain {
    for pair in entries.windows(2) {
        let (entry, before) = (&pair[0], &pair[1]);
        if entry.number.0 != before.number.0 + 1 || !entry.follows(before.hash) {
            return Chain::Broken(entry.number);
        }
    }
    match entries.last() {
        Some(first) if first.number == AuditNumber(1) && !first.follows(AuditHash::START) => {
            Chain::Broken(first.number)
        }
        Some(_) | None => Chain::Holds,
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::admin::NewAuditEntry;
    use jiff::Timestamp;

    use super::*;

    /// A record of so many entries, newest first.
    fn record(length: i64) -> Vec<AuditEntry> {
        let mut before = AuditHash::START;
        let mut entries = Vec::new();
        for number in 1..=length {
            let at = Timestamp::from_second(number).unwrap();
            let (actor, action) = ("min".to_owned(), AuditAction::LoggedIn);
            let new =
                NewAuditEntry { row: [1; 16], at, actor, address: None, action, subject: None, reason: None };
            let (number, row) = (AuditNumber(number), new.row);
            before = AuditHash::of(before, number, &new);
            let NewAuditEntry { actor, .. } = new;
            let (address, subject, reason, hash) = (None, None, None, before);
            entries.insert(0, AuditEntry { number, row, at, actor, address, action, subject, reason, hash });
        }
        entries
    }

    #[test]
    fn a_record_that_was_changed_is_told_by_the_entry_that_does_not_follow() {
        assert_eq!(chain(&[]), Chain::Holds);
        assert_eq!(chain(&record(5)), Chain::Holds);
        assert_eq!(chain(&record(5)[..3]), Chain::Holds, "a page of it");

        let mut changed = record(5);
        changed[2].actor = "seo".to_owned();
        assert_eq!(chain(&changed), Chain::Broken(AuditNumber(3)));
        let mut first = record(5);
        first[4].actor = "seo".to_owned();
        assert_eq!(chain(&first), Chain::Broken(AuditNumber(1)));
        let mut missing = record(5);
        missing.remove(2);
        assert_eq!(chain(&missing), Chain::Broken(AuditNumber(4)));
        let mut swapped = record(5);
        swapped.swap(1, 2);
        assert_eq!(chain(&swapped), Chain::Broken(AuditNumber(5)));
    }
}
