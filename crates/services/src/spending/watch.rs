//! Telling whoever runs the deployment that a ceiling comes near.

use bonin_domain::codes::budget_day;
use bonin_domain::spending::SpendingStep;
use bonin_ports::RepositoryError;

use crate::spending::ReadSpending;

/// Looks at what tenants have spent, and tells each step once.
pub struct WatchSpending {
    /// Reads it.
    pub read: ReadSpending,
}

impl WatchSpending {
    /// Logs the tenants that have reached a step since the last look of any process.
    ///
    /// # Errors
    /// The store's; what was not told is told by the next look.
    pub async fn execute(&self) -> Result<(), RepositoryError> {
        let day = budget_day(self.read.clock.now());
        for of in self.read.execute().await? {
            let Some(step) = of.step() else { continue };
            if !self.read.spending.reach(&of.tenant, day, step).await? {
                continue;
            }
            let (percent, spent, ceiling) = (step.percent(), of.spent.whole_won(), of.ceiling.whole_won());
            match step {
                SpendingStep::All if of.applied => tracing::error!(
                    tenant.id = %of.tenant, spending.percent = percent, spending.won = spent,
                    spending.ceiling = ceiling, "a tenant's messages of today have reached its ceiling: more are refused"
                ),
                SpendingStep::Half | SpendingStep::Most | SpendingStep::All => tracing::warn!(
                    tenant.id = %of.tenant, spending.percent = percent, spending.won = spent,
                    spending.ceiling = ceiling, spending.applied = of.applied,
                    "a tenant's messages of today come to a part of its ceiling"
                ),
            }
        }
        Ok(())
    }
}
