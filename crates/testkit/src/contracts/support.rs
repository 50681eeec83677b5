//! What the cases share.

use std::future::Future;
use std::sync::Arc;

use bonin_domain::codes::{
    Decision, DecisionOutcome, ProofDigest, Purpose, Rule, Verification, VerificationId,
};
use bonin_domain::messages::{
    Attempt, DeliveryState, FailureClass, LeaseId, MessageId, ProviderName, ProviderReference,
};
use bonin_domain::{Region, TenantId};
use bonin_ports::{
    Cancelled, Check, DispatchOutcome, LeasedMessage, MessageHistory, Next, Outbox, ProofRefusal,
    ProvedPhone, Report, RepositoryError, Resend, Resent, Spent, Start, Started, VerificationRepository,
};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Barrier, Mutex, MutexGuard};
use tokio::task::JoinSet;

use super::Store;
use crate::{Holder, Scene};

/// The smallest step of time that is stored.
pub(super) const MICROSECOND: SignedDuration = SignedDuration::from_micros(1);

/// Runs all `calls` at once and gives their results in the order in which they ended.
pub(super) async fn race<F>(calls: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let calls: Vec<F> = calls.into_iter().collect();
    let start_line = Arc::new(Barrier::new(calls.len()));
    let mut racers = JoinSet::new();
    for call in calls {
        let start_line = Arc::clone(&start_line);
        racers.spawn(async move {
            start_line.wait().await;
            call.await
        });
    }
    racers.join_all().await
}

/// Runs a start.
pub(super) async fn try_start(store: &Arc<dyn Store>, start: Start) -> Result<Started, RepositoryError> {
    VerificationRepository::start(&**store, start).await
}

/// Runs all `starts` at once.
pub(super) async fn race_starts(store: &Arc<dyn Store>, starts: Vec<Start>) -> Vec<Started> {
    let calls = starts.into_iter().map(|start| {
        let store = Arc::clone(store);
        async move { try_start(&store, start).await.expect("the store works") }
    });
    race(calls).await
}

/// Runs all `checks` at once.
pub(super) async fn race_checks(store: &Arc<dyn Store>, checks: Vec<Check>) -> Vec<Spent> {
    let calls = checks.into_iter().map(|check| {
        let store = Arc::clone(store);
        async move { store.spend_check(check).await.expect("the store works") }
    });
    race(calls).await
}

pub(super) async fn spend(store: &Arc<dyn Store>, check: Check) -> Spent {
    store.spend_check(check).await.expect("the store works")
}

/// What a proof of a number stands for.
pub(super) async fn find_proof(
    store: &Arc<dyn Store>,
    tenant: &TenantId,
    purpose: Purpose,
    proof: ProofDigest,
    now: Timestamp,
) -> Result<ProvedPhone, ProofRefusal> {
    let found = VerificationRepository::find_proof(&**store, tenant, purpose, proof, now);
    found.await.expect("the store works")
}

/// Types a wrong code `times` times.
pub(super) async fn miss(
    store: &Arc<dyn Store>,
    scene: &Scene,
    holder: &Holder,
    now: Timestamp,
    times: usize,
) {
    for _ in 0..times {
        let spent = spend(store, scene.check(holder, Scene::WRONG, now)).await;
        assert!(matches!(spent, Spent::Missed(_)), "a wrong code is compared and missed: {spent:?}");
    }
}

/// Types the right code.
pub(super) async fn verify(store: &Arc<dyn Store>, scene: &Scene, holder: &Holder, now: Timestamp) -> Check {
    let check = scene.check(holder, Scene::RIGHT, now);
    let spent = spend(store, check.clone()).await;
    assert!(matches!(spent, Spent::Matched(_)), "the right code matches: {spent:?}");
    check
}

pub(super) async fn resend(store: &Arc<dyn Store>, request: Resend) -> Resent {
    store.resend(request).await.expect("the store works")
}

/// Sends another code, which nothing forbids.
pub(super) async fn resent(
    store: &Arc<dyn Store>,
    scene: &Scene,
    holder: &Holder,
    digits: &str,
    now: Timestamp,
) -> Verification {
    match resend(store, scene.resend(holder, digits, now)).await {
        Resent::Sent(verification) => verification,
        other => panic!("a code is sent again: {other:?}"),
    }
}

/// Cancels by the token.
pub(super) async fn cancel(store: &Arc<dyn Store>, holder: &Holder, now: Timestamp) -> Cancelled {
    let done = VerificationRepository::cancel(&**store, &holder.tenant, holder.id, holder.by_token(), now);
    done.await.expect("the store works")
}

/// Cancels a pending verification.
pub(super) async fn cancelled(store: &Arc<dyn Store>, holder: &Holder, now: Timestamp) -> Verification {
    match cancel(store, holder, now).await {
        Cancelled::Done(verification) => verification,
        other => panic!("a pending verification is cancelled: {other:?}"),
    }
}

/// Looks for a verification by its token.
pub(super) async fn find(store: &Arc<dyn Store>, holder: &Holder, now: Timestamp) -> Option<Verification> {
    let found = VerificationRepository::find(&**store, &holder.tenant, holder.id, holder.by_token(), now);
    found.await.expect("the store works")
}

pub(super) async fn seen(store: &Arc<dyn Store>, holder: &Holder, now: Timestamp) -> Verification {
    find(store, holder, now).await.expect("the holder of the token finds the verification")
}

pub(super) fn refused(started: Started) -> Decision {
    match started {
        Started::Refused(decision) => decision,
        other => panic!("the start is refused: {other:?}"),
    }
}

/// The start is refused until `until`, and `rule` says so.
pub(super) fn assert_refused(started: Started, rule: Rule, until: Timestamp) {
    let decision = refused(started);
    assert_eq!(decision.outcome, DecisionOutcome::Refused { until });
    let says_so =
        decision.findings.iter().any(|finding| finding.rule == rule && finding.until == Some(until));
    assert!(says_so, "{rule:?} refuses it: {decision:?}");
}

pub(super) fn assert_created(started: &Started) {
    assert!(matches!(started, Started::Created(_)), "the start is allowed: {started:?}");
}

pub(super) fn count<T>(all: &[T], is: impl Fn(&T) -> bool) -> usize {
    all.iter().filter(|one| is(one)).count()
}

/// How many turns were taken in this process.
static TURNS: Mutex<i64> = Mutex::const_new(0);

/// Waits until no other case leases messages, and opens a scene long before all scenes of earlier turns and
/// before all scenes without a turn: what those left waiting is not due yet.
pub(super) async fn turn() -> (Scene, MutexGuard<'static, i64>) {
    let mut turns = TURNS.lock().await;
    *turns += 1;
    let first: Timestamp = "2029-06-01T03:00:00.123457Z".parse().expect("a moment");
    let scene = Scene::opened_at(first - SignedDuration::from_hours(10 * 24 * *turns)).unlimited();
    (scene, turns)
}

/// Leases what is due at `now` until `until` and gives those of `own`.
pub(super) async fn lease(
    store: &Arc<dyn Store>,
    lease: LeaseId,
    now: Timestamp,
    until: Timestamp,
    own: &[MessageId],
) -> Vec<LeasedMessage> {
    let leased = Outbox::lease(&**store, lease, now, until, 1_000).await.expect("the store works");
    leased.into_iter().filter(|message| own.contains(&message.id)).collect()
}

pub(super) fn ids(messages: &[LeasedMessage]) -> Vec<MessageId> {
    messages.iter().map(|message| message.id).collect()
}

/// The first attempt for a message, by `sens` under a reference made of the message's id.
pub(super) fn attempt(message: MessageId, state: DeliveryState, at: Timestamp) -> Attempt {
    Attempt {
        message,
        number: 1,
        provider: ProviderName::parse("sens").expect("a provider's name"),
        state,
        failure: None,
        provider_code: Some("202".to_owned()),
        reference: ProviderReference::parse(&format!("ref-{message}")),
        possible_duplicate: false,
        country: Some(Region::KR),
        price: None,
        event: None,
        route: None,
        started_at: at,
        accepted_at: at,
        updated_at: at,
    }
}

/// An outcome that closes its message.
pub(super) fn closing(lease: LeaseId, attempt: Attempt) -> DispatchOutcome {
    DispatchOutcome {
        lease,
        message: attempt.message,
        attempts: vec![attempt],
        next: Next::Close,
        poll_at: None,
        runs_verification: false,
    }
}

pub(super) async fn record(store: &Arc<dyn Store>, outcome: DispatchOutcome) {
    store.record(vec![outcome]).await.expect("the store works");
}

/// The messages of a verification.
pub(super) async fn history(
    store: &Arc<dyn Store>,
    tenant: &TenantId,
    verification: VerificationId,
) -> Vec<MessageHistory> {
    Outbox::messages(&**store, tenant, verification).await.expect("the store works")
}

/// The attempts for the only message of a verification.
pub(super) async fn attempts(store: &Arc<dyn Store>, holder: &Holder) -> Vec<Attempt> {
    let messages = history(store, &holder.tenant, holder.id).await;
    assert_eq!(messages.len(), 1, "one message was put into the outbox");
    assert_eq!(messages[0].id, holder.message);
    messages.into_iter().flat_map(|message| message.attempts).collect()
}

/// A message that was accepted at second 1 and is to be asked after at `poll_at`.
pub(super) async fn accepted(store: &Arc<dyn Store>, scene: &Scene, poll_at: Option<Timestamp>) -> Holder {
    let id = scene.lease();
    let start = scene.start().phone(scene.another_phone()).leased(id, scene.at(30));
    let holder = start.open(&**store).await;
    let outcome = DispatchOutcome {
        poll_at,
        ..closing(
            id,
            Attempt {
                accepted_at: scene.at(1),
                updated_at: scene.at(1),
                ..attempt(holder.message, DeliveryState::Accepted, scene.at(0))
            },
        )
    };
    record(store, outcome).await;
    holder
}

pub(super) fn report(holder: &Holder, state: DeliveryState, poll_at: Option<Timestamp>) -> Report {
    Report {
        message: holder.message,
        number: 1,
        state,
        failure: (state == DeliveryState::Failed).then_some(FailureClass::Unreachable),
        provider_code: Some(state.as_str().to_owned()),
        price: None,
        poll_at,
    }
}

pub(super) async fn tell(store: &Arc<dyn Store>, report: Report, now: Timestamp) {
    store.record_reports(vec![report], now).await.expect("the store works");
}

/// Every order of the same items.
pub(super) fn orders<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let places = 0..items.len();
    let starting_at = |place: usize| {
        let mut rest = items.to_vec();
        let first = rest.remove(place);
        orders(&rest).into_iter().map(move |tail| [vec![first.clone()], tail].concat())
    };
    places.flat_map(starting_at).collect()
}
