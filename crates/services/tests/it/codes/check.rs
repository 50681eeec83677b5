//! Checks: every outcome, and what it charges.

use std::collections::HashSet;
use std::sync::Arc;

use bonin_domain::codes::{Ended, RuleMode, Status};
use bonin_ports::Holder;
use bonin_services::codes::{CancelError, CheckCodeError};
use jiff::SignedDuration;
use tokio::task::JoinSet;

use crate::support::{Begun, Process, World};

async fn wrong(world: &World, process: &Process, begun: &Begun) -> CheckCodeError {
    let code = world.wrong_code();
    let checked = process.check.execute(&world.tenant, begun.id, &begun.token, &code).await;
    checked.err().expect("a wrong code does not check")
}

/// Why the right code is not accepted.
async fn refusal(world: &World, process: &Process, begun: &Begun) -> Option<Ended> {
    match process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await {
        Err(CheckCodeError::Over(verification)) => verification.ended(),
        _ => None,
    }
}

#[tokio::test]
async fn wrong_codes_are_charged_one_by_one_and_the_last_one_locks() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    for left in [4, 3, 2, 1, 0] {
        let CheckCodeError::Incorrect(seen) = wrong(&world, &process, &begun).await else {
            panic!("it is wrong");
        };
        assert_eq!(seen.checks_left, left);
        assert_eq!(seen.status, if left == 0 { Status::Locked } else { Status::Pending });
    }
    assert_eq!(refusal(&world, &process, &begun).await, Some(Ended::Exhausted));
    assert!(matches!(wrong(&world, &process, &begun).await, CheckCodeError::Over(_)));
    world.pass(180);
    assert_eq!(refusal(&world, &process, &begun).await, Some(Ended::Expired));
}

#[tokio::test]
async fn the_last_check_is_judged_on_its_merits() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    for _ in 0..4 {
        wrong(&world, &process, &begun).await;
    }
    let last = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
    assert_eq!(last.expect("the code is right").verification.checks_left, 0);
}

#[tokio::test]
async fn a_used_code_is_refused() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await.expect("it is right");
    assert_eq!(refusal(&world, &process, &begun).await, Some(Ended::Used));
}

#[tokio::test]
async fn a_code_dies_at_its_last_moment_exactly() {
    let world = World::new();
    let process = world.process();
    let (early, late) = (process.begun(&world).await, process.begun(&world).await);
    world.clock.advance(SignedDuration::from_secs(180) - SignedDuration::from_micros(1));
    let in_time = process.check.execute(&world.tenant, early.id, &early.token, &early.code).await;
    assert!(in_time.is_ok());
    world.clock.advance(SignedDuration::from_micros(1));
    assert_eq!(refusal(&world, &process, &late).await, Some(Ended::Expired));
}

#[tokio::test]
async fn a_cancelled_code_is_refused_and_cancelling_twice_says_so() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    process
        .cancel
        .execute(&world.tenant, begun.id, Holder::Token(begun.token.digest()))
        .await
        .expect("it is cancelled");
    assert_eq!(refusal(&world, &process, &begun).await, Some(Ended::Cancelled));
    let again = process.cancel.execute(&world.tenant, begun.id, Holder::Token(begun.token.digest())).await;
    let Err(CancelError::Over(seen)) = again else { panic!("it is over") };
    assert_eq!(seen.status, Status::Cancelled);
}

#[tokio::test]
async fn past_the_ceiling_of_a_number_nothing_is_compared_any_more() {
    let world = World::with_policy(|policy| {
        policy.limits = policy.limits.clone().in_mode(RuleMode::Off);
        policy.limits.wrong_checks = u16::MAX;
    });
    let process = world.process();
    let last = process.begun(&world).await;
    for _ in 0..20 {
        let stranger = process.begun(&world).await;
        for _ in 0..5 {
            assert!(matches!(wrong(&world, &process, &stranger).await, CheckCodeError::Incorrect(_)));
        }
    }
    let refused = process.check.execute(&world.tenant, last.id, &last.token, &last.code).await;
    let Err(CheckCodeError::NumberExhausted(seen)) = refused else { panic!("the ceiling is reached") };
    assert_eq!((seen.checks_left, seen.status), (5, Status::Pending), "nothing is charged");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn of_fifty_right_checks_at_once_one_is_given_a_proof() {
    let world = Arc::new(World::new());
    let process = Arc::new(world.process());
    let begun = Arc::new(process.begun(&world).await);
    let mut checks = JoinSet::new();
    for _ in 0..50 {
        let (world, process, begun) = (world.clone(), process.clone(), begun.clone());
        checks.spawn(async move {
            process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await
        });
    }
    let mut proofs = HashSet::new();
    for checked in checks.join_all().await {
        match checked {
            Ok(verified) => assert!(proofs.insert(verified.proof.reveal())),
            Err(CheckCodeError::Over(seen)) => assert_eq!(seen.ended(), Some(Ended::Used)),
            Err(error) => panic!("the code is right: {error}"),
        }
    }
    assert_eq!(proofs.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn fifty_wrong_checks_at_once_are_no_more_than_five_comparisons() {
    let world = Arc::new(World::new());
    let process = Arc::new(world.process());
    let begun = Arc::new(process.begun(&world).await);
    let mut checks = JoinSet::new();
    for _ in 0..50 {
        let (world, process, begun) = (world.clone(), process.clone(), begun.clone());
        checks.spawn(async move { wrong(&world, &process, &begun).await });
    }
    let outcomes = checks.join_all().await;
    let compared = outcomes.iter().filter(|outcome| matches!(outcome, CheckCodeError::Incorrect(_))).count();
    assert_eq!(compared, 5);
}
