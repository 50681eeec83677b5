//! Who sends a message: rules find the plan, and a plan and what is known of its providers make the choice
//! (requirements D09 to D12).

mod breaker;
mod choice;
mod conversion;
mod plan;
mod rule;
mod sample;
#[cfg(test)]
mod seeded;
#[cfg(test)]
mod simulation;

pub use breaker::{Admission, Breaker, BreakerPolicy, BreakerState};
pub use choice::{Candidate, ProviderFacts, Reason, RouteChoice, choose};
pub use conversion::Conversion;
pub use plan::{ProviderShare, RouteMode, RoutePlan, RoutePlanError};
pub use rule::{Channel, NumberPrefix, NumberPrefixError, RouteQuery, RouteRule, RouteTable};
