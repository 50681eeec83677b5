//! A span at a glance.

use bonin_domain::analytics::Spread;
use bonin_ports::{AttemptCell, RefusalCell, TimeCell, VerificationCell};

use crate::analytics::failures::failed;
use crate::analytics::{Cost, Outcomes};

/// A span at a glance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// How the verifications that were started stand.
    pub outcomes: Outcomes,
    /// Codes that were sent in them.
    pub sends: u64,
    /// Times from start to success.
    pub times: Spread,
    /// Attempts at messages.
    pub attempts: u64,
    /// Those of them that did not bring the message, as far as is known.
    pub failed: u64,
    /// What the attempts cost.
    pub cost: Cost,
    /// What each verified user cost; `None` where cost and verified users are not of the same verifications.
    pub cost_per_verified: Option<Cost>,
    /// Starts that were not allowed; `None` where provider or country is asked for: they have neither.
    pub refused: Option<u64>,
}

impl Overview {
    /// `shared` says whether the attempts are those of the verifications.
    pub(super) fn of<'a>(
        verifications: impl IntoIterator<Item = &'a VerificationCell>,
        times: impl IntoIterator<Item = &'a TimeCell>,
        attempts: impl IntoIterator<Item = &'a AttemptCell>,
        refusals: Option<impl IntoIterator<Item = &'a RefusalCell>>,
        shared: bool,
    ) -> Self {
        let mut overview = Self {
            times: times.into_iter().map(|cell| (cell.tenths, cell.count)).collect(),
            refused: refusals.map(|cells| cells.into_iter().map(|cell| cell.count).sum()),
            ..Self::default()
        };
        for cell in verifications {
            overview.outcomes.add(cell.status, cell.count);
            overview.sends += cell.sends;
        }
        for cell in attempts {
            overview.attempts += cell.count;
            if failed(cell.state) {
                overview.failed += cell.count;
            }
            overview.cost.add(cell);
        }
        overview.cost_per_verified = shared.then(|| overview.cost.among(overview.outcomes.verified));
        overview
    }
}
