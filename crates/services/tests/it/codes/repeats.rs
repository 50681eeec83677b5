//! Repeated requests under an idempotency key.

use bonin_domain::access::ApiKeyId;
use bonin_ports::RepositoryError;
use bonin_services::codes::{IdempotentRequest, ResendError, StartError, StartRequest};
use jiff::SignedDuration;

use crate::support::{Call, World};

fn under(key: &str, request: &str) -> IdempotentRequest {
    IdempotentRequest { key: key.to_owned(), request: request.as_bytes().to_vec(), caller: None }
}

fn start_under(world: &World, key: &str, request: &str) -> StartRequest {
    StartRequest { idempotency: Some(under(key, request)), ..world.request() }
}

#[tokio::test]
async fn a_repeated_start_gives_the_same_answer_and_one_message() {
    let world = World::new();
    let process = world.process();
    let first = process.try_begin(start_under(&world, "k", "body")).await.expect("it starts");
    process.dispatcher.drained().await;
    world.pass(30);
    let again = process.try_begin(start_under(&world, "k", "body")).await.expect("it is repeated");
    assert!(again.repeated && !first.repeated);
    assert_eq!(again.verification, first.verification);
    assert_eq!(again.token.reveal(), first.token.reveal());
    assert_eq!(again.answered_at, first.answered_at);
    assert_eq!(again.phone_number, first.phone_number);
    assert!(again.first_outcome.is_none());
    process.dispatcher.drained().await;
    assert_eq!((process.take_over().await, world.provider.sent()), (0, 1));
    let code = world.latest_code();
    let verified = process.check.execute(&world.tenant, again.verification.id, &again.token, &code).await;
    assert!(verified.is_ok());
}

#[tokio::test]
async fn another_body_under_a_used_key_is_refused_and_sends_nothing() {
    let world = World::new();
    let process = world.process();
    process.begun_by(&world, start_under(&world, "k", "body")).await;
    let other = process.try_begin(start_under(&world, "k", "other body")).await;
    assert!(matches!(other, Err(StartError::KeyReused)));
    process.dispatcher.drained().await;
    assert_eq!(world.provider.sent(), 1);
}

#[tokio::test]
async fn clients_that_choose_the_same_key_do_not_meet() {
    let world = World::new();
    let process = world.process();
    let first = process.begun_by(&world, start_under(&world, "k", "body")).await;
    let client = World::client("198.51.100.1");
    let elsewhere = StartRequest { client, ..start_under(&world, "k", "body") };
    let second = process.begun_by(&world, elsewhere).await;
    assert_ne!(first.id, second.id);
    assert_eq!(world.provider.sent(), 2);
}

#[tokio::test]
async fn an_answer_is_repeated_for_a_day() {
    let world = World::new();
    let process = world.process();
    let first = process.begun_by(&world, start_under(&world, "k", "body")).await;
    world.clock.advance(SignedDuration::from_hours(24) - SignedDuration::from_micros(1));
    let repeated = process.try_begin(start_under(&world, "k", "body")).await.expect("it is repeated");
    assert_eq!(repeated.verification.id, first.id);
    world.clock.advance(SignedDuration::from_micros(1));
    assert_ne!(process.begun_by(&world, start_under(&world, "k", "body")).await.id, first.id);
}

#[tokio::test]
async fn the_loser_of_two_requests_at_once_is_given_the_winners_answer() {
    let world = World::new();
    let process = world.process();
    let winner = process.begun_by(&world, start_under(&world, "k", "body")).await;
    world.store.fails(Call::Start, &RepositoryError::Conflict, 1);
    let loser = process.try_begin(start_under(&world, "k", "body")).await.expect("it is repeated");
    assert_eq!(loser.verification.id, winner.id);
    assert!(loser.repeated);
}

#[tokio::test]
async fn a_repeated_resend_gives_the_same_answer_and_one_message() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    let client = World::client("203.0.113.7");
    let (key, other) = (under("k", "resend"), under("k", "other"));
    let resend =
        |request| process.resend.execute(&world.tenant, begun.id, &begun.token, &client, Some(request));
    world.pass(60);
    let first = resend(&key).await.expect("it is sent");
    process.dispatcher.drained().await;
    world.pass(30);
    let again = resend(&key).await.expect("it is repeated");
    assert!(again.repeated && !first.repeated);
    assert_eq!(again.verification.expires_at, first.verification.expires_at);
    assert_eq!(again.phone_number, first.phone_number);
    assert!(matches!(resend(&other).await, Err(ResendError::KeyReused)));
    process.dispatcher.drained().await;
    assert_eq!(world.provider.sent(), 2);
}

#[tokio::test]
async fn the_client_of_a_keyed_request_is_its_key_wherever_it_calls_from() {
    let world = World::new();
    let process = world.process();
    let keyed = |key: &str, address: &str| StartRequest {
        client: World::client(address),
        idempotency: Some(IdempotentRequest {
            caller: Some(ApiKeyId::parse(key).expect("a key")),
            ..under("one", "body")
        }),
        ..world.request()
    };
    let first = process.try_begin(keyed("akey0000", "203.0.113.7")).await.expect("it starts");
    let again = process.try_begin(keyed("akey0000", "198.51.100.9")).await.expect("it is repeated");
    assert_eq!((again.repeated, again.verification.id), (true, first.verification.id));
    let other = process.try_begin(keyed("bkey0000", "203.0.113.7")).await.expect("it starts");
    assert!(!other.repeated, "another key's requests are its own");
}
