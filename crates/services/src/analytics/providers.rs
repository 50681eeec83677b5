//! How providers fare.

use std::collections::BTreeMap;

use bonin_domain::messages::{DeliveryState, ProviderName};
use bonin_ports::{AttemptCell, VerificationCell};

use crate::analytics::failures::failed;
use crate::analytics::{Cost, Outcomes};

/// How one provider fares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderFigures {
    /// Attempts at messages.
    pub attempts: u64,
    /// Those that it took, also where they failed later.
    pub accepted: u64,
    /// Those whose message is known to have reached the phone.
    pub delivered: u64,
    /// Those that did not bring the message, as far as is known.
    pub failed: u64,
    /// How the verifications stand whose newest message it took.
    pub outcomes: Outcomes,
    /// What its attempts cost.
    pub cost: Cost,
}

impl ProviderFigures {
    pub(super) fn of<'a>(
        verifications: impl IntoIterator<Item = &'a VerificationCell>,
        attempts: impl IntoIterator<Item = &'a AttemptCell>,
    ) -> BTreeMap<ProviderName, Self> {
        let mut providers: BTreeMap<ProviderName, Self> = BTreeMap::new();
        for cell in attempts {
            let figures = providers.entry(cell.provider.clone()).or_default();
            figures.attempts += cell.count;
            if cell.taken {
                figures.accepted += cell.count;
            }
            if cell.state == DeliveryState::Delivered {
                figures.delivered += cell.count;
            }
            if failed(cell.state) {
                figures.failed += cell.count;
            }
            figures.cost.add(cell);
        }
        for cell in verifications {
            if let Some(provider) = &cell.provider {
                providers.entry(provider.clone()).or_default().outcomes.add(cell.status, cell.count);
            }
        }
        providers
    }
}
