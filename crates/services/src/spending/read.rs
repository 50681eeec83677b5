//! What tenants have spent today.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::{RuleMode, budget_day};
use bonin_domain::spending::{Ceilings, Charge, SpendingStep};
use bonin_ports::{Clock, RepositoryError, SpendingLog};

/// Reads what tenants with a ceiling have spent today.
#[derive(Clone)]
pub struct ReadSpending {
    /// Where it is noted.
    pub spending: Arc<dyn SpendingLog>,
    /// The ceilings.
    pub ceilings: Ceilings,
    /// All tenants of the deployment.
    pub tenants: Vec<TenantId>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A tenant's day so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantSpending {
    /// Whose.
    pub tenant: TenantId,
    /// What its messages come to.
    pub spent: Charge,
    /// What they may come to.
    pub ceiling: Charge,
    /// Whether a message was refused today since it would have come to more.
    pub stopped: bool,
    /// Whether the ceiling is applied, and not only recorded.
    pub applied: bool,
}

impl TenantSpending {
    /// The step that is reached.
    pub fn step(&self) -> Option<SpendingStep> {
        if self.stopped { Some(SpendingStep::All) } else { SpendingStep::reached(self.spent, self.ceiling) }
    }
}

impl ReadSpending {
    /// Today, in the order of the tenants; those without a ceiling are not among them.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "spending.read", skip_all)]
    pub async fn execute(&self) -> Result<Vec<TenantSpending>, RepositoryError> {
        if !self.ceilings.any() {
            return Ok(Vec::new());
        }
        let today = self.spending.of_day(budget_day(self.clock.now())).await?;
        let spending = self.tenants.iter().filter_map(|tenant| {
            let ceiling = self.ceilings.of(tenant)?;
            let so_far = today.iter().find(|of| of.tenant == *tenant);
            Some(TenantSpending {
                tenant: tenant.clone(),
                spent: so_far.map_or(Charge::ZERO, |of| of.spent),
                ceiling,
                stopped: so_far.is_some_and(|of| of.stopped),
                applied: self.ceilings.mode == RuleMode::Block,
            })
        });
        Ok(spending.collect())
    }
}
