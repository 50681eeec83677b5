//! One call of a provider, and what each answer makes of the attempt.

use bonin_domain::messages::{Attempt, DeliveryState, FailureClass, ProviderName, ProviderReference};
use bonin_ports::Outbox as _;
use bonin_testkit::{Scene, SendStep};
use jiff::{SignedDuration, Timestamp};

use crate::support::World;

/// Nothing of it is ever leased again: its sealed text is gone.
async fn is_erased(world: &World) -> bool {
    let lease = Scene::new().lease();
    let leased = world.store.memory.lease(lease, Timestamp::MAX, Timestamp::MAX, 10).await;
    leased.expect("the memory works").is_empty()
}

#[tokio::test]
async fn an_accepted_message_is_one_attempt_and_its_text_is_erased() {
    let world = World::new();
    let process = world.process();
    world.provider.takes(2);
    let started_at = world.now();
    let started = process.begin(&world).await;
    let told = started.first_outcome.expect("this process sends").await.expect("it is told");
    process.dispatcher.drained().await;
    let attempts = world.attempts(started.verification.id).await;
    let expected = Attempt {
        message: told.message,
        number: 1,
        provider: ProviderName::parse("sens").expect("a name"),
        state: DeliveryState::Accepted,
        failure: None,
        provider_code: Some("202".to_owned()),
        reference: ProviderReference::parse("sent-1"),
        possible_duplicate: false,
        country: "KR".parse().ok(),
        price: None,
        event: None,
        route: told.route.clone(),
        started_at,
        accepted_at: started_at + SignedDuration::from_secs(2),
        updated_at: started_at + SignedDuration::from_secs(2),
    };
    assert_eq!(attempts, std::slice::from_ref(&expected));
    assert_eq!(told, expected);
    assert!(is_erased(&world).await);
    world.pass(60);
    assert_eq!((process.take_over().await, world.provider.sent()), (0, 1));
}

#[tokio::test]
async fn a_poll_is_due_five_seconds_after_acceptance() {
    let world = World::new();
    let process = world.process();
    process.begun(&world).await;
    world.clock.advance(SignedDuration::from_secs(5) - SignedDuration::from_micros(1));
    assert_eq!(process.poll.execute().await, Ok(0));
    world.clock.advance(SignedDuration::from_micros(1));
    assert_eq!(process.poll.execute().await, Ok(1));
}

#[tokio::test]
async fn a_sure_refusal_ends_the_message_with_its_class_and_code() {
    for (step, class, code) in [
        (SendStep::Refused(FailureClass::InvalidNumber), FailureClass::InvalidNumber, "400"),
        (SendStep::Refused(FailureClass::Sender), FailureClass::Sender, "400"),
        (SendStep::Unauthorized, FailureClass::Credentials, "401"),
        (SendStep::Unavailable(FailureClass::ProviderDown), FailureClass::ProviderDown, "503"),
        (SendStep::Unavailable(FailureClass::Quota), FailureClass::Quota, "503"),
    ] {
        let world = World::new();
        let process = world.process();
        world.provider.script.will_answer([step]);
        let begun = process.begun(&world).await;
        let [attempt] = &world.attempts(begun.id).await[..] else { panic!("one attempt") };
        assert_eq!((attempt.number, attempt.state), (1, DeliveryState::Failed), "{step:?}");
        assert_eq!((attempt.failure, attempt.provider_code.as_deref()), (Some(class), Some(code)));
        assert_eq!((&attempt.reference, attempt.possible_duplicate), (&None, false));
        assert!(is_erased(&world).await);
        world.pass(60);
        assert_eq!((process.take_over().await, world.provider.sent()), (0, 1));
        assert_eq!(process.poll.execute().await, Ok(0), "nobody asks after a failure");
    }
}

#[tokio::test]
async fn an_unclear_answer_is_unknown_and_nothing_is_sent_for_fifteen_seconds() {
    let world = World::new();
    let process = world.process();
    world.provider.script.will_answer([SendStep::UnclearTaken]);
    let begun = process.begun(&world).await;
    let [attempt] = &world.attempts(begun.id).await[..] else { panic!("one attempt") };
    assert_eq!((attempt.number, attempt.state), (1, DeliveryState::Unknown));
    assert_eq!(attempt.failure, Some(FailureClass::Unclear));
    assert_eq!(attempt.provider_code.as_deref(), Some("time_out"));
    world.clock.advance(SignedDuration::from_secs(15) - SignedDuration::from_micros(1));
    assert_eq!((process.take_over().await, world.provider.sent()), (0, 1));
    world.clock.advance(SignedDuration::from_micros(1));
    assert_eq!(process.take_over().await, 1);
}
