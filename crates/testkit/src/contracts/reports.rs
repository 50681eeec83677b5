//! Reports: what providers' answers change.

use std::sync::Arc;

use bonin_domain::messages::{Attempt, DeliveryState, FailureClass, Price};
use bonin_ports::Report;

use super::Store;
use super::support::{accepted, attempts, orders, race, report, tell, turn};

/// A report moves an attempt forward, with its reason, code and time, and leaves its neighbours alone.
pub async fn a_report_moves_its_attempt_forward(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let neighbour = accepted(&store, &scene, None).await;
    let untouched = attempts(&store, &neighbour).await;
    let holder = accepted(&store, &scene, None).await;
    let before = attempts(&store, &holder).await.remove(0);
    assert!(before.accepted_at < scene.at(7), "that stays");
    tell(&store, report(&holder, DeliveryState::Failed, None), scene.at(7)).await;
    let expected = Attempt {
        state: DeliveryState::Failed,
        failure: Some(FailureClass::Unreachable),
        provider_code: Some("failed".to_owned()),
        updated_at: scene.at(7),
        ..before
    };
    assert_eq!(attempts(&store, &holder).await, [expected]);
    assert_eq!(attempts(&store, &neighbour).await, untouched);
}

/// Reports in every order, repeated ones included, leave an attempt in the same state.
pub async fn reports_in_every_order_leave_one_state(store: Arc<dyn Store>) {
    use DeliveryState::{Accepted, Delivered, Failed, Sent};
    let (scene, _turn) = turn().await;
    for (set, end) in [
        (&[Accepted, Sent, Sent, Delivered][..], Delivered),
        (&[Accepted, Sent, Failed], Failed),
        (&[Accepted, Sent, Sent], Sent),
    ] {
        for order in orders(set) {
            let one_by_one = accepted(&store, &scene, None).await;
            let at_once = accepted(&store, &scene, None).await;
            for &state in &order {
                tell(&store, report(&one_by_one, state, None), scene.at(7)).await;
            }
            let reports = order.iter().map(|&state| report(&at_once, state, None)).collect();
            store.record_reports(reports, scene.at(7)).await.expect("the store works");
            for holder in [one_by_one, at_once] {
                let attempts = attempts(&store, &holder).await;
                assert_eq!(attempts[0].state, end, "after {order:?}");
            }
        }
    }
}

/// A price is taken whenever a report brings it, also late, and kept when a report brings none.
pub async fn a_price_is_taken_whenever_it_comes(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let price = Price::parse("8.4", "KRW");
    for states in [
        [DeliveryState::Sent, DeliveryState::Delivered],
        [DeliveryState::Delivered, DeliveryState::Sent],
        [DeliveryState::Accepted, DeliveryState::Delivered],
    ] {
        for priced in [0, 1] {
            let holder = accepted(&store, &scene, None).await;
            for (place, state) in states.into_iter().enumerate() {
                let price = price.clone().filter(|_| place == priced);
                tell(&store, Report { price, ..report(&holder, state, None) }, scene.at(7)).await;
            }
            let attempt = attempts(&store, &holder).await.remove(0);
            assert_eq!((attempt.state, attempt.price), (DeliveryState::Delivered, price.clone()));
        }
    }
}

/// What is said of an attempt within 72 hours is taken, what is said later is not.
pub async fn news_that_come_after_three_days_change_nothing(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let (in_time, too_late) = (accepted(&store, &scene, None).await, accepted(&store, &scene, None).await);
    let untouched = attempts(&store, &too_late).await;
    let price = Price::parse("8.4", "KRW");
    for (holder, second) in [(&in_time, 72 * 3_600 - 1), (&too_late, 72 * 3_600)] {
        let news = Report { price: price.clone(), ..report(holder, DeliveryState::Delivered, None) };
        tell(&store, news, scene.at(second)).await;
    }
    let taken = attempts(&store, &in_time).await.remove(0);
    assert_eq!((taken.state, taken.price), (DeliveryState::Delivered, price));
    assert_eq!(attempts(&store, &too_late).await, untouched);
}

/// Of concurrent reports the one that lies farthest ahead stays.
pub async fn concurrent_reports_leave_the_farthest_state(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    for _ in 0..8 {
        let holder = accepted(&store, &scene, None).await;
        let states = [DeliveryState::Sent, DeliveryState::Delivered, DeliveryState::Sent];
        let calls: Vec<_> = states
            .map(|state| {
                let (store, report, now) = (Arc::clone(&store), report(&holder, state, None), scene.at(7));
                async move { tell(&store, report, now).await }
            })
            .into();
        race(calls).await;
        assert_eq!(attempts(&store, &holder).await[0].state, DeliveryState::Delivered);
    }
}
