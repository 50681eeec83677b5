//! From one provider to the next: at once where the first surely did not take the message, never sooner than
//! fifteen seconds where nobody knows.

use bonin_domain::messages::{Attempt, DeliveryState, FailureClass};
use bonin_ports::{Abilities, Encoding};
use bonin_testkit::{FindStep, SendStep};

use crate::support::{World, named};

fn told(attempts: &[Attempt]) -> Vec<(i16, &str, DeliveryState, bool)> {
    attempts.iter().map(|of| (of.number, of.provider.as_str(), of.state, of.possible_duplicate)).collect()
}

#[tokio::test]
async fn a_sure_failure_goes_to_the_next_provider_at_once() {
    for step in [
        SendStep::Refused(FailureClass::Sender),
        SendStep::Refused(FailureClass::Content),
        SendStep::Unauthorized,
        SendStep::Unavailable(FailureClass::ProviderDown),
        SendStep::Unavailable(FailureClass::Quota),
    ] {
        let world = World::with_others(&["cafe24", "coolsms"]);
        let process = world.process();
        world.provider.script.will_answer([step]);
        world.other("cafe24").script.will_answer([step]);
        let started = process.begin(&world).await;
        let last = started.first_outcome.expect("this process sends").await.expect("it is told");
        assert_eq!((last.provider.as_str(), last.state), ("coolsms", DeliveryState::Accepted), "{step:?}");
        let attempts = world.attempts(started.verification.id).await;
        let expected = [
            (1, "sens", DeliveryState::Failed, false),
            (2, "cafe24", DeliveryState::Failed, false),
            (3, "coolsms", DeliveryState::Accepted, false),
        ];
        assert_eq!(told(&attempts), expected, "{step:?}");
        assert!(
            process
                .check
                .execute(
                    &world.tenant,
                    started.verification.id,
                    &started.token,
                    &crate::support::code_in(&world.other("coolsms").script.messages()[0].text),
                )
                .await
                .is_ok()
        );
    }
}

#[tokio::test]
async fn a_number_that_is_none_is_not_tried_elsewhere() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    world.provider.script.will_answer([SendStep::Refused(FailureClass::InvalidNumber)]);
    let begun = process.begin(&world).await;
    process.dispatcher.drained().await;
    let attempts = world.attempts(begun.verification.id).await;
    assert_eq!(told(&attempts), [(1, "sens", DeliveryState::Failed, false)]);
    assert_eq!(world.other("cafe24").sent(), 0);
}

#[tokio::test]
async fn every_attempt_keeps_who_could_have_been_asked_and_why() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    world.provider.script.will_answer([SendStep::Unauthorized]);
    let started = process.begin(&world).await;
    process.dispatcher.drained().await;
    for attempt in world.attempts(started.verification.id).await {
        let route = attempt.route.expect("it is kept");
        let names: Vec<&str> = route.candidates.iter().map(|of| of.provider.as_str()).collect();
        assert_eq!(names, ["sens", "cafe24"]);
        assert_eq!(attempt.country.map(|country| country.to_string()).as_deref(), Some("KR"));
    }
}

#[tokio::test]
async fn an_unclear_outcome_is_never_sent_elsewhere_within_fifteen_seconds_and_then_once_marked() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    world.provider.script.will_answer([SendStep::UnclearTaken]);
    world.provider.script.will_find([FindStep::Error]);
    let started = process.begin(&world).await;
    process.dispatcher.drained().await;
    world.pass(14);
    assert_eq!((process.take_over().await, world.other("cafe24").sent()), (0, 0));
    world.pass(1);
    assert_eq!((process.take_over().await, world.other("cafe24").sent()), (1, 1));
    let attempts = world.attempts(started.verification.id).await;
    let expected = [(1, "sens", DeliveryState::Unknown, false), (2, "cafe24", DeliveryState::Accepted, true)];
    assert_eq!(told(&attempts), expected);
    world.pass(60);
    assert_eq!((process.take_over().await, world.provider.sent(), world.other("cafe24").sent()), (0, 1, 1));
}

#[tokio::test]
async fn what_the_first_provider_turns_out_to_have_is_not_sent_by_the_second() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    world.provider.script.will_answer([SendStep::UnclearTaken]);
    let started = process.begin(&world).await;
    process.dispatcher.drained().await;
    world.pass(15);
    assert_eq!((process.take_over().await, world.other("cafe24").sent()), (1, 0));
    let attempts = world.attempts(started.verification.id).await;
    assert_eq!(told(&attempts), [(1, "sens", DeliveryState::Accepted, false)]);
}

#[tokio::test]
async fn two_unclear_outcomes_end_it_and_sure_failures_between_do_not_count() {
    let world = World::with_others(&["cafe24", "coolsms", "nexmo"]);
    let process = world.process();
    world.provider.script.will_answer([SendStep::UnclearLost]);
    world.other("cafe24").script.will_answer([SendStep::Unauthorized]);
    world.other("coolsms").script.will_answer([SendStep::UnclearLost]);
    let started = process.begin(&world).await;
    process.dispatcher.drained().await;
    for _ in 0..5 {
        world.pass(15);
        process.take_over().await;
    }
    let attempts = world.attempts(started.verification.id).await;
    let expected = [
        (1, "sens", DeliveryState::Unknown, false),
        (2, "cafe24", DeliveryState::Failed, true),
        (3, "coolsms", DeliveryState::Unknown, true),
    ];
    assert_eq!(told(&attempts), expected);
    assert_eq!(world.other("nexmo").sent(), 0);
}

#[tokio::test]
async fn a_lease_too_short_for_another_call_leaves_the_next_provider_to_the_next_turn() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    world.provider.takes(5);
    world.provider.script.will_answer([SendStep::Unauthorized]);
    let started = process.begin(&world).await;
    process.dispatcher.drained().await;
    assert_eq!(world.other("cafe24").sent(), 0);
    assert_eq!((process.take_over().await, world.other("cafe24").sent(), world.provider.sent()), (1, 1, 1));
    let attempts = world.attempts(started.verification.id).await;
    let expected = [(1, "sens", DeliveryState::Failed, false), (2, "cafe24", DeliveryState::Accepted, false)];
    assert_eq!(told(&attempts), expected);
}

#[tokio::test]
async fn a_resend_avoids_the_provider_whose_code_did_not_lead_to_success() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    let begun = process.begun(&world).await;
    world.pass(60);
    let client = World::client("203.0.113.7");
    process.resend.execute(&world.tenant, begun.id, &begun.token, &client, None).await.expect("it is sent");
    process.dispatcher.drained().await;
    assert_eq!((world.provider.sent(), world.other("cafe24").sent()), (1, 1));
    // With nobody new left, the order counts again.
    world.pass(60);
    process.resend.execute(&world.tenant, begun.id, &begun.token, &client, None).await.expect("it is sent");
    process.dispatcher.drained().await;
    assert_eq!((world.provider.sent(), world.other("cafe24").sent()), (2, 1));
}

#[tokio::test]
async fn after_five_failures_the_breaker_spares_the_provider_until_one_call_succeeds() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    let down = SendStep::Unavailable(FailureClass::ProviderDown);
    world.provider.script.will_answer([down; 6]);
    let mut number = 0;
    let mut begin = async || {
        number += 1;
        let request = bonin_services::codes::StartRequest {
            phone_number: bonin_domain::PhoneNumber::parse(
                &format!("010-1234-{number:04}"),
                bonin_domain::Region::KR,
            )
            .expect("a number"),
            client: World::client(&format!("203.0.113.{number}")),
            ..world.request()
        };
        process.try_begin(request).await.expect("it starts");
        process.dispatcher.drained().await;
    };
    for _ in 0..8 {
        begin().await;
    }
    assert_eq!((world.provider.sent(), world.other("cafe24").sent()), (5, 8));
    world.pass(60);
    begin().await;
    begin().await;
    assert_eq!((world.provider.sent(), world.other("cafe24").sent()), (6, 10), "one probe, which failed");
    world.pass(60);
    begin().await;
    begin().await;
    assert_eq!((world.provider.sent(), world.other("cafe24").sent()), (8, 10), "a probe that succeeded");
}

#[tokio::test]
async fn with_every_breaker_open_the_message_fails_at_once_and_nobody_is_called() {
    let world = World::new();
    let process = world.process();
    for _ in 0..5 {
        process.router.answered(&named("sens"), false);
    }
    let started = process.begin(&world).await;
    process.dispatcher.drained().await;
    let [attempt] = &world.attempts(started.verification.id).await[..] else { panic!("one attempt") };
    assert_eq!((attempt.state, attempt.failure), (DeliveryState::Failed, Some(FailureClass::ProviderDown)));
    assert_eq!(attempt.provider_code.as_deref(), Some("no_provider"));
    assert_eq!(world.provider.sent(), 0);
}

#[tokio::test]
async fn a_provider_that_cannot_carry_the_number_is_passed_over() {
    let mut world = World::with_others(&["cafe24"]);
    let domestic = Abilities {
        kinds: &bonin_domain::messages::MessageKind::ALL,
        domestic_only: true,
        encoding: Encoding::EucKr,
        senders: Vec::new(),
    };
    world.provider = std::sync::Arc::new(crate::support::Provider::able_to(world.clock.clone(), domestic));
    let mut process = world.process();
    let region = "US".parse().expect("a country");
    process.start.destinations.regions.push(region);
    let number = bonin_domain::PhoneNumber::parse("+1 650 253 0000", region).expect("a number");
    let request = bonin_services::codes::StartRequest { phone_number: number, ..world.request() };
    process.try_begin(request).await.expect("it starts");
    process.dispatcher.drained().await;
    assert_eq!((world.provider.sent(), world.other("cafe24").sent()), (0, 1));
}

#[tokio::test]
async fn a_sure_failure_after_an_unclear_outcome_settles_nothing() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    world.provider.script.will_answer([SendStep::UnclearTaken]);
    world.provider.script.will_find([FindStep::Error, FindStep::Error]);
    world.other("cafe24").script.will_answer([SendStep::Unavailable(FailureClass::ProviderDown)]);
    let started = process.begin(&world).await;
    process.dispatcher.drained().await;
    let id = started.verification.id;
    for _ in 0..2 {
        world.pass(15);
        assert_eq!(process.take_over().await, 1);
        let attempts = world.attempts(id).await;
        let expected =
            [(1, "sens", DeliveryState::Unknown, false), (2, "cafe24", DeliveryState::Failed, true)];
        assert_eq!(told(&attempts), expected);
        let holder = bonin_ports::Holder::Token(started.token.digest());
        let seen = process.read.execute(&world.tenant, id, holder).await.expect("its owner sees it");
        assert_eq!(seen.delivery.expect("it has a message").state, DeliveryState::Unknown);
    }
    world.pass(15);
    assert_eq!(process.take_over().await, 1);
    let found = world.attempts(id).await;
    assert_eq!((found[0].state, world.provider.sent()), (DeliveryState::Accepted, 1), "never sent twice");
}
