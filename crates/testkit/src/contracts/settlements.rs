//! Settlements: what the provider that runs a verification says of checks that were charged.

use std::sync::Arc;

use bonin_domain::codes::{Ended, Rule, Status, Verification, next_budget_day};
use bonin_domain::messages::Price;
use bonin_ports::{Check, Settlement, Spent};
use jiff::Timestamp;

use super::Store;
use super::support::{
    MICROSECOND, assert_created, assert_refused, attempts, cancelled, count, find_proof, miss, race, seen,
    spend, verify,
};
use super::undecided::{run_by_nexmo, run_by_nexmo_alone, undecided};
use crate::{Holder, Scene};

/// Right, without a word of event or price.
const MATCHED: Settlement = Settlement::Matched { event: None, price: None };

async fn settle(store: &Arc<dyn Store>, check: &Check, settlement: Settlement) -> Spent {
    store.settle_check(check.clone(), settlement).await.expect("the store works")
}

async fn proves(store: &Arc<dyn Store>, holder: &Holder, check: &Check, now: Timestamp) -> bool {
    find_proof(store, &holder.tenant, holder.purpose, check.proof.0, now).await.is_ok()
}

/// A match marks the success with the proof and the client token of its check, and the attempt by which the
/// provider runs the verification with event and price.
pub async fn a_match_marks_the_success_with_its_proof(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = run_by_nexmo(&store, &scene, scene.start()).await;
    let sent = attempts(&store, &holder).await.remove(0);
    let (check, charged) = undecided(&store, &scene, &holder, scene.at(1)).await;
    assert!(!proves(&store, &holder, &check, scene.at(1)).await, "nothing is proved yet");
    let (event, price) = (Some("event-1".to_owned()), Price::parse("0.1", "EUR"));
    let expected = Verification { status: Status::Verified, ..charged };
    let matched = settle(&store, &check, Settlement::Matched { event: event.clone(), price: price.clone() });
    assert_eq!(matched.await, Spent::Matched(expected.clone()));
    assert_eq!(seen(&store, &holder, scene.at(2)).await, expected);
    let told = attempts(&store, &holder).await.remove(0);
    assert_eq!((&told.event, &told.price), (&event, &price));
    assert_eq!((told.state, told.updated_at), (sent.state, sent.updated_at));
    assert!(proves(&store, &holder, &check, scene.at(2)).await);
    for _ in 0..4 {
        let other = scene.start().open(&*store).await;
        miss(&store, &scene, &other, scene.at(2), 5).await;
    }
    let unknown = scene.start().at(scene.at(3)).run(&*store).await;
    assert_refused(unknown, Rule::WrongChecks, next_budget_day(scene.at(0)));
    let known = scene.start().client_token(check.client_token.0).at(scene.at(3));
    assert_created(&known.run(&*store).await);
}

/// Of many concurrent matches one succeeds, and its proof alone is good.
pub async fn of_15_concurrent_matches_one_succeeds(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    for _ in 0..4 {
        let holder = run_by_nexmo(&store, &scene, scene.start()).await;
        let mut checks = Vec::new();
        for _ in 0..5 {
            checks.push(undecided(&store, &scene, &holder, scene.at(1)).await.0);
        }
        let calls = (0..15).map(|place| {
            let (store, check) = (Arc::clone(&store), checks[place % 5].clone());
            async move { settle(&store, &check, MATCHED).await }
        });
        let spent = race(calls).await;
        assert_eq!(count(&spent, |one| matches!(one, Spent::Matched(_))), 1, "{spent:?}");
        assert_eq!(count(&spent, |one| matches!(one, Spent::Over(_))), 14, "{spent:?}");
        let mut proofs = 0;
        for check in &checks {
            proofs += usize::from(proves(&store, &holder, check, scene.at(2)).await);
        }
        assert_eq!(proofs, 1);
    }
}

/// A miss counts like any other: for good, and the last one locks.
pub async fn a_settled_miss_counts_and_the_last_one_locks(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = run_by_nexmo(&store, &scene, scene.start()).await;
    let before = seen(&store, &holder, scene.at(1)).await;
    for checks_left in [4, 3, 2, 1, 0] {
        let (check, _) = undecided(&store, &scene, &holder, scene.at(1)).await;
        let status = if checks_left == 0 { Status::Locked } else { Status::Pending };
        let expected = Verification { checks_left, status, ..before.clone() };
        assert_eq!(settle(&store, &check, Settlement::Missed).await, Spent::Missed(expected.clone()));
        assert_eq!(seen(&store, &holder, scene.at(1)).await, expected);
        assert!(!proves(&store, &holder, &check, scene.at(1)).await);
    }
    let over = spend(&store, scene.check(&holder, Scene::RIGHT, scene.at(2))).await;
    assert!(matches!(&over, Spent::Over(verification) if verification.ended() == Some(Ended::Exhausted)));
}

/// Twenty settled misses refuse the number's next start, and the nineteenth does not yet; a verification that
/// was cancelled before the provider answered hides none of them.
pub async fn settled_misses_use_up_the_numbers_budget(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let mut checks = Vec::new();
    for place in 0..4 {
        let holder = run_by_nexmo_alone(&store, &scene).await;
        for _ in 0..5 {
            checks.push(undecided(&store, &scene, &holder, scene.at(1)).await.0);
        }
        if place == 0 {
            // Not all checks may be charged, or it could not be cancelled any more.
            settle(&store, &checks[0], Settlement::NotCompared).await;
            cancelled(&store, &holder, scene.at(1)).await;
        }
    }
    for check in &checks[1..] {
        settle(&store, check, Settlement::Missed).await;
    }
    assert_created(&scene.start().at(scene.at(2)).run(&*store).await);
    let last = run_by_nexmo(&store, &scene, scene.start()).await;
    let (check, _) = undecided(&store, &scene, &last, scene.at(2)).await;
    settle(&store, &check, Settlement::Missed).await;
    let refused = scene.start().at(scene.at(3)).run(&*store).await;
    assert_refused(refused, Rule::WrongChecks, next_budget_day(scene.at(0)));
}

/// What the provider did not compare was compared with our own codes where some are live: then it is a miss,
/// or an outage of the provider would give away guesses at them.
pub async fn a_check_that_was_compared_with_our_own_codes_is_never_given_back(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = run_by_nexmo(&store, &scene, scene.start()).await;
    for left in (0..5).rev() {
        let (check, _) = undecided(&store, &scene, &holder, scene.at(1)).await;
        let missed = settle(&store, &check, Settlement::NotCompared).await;
        assert!(matches!(&missed, Spent::Missed(of) if of.checks_left == left), "{missed:?}");
    }
    let sixth = spend(&store, scene.check(&holder, Scene::RIGHT, scene.at(1))).await;
    assert!(matches!(sixth, Spent::Over(_)), "{sixth:?}");
}

/// A check that was surely not compared is given back, once, and the last one too: nothing is locked by it.
pub async fn a_check_that_was_not_compared_is_given_back(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = run_by_nexmo_alone(&store, &scene).await;
    let before = seen(&store, &holder, scene.at(1)).await;
    let (check, _) = undecided(&store, &scene, &holder, scene.at(1)).await;
    for _ in 0..2 {
        // The second time there is nothing to give back.
        let given_back = settle(&store, &check, Settlement::NotCompared).await;
        assert_eq!(given_back, Spent::Over(before.clone()));
        assert_eq!(seen(&store, &holder, scene.at(1)).await, before);
    }
    let mut last = check;
    for _ in 0..5 {
        last = undecided(&store, &scene, &holder, scene.at(1)).await.0;
    }
    let expected = Verification { checks_left: 1, ..before };
    assert_eq!(settle(&store, &last, Settlement::NotCompared).await, Spent::Over(expected.clone()));
    assert_eq!(seen(&store, &holder, scene.at(1)).await, expected);
    assert!(!proves(&store, &holder, &last, scene.at(1)).await);
    let (right, _) = undecided(&store, &scene, &holder, scene.at(2)).await;
    assert!(matches!(settle(&store, &right, MATCHED).await, Spent::Matched(_)));
}

/// A match counts also where other checks used up the budget and locked the verification meanwhile.
pub async fn a_match_counts_where_others_used_up_the_budget(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = run_by_nexmo(&store, &scene, scene.start()).await;
    let mut checks = Vec::new();
    for _ in 0..5 {
        checks.push(undecided(&store, &scene, &holder, scene.at(1)).await.0);
    }
    for check in &checks[1..] {
        let missed = settle(&store, check, Settlement::Missed).await;
        assert!(matches!(missed, Spent::Missed(_)), "{missed:?}");
    }
    let locked = seen(&store, &holder, scene.at(1)).await;
    assert_eq!((locked.status, locked.checks_left), (Status::Locked, 0));
    // What is locked stays so: nothing is given back then.
    assert_eq!(settle(&store, &checks[0], Settlement::NotCompared).await, Spent::Over(locked));
    assert!(matches!(settle(&store, &checks[0], MATCHED).await, Spent::Matched(_)));
    assert_eq!(seen(&store, &holder, scene.at(1)).await.status, Status::Verified);
    assert!(proves(&store, &holder, &checks[0], scene.at(1)).await);
}

/// What was verified or cancelled before the provider answered stays as it is.
pub async fn settling_what_is_over_changes_nothing(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    for end in [Ended::Used, Ended::Cancelled] {
        let holder = run_by_nexmo(&store, &scene, scene.start()).await;
        let (check, _) = undecided(&store, &scene, &holder, scene.at(1)).await;
        match end {
            Ended::Used => drop(verify(&store, &scene, &holder, scene.at(1)).await),
            _ => drop(cancelled(&store, &holder, scene.at(1)).await),
        }
        let before = seen(&store, &holder, scene.at(1)).await;
        assert_eq!(before.ended(), Some(end));
        for settlement in [MATCHED, Settlement::Missed, Settlement::NotCompared] {
            assert_eq!(settle(&store, &check, settlement).await, Spent::Over(before.clone()));
            assert_eq!(seen(&store, &holder, scene.at(1)).await, before);
        }
        assert!(!proves(&store, &holder, &check, scene.at(1)).await);
    }
}

/// What counts is that a check was charged in time, not when the provider answered: a settlement is judged at
/// the moment of its charge.
pub async fn a_settlement_is_judged_at_the_moment_of_the_charge(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = run_by_nexmo(&store, &scene, scene.start()).await;
    let (check, _) = undecided(&store, &scene, &holder, scene.at(180) - MICROSECOND).await;
    assert_eq!(seen(&store, &holder, scene.at(185)).await.status, Status::Expired);
    let late = Check { now: scene.at(180), ..check.clone() };
    let over = settle(&store, &late, MATCHED).await;
    assert!(matches!(&over, Spent::Over(verification) if verification.ended() == Some(Ended::Expired)));
    assert!(matches!(settle(&store, &check, MATCHED).await, Spent::Matched(_)));
    assert_eq!(seen(&store, &holder, scene.at(185)).await.status, Status::Verified);
}

/// Without the token, or for another tenant, nothing is settled.
pub async fn a_stranger_settles_nothing(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = run_by_nexmo(&store, &scene, scene.start()).await;
    let (check, charged) = undecided(&store, &scene, &holder, scene.at(1)).await;
    let strangers = [
        Check { token: scene.token().digest(), ..check.clone() },
        Check { tenant: scene.another_tenant(), ..check.clone() },
    ];
    for stranger in &strangers {
        for settlement in [MATCHED, Settlement::Missed, Settlement::NotCompared] {
            assert_eq!(settle(&store, stranger, settlement).await, Spent::NotFound);
        }
    }
    assert_eq!(seen(&store, &holder, scene.at(1)).await, charged);
    assert!(!proves(&store, &holder, &check, scene.at(1)).await);
}
