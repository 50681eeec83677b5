use std::sync::Arc;

use bonin_domain::admin::{AuditEntry, AuditHash, AuditNumber};
use bonin_ports::{AuditFilter, AuditLog, Clock, RepositoryError};

use super::chain::{self, Chain};

/// Entries that are read at once.
const STEP: u16 = 500;

/// Walks the whole record, and says whether it is as it was written.
pub struct CheckRecord {
    /// The record.
    pub log: Arc<dyn AuditLog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckedRecord {
    /// How many entries there are.
    pub entries: u64,
    /// Number and hash of the newest, to be compared with the log; `None` where the record is empty.
    pub newest: Option<(AuditNumber, AuditHash)>,
    /// Whether it holds, from the newest to the oldest: the newest entry that does not.
    pub chain: Chain,
}

impl CheckRecord {
    /// Looks at every entry. Reasons are not opened, and nothing is shown of anybody: this is not recorded.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "admin.check_record", skip_all)]
    pub async fn execute(&self) -> Result<CheckedRecord, RepositoryError> {
        let mut checked = CheckedRecord { entries: 0, newest: None, chain: Chain::Holds };
        let mut last = None;
        loop {
            let before = last.as_ref().map(|last: &AuditEntry| last.number);
            let step = self.log.list(AuditFilter { before, ..AuditFilter::default() }, STEP).await?;
            let ended = step.len() < usize::from(STEP);
            checked.entries += u64::try_from(step.len()).unwrap_or(u64::MAX);
            checked.newest = checked.newest.or_else(|| step.first().map(|entry| (entry.number, entry.hash)));
            // The last of the step before is compared with the first of this one.
            let walked: Vec<_> = last.take().into_iter().chain(step).collect();
            if checked.chain == Chain::Holds {
                checked.chain = chain::links(&walked);
            }
            last = walked.into_iter().next_back();
            if ended {
                break;
            }
        }
        if let Some(oldest) = last.filter(|_| checked.chain == Chain::Holds) {
            checked.chain = chain::beginning(&oldest, self.clock.now());
        }
        Ok(checked)
    }
}
