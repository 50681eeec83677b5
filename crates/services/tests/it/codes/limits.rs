//! Limits on starts, and the budgets of wrong checks.

use bonin_domain::codes::{DecisionOutcome, Policy, Rule, RuleMode, next_budget_day};
use bonin_domain::{PhoneNumber, Region};
use bonin_services::codes::{CheckCodeError, StartError, StartRequest};
use jiff::SignedDuration;

use crate::support::{Begun, Process, World};

fn counting_off(policy: &mut Policy) {
    policy.limits = policy.limits.clone().in_mode(RuleMode::Off);
}

/// One wrong check after another until the verification is locked.
async fn waste(world: &World, process: &Process, begun: &Begun) {
    for _ in 0..world.policy.max_checks {
        let missed = process.check.execute(&world.tenant, begun.id, &begun.token, &world.wrong_code()).await;
        assert!(matches!(missed, Err(CheckCodeError::Incorrect(_))));
    }
}

#[tokio::test]
async fn the_sixth_code_to_a_number_in_ten_minutes_is_refused_until_the_first_has_aged() {
    let world = World::new();
    let process = world.process();
    let first = world.now();
    for _ in 0..5 {
        process.begun(&world).await;
        world.pass(60);
    }
    let Err(StartError::TooMany { until }) = process.try_begin(world.request()).await else {
        panic!("the sixth is refused");
    };
    assert_eq!(until, first + SignedDuration::from_mins(10));
    process.dispatcher.drained().await;
    assert_eq!(world.provider.sent(), 5);
    let (_, decision) = world.store.memory.decisions().pop().expect("a decision is recorded");
    assert_eq!(decision.outcome, DecisionOutcome::Refused { until });

    world.clock.set(until - SignedDuration::from_micros(1));
    assert!(process.try_begin(world.request()).await.is_err());
    world.clock.set(until);
    process.begun(&world).await;
}

#[tokio::test]
async fn an_address_is_limited_over_all_numbers() {
    let world = World::new();
    let process = world.process();
    let to = |number: u32| {
        let phone_number = PhoneNumber::parse(&format!("010{number}"), Region::KR).expect("a number");
        StartRequest { phone_number, ..world.request() }
    };
    for number in 20_000_000..20_000_010 {
        process.begun_by(&world, to(number)).await;
    }
    assert!(matches!(process.try_begin(to(20_000_010)).await, Err(StartError::TooMany { .. })));
    let elsewhere = StartRequest { client: World::client("198.51.100.1"), ..to(20_000_010) };
    process.begun_by(&world, elsewhere).await;
}

#[tokio::test]
async fn a_limit_that_only_records_refuses_nothing() {
    let world = World::with_policy(|policy| {
        policy.limits = policy.limits.clone().in_mode(RuleMode::Record);
    });
    let process = world.process();
    for _ in 0..6 {
        process.begun(&world).await;
    }
    let (_, decision) = world.store.memory.decisions().pop().expect("a decision is recorded");
    assert_eq!(decision.outcome, DecisionOutcome::Allowed);
    assert!(decision.findings.iter().any(|hit| hit.rule == Rule::Number && hit.until.is_some()));
}

#[tokio::test]
async fn twenty_wrong_checks_end_the_starts_of_strangers_but_not_of_a_client_that_proved_the_number() {
    let world = World::with_policy(counting_off);
    let process = world.process();
    let owner = process.begun(&world).await;
    let verified = process.check.execute(&world.tenant, owner.id, &owner.token, &owner.code).await;
    let token = verified.expect("the code is right").client_token;
    for _ in 0..4 {
        let stranger = process.begun(&world).await;
        waste(&world, &process, &stranger).await;
    }
    let Err(StartError::TooMany { until }) = process.try_begin(world.request()).await else {
        panic!("the strangers' budget is gone");
    };
    assert_eq!(until, next_budget_day(world.now()));

    let known = || StartRequest { client_token: Some(token.clone()), ..world.request() };
    for _ in 0..4 {
        let own = process.begun_by(&world, known()).await;
        waste(&world, &process, &own).await;
    }
    assert!(matches!(process.try_begin(known()).await, Err(StartError::TooMany { .. })));
    world.clock.set(until);
    process.begun_by(&world, known()).await;
    process.begun(&world).await;
}

#[tokio::test]
async fn a_client_token_that_has_died_gives_no_budget_of_its_own() {
    let world = World::with_policy(|policy| {
        counting_off(policy);
        policy.client_token_life = SignedDuration::from_mins(5);
    });
    let process = world.process();
    let owner = process.begun(&world).await;
    let verified = process.check.execute(&world.tenant, owner.id, &owner.token, &owner.code).await;
    let token = verified.expect("the code is right").client_token;
    for _ in 0..4 {
        let stranger = process.begun(&world).await;
        waste(&world, &process, &stranger).await;
    }
    let known = || StartRequest { client_token: Some(token.clone()), ..world.request() };
    process.begun_by(&world, known()).await;
    world.pass(300);
    assert!(matches!(process.try_begin(known()).await, Err(StartError::TooMany { .. })));
}
