//! Reckoning messages before they are stored.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::spending::{Ceilings, Charge, Reservation};
use jiff::Timestamp;

use crate::dispatch::{Router, Waiting};

/// Reckons what messages may cost, for tenants with a ceiling.
pub struct Budget {
    /// The ceilings.
    pub ceilings: Ceilings,
    /// Knows who may be asked, and what they ask for.
    pub router: Arc<Router>,
}

impl Budget {
    /// What each of these messages of one tenant may cost, and what all of them put on the day on which they are due.
    /// Messages that will be withheld are reckoned like others: whether a start is refused must not tell who has an account.
    pub(crate) fn reserve<'a>(
        &self,
        tenant: &TenantId,
        messages: impl IntoIterator<Item = &'a Waiting>,
        due: Timestamp,
    ) -> Option<(Vec<Charge>, Reservation)> {
        let ceiling = self.ceilings.of(tenant)?;
        let charge = |waiting: &Waiting| self.router.dearest(tenant, waiting);
        let charges: Vec<Charge> = messages.into_iter().map(charge).collect();
        let all = charges.iter().copied().sum();
        Some((charges, Reservation::new(all, ceiling, self.ceilings.mode, due)?))
    }
}
