//! Messages whose process was killed or stood still.

use bonin_domain::codes::VerificationId;
use bonin_domain::messages::{Attempt, DeliveryState, FailureClass};
use bonin_testkit::{FindStep, SendStep};
use jiff::SignedDuration;

use crate::support::{Call, World, killed_after};

/// A start whose process is killed before it sends.
fn killed_before_sending(world: &World) -> VerificationId {
    killed_after(async { world.process().begin(world).await.verification.id })
}

/// A start whose process is killed after the provider took the message and before that is recorded.
fn killed_before_recording(world: &World) -> VerificationId {
    world.store.records_hang(true);
    let calls = world.store.calls(Call::Record);
    let id = killed_after(async {
        let id = world.process().begin(world).await.verification.id;
        while world.store.calls(Call::Record) == calls {
            tokio::task::yield_now().await;
        }
        id
    });
    world.store.records_hang(false);
    id
}

async fn states(world: &World, id: VerificationId) -> Vec<(i16, DeliveryState, bool)> {
    let attempts = world.attempts(id).await;
    attempts.iter().map(|of| (of.number, of.state, of.possible_duplicate)).collect()
}

#[tokio::test]
async fn a_killed_process_keeps_its_message_for_ten_seconds_and_no_longer() {
    let world = World::new();
    let id = killed_before_sending(&world);
    let process = world.process();
    world.clock.advance(SignedDuration::from_secs(10) - SignedDuration::from_micros(1));
    assert_eq!(process.take_over().await, 0);
    world.clock.advance(SignedDuration::from_micros(1));
    assert_eq!(process.take_over().await, 1);
    assert_eq!(states(&world, id).await, [(1, DeliveryState::Accepted, true)]);
    assert_eq!(world.provider.sent(), 1);
    world.pass(60);
    assert_eq!(process.take_over().await, 0);
}

#[tokio::test]
async fn a_message_that_the_killed_process_sent_is_found_and_not_sent_again() {
    let world = World::new();
    let begun_at = world.now();
    let id = killed_before_recording(&world);
    assert_eq!(world.provider.sent(), 1);
    assert_eq!(world.attempts(id).await, [], "nothing was recorded");
    let process = world.process();
    world.pass(10);
    assert_eq!(process.take_over().await, 1);
    assert_eq!(states(&world, id).await, [(1, DeliveryState::Accepted, false)]);
    assert_eq!(world.attempts(id).await[0].started_at, begun_at);
    world.pass(60);
    assert_eq!((process.take_over().await, world.provider.sent()), (0, 1));
    assert_eq!(process.poll.execute().await, Ok(1));
}

#[tokio::test]
async fn where_the_provider_cannot_say_a_killed_processs_message_is_sent_and_marked() {
    let world = World::new();
    let id = killed_before_recording(&world);
    world.provider.script.will_find([FindStep::Error]);
    world.pass(10);
    assert_eq!(world.process().take_over().await, 1);
    assert_eq!(states(&world, id).await, [(1, DeliveryState::Accepted, true)]);
    assert_eq!(world.provider.sent(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_slow_look_up_leaves_time_to_send_within_the_lease() {
    let world = World::new();
    let id = killed_before_sending(&world);
    world.provider.find_hangs();
    world.pass(10);
    assert_eq!(world.process().take_over().await, 1);
    assert_eq!(states(&world, id).await, [(1, DeliveryState::Accepted, true)]);
}

#[tokio::test]
async fn a_message_left_until_its_code_died_is_expired_and_never_sent() {
    let world = World::new();
    let id = killed_before_sending(&world);
    world.pass(180);
    assert_eq!(world.process().take_over().await, 1);
    let [attempt] = &world.attempts(id).await[..] else { panic!("one attempt") };
    assert_eq!((attempt.state, attempt.failure), (DeliveryState::Expired, Some(FailureClass::TooLate)));
    assert_eq!(world.provider.sent(), 0);
}

#[tokio::test]
async fn a_message_that_may_have_gone_before_its_code_died_is_unknown_where_the_provider_cannot_say() {
    let world = World::new();
    let id = killed_before_recording(&world);
    world.provider.script.will_find([FindStep::Error]);
    world.pass(180);
    let process = world.process();
    assert_eq!(process.take_over().await, 1);
    let [attempt] = &world.attempts(id).await[..] else { panic!("one attempt") };
    assert_eq!((attempt.state, attempt.failure), (DeliveryState::Unknown, Some(FailureClass::Unclear)));
    world.pass(60);
    assert_eq!((process.take_over().await, world.provider.sent()), (0, 1));
}

#[tokio::test]
async fn a_process_that_stood_still_past_its_lease_does_not_send() {
    let world = World::new();
    let slow = world.process();
    // The start is durable, and the process stands still before it gets to sending.
    let started = slow.begin(&world).await;
    world.clock.advance(SignedDuration::from_secs(4) + SignedDuration::from_micros(1));
    slow.dispatcher.drained().await;
    assert_eq!(world.provider.sent(), 0, "too little of the lease is left for a call");
    assert!(started.first_outcome.expect("it had a slot").await.is_err(), "nothing is told");
    world.pass(10);
    let other = world.process();
    assert_eq!(other.take_over().await, 1);
    assert_eq!(world.provider.sent(), 1);
}

#[tokio::test]
async fn a_look_up_that_outlasts_the_lease_sends_nothing() {
    let world = World::new();
    let id = killed_before_sending(&world);
    world.pass(10);
    let process = world.process();
    assert_eq!(process.dispatcher.take_over().await, Ok(1));
    world.pass(9);
    process.dispatcher.drained().await;
    assert_eq!((world.attempts(id).await, world.provider.sent()), (vec![], 0));
    world.pass(1);
    assert_eq!(process.take_over().await, 1);
    assert_eq!(world.provider.sent(), 1);
}

/// A message whose first process wrote down its success only after a second one, killed since, had taken the
/// message over.
async fn recorded_late(world: &World) -> VerificationId {
    let first = world.process();
    world.provider.hold();
    let started = first.begin(world).await;
    tokio::task::yield_now().await;
    world.pass(10);
    killed_after(async { assert_eq!(world.process().dispatcher.take_over().await, Ok(1)) });
    world.provider.let_through(1);
    first.dispatcher.drained().await;
    started.verification.id
}

#[tokio::test]
async fn a_success_that_was_recorded_late_is_not_sent_again() {
    for find in [FindStep::Error, FindStep::Nothing] {
        let world = World::new();
        let id = recorded_late(&world).await;
        let recorded: Vec<Attempt> = world.attempts(id).await;
        assert_eq!(recorded[0].state, DeliveryState::Accepted);
        world.provider.script.will_find([find]);
        world.provider.let_through(1);
        world.pass(10);
        let third = world.process();
        assert_eq!(third.take_over().await, 1);
        assert_eq!(world.attempts(id).await, recorded);
        world.pass(60);
        assert_eq!((third.take_over().await, world.provider.sent()), (0, 1));
        assert_eq!(third.poll.execute().await, Ok(1), "it is still asked after");
    }
}

#[tokio::test]
async fn an_unclear_answer_that_was_recorded_late_is_still_in_doubt() {
    let world = World::new();
    world.provider.script.will_answer([SendStep::UnclearTaken]);
    let id = recorded_late(&world).await;
    assert_eq!(states(&world, id).await, [(1, DeliveryState::Unknown, false)]);
    world.pass(10);
    assert_eq!(world.process().take_over().await, 1);
    assert_eq!(states(&world, id).await, [(1, DeliveryState::Accepted, false)]);
    assert_eq!(world.provider.sent(), 1);
}
