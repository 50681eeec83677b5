//! What went wrong with attempts.

use std::collections::BTreeMap;

use bonin_domain::messages::{DeliveryState, FailureClass, ProviderName};
use bonin_ports::AttemptCell;

/// Attempts of one provider that failed in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureCount {
    /// Why.
    pub class: FailureClass,
    /// Who was asked.
    pub provider: ProviderName,
    /// How many.
    pub count: u64,
}

/// Whether an attempt in this state did not bring its message, as far as is known.
pub(super) fn failed(state: DeliveryState) -> bool {
    match state {
        DeliveryState::Failed | DeliveryState::Expired | DeliveryState::Unknown => true,
        DeliveryState::Queued | DeliveryState::Accepted | DeliveryState::Sent | DeliveryState::Delivered => {
            false
        }
    }
}

impl FailureCount {
    /// The most frequent first.
    pub(super) fn of<'a>(cells: impl IntoIterator<Item = &'a AttemptCell>) -> Vec<Self> {
        let mut counts: BTreeMap<(&str, &ProviderName), (FailureClass, u64)> = BTreeMap::new();
        for cell in cells {
            if failed(cell.state) {
                let class = cell.failure.unwrap_or(FailureClass::Other);
                counts.entry((class.as_str(), &cell.provider)).or_insert((class, 0)).1 += cell.count;
            }
        }
        let counts = counts.into_iter().map(|((_, provider), (class, count))| Self {
            class,
            provider: provider.clone(),
            count,
        });
        let mut counts: Vec<Self> = counts.collect();
        counts.sort_by_key(|of| std::cmp::Reverse(of.count));
        counts
    }
}
