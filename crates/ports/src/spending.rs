use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::spending::{Charge, SpendingStep};

use crate::RepositoryError;

/// What a tenant's messages of a day come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaySpending {
    /// Whose.
    pub tenant: TenantId,
    /// What those that are closed cost, and what the others may.
    pub spent: Charge,
    /// Whether a message was refused since it would have passed the ceiling.
    pub stopped: bool,
}

/// What messages cost by the day, where a ceiling is set (requirement B11). What comes to it is written with the messages
/// themselves: [`crate::VerificationRepository`], [`crate::MessageGroupRepository`], [`crate::Outbox`].
#[async_trait]
pub trait SpendingLog: Send + Sync {
    /// The tenants that put something on a day ([`bonin_domain::codes::budget_day`]), by name.
    async fn of_day(&self, day: i32) -> Result<Vec<DaySpending>, RepositoryError>;

    /// Notes that a tenant reached a step of its ceiling; whether it is the first to say so of this step or a later one,
    /// over all processes.
    async fn reach(&self, tenant: &TenantId, day: i32, step: SpendingStep) -> Result<bool, RepositoryError>;
}
