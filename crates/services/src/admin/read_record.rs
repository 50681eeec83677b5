use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::admin::{AuditAction, AuditEntry, AuditNumber};
use bonin_domain::keys::{KeyRing, SealedField};
use bonin_ports::{AuditFilter, AuditLog, RepositoryError};

use super::chain::{self, Chain};
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
    /// Which entries, from the older to the newer, were judged: those of the page, or with a filter for actor or action
    /// all of the place where it begins. `None` where there are none.
    pub judged: Option<(AuditNumber, AuditNumber)>,
    /// Whether they are as they were written, and none between them is missing.
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

impl ReadRecord {
    /// A page of the entries that the filter lets through.
    ///
    /// # Errors
    /// The store's; nothing is shown then.
    #[tracing::instrument(name = "admin.read_record", skip_all)]
    pub async fn execute(&self, actor: &Actor, filter: AuditFilter) -> Result<RecordPage, RepositoryError> {
        self.record.execute(actor, AuditAction::AuditViewed, None, None).await?;
        let whole = AuditFilter { before: filter.before, ..AuditFilter::default() };
        // One more: the last of the page is compared with the one before it.
        let mut entries = self.log.list(filter.clone(), PAGE + 1).await?;
        let (chain, judged) = if filter == whole {
            self.judge(&entries)
        } else {
            // Those that are left out stand between the others: the chain is that of all.
            self.judge(&self.log.list(whole, PAGE + 1).await?)
        };
        let more = entries.len() > usize::from(PAGE);
        entries.truncate(usize::from(PAGE));
        let next = entries.last().map(|last| last.number).filter(|_| more);
        let entries = entries.into_iter().map(|entry| (self.typed(&entry), entry));
        let entries = entries.map(|(typed, entry)| (entry, typed)).collect();
        Ok(RecordPage { entries, next, judged, chain })
    }

    fn judge(&self, entries: &[AuditEntry]) -> (Chain, Option<(AuditNumber, AuditNumber)>) {
        let links = chain::links(entries);
        let chain = match entries.last() {
            // There are no others: the oldest of the record is among them.
            Some(oldest) if entries.len() <= usize::from(PAGE) && links == Chain::Holds => {
                chain::beginning(oldest, self.record.clock.now())
            }
            Some(_) | None => links,
        };
        let shown = &entries[..entries.len().min(usize::from(PAGE))];
        let judged = shown.last().zip(shown.first()).map(|(oldest, newest)| (oldest.number, newest.number));
        (chain, judged)
    }

    fn typed(&self, entry: &AuditEntry) -> Typed {
        let Some(sealed) = &entry.reason else { return Typed::Nothing };
        let tenant = TenantId::default_tenant();
        let opened = self.keys.unseal(&tenant, SealedField::AuditReason, &entry.row, sealed).ok();
        let text = opened.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
        text.map_or(Typed::Closed, Typed::Reason)
    }
}
