//! Places in flight, and waiting until all are free.

use bonin_domain::codes::RuleMode;
use bonin_domain::messages::DeliveryState;
use bonin_ports::RepositoryError;
use futures_util::FutureExt as _;

use crate::support::{Call, World};

/// Messages in flight at the most.
const HOUSE: usize = 512;

#[tokio::test]
async fn a_full_house_leaves_the_message_to_whoever_looks_next() {
    let world = World::new();
    let process = world.process();
    let slots: Vec<_> = std::iter::from_fn(|| process.dispatcher.reserve()).collect();
    assert_eq!(slots.len(), HOUSE);
    let started = process.begin(&world).await;
    assert!(started.first_outcome.is_none());
    assert_eq!(process.dispatcher.take_over().await, Ok(0), "there is still no place");
    assert_eq!(world.store.calls(Call::Lease), 0);
    drop(slots);
    assert_eq!(process.take_over().await, 1, "no lease has to run out first");
    let [attempt] = &world.attempts(started.verification.id).await[..] else { panic!("one attempt") };
    assert_eq!((attempt.state, attempt.possible_duplicate), (DeliveryState::Accepted, false));
}

#[tokio::test]
async fn a_refused_or_failed_start_gives_its_place_back() {
    let world = World::new();
    let process = world.process();
    world.store.fails(Call::Start, &RepositoryError::Busy, HOUSE + 1);
    for _ in 0..=HOUSE {
        assert!(process.try_begin(world.request()).await.is_err());
    }
    assert!(process.dispatcher.drained().now_or_never().is_some());
    assert!(process.begin(&world).await.first_outcome.is_some());
}

#[tokio::test]
async fn no_two_processes_take_over_the_same_message() {
    let world = World::with_policy(|policy| policy.limits = policy.limits.clone().in_mode(RuleMode::Off));
    let (one, other) = (world.process(), world.process());
    let slots: Vec<_> = std::iter::from_fn(|| one.dispatcher.reserve()).collect();
    for _ in 0..300 {
        one.begin(&world).await;
    }
    drop(slots);
    let taken = tokio::join!(one.take_over(), other.take_over());
    assert_eq!(taken, (256, 44));
    assert_eq!(world.provider.sent(), 300);
}

#[tokio::test]
async fn a_take_over_that_the_store_refuses_takes_nothing() {
    let world = World::new();
    let process = world.process();
    world.store.fails(Call::Lease, &RepositoryError::Unavailable, 1);
    assert_eq!(process.dispatcher.take_over().await, Err(RepositoryError::Unavailable));
    assert!(process.dispatcher.drained().now_or_never().is_some(), "all places are free");
}

#[tokio::test]
async fn draining_waits_for_the_provider() {
    let world = World::new();
    let process = world.process();
    world.provider.hold();
    let started = process.begin(&world).await;
    tokio::task::yield_now().await;
    let mut drained = Box::pin(process.dispatcher.drained());
    assert!(drained.as_mut().now_or_never().is_none());
    world.provider.let_through(1);
    drained.await;
    assert_eq!(world.attempts(started.verification.id).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn draining_waits_for_the_record() {
    let world = World::new();
    let process = world.process();
    world.store.fails(Call::Record, &RepositoryError::Busy, 3);
    let started = process.begin(&world).await;
    process.dispatcher.drained().await;
    assert_eq!(world.attempts(started.verification.id).await.len(), 1);
    assert_eq!(world.store.calls(Call::Record), 4);
}
