//! Polls: asking providers what became of messages.

use std::collections::HashSet;
use std::sync::Arc;

use bonin_domain::messages::{DeliveryState, MessageId};
use bonin_ports::{DispatchOutcome, PolledAttempt};
use jiff::Timestamp;

use super::Store;
use super::support::{
    MICROSECOND, accepted, attempt, attempts, closing, race, record, report, seen, tell, turn,
};

async fn polls(store: &Arc<dyn Store>, now: Timestamp, until: Timestamp) -> Vec<PolledAttempt> {
    store.lease_polls(now, until, 1_000).await.expect("the store works")
}

/// An attempt is asked after when it is due, and not again before the poll's own end.
pub async fn an_attempt_is_polled_when_due_and_not_twice(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let holder = accepted(&store, &scene, Some(scene.at(5))).await;
    assert_eq!(polls(&store, scene.at(5) - MICROSECOND, scene.at(15)).await, []);
    let recorded = &attempts(&store, &holder).await[0];
    let mut expected = PolledAttempt {
        message: holder.message,
        number: 1,
        provider: recorded.provider.clone(),
        reference: recorded.reference.clone().expect("it has a reference"),
        tenant: scene.tenant.clone(),
        phone: seen(&store, &holder, scene.at(1)).await.phone,
        phone_row: *holder.id.as_row(),
        accepted_at: scene.at(1),
        polls: 0,
    };
    assert_eq!(polls(&store, scene.at(5), scene.at(15)).await, [expected.clone()]);
    assert_eq!(polls(&store, scene.at(15) - MICROSECOND, scene.at(25)).await, []);
    expected.polls = 1;
    assert_eq!(polls(&store, scene.at(15), scene.at(25)).await, [expected]);
}

/// Polls come by the time they are due, no more than the limit; what has none is never asked after.
pub async fn polls_come_by_due_time_up_to_the_limit(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let mut holders = Vec::new();
    for due in [7, 5, 6] {
        holders.push(accepted(&store, &scene, Some(scene.at(due))).await.message);
    }
    accepted(&store, &scene, None).await;
    let mut taken = Vec::new();
    for expected in [2, 3, 3] {
        let polled = store.lease_polls(scene.at(8), scene.at(38), 2).await.expect("the store works");
        taken.extend(polled.iter().map(|attempt| attempt.message));
        assert_eq!(taken, [holders[1], holders[2], holders[0]][..expected]);
    }
}

/// Concurrent pollers get every due attempt, and none twice.
pub async fn concurrent_polls_are_disjoint_and_leave_nothing(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let mut own: HashSet<MessageId> = HashSet::new();
    for _ in 0..24 {
        own.insert(accepted(&store, &scene, Some(scene.at(5))).await.message);
    }
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let (store, now, until) = (Arc::clone(&store), scene.at(5), scene.at(35));
            async move {
                let mut taken = Vec::new();
                // Bounded, so that a store that gives attempts again and again fails and does not hang.
                for _ in 0..24 {
                    let polled = store.lease_polls(now, until, 3).await.expect("the store works");
                    if polled.is_empty() {
                        break;
                    }
                    taken.extend(polled.into_iter().map(|attempt| attempt.message));
                }
                taken
            }
        })
        .collect();
    let mut taken: Vec<MessageId> = race(calls).await.into_iter().flatten().collect();
    taken.extend(polls(&store, scene.at(5), scene.at(35)).await.iter().map(|attempt| attempt.message));
    taken.retain(|id| own.contains(id));
    assert_eq!(taken.len(), 24, "no attempt is polled twice");
    assert_eq!(taken.into_iter().collect::<HashSet<_>>(), own);
}

/// An attempt that has come to its end is not asked after, whatever was said of the next poll.
pub async fn an_attempt_at_its_end_is_not_polled(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let id = scene.lease();
    let recorded = scene.start().leased(id, scene.at(30)).open(&*store).await;
    let outcome = DispatchOutcome {
        poll_at: Some(scene.at(5)),
        ..closing(id, attempt(recorded.message, DeliveryState::Delivered, scene.at(1)))
    };
    record(&store, outcome).await;
    for end in [DeliveryState::Delivered, DeliveryState::Failed, DeliveryState::Expired] {
        let reported = accepted(&store, &scene, Some(scene.at(5))).await;
        tell(&store, report(&reported, end, Some(scene.at(6))), scene.at(2)).await;
        // Word of an earlier state that comes late does not bring the polls back.
        tell(&store, report(&reported, DeliveryState::Sent, Some(scene.at(6))), scene.at(3)).await;
    }
    assert_eq!(polls(&store, scene.at(60), scene.at(90)).await, []);
}

/// A report that says nothing new sets the next poll, or ends the asking, and leaves the attempt as it was.
pub async fn a_report_without_news_only_moves_the_poll(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let holder = accepted(&store, &scene, Some(scene.at(5))).await;
    let before = attempts(&store, &holder).await;
    assert_eq!(polls(&store, scene.at(5), scene.at(35)).await.len(), 1);
    tell(&store, report(&holder, DeliveryState::Accepted, Some(scene.at(10))), scene.at(6)).await;
    assert_eq!(polls(&store, scene.at(10) - MICROSECOND, scene.at(35)).await, []);
    assert_eq!(polls(&store, scene.at(10), scene.at(35)).await.len(), 1);
    tell(&store, report(&holder, DeliveryState::Accepted, None), scene.at(11)).await;
    assert_eq!(polls(&store, scene.at(60), scene.at(90)).await, []);
    assert_eq!(attempts(&store, &holder).await, before);
}
