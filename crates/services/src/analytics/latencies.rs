//! How long providers take.

use std::collections::BTreeMap;

use bonin_domain::analytics::Spread;
use bonin_domain::messages::ProviderName;
use bonin_ports::{Latency as Measured, LatencyCell};

/// How long one provider takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latency {
    /// Who.
    pub provider: ProviderName,
    /// From calling it to its yes.
    pub acceptance: Spread,
    /// From calling it to knowing that the message reached the phone.
    pub delivery: Spread,
}

impl Latency {
    /// The bounds of the histogram, in tenths of seconds: 0.1, 0.5, 1, 3, 5, 10, 30, 60 and 180 s.
    pub const BOUNDS: [u32; 9] = [1, 5, 10, 30, 50, 100, 300, 600, 1_800];

    /// By provider.
    pub(super) fn of<'a>(cells: impl IntoIterator<Item = &'a LatencyCell>) -> Vec<Self> {
        let mut providers: BTreeMap<&ProviderName, Self> = BTreeMap::new();
        for cell in cells {
            let latency = providers.entry(&cell.provider).or_insert_with(|| Self {
                provider: cell.provider.clone(),
                acceptance: Spread::default(),
                delivery: Spread::default(),
            });
            match cell.latency {
                Measured::Acceptance => latency.acceptance.add(cell.tenths, cell.count),
                Measured::Delivery => latency.delivery.add(cell.tenths, cell.count),
            }
        }
        providers.into_values().collect()
    }
}
