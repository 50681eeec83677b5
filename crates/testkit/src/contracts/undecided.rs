//! Checks of a verification that a provider runs: charged like all others, decided by the provider.

use std::sync::Arc;

use bonin_domain::codes::{Ended, Limits, Status, Verification};
use bonin_domain::messages::{Attempt, DeliveryState, FailureClass, ProviderName, ProviderReference};
use bonin_ports::{Check, DispatchOutcome, Spent};
use jiff::Timestamp;

use super::Store;
use super::support::{
    MICROSECOND, assert_created, attempt, cancelled, closing, count, miss, race_checks, record, seen, spend,
    verify,
};
use crate::{Holder, Scene, StartBuilder};

fn nexmo() -> ProviderName {
    ProviderName::parse("nexmo").expect("a provider's name")
}

/// What Nexmo calls the verification.
fn request(holder: &Holder) -> ProviderReference {
    ProviderReference::parse(&format!("ref-{}", holder.message)).expect("a reference")
}

/// The outcome that Nexmo took the message of a verification and runs it from now on.
fn running(scene: &Scene, holder: &Holder) -> DispatchOutcome {
    let taken =
        Attempt { provider: nexmo(), ..attempt(holder.message, DeliveryState::Accepted, scene.at(0)) };
    DispatchOutcome { runs_verification: true, ..closing(scene.lease(), taken) }
}

/// A verification that Nexmo runs.
pub(super) async fn run_by_nexmo(store: &Arc<dyn Store>, scene: &Scene, start: StartBuilder<'_>) -> Holder {
    let holder = start.open(&**store).await;
    record(store, running(scene, &holder)).await;
    holder
}

/// A verification that Nexmo runs, whose own code never left: it was recorded under the lease.
pub(super) async fn run_by_nexmo_alone(store: &Arc<dyn Store>, scene: &Scene) -> Holder {
    let lease = scene.lease();
    let holder = scene.start().leased(lease, scene.at(60)).open(&**store).await;
    record(store, DispatchOutcome { lease, ..running(scene, &holder) }).await;
    holder
}

/// A code of ours that never left counts no more: there is nothing of ours to be guessed.
pub async fn our_own_code_counts_no_more_where_it_never_left(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = run_by_nexmo_alone(&store, &scene).await;
    let own = spend(&store, scene.check(&holder, Scene::RIGHT, scene.at(1))).await;
    assert!(matches!(own, Spent::Undecided(_)), "{own:?}");
}

/// Types a code that is none of ours, for the check that was charged and the verification after it.
pub(super) async fn undecided(
    store: &Arc<dyn Store>,
    scene: &Scene,
    holder: &Holder,
    now: Timestamp,
) -> (Check, Verification) {
    let check = scene.check(holder, Scene::WRONG, now);
    match spend(store, check.clone()).await {
        Spent::Undecided(verification) => (check, verification),
        other => panic!("the provider has to decide: {other:?}"),
    }
}

/// A provider runs a verification once the outcome that says so is recorded, under the name it gave last.
pub async fn a_provider_runs_a_verification_once_it_took_it(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let (holder, other) = (scene.start().open(&*store).await, scene.start().open(&*store).await);
    let before = seen(&store, &holder, scene.at(1)).await;
    assert_eq!(before.run_by, None);
    let taken = running(&scene, &holder);
    let refused = Attempt {
        failure: Some(FailureClass::ProviderDown),
        reference: None,
        ..attempt(holder.message, DeliveryState::Failed, scene.at(0))
    };
    let mut last = taken.attempts[0].clone();
    last.number = 2;
    record(&store, DispatchOutcome { attempts: vec![refused, last], ..taken }).await;
    let expected = Verification { run_by: Some((nexmo(), request(&holder))), ..before };
    assert_eq!(seen(&store, &holder, scene.at(1)).await, expected);
    let plain = running(&scene, &other);
    record(&store, DispatchOutcome { runs_verification: false, ..plain }).await;
    assert_eq!(seen(&store, &other, scene.at(1)).await.run_by, None);
    assert_eq!(cancelled(&store, &holder, scene.at(2)).await.run_by, expected.run_by);
}

/// A code that is none of ours is charged, and the provider has to decide; one of ours matches all the same.
pub async fn a_code_that_is_none_of_ours_is_charged_and_undecided(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = run_by_nexmo(&store, &scene, scene.start()).await;
    let before = seen(&store, &holder, scene.at(1)).await;
    for checks_left in [4, 3] {
        let expected = Verification { checks_left, ..before.clone() };
        assert_eq!(undecided(&store, &scene, &holder, scene.at(1)).await.1, expected);
        assert_eq!(seen(&store, &holder, scene.at(1)).await, expected);
    }
    verify(&store, &scene, &holder, scene.at(2)).await;
    assert_eq!(seen(&store, &holder, scene.at(2)).await.status, Status::Verified);
}

/// Of twenty concurrent checks that a provider has to decide exactly five are charged. While all are charged
/// nothing more is compared, and the verification shows as exhausted until it expires.
pub async fn of_20_concurrent_undecided_checks_five_are_charged(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = run_by_nexmo(&store, &scene, scene.start()).await;
    let checks = (0..20).map(|_| scene.check(&holder, Scene::WRONG, scene.at(1)));
    let mut left = Vec::new();
    for spent in race_checks(&store, checks.collect()).await {
        match spent {
            Spent::Undecided(verification) => left.push(verification.checks_left),
            Spent::Over(verification) => assert_eq!(verification.ended(), Some(Ended::Exhausted)),
            other => panic!("it is charged or over: {other:?}"),
        }
    }
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4], "each check is charged once");
    for (now, end) in [(scene.at(2), Ended::Exhausted), (scene.at(180), Ended::Expired)] {
        let found = seen(&store, &holder, now).await;
        assert_eq!((found.ended(), found.checks_left), (Some(end), 0));
        let own_code = spend(&store, scene.check(&holder, Scene::RIGHT, now)).await;
        assert_eq!(own_code, Spent::Over(found));
    }
}

/// A check is charged up to the end of the code and no longer.
pub async fn an_undecided_check_is_charged_in_time_or_not_at_all(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = run_by_nexmo(&store, &scene, scene.start()).await;
    undecided(&store, &scene, &holder, scene.at(180) - MICROSECOND).await;
    let late = spend(&store, scene.check(&holder, Scene::WRONG, scene.at(180))).await;
    let found = seen(&store, &holder, scene.at(180)).await;
    assert_eq!((found.ended(), found.checks_left), (Some(Ended::Expired), 4));
    assert_eq!(late, Spent::Over(found));
}

/// Checks that nobody has decided count for no number: its starts go on.
pub async fn undecided_checks_do_not_count_for_the_number(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    for _ in 0..5 {
        let holder = run_by_nexmo(&store, &scene, scene.start()).await;
        for _ in 0..5 {
            undecided(&store, &scene, &holder, scene.at(1)).await;
        }
    }
    assert_created(&scene.start().at(scene.at(2)).run(&*store).await);
}

/// At the ceiling of a number's misses nothing is charged either where a provider would decide.
pub async fn at_the_ceiling_no_provider_is_asked(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let mut holders = Vec::new();
    for _ in 0..Limits::WRONG_CHECKS_CEILING / 5 {
        holders.push(scene.start().open(&*store).await);
    }
    let run = run_by_nexmo(&store, &scene, scene.start()).await;
    let before = seen(&store, &run, scene.at(1)).await;
    for holder in &holders {
        miss(&store, &scene, holder, scene.at(1), 5).await;
    }
    let spent: Vec<_> = race_checks(&store, vec![scene.check(&run, Scene::WRONG, scene.at(1)); 2]).await;
    assert_eq!(count(&spent, |one| *one == Spent::NumberExhausted(before.clone())), 2, "{spent:?}");
    assert_eq!(seen(&store, &run, scene.at(1)).await, before);
}
