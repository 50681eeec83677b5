//! A store that fails: an error each time, and never a success or a message (security, P6 and P8).

use bonin_domain::codes::Status;
use bonin_ports::{Holder, RepositoryError};
use bonin_services::codes::{
    CancelError, CheckCodeError, IdempotentRequest, ReadError, ResendError, StartError, StartRequest,
};

use crate::support::{Call, World};

const FAULTS: [RepositoryError; 3] =
    [RepositoryError::Conflict, RepositoryError::Busy, RepositoryError::Unavailable];

fn all() -> impl Iterator<Item = RepositoryError> {
    FAULTS.into_iter().chain([RepositoryError::Internal("a bug".to_owned())])
}

#[tokio::test]
async fn a_start_that_is_not_stored_is_an_error_and_sends_nothing() {
    let world = World::new();
    let process = world.process();
    for fault in all() {
        world.store.fails(Call::Start, &fault, 1);
        let failed = process.try_begin(world.request()).await;
        assert!(matches!(failed, Err(StartError::Repository(error)) if error == fault));
    }
    // Under an idempotency key a conflict is looked at once more, and no more often.
    world.store.fails(Call::Start, &RepositoryError::Conflict, 2);
    let idempotency = Some(IdempotentRequest { key: "k".to_owned(), request: Vec::new(), caller: None });
    let failed = process.try_begin(StartRequest { idempotency, ..world.request() }).await;
    assert!(matches!(failed, Err(StartError::Repository(RepositoryError::Conflict))));
    process.dispatcher.drained().await;
    world.pass(60);
    assert_eq!((process.take_over().await, world.provider.sent()), (0, 0));
    assert_eq!(world.store.calls(Call::Start), 6);
}

#[tokio::test]
async fn a_check_that_cannot_be_charged_is_an_error_and_spends_nothing() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    for fault in all() {
        world.store.fails(Call::SpendCheck, &fault, 1);
        let failed = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
        assert!(matches!(failed, Err(CheckCodeError::Repository(error)) if error == fault));
    }
    assert_eq!(world.store.calls(Call::SpendCheck), 4, "a check is never tried again by itself");
    let seen = process
        .read
        .execute(&world.tenant, begun.id, Holder::Token(begun.token.digest()))
        .await
        .expect("its owner sees it");
    assert_eq!((seen.verification.status, seen.verification.checks_left), (Status::Pending, 5));
}

#[tokio::test]
async fn a_resend_that_cannot_be_read_or_stored_is_an_error_and_sends_nothing() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    let client = World::client("203.0.113.7");
    world.pass(60);
    for call in [Call::Find, Call::Resend] {
        for fault in all() {
            world.store.fails(call, &fault, 1);
            let failed = process.resend.execute(&world.tenant, begun.id, &begun.token, &client, None).await;
            assert!(matches!(failed, Err(ResendError::Repository(error)) if error == fault));
        }
    }
    process.dispatcher.drained().await;
    assert_eq!((process.take_over().await, world.provider.sent()), (0, 1));
}

#[tokio::test]
async fn cancelling_and_reading_hand_the_stores_error_on() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    world.store.fails(Call::Cancel, &RepositoryError::Busy, 1);
    let failed = process.cancel.execute(&world.tenant, begun.id, Holder::Token(begun.token.digest())).await;
    assert!(matches!(failed, Err(CancelError::Repository(RepositoryError::Busy))));
    for call in [Call::Find, Call::Messages] {
        world.store.fails(call, &RepositoryError::Unavailable, 1);
        let failed = process.read.execute(&world.tenant, begun.id, Holder::Token(begun.token.digest())).await;
        assert!(matches!(failed, Err(ReadError::Repository(RepositoryError::Unavailable))));
    }
}
