//! All schedules, breadth first.

use std::collections::HashSet;

use bonin_domain::codes::Policy;

use super::actors::{Step, steps};
use super::run::{Cast, Run, State};

/// Takes every step in every state that fewer than `most` steps reach; returns all states that were reached.
///
/// # Panics
/// When a promise is broken somewhere.
pub fn explore(policy: Policy, most: u32) -> HashSet<State> {
    let cast = Cast::new(policy, most);
    let all = steps();
    let mut known = HashSet::from([Run::new(&cast).state()]);
    let mut frontier: Vec<Vec<Step>> = vec![Vec::new()];
    for depth in 0..most {
        let mut next = Vec::new();
        for schedule in &frontier {
            let mut run = replay(&cast, schedule);
            let here = run.state();
            for &step in &all {
                run.take(step);
                let there = run.state();
                if there == here {
                    // Nothing happened, so that the next step can be taken from here.
                    continue;
                }
                if known.insert(there) && depth + 1 < most {
                    next.push(schedule.iter().copied().chain([step]).collect());
                }
                run = replay(&cast, schedule);
            }
        }
        frontier = next;
    }
    known
}

fn replay<'a>(cast: &'a Cast, schedule: &[Step]) -> Run<'a> {
    let mut run = Run::new(cast);
    for &step in schedule {
        run.take(step);
    }
    run
}
