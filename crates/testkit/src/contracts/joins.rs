//! Receipts and the attempts they speak of.

use std::sync::Arc;

use bonin_domain::messages::{
    Attempt, DeliveryState, FailureClass, MessageId, Price, ProviderName, ProviderReference,
};
use bonin_ports::{DispatchOutcome, Receipt, ReceiptRepository};
use jiff::Timestamp;

use super::Store;
use super::groups::{created, group, messages_of};
use super::support::{attempt, attempts, closing, orders, race, record, turn};
use crate::{Holder, Scene};

fn nexmo() -> ProviderName {
    ProviderName::parse("nexmo").expect("a provider's name")
}

fn price(amount: &str) -> Price {
    Price::parse(amount, "EUR").expect("a price")
}

/// What Nexmo calls a message.
fn reference(message: MessageId) -> ProviderReference {
    ProviderReference::parse(&format!("ref-{message}")).expect("a reference")
}

fn receipt(message: MessageId, state: DeliveryState) -> Receipt {
    Receipt {
        reference: reference(message),
        state,
        failure: (state == DeliveryState::Failed).then_some(FailureClass::Unreachable),
        code: Some(state.as_str().to_owned()),
        price: (state == DeliveryState::Sent).then(|| price("0.0333")),
    }
}

async fn join(store: &Arc<dyn Store>, receipts: Vec<Receipt>, now: Timestamp) -> usize {
    ReceiptRepository::join(&**store, &nexmo(), receipts, now).await.expect("the store works")
}

/// A verification whose message waits under a lease, and the outcome that Nexmo took it.
async fn sending(store: &Arc<dyn Store>, scene: &Scene) -> (Holder, DispatchOutcome) {
    let id = scene.lease();
    let holder = scene.start().phone(scene.another_phone()).leased(id, scene.at(30)).open(&**store).await;
    let taken =
        Attempt { provider: nexmo(), ..attempt(holder.message, DeliveryState::Accepted, scene.at(1)) };
    (holder, closing(id, taken))
}

async fn sent(store: &Arc<dyn Store>, scene: &Scene) -> Holder {
    let (holder, outcome) = sending(store, scene).await;
    record(store, outcome).await;
    holder
}

/// A receipt moves its attempt forward, with class, code, price and time, ends the asking, and leaves its
/// neighbours alone.
pub async fn a_receipt_moves_its_attempt_forward(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let neighbour = sent(&store, &scene).await;
    let untouched = attempts(&store, &neighbour).await;
    let (holder, outcome) = sending(&store, &scene).await;
    record(&store, DispatchOutcome { poll_at: Some(scene.at(5)), ..outcome }).await;
    let before = attempts(&store, &holder).await.remove(0);
    let failed = Receipt { price: Some(price("0.01")), ..receipt(holder.message, DeliveryState::Failed) };
    assert_eq!(join(&store, vec![failed], scene.at(7)).await, 0);
    let expected = Attempt {
        state: DeliveryState::Failed,
        failure: Some(FailureClass::Unreachable),
        provider_code: Some("failed".to_owned()),
        price: Some(price("0.01")),
        updated_at: scene.at(7),
        ..before
    };
    assert_eq!(attempts(&store, &holder).await, [expected]);
    assert_eq!(attempts(&store, &neighbour).await, untouched);
    assert_eq!(store.lease_polls(scene.at(60), scene.at(90), 10).await, Ok(vec![]));
}

/// A receipt reaches the message of a group too.
pub async fn a_receipt_reaches_a_groups_message(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let group = group(&scene, 2, scene.at(0));
    let own = created(&store, &group).await;
    for &message in &own {
        let taken = Attempt { provider: nexmo(), ..attempt(message, DeliveryState::Accepted, scene.at(1)) };
        record(&store, closing(scene.lease(), taken)).await;
    }
    assert_eq!(join(&store, vec![receipt(own[1], DeliveryState::Delivered)], scene.at(7)).await, 0);
    let states = messages_of(&store, &group).await.into_iter().map(|message| message.attempts[0].state);
    assert_eq!(states.collect::<Vec<_>>(), [DeliveryState::Delivered, DeliveryState::Accepted]);
}

/// Receipts that speak of nothing known are counted, each one, and the others take effect all the same. The
/// name that one provider gave says nothing of another's message.
pub async fn receipts_of_unknown_messages_are_counted(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let (known, waiting) = (sent(&store, &scene).await, sending(&store, &scene).await.0);
    let delivered = |message| receipt(message, DeliveryState::Delivered);
    let unknown = delivered(waiting.message);
    let receipts = vec![unknown.clone(), delivered(known.message), unknown];
    assert_eq!(join(&store, receipts, scene.at(7)).await, 2);
    assert_eq!(attempts(&store, &known).await[0].state, DeliveryState::Delivered);
    let other = sent(&store, &scene).await;
    let coolsms = ProviderName::parse("coolsms").expect("a provider's name");
    let foreign =
        ReceiptRepository::join(&*store, &coolsms, vec![delivered(other.message)], scene.at(7)).await;
    assert_eq!(foreign, Ok(1));
    assert_eq!(attempts(&store, &other).await[0].state, DeliveryState::Accepted);
    assert_eq!(join(&store, vec![], scene.at(7)).await, 0);
}

/// Receipts in every order leave the same attempt: one by one, doubled in one call, and early, when the attempt
/// itself is recorded only after the first of them came. The price stays whenever it came.
pub async fn receipts_in_every_order_leave_one_attempt(store: Arc<dyn Store>) {
    use DeliveryState::{Accepted, Delivered, Expired, Failed, Sent};
    let scene = Scene::new().unlimited();
    let now = scene.at(7);
    for (set, end, failure) in [
        (&[Accepted, Sent, Failed, Delivered][..], Delivered, None),
        (&[Sent, Failed, Expired], Failed, Some(FailureClass::Unreachable)),
        (&[Accepted, Sent], Sent, None),
    ] {
        for order in orders(set) {
            let receipts = |holder: &Holder| -> Vec<Receipt> {
                order.iter().map(|&state| receipt(holder.message, state)).collect()
            };
            let one_by_one = sent(&store, &scene).await;
            for receipt in receipts(&one_by_one) {
                assert_eq!(join(&store, vec![receipt], now).await, 0);
            }
            let doubled = sent(&store, &scene).await;
            let twice = [receipts(&doubled), receipts(&doubled)].concat();
            assert_eq!(join(&store, twice, now).await, 0);
            let (early, outcome) = sending(&store, &scene).await;
            let first = receipts(&early).remove(0);
            assert_eq!(join(&store, vec![first.clone()], now).await, 1);
            record(&store, outcome).await;
            assert_eq!(join(&store, receipts(&early).split_off(1), now).await, 0);
            assert_eq!(join(&store, vec![first], now).await, 0);
            for holder in [one_by_one, doubled, early] {
                let attempt = attempts(&store, &holder).await.remove(0);
                let expected = Attempt {
                    state: end,
                    failure,
                    provider_code: Some(end.as_str().to_owned()),
                    price: Some(price("0.0333")),
                    updated_at: now,
                    ..attempt.clone()
                };
                assert_eq!(attempt, expected, "after {order:?}");
            }
        }
    }
}

/// Of concurrent receipts the one that lies farthest ahead stays.
pub async fn concurrent_receipts_leave_the_farthest_state(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    for _ in 0..8 {
        let holder = sent(&store, &scene).await;
        let states = [DeliveryState::Sent, DeliveryState::Delivered, DeliveryState::Failed];
        let calls: Vec<_> = states
            .map(|state| {
                let (store, receipt, now) = (Arc::clone(&store), receipt(holder.message, state), scene.at(7));
                async move { join(&store, vec![receipt], now).await }
            })
            .into();
        assert_eq!(race(calls).await, [0, 0, 0]);
        let attempt = attempts(&store, &holder).await.remove(0);
        assert_eq!((attempt.state, attempt.failure), (DeliveryState::Delivered, None));
    }
}
