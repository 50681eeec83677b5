//! What tenants' messages may cost a day (requirement B11).

mod read;
mod reserve;
mod watch;

pub use read::{ReadSpending, TenantSpending};
pub use reserve::Budget;
pub use watch::WatchSpending;
