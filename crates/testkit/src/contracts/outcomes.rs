//! Outcomes: what was done with a message, and what follows.

use std::sync::Arc;

use bonin_domain::messages::{Attempt, DeliveryState, FailureClass, MessageId, Price, ProviderName};
use bonin_domain::routing::{Candidate, Reason, RouteChoice, RouteMode};
use bonin_ports::{DispatchOutcome, Next, Spent};

use super::Store;
use super::support::{attempt, attempts, closing, ids, lease, record, turn};

/// A code is dead once its verification has ended, so that its message may be looked up but is not sent again.
pub async fn a_code_dies_with_its_verification(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let holder = scene.start().digits("482913").open(&*store).await;
    let own = [holder.message];
    let before = lease(&store, scene.lease(), scene.at(0), scene.at(30), &own).await;
    assert!(before.iter().all(|message| message.expires_at > scene.at(60)));
    let spent = store.spend_check(scene.check(&holder, "482913", scene.at(5))).await;
    assert!(matches!(spent, Ok(Spent::Matched(_))));
    let after = lease(&store, scene.lease(), scene.at(31), scene.at(61), &own).await;
    assert_eq!(after.iter().map(|message| message.expires_at).collect::<Vec<_>>(), [scene.at(31)]);
}

/// A closed message is never leased again, and its attempt reads back as it was recorded.
pub async fn a_closed_message_is_never_leased_again(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let holder = scene.start().open(&*store).await;
    let own = [holder.message];
    let id = scene.lease();
    lease(&store, id, scene.at(0), scene.at(30), &own).await;
    let recorded = Attempt {
        failure: Some(FailureClass::SpamFilter),
        provider_code: Some("3012".to_owned()),
        possible_duplicate: true,
        accepted_at: scene.at(2),
        updated_at: scene.at(2),
        ..attempt(holder.message, DeliveryState::Failed, scene.at(1))
    };
    record(&store, closing(id, recorded.clone())).await;
    assert_eq!(attempts(&store, &holder).await, [recorded]);
    assert_eq!(lease(&store, scene.lease(), scene.at(31), scene.at(61), &own).await, []);
}

/// A message that is due again comes back then, not before, uninterrupted and with its attempts.
pub async fn a_message_comes_back_when_it_is_due_again(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let holder = scene.start().open(&*store).await;
    let own = [holder.message];
    let id = scene.lease();
    lease(&store, id, scene.at(0), scene.at(30), &own).await;
    let first = Attempt {
        reference: None,
        failure: Some(FailureClass::ProviderDown),
        ..attempt(holder.message, DeliveryState::Failed, scene.at(1))
    };
    let again = DispatchOutcome { next: Next::Again(scene.at(5)), ..closing(id, first.clone()) };
    record(&store, again).await;
    assert_eq!(lease(&store, scene.lease(), scene.at(4), scene.at(34), &own).await, []);
    let id = scene.lease();
    let leased = lease(&store, id, scene.at(5), scene.at(35), &own).await;
    assert_eq!(ids(&leased), own);
    assert!(!leased[0].interrupted, "its lease did not run out");
    assert_eq!(leased[0].attempts, std::slice::from_ref(&first));
    let second = Attempt {
        number: 2,
        provider: ProviderName::parse("cafe24").expect("a provider's name"),
        ..attempt(holder.message, DeliveryState::Accepted, scene.at(6))
    };
    record(&store, closing(id, second.clone())).await;
    assert_eq!(attempts(&store, &holder).await, [first, second]);
}

/// The outcome of a lease that another process took over is recorded, but what follows is that process's.
pub async fn an_outcome_under_a_lost_lease_decides_nothing(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    for next in [Next::Close, Next::Again(scene.at(1))] {
        let holder = scene.start().open(&*store).await;
        let own = [holder.message];
        let (lost, held) = (scene.lease(), scene.lease());
        lease(&store, lost, scene.at(0), scene.at(30), &own).await;
        lease(&store, held, scene.at(30), scene.at(60), &own).await;
        let late = attempt(holder.message, DeliveryState::Accepted, scene.at(31));
        let outcome = DispatchOutcome { next, ..closing(lost, late.clone()) };
        record(&store, outcome).await;
        assert_eq!(attempts(&store, &holder).await, std::slice::from_ref(&late));
        assert_eq!(lease(&store, scene.lease(), scene.at(59), scene.at(89), &own).await, []);
        let third = scene.lease();
        let leased = lease(&store, third, scene.at(60), scene.at(90), &own).await;
        assert_eq!(ids(&leased), own, "it was neither closed nor put off");
        assert_eq!(leased[0].attempts, std::slice::from_ref(&late));
        record(&store, closing(third, late)).await;
    }
}

/// The outcome of a lease that has ended still decides while nobody else has taken the message.
pub async fn a_late_outcome_decides_while_nobody_took_the_message(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let id = scene.lease();
    let holder = scene.start().leased(id, scene.at(30)).open(&*store).await;
    record(&store, closing(id, attempt(holder.message, DeliveryState::Accepted, scene.at(31)))).await;
    assert_eq!(lease(&store, scene.lease(), scene.at(32), scene.at(62), &[holder.message]).await, []);
}

/// Recording an attempt again moves it forward, never back, and never makes a second of it.
pub async fn a_recorded_attempt_moves_forward_only(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let id = scene.lease();
    let holder = scene.start().leased(id, scene.at(30)).open(&*store).await;
    let unknown = Attempt {
        reference: None,
        failure: Some(FailureClass::Unclear),
        provider_code: Some("time_out".to_owned()),
        ..attempt(holder.message, DeliveryState::Unknown, scene.at(1))
    };
    let accepted = Attempt {
        accepted_at: scene.at(5),
        updated_at: scene.at(5),
        ..attempt(holder.message, DeliveryState::Accepted, scene.at(1))
    };
    let queued = attempt(holder.message, DeliveryState::Queued, scene.at(1));
    let delivered = Attempt { state: DeliveryState::Delivered, updated_at: scene.at(9), ..accepted.clone() };
    let failed = Attempt {
        state: DeliveryState::Failed,
        failure: Some(FailureClass::Other),
        updated_at: scene.at(10),
        ..accepted.clone()
    };
    for (step, expected) in [
        (&unknown, &unknown),
        (&queued, &unknown),
        (&accepted, &accepted),
        (&unknown, &accepted),
        (&delivered, &delivered),
        (&failed, &delivered),
        (&accepted, &delivered),
    ] {
        record(&store, closing(id, step.clone())).await;
        assert_eq!(attempts(&store, &holder).await, std::slice::from_ref(expected));
    }
}

/// Several attempts of one outcome read back in their order, each as it was recorded; only the provider of the
/// last is asked what became of it.
pub async fn several_attempts_are_recorded_in_their_order(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let id = scene.lease();
    let holder = scene.start().leased(id, scene.at(30)).open(&*store).await;
    let candidate = |provider: &str, score| Candidate {
        provider: ProviderName::parse(provider).expect("a provider's name"),
        score,
        reason: Reason::Order,
    };
    let route = RouteChoice {
        mode: RouteMode::Weighted,
        candidates: vec![candidate("sens", 0.75), candidate("nexmo", -0.125)],
    };
    let first = Attempt {
        failure: Some(FailureClass::Unclear),
        provider_code: None,
        route: Some(Arc::new(route)),
        ..attempt(holder.message, DeliveryState::Unknown, scene.at(1))
    };
    let second = Attempt {
        number: 2,
        provider: ProviderName::parse("nexmo").expect("a provider's name"),
        country: None,
        price: Price::parse("0.03330000", "EUR"),
        event: Some("event-1".to_owned()),
        ..attempt(holder.message, DeliveryState::Accepted, scene.at(2))
    };
    let outcome = DispatchOutcome {
        attempts: vec![first.clone(), second.clone()],
        poll_at: Some(scene.at(5)),
        ..closing(id, second.clone())
    };
    record(&store, outcome).await;
    assert_eq!(attempts(&store, &holder).await, [first, second]);
    let polled = store.lease_polls(scene.at(5), scene.at(35), 10).await.expect("the store works");
    let polled: Vec<_> = polled.iter().map(|polled| (polled.message, polled.number)).collect();
    assert_eq!(polled, [(holder.message, 2)]);
}

/// An outcome without any attempt decides what follows all the same.
pub async fn an_outcome_without_attempts_decides_what_follows(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let id = scene.lease();
    let holder = scene.start().leased(id, scene.at(30)).open(&*store).await;
    let own = [holder.message];
    let nothing = |lease, next| DispatchOutcome {
        attempts: Vec::new(),
        next,
        ..closing(lease, attempt(holder.message, DeliveryState::Accepted, scene.at(1)))
    };
    record(&store, nothing(id, Next::Again(scene.at(5)))).await;
    let id = scene.lease();
    let leased = lease(&store, id, scene.at(5), scene.at(35), &own).await;
    assert_eq!(ids(&leased), own);
    assert_eq!((leased[0].interrupted, &leased[0].attempts[..]), (false, &[][..]));
    record(&store, nothing(id, Next::Close)).await;
    assert_eq!(lease(&store, scene.lease(), scene.at(36), scene.at(66), &own).await, []);
    assert_eq!(attempts(&store, &holder).await, []);
}

/// Outcomes are recorded all or nothing: where one cannot be, none is.
pub async fn outcomes_are_recorded_all_or_nothing(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let id = scene.lease();
    let holder = scene.start().leased(id, scene.at(30)).open(&*store).await;
    let other = scene.start().leased(id, scene.at(30)).open(&*store).await;
    let good = attempt(holder.message, DeliveryState::Accepted, scene.at(1));
    let nowhere = MessageId::draw(scene.at(0), &mut |bytes| bytes.fill(0));
    let bad = attempt(nowhere, DeliveryState::Accepted, scene.at(1));
    let mixed = vec![closing(id, good.clone()), closing(id, bad)];
    assert!(store.record(mixed).await.is_err(), "there is no such message");
    assert_eq!(attempts(&store, &holder).await, []);
    let also_good = attempt(other.message, DeliveryState::Accepted, scene.at(1));
    let both = vec![closing(id, good.clone()), closing(id, also_good.clone())];
    store.record(both).await.expect("the store works");
    assert_eq!(attempts(&store, &holder).await, [good]);
    assert_eq!(attempts(&store, &other).await, [also_good]);
}
