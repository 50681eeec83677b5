//! The state model (requirement A15): three actors, every schedule of up to eight steps.
//!
//! The owner and a second client each start a verification of the same number; a stranger knows the owner's
//! id and codes but not its token. [`explore`] goes through all schedules breadth first. Schedules that lead
//! to the same state have the same futures, so that only the first of them is followed further.

mod actors;
mod explore;
mod ledger;
mod run;

use bonin_domain::codes::{Policy, Status};

/// The steps of the longest schedule.
const STEPS: u32 = 8;

/// Explores, and makes sure that every status of a verification was reached.
fn explore_everything(policy: Policy) {
    let states = explore::explore(policy, STEPS);
    for status in [Status::Pending, Status::Verified, Status::Expired, Status::Cancelled, Status::Locked] {
        let mut standings = states.iter().flat_map(|state| &state.0).flatten();
        assert!(standings.any(|standing| standing.0 == status), "{status:?} is reached");
    }
}

#[test]
fn no_schedule_breaks_a_promise() {
    explore_everything(Policy::default());
}

#[test]
fn no_schedule_breaks_a_promise_where_checks_and_codes_are_scarce() {
    explore_everything(Policy { max_checks: 2, live_codes: 1, ..Policy::default() });
}
