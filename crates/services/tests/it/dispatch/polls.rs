//! Asking after messages that a provider took.

use std::time::Duration;

use bonin_domain::codes::RuleMode;
use bonin_domain::messages::{DeliveryState, FailureClass};
use bonin_ports::{DeliveryReport, RepositoryError};
use bonin_testkit::ReportStep;
use jiff::SignedDuration;
use tokio::time::Instant;

use crate::support::{Begun, Call, Process, World};

const SCHEDULE: [i64; 5] = [5, 15, 60, 300, 600];

fn says(state: DeliveryState) -> ReportStep {
    ReportStep::Report(DeliveryReport::of(state))
}

async fn state(world: &World, begun: &Begun) -> DeliveryState {
    world.attempts(begun.id).await[0].state
}

/// Looks every second for so many seconds; says after how many the provider was asked.
async fn asked(world: &World, process: &Process, seconds: i64) -> Vec<i64> {
    let mut asked = Vec::new();
    for second in 1..=seconds {
        world.pass(1);
        if process.poll.execute().await.expect("the store works") > 0 {
            asked.push(second);
        }
    }
    asked
}

#[tokio::test]
async fn a_provider_is_asked_on_schedule_and_no_more_after_ten_minutes() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    assert_eq!(asked(&world, &process, 2_000).await, SCHEDULE);
    assert_eq!(state(&world, &begun).await, DeliveryState::Accepted);
    let references = world.provider.script.reported();
    assert_eq!(references.len(), SCHEDULE.len());
    assert!(references.iter().all(|reference| reference.as_str() == "sent-1"));
}

#[tokio::test]
async fn a_provider_that_gives_no_report_is_asked_again_and_the_state_stays() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    world.provider.script.will_report([says(DeliveryState::Sent), ReportStep::Error, ReportStep::Error]);
    world.provider.script.will_report([says(DeliveryState::Delivered)]);
    assert_eq!(asked(&world, &process, 299).await, SCHEDULE[..3]);
    assert_eq!(state(&world, &begun).await, DeliveryState::Sent);
    assert_eq!(asked(&world, &process, 1).await, [1]);
    assert_eq!(state(&world, &begun).await, DeliveryState::Delivered);
}

#[tokio::test]
async fn the_asking_ends_with_a_final_state() {
    for end in [DeliveryState::Delivered, DeliveryState::Failed, DeliveryState::Expired] {
        let world = World::new();
        let process = world.process();
        let begun = process.begun(&world).await;
        world.provider.script.will_report([says(end)]);
        assert_eq!(asked(&world, &process, 700).await, SCHEDULE[..1]);
        assert_eq!(state(&world, &begun).await, end);
    }
}

#[tokio::test]
async fn a_failed_delivery_keeps_its_class_code_and_time() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    let failure = Some(FailureClass::Unreachable);
    let report = DeliveryReport {
        failure,
        code: Some("3023".to_owned()),
        ..DeliveryReport::of(DeliveryState::Failed)
    };
    world.provider.script.will_report([ReportStep::Report(report)]);
    world.pass(5);
    assert_eq!(process.poll.execute().await, Ok(1));
    let [attempt] = &world.attempts(begun.id).await[..] else { panic!("one attempt") };
    assert_eq!((attempt.failure, attempt.provider_code.as_deref()), (failure, Some("3023")));
    assert_eq!(attempt.updated_at, world.now());
}

#[tokio::test]
async fn states_move_forward_only() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    let steps = [DeliveryState::Sent, DeliveryState::Accepted, DeliveryState::Queued];
    world.provider.script.will_report(steps.map(says));
    assert_eq!(asked(&world, &process, 60).await, SCHEDULE[..3]);
    assert_eq!(state(&world, &begun).await, DeliveryState::Sent);
}

#[tokio::test]
async fn what_could_not_be_recorded_is_asked_for_again() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    world.provider.script.will_report([says(DeliveryState::Delivered), says(DeliveryState::Delivered)]);
    world.store.fails(Call::RecordReports, &RepositoryError::Unavailable, 1);
    world.pass(5);
    assert_eq!(process.poll.execute().await, Err(RepositoryError::Unavailable));
    assert_eq!(state(&world, &begun).await, DeliveryState::Accepted);
    assert_eq!(asked(&world, &process, 60).await, [30]);
    assert_eq!(state(&world, &begun).await, DeliveryState::Delivered);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_does_not_answer_holds_nobody_up_beyond_the_turn() {
    let world = World::with_policy(|policy| policy.limits = policy.limits.clone().in_mode(RuleMode::Off));
    let process = world.process();
    for _ in 0..100 {
        process.begin(&world).await;
    }
    process.dispatcher.drained().await;
    world.provider.report_hangs();
    world.clock.advance(SignedDuration::from_secs(5));
    let begun = Instant::now();
    let asked = process.poll.execute().await.expect("the store works");
    assert!(asked > 0);
    // Another process leaves the attempts alone for 30 seconds, so that nobody is asked twice at once.
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}
