//! What may come together in one transaction, on both engines.

use std::sync::Arc;

use bonin_domain::messages::{Attempt, DeliveryState, LeaseId, MessageId, ProviderName, ProviderReference};
use bonin_persistence::Database;
use bonin_ports::{DispatchOutcome, Next, Outbox};
use bonin_testkit::Scene;
use bonin_testkit::contracts::Store;
use jiff::{SignedDuration, Timestamp};

use crate::databases::on_both_engines;

on_both_engines!(
    one_attempt_may_be_told_twice_at_once,
    an_attempt_without_its_verification_is_not_asked_after,
);

/// The outcome that SENS took a message.
pub fn closing(lease: LeaseId, message: MessageId, at: Timestamp) -> DispatchOutcome {
    let attempt = Attempt {
        message,
        number: 1,
        provider: ProviderName::parse("sens").unwrap(),
        state: DeliveryState::Accepted,
        failure: None,
        provider_code: None,
        reference: ProviderReference::parse("reference"),
        possible_duplicate: false,
        country: None,
        price: None,
        event: None,
        route: None,
        started_at: at,
        accepted_at: at,
        updated_at: at,
    };
    DispatchOutcome {
        lease,
        message,
        attempts: vec![attempt],
        next: Next::Close,
        poll_at: None,
        runs_verification: false,
    }
}

/// Two leases of one message may end in one batch of outcomes: the attempt goes as far as either says.
async fn one_attempt_may_be_told_twice_at_once(store: Arc<impl Store + Database>) {
    let scene = Scene::new().unlimited();
    for (first, second) in [(0, 1), (1, 0)] {
        let holder = scene.start().open(&*store).await;
        let accepted = closing(scene.lease(), holder.message, scene.at(1));
        let mut outcomes = [accepted.clone(), accepted.clone()];
        outcomes[first].attempts[0].state = DeliveryState::Sent;
        outcomes[second].attempts[0].state = DeliveryState::Unknown;
        store.record(outcomes.into()).await.unwrap();
        let messages = Outbox::messages(&*store, &holder.tenant, holder.id).await.unwrap();
        let states: Vec<_> = messages[0].attempts.iter().map(|attempt| attempt.state).collect();
        assert_eq!(states, [DeliveryState::Sent]);
    }
}

/// A server that stood still for a day finds polls that are due and no verification to ask after; they end.
async fn an_attempt_without_its_verification_is_not_asked_after(store: Arc<impl Store + Database>) {
    let scene = Scene::new().unlimited();
    let holder = scene.start().open(&*store).await;
    let taken = closing(scene.lease(), holder.message, scene.at(1));
    store.record(vec![DispatchOutcome { poll_at: Some(scene.at(5)), ..taken }]).await.unwrap();
    let tomorrow = scene.at(0).checked_add(SignedDuration::from_hours(26)).unwrap();
    store.purge(tomorrow, 100).await.unwrap();
    let late = scene.start().at(tomorrow).open(&*store).await;
    let taken = closing(scene.lease(), late.message, tomorrow);
    store.record(vec![DispatchOutcome { poll_at: Some(tomorrow), ..taken }]).await.unwrap();
    let until = tomorrow.checked_add(SignedDuration::from_secs(30)).unwrap();
    let polled = store.lease_polls(tomorrow, until, 10).await.unwrap();
    assert_eq!(polled.iter().map(|attempt| attempt.message).collect::<Vec<_>>(), [late.message]);
}
