//! Receipts that providers push: in any order, doubled, before the message is known, or never.

use std::collections::BTreeMap;
use std::sync::Arc;

use bonin_domain::messages::{Attempt, DeliveryState, FailureClass, ProviderReference};
use bonin_ports::{Inbound, NotAuthentic, Receipt, ReceiptReader, UnreadableReceipt};
use bonin_services::dispatch::{ReceiveError, ReceiveReceipts};

use crate::support::{Begun, World, named};

/// Reads `secret reference state` lines; the secret is in the query.
struct Lines;

impl ReceiptReader for Lines {
    fn authenticate(&self, inbound: &Inbound<'_>) -> Result<(), NotAuthentic> {
        if inbound.query == "secret" { Ok(()) } else { Err(NotAuthentic("wrong secret")) }
    }

    fn read(&self, inbound: &Inbound<'_>) -> Result<Vec<Receipt>, UnreadableReceipt> {
        let text = std::str::from_utf8(inbound.body).map_err(|_| UnreadableReceipt("not text"))?;
        let read = |line: &str| {
            let (reference, state) = line.split_once(' ')?;
            let state = DeliveryState::from_name(state)?;
            let failure = (state == DeliveryState::Failed).then_some(FailureClass::Unreachable);
            let reference = ProviderReference::parse(reference)?;
            Some(Receipt { reference, state, failure, code: None, price: None })
        };
        text.lines().map(read).collect::<Option<_>>().ok_or(UnreadableReceipt("not a receipt"))
    }
}

fn receive(world: &World) -> ReceiveReceipts {
    let readers: BTreeMap<_, Arc<dyn ReceiptReader>> = [(named("sens"), Arc::new(Lines) as _)].into();
    ReceiveReceipts {
        readers: Arc::new(readers),
        receipts: world.store.memory.clone(),
        keys: world.keys.clone(),
        clock: world.clock.clone(),
        entropy: world.entropy.clone(),
    }
}

async fn push(receive: &ReceiveReceipts, world: &World, body: &str) -> Result<(), ReceiveError> {
    let call =
        Inbound { query: "secret", content_type: None, headers: &[], body: body.as_bytes(), at: world.now() };
    receive.execute(&named("sens"), &call).await
}

async fn only_attempt(world: &World, begun: &Begun) -> Attempt {
    let [attempt] = &world.attempts(begun.id).await[..] else { panic!("one attempt") };
    attempt.clone()
}

#[tokio::test]
async fn receipts_in_every_order_and_doubled_give_one_final_state() {
    let mut orders = vec![vec!["sent", "failed", "delivered"]];
    for _ in 0..2 {
        let rotated = orders.iter().map(|of| [&of[1..], &of[..1]].concat());
        orders.extend(rotated.collect::<Vec<_>>());
    }
    orders.extend(orders.clone().iter().map(|of| of.iter().rev().copied().collect()));
    orders.extend(orders.clone().iter().map(|of| [&of[..], &of[..]].concat()));
    for order in orders {
        let world = World::new();
        let process = world.process();
        let receive = receive(&world);
        let begun = process.begun(&world).await;
        for state in &order {
            push(&receive, &world, &format!("sent-1 {state}")).await.expect("it is taken");
        }
        let attempt = only_attempt(&world, &begun).await;
        assert_eq!((attempt.state, attempt.failure), (DeliveryState::Delivered, None), "{order:?}");
    }
}

#[tokio::test]
async fn a_receipt_that_comes_before_its_message_is_known_is_joined_later() {
    let world = World::new();
    let process = world.process();
    let receive = receive(&world);
    push(&receive, &world, "sent-1 delivered").await.expect("it is taken");
    let begun = process.begun(&world).await;
    assert_eq!(only_attempt(&world, &begun).await.state, DeliveryState::Accepted);
    assert_eq!(receive.join_due().await, Ok(0), "not before its time");
    world.pass(1);
    assert_eq!(receive.join_due().await, Ok(1));
    assert_eq!(only_attempt(&world, &begun).await.state, DeliveryState::Delivered);
    world.pass(3_600);
    assert_eq!(receive.join_due().await, Ok(0), "it is done");
}

#[tokio::test]
async fn a_receipt_whose_message_never_comes_is_given_up_after_ten_minutes() {
    let world = World::new();
    let receive = receive(&world);
    push(&receive, &world, "nobody delivered").await.expect("it is taken");
    let mut looked = 0;
    for _ in 0..700 {
        world.pass(1);
        looked += receive.join_due().await.expect("the store works");
    }
    assert_eq!(looked, 5);
}

#[tokio::test]
async fn what_is_not_the_providers_is_refused_and_not_stored() {
    let world = World::new();
    let receive = receive(&world);
    let call = Inbound {
        query: "guess",
        content_type: None,
        headers: &[],
        body: b"sent-1 delivered",
        at: world.now(),
    };
    let refused = receive.execute(&named("sens"), &call).await;
    assert!(matches!(refused, Err(ReceiveError::NotAuthentic(_))));
    let nobody = receive.execute(&named("cafe24"), &call).await;
    assert!(matches!(nobody, Err(ReceiveError::NoSuchProvider)));
    world.pass(3_600);
    assert_eq!(receive.join_due().await, Ok(0));
}

#[tokio::test]
async fn what_cannot_be_read_is_taken_once_and_for_all() {
    let world = World::new();
    let receive = receive(&world);
    push(&receive, &world, "nonsense").await.expect("it is taken");
    world.pass(3_600);
    assert_eq!(receive.join_due().await, Ok(0));
}
