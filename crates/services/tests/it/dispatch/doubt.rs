//! After an unclear answer: the provider is asked first, and at most one more message goes.

use bonin_domain::messages::{Attempt, DeliveryState, FailureClass, ProviderReference};
use bonin_testkit::{FindStep, SendStep};

use crate::support::{Begun, Process, World};

/// A verification whose first message got no clear answer, fifteen seconds ago.
async fn in_doubt(world: &World, process: &Process, steps: &[SendStep]) -> Begun {
    world.provider.script.will_answer(steps.iter().copied());
    let begun = process.begun(world).await;
    world.pass(15);
    begun
}

fn states(attempts: &[Attempt]) -> Vec<(i16, DeliveryState, bool)> {
    attempts.iter().map(|of| (of.number, of.state, of.possible_duplicate)).collect()
}

#[tokio::test]
async fn a_message_that_the_provider_has_is_accepted_under_its_number_and_not_sent_again() {
    let world = World::new();
    let process = world.process();
    let begun = in_doubt(&world, &process, &[SendStep::UnclearTaken]).await;
    let before = world.attempts(begun.id).await;
    assert_eq!(process.take_over().await, 1);
    let expected = Attempt {
        state: DeliveryState::Accepted,
        failure: None,
        provider_code: None,
        reference: ProviderReference::parse("sent-1"),
        accepted_at: world.now(),
        updated_at: world.now(),
        ..before[0].clone()
    };
    assert_eq!(world.attempts(begun.id).await, [expected]);
    world.pass(5);
    assert_eq!(process.poll.execute().await, Ok(1), "it is asked after from then on");
    world.pass(60);
    assert_eq!((process.take_over().await, world.provider.sent()), (0, 1));
}

#[tokio::test]
async fn a_message_that_the_provider_surely_has_not_is_sent_once_more_and_marked() {
    let world = World::new();
    let process = world.process();
    let begun = in_doubt(&world, &process, &[SendStep::UnclearLost]).await;
    assert_eq!(process.take_over().await, 1);
    let attempts = world.attempts(begun.id).await;
    assert_eq!(states(&attempts), [(1, DeliveryState::Unknown, false), (2, DeliveryState::Accepted, true)]);
    assert_eq!(attempts[1].reference, ProviderReference::parse("sent-2"));
    let texts = world.texts();
    assert_eq!((texts.len(), &texts[0]), (2, &texts[1]));
    assert!(process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await.is_ok());
}

#[tokio::test]
async fn while_the_provider_cannot_say_the_message_stays_unknown_and_is_asked_for_again() {
    let world = World::new();
    let process = world.process();
    let begun = in_doubt(&world, &process, &[SendStep::UnclearTaken]).await;
    world.provider.script.will_find([FindStep::Error, FindStep::Error]);
    for _ in 0..2 {
        assert_eq!(process.take_over().await, 1);
        assert_eq!(states(&world.attempts(begun.id).await), [(1, DeliveryState::Unknown, false)]);
        world.pass(14);
        assert_eq!(process.take_over().await, 0);
        world.pass(1);
    }
    assert_eq!(process.take_over().await, 1);
    assert_eq!(states(&world.attempts(begun.id).await), [(1, DeliveryState::Accepted, false)]);
    assert_eq!(world.provider.sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_takes_for_ever_is_no_answer() {
    let world = World::new();
    let process = world.process();
    let begun = in_doubt(&world, &process, &[SendStep::UnclearTaken]).await;
    world.provider.find_hangs();
    assert_eq!(process.take_over().await, 1);
    assert_eq!(states(&world.attempts(begun.id).await), [(1, DeliveryState::Unknown, false)]);
    assert_eq!(world.provider.sent(), 1);
}

#[tokio::test]
async fn no_message_is_sent_a_third_time() {
    let world = World::new();
    let process = world.process();
    let unclear = [SendStep::UnclearLost, SendStep::UnclearLost];
    let begun = in_doubt(&world, &process, &unclear).await;
    for _ in 0..10 {
        process.take_over().await;
        world.pass(15);
    }
    let attempts = world.attempts(begun.id).await;
    assert_eq!(states(&attempts), [(1, DeliveryState::Unknown, false), (2, DeliveryState::Unknown, true)]);
    assert_eq!(world.provider.sent(), 2);
}

#[tokio::test]
async fn the_second_send_is_looked_for_too() {
    let world = World::new();
    let process = world.process();
    let unclear = [SendStep::UnclearLost, SendStep::UnclearTaken];
    let begun = in_doubt(&world, &process, &unclear).await;
    assert_eq!(process.take_over().await, 1);
    world.pass(15);
    assert_eq!(process.take_over().await, 1);
    let attempts = world.attempts(begun.id).await;
    assert_eq!(states(&attempts), [(1, DeliveryState::Unknown, false), (2, DeliveryState::Accepted, true)]);
    assert_eq!(world.provider.sent(), 2);
}

#[tokio::test]
async fn nothing_is_sent_after_the_code_died() {
    let world = World::new();
    let process = world.process();
    let begun = in_doubt(&world, &process, &[SendStep::UnclearLost]).await;
    world.pass(165);
    assert_eq!(process.take_over().await, 1);
    assert_eq!(states(&world.attempts(begun.id).await), [(1, DeliveryState::Unknown, false)]);
    world.pass(60);
    assert_eq!((process.take_over().await, world.provider.sent()), (0, 1));
}

#[tokio::test]
async fn a_message_found_after_its_code_died_is_accepted_all_the_same() {
    let world = World::new();
    let process = world.process();
    let begun = in_doubt(&world, &process, &[SendStep::UnclearTaken]).await;
    world.pass(300);
    assert_eq!(process.take_over().await, 1);
    assert_eq!(states(&world.attempts(begun.id).await), [(1, DeliveryState::Accepted, false)]);
}

#[tokio::test]
async fn an_unclear_answer_just_before_the_end_is_left_unknown() {
    let world = World::new();
    let process = world.process();
    world.provider.hold();
    world.provider.script.will_answer([SendStep::UnclearLost]);
    let started = process.begin(&world).await;
    // The call began in time and ended as the code was about to die.
    tokio::task::yield_now().await;
    world.pass(166);
    world.provider.let_through(1);
    process.dispatcher.drained().await;
    let attempts = world.attempts(started.verification.id).await;
    assert_eq!(states(&attempts), [(1, DeliveryState::Unknown, false)]);
    assert_eq!(attempts[0].failure, Some(FailureClass::Unclear));
    world.pass(60);
    assert_eq!((process.take_over().await, world.provider.sent()), (0, 1));
}
