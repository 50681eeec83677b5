//! Reading: how a message fares.

use bonin_domain::codes::Status;
use bonin_domain::messages::{DeliveryState, FailureClass, ProviderName};
use bonin_ports::{DeliveryReport, Holder};
use bonin_services::codes::{Delivery, ReadError};
use bonin_testkit::{ReportStep, SendStep};

use crate::support::{Begun, Process, World};

async fn delivery(world: &World, process: &Process, begun: &Begun) -> Delivery {
    let seen = process
        .read
        .execute(&world.tenant, begun.id, Holder::Token(begun.token.digest()))
        .await
        .expect("its owner sees it");
    assert_eq!(seen.at, world.now());
    assert_eq!(seen.phone_number.e164(), "+821012345678");
    seen.delivery.expect("it has a message")
}

fn sens() -> Option<ProviderName> {
    ProviderName::parse("sens")
}

#[tokio::test]
async fn a_message_that_waits_is_queued_with_nobody() {
    let world = World::new();
    let process = world.process();
    world.provider.hold();
    let started = process.begin(&world).await;
    let created_at = world.now();
    world.pass(1);
    let seen = process
        .read
        .execute(&world.tenant, started.verification.id, Holder::Token(started.token.digest()))
        .await;
    let expected = Delivery {
        state: DeliveryState::Queued,
        provider: None,
        failure: None,
        possible_duplicate: false,
        updated_at: created_at,
    };
    assert_eq!(seen.expect("its owner sees it").delivery, Some(expected));
}

#[tokio::test]
async fn delivery_follows_the_attempt_forward() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    assert_eq!(delivery(&world, &process, &begun).await.state, DeliveryState::Accepted);
    let reports = [(DeliveryState::Sent, 5), (DeliveryState::Delivered, 10)];
    for (state, seconds) in reports {
        let report = DeliveryReport::of(state);
        world.provider.script.will_report([ReportStep::Report(report)]);
        world.pass(seconds);
        assert_eq!(process.poll.execute().await, Ok(1));
        let expected = Delivery {
            state,
            provider: sens(),
            failure: None,
            possible_duplicate: false,
            updated_at: world.now(),
        };
        assert_eq!(delivery(&world, &process, &begun).await, expected);
    }
}

#[tokio::test]
async fn a_failure_is_shown_with_its_class() {
    let world = World::new();
    let process = world.process();
    world.provider.script.will_answer([SendStep::Refused(FailureClass::InvalidNumber)]);
    let begun = process.begun(&world).await;
    let seen = delivery(&world, &process, &begun).await;
    assert_eq!((seen.state, seen.failure), (DeliveryState::Failed, Some(FailureClass::InvalidNumber)));
}

#[tokio::test]
async fn a_possible_duplicate_stays_one_however_the_message_fares() {
    let world = World::new();
    let process = world.process();
    world.provider.script.will_answer([SendStep::UnclearLost]);
    let begun = process.begun(&world).await;
    let first = delivery(&world, &process, &begun).await;
    assert_eq!((first.state, first.failure), (DeliveryState::Unknown, Some(FailureClass::Unclear)));
    assert!(!first.possible_duplicate);
    world.pass(15);
    assert_eq!(process.take_over().await, 1);
    let second = delivery(&world, &process, &begun).await;
    assert_eq!((second.state, second.possible_duplicate), (DeliveryState::Accepted, true));
}

#[tokio::test]
async fn the_latest_message_is_the_one_shown() {
    let world = World::new();
    let process = world.process();
    world.provider.script.will_answer([SendStep::Refused(FailureClass::Blocked), SendStep::Accepted]);
    let begun = process.begun(&world).await;
    world.pass(60);
    let client = World::client("203.0.113.7");
    let resent = process.resend.execute(&world.tenant, begun.id, &begun.token, &client, None).await;
    resent.expect("it is sent");
    process.dispatcher.drained().await;
    assert_eq!(delivery(&world, &process, &begun).await.state, DeliveryState::Accepted);
}

#[tokio::test]
async fn a_verification_is_shown_as_it_stands_at_the_moment_of_reading() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    world.pass(180);
    let seen = process
        .read
        .execute(&world.tenant, begun.id, Holder::Token(begun.token.digest()))
        .await
        .expect("its owner sees it");
    assert_eq!(seen.verification.status, Status::Expired);
    let unknown = process.begun(&world).await;
    let crossed = process.read.execute(&world.tenant, begun.id, Holder::Token(unknown.token.digest())).await;
    assert!(matches!(crossed, Err(ReadError::NotFound)));
}
