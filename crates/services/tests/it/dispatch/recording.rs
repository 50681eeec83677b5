//! Outcomes become durable before anybody is told, in spite of a store that fails.

use std::time::Duration;

use bonin_domain::messages::DeliveryState;
use bonin_ports::RepositoryError;
use tokio::time::Instant;

use crate::support::{Call, World};

#[tokio::test(start_paused = true)]
async fn the_first_outcome_is_told_once_it_is_durable() {
    for fault in [RepositoryError::Busy, RepositoryError::Unavailable, RepositoryError::Conflict] {
        let world = World::new();
        let process = world.process();
        world.store.fails(Call::Record, &fault, 2);
        let started = process.begin(&world).await;
        let mut outcome = started.first_outcome.expect("this process sends");
        while world.store.calls(Call::Record) < 2 {
            tokio::task::yield_now().await;
            assert!(outcome.try_recv().is_err(), "nothing is durable yet");
            assert_eq!(world.attempts(started.verification.id).await, []);
            tokio::time::advance(Duration::from_millis(10)).await;
        }
        let told = outcome.await.expect("it is told");
        assert_eq!(world.attempts(started.verification.id).await, [told]);
        assert_eq!(world.provider.sent(), 1, "recording again is not sending again");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_could_not_be_recorded_is_told_to_nobody() {
    for fault in [RepositoryError::Internal("a bug".to_owned()), RepositoryError::Unavailable] {
        let world = World::new();
        let process = world.process();
        world.store.fails(Call::Record, &fault, 1_000);
        let started = process.begin(&world).await;
        assert!(started.first_outcome.expect("this process sends").await.is_err());
        assert_eq!(world.attempts(started.verification.id).await, []);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_record_is_made_good_by_asking_the_provider() {
    let world = World::new();
    let process = world.process();
    world.store.fails(Call::Record, &RepositoryError::Internal("a bug".to_owned()), 2);
    let started = process.begin(&world).await;
    process.dispatcher.drained().await;
    world.pass(10);
    assert_eq!(process.take_over().await, 1);
    let [attempt] = &world.attempts(started.verification.id).await[..] else { panic!("one attempt") };
    assert_eq!(attempt.state, DeliveryState::Accepted);
    assert_eq!(world.provider.sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn one_outcome_that_cannot_be_stored_does_not_take_its_neighbours_with_it() {
    let world = World::new();
    let process = world.process();
    world.provider.hold();
    let mut started = Vec::new();
    for _ in 0..3 {
        started.push(process.begin(&world).await);
    }
    let histories =
        bonin_ports::Outbox::messages(&*world.store.memory, &world.tenant, started[1].verification.id);
    world.store.poison(histories.await.expect("the memory works")[0].id);
    tokio::task::yield_now().await;
    world.provider.let_through(3);
    process.dispatcher.drained().await;
    let mut told = Vec::new();
    for start in started {
        let durable = world.attempts(start.verification.id).await;
        let outcome = start.first_outcome.expect("this process sends").await;
        assert_eq!(outcome.as_ref().ok(), durable.first());
        told.push(outcome.is_ok());
    }
    assert_eq!(told, [true, false, true]);
}

#[tokio::test(start_paused = true)]
async fn what_was_done_during_an_outage_is_recorded_soon_after_it() {
    let world = World::new();
    let process = world.process();
    let begun = Instant::now();
    // Twenty seconds of a store that answers at once that it is down.
    world.store.fails(Call::Record, &RepositoryError::Unavailable, 1_000);
    let mut started = Vec::new();
    for _ in 0..5 {
        started.push(process.begin(&world).await);
    }
    while begun.elapsed() < Duration::from_secs(20) {
        tokio::task::yield_now().await;
        tokio::time::advance(Duration::from_millis(50)).await;
    }
    world.store.heal();
    let healed = Instant::now();
    process.dispatcher.drained().await;
    assert!(healed.elapsed() < Duration::from_secs(3), "{:?}", healed.elapsed());
    for start in started {
        assert_eq!(world.attempts(start.verification.id).await.len(), 1);
    }
}
