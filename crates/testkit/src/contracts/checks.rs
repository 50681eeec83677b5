//! Checks: what is compared, what is charged, and when it is over.

use std::sync::Arc;

use bonin_domain::codes::{Ended, Status, Verification};
use bonin_ports::Spent;

use super::Store;
use super::support::{MICROSECOND, cancelled, count, find_proof, miss, race_checks, seen, spend, verify};
use crate::Scene;

fn over(spent: Spent) -> Option<Ended> {
    match spent {
        Spent::Over(verification) => verification.ended(),
        other => panic!("the verification is over: {other:?}"),
    }
}

/// The right code is accepted once; after that the verification is used.
pub async fn a_right_code_is_accepted_once(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    let before = seen(&store, &holder, scene.at(0)).await;
    let expected = Verification { status: Status::Verified, checks_left: 4, ..before };
    let spent = spend(&store, scene.check(&holder, Scene::RIGHT, scene.at(1))).await;
    assert_eq!(spent, Spent::Matched(expected.clone()));
    for digits in [Scene::RIGHT, Scene::WRONG] {
        let spent = spend(&store, scene.check(&holder, digits, scene.at(2))).await;
        assert_eq!(spent, Spent::Over(expected.clone()));
    }
    assert_eq!(seen(&store, &holder, scene.at(3)).await, expected);
}

/// A miss is charged for good, though the caller makes an error of it.
pub async fn a_miss_is_charged_for_good(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    let before = seen(&store, &holder, scene.at(0)).await;
    for checks_left in [4, 3] {
        let expected = Verification { checks_left, ..before.clone() };
        let spent = spend(&store, scene.check(&holder, Scene::WRONG, scene.at(1))).await;
        assert_eq!(spent, Spent::Missed(expected.clone()));
        assert_eq!(seen(&store, &holder, scene.at(1)).await, expected);
    }
}

/// The fifth check is judged on its merits: a right code is accepted then.
pub async fn the_fifth_check_is_judged_on_its_merits(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    miss(&store, &scene, &holder, scene.at(1), 4).await;
    assert_eq!(seen(&store, &holder, scene.at(1)).await.checks_left, 1);
    verify(&store, &scene, &holder, scene.at(1)).await;
    let found = seen(&store, &holder, scene.at(1)).await;
    assert_eq!((found.status, found.checks_left), (Status::Verified, 0));
}

/// The fifth miss locks a verification, and it stays locked until it expires.
pub async fn five_misses_lock_until_expiry(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    miss(&store, &scene, &holder, scene.at(1), 4).await;
    let Spent::Missed(last) = spend(&store, scene.check(&holder, Scene::WRONG, scene.at(2))).await else {
        panic!("the fifth check is compared");
    };
    assert_eq!((last.status, last.checks_left), (Status::Locked, 0));
    for (now, end) in [
        (scene.at(3), Ended::Exhausted),
        (scene.at(180) - MICROSECOND, Ended::Exhausted),
        (scene.at(180), Ended::Expired),
    ] {
        let spent = spend(&store, scene.check(&holder, Scene::RIGHT, now)).await;
        assert_eq!(over(spent), Some(end));
        assert_eq!(seen(&store, &holder, now).await.ended(), Some(end));
    }
}

/// A code counts up to its end and no longer: a microsecond before it is accepted, at its end it is over.
pub async fn a_code_dies_at_its_end_and_not_before(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let in_time = scene.start().open(&*store).await;
    verify(&store, &scene, &in_time, scene.at(180) - MICROSECOND).await;
    let late = scene.start().open(&*store).await;
    let before = seen(&store, &late, scene.at(180) - MICROSECOND).await;
    assert_eq!(before.status, Status::Pending);
    let expired = Verification { status: Status::Expired, ..before };
    for now in [scene.at(180), scene.at(181)] {
        let spent = spend(&store, scene.check(&late, Scene::RIGHT, now)).await;
        assert_eq!(spent, Spent::Over(expired.clone()));
        assert_eq!(seen(&store, &late, now).await, expired);
    }
}

/// What was verified or cancelled stays so after its time has run out.
pub async fn verified_and_cancelled_outlive_their_end(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let verified = scene.start().open(&*store).await;
    verify(&store, &scene, &verified, scene.at(1)).await;
    let given_up = scene.start().open(&*store).await;
    cancelled(&store, &given_up, scene.at(1)).await;
    for (holder, end) in [(verified, Ended::Used), (given_up, Ended::Cancelled)] {
        assert_eq!(seen(&store, &holder, scene.at(86_400)).await.ended(), Some(end));
        let spent = spend(&store, scene.check(&holder, Scene::RIGHT, scene.at(86_400))).await;
        assert_eq!(over(spent), Some(end));
    }
}

/// Of 64 concurrent wrong checks exactly five are compared.
pub async fn of_64_concurrent_wrong_checks_five_are_compared(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    let checks = (0..64).map(|_| scene.check(&holder, Scene::WRONG, scene.at(1)));
    let spent = race_checks(&store, checks.collect()).await;
    let mut left: Vec<u16> = Vec::new();
    for one in spent {
        match one {
            Spent::Missed(verification) => left.push(verification.checks_left),
            other => assert_eq!(over(other), Some(Ended::Exhausted)),
        }
    }
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4], "each comparison is charged once");
}

/// Of 40 concurrent right checks exactly one succeeds, and it alone stores a proof.
pub async fn of_40_concurrent_right_checks_one_succeeds(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    let checks: Vec<_> = (0..40).map(|_| scene.check(&holder, Scene::RIGHT, scene.at(1))).collect();
    let spent = race_checks(&store, checks.clone()).await;
    assert_eq!(count(&spent, |one| matches!(one, Spent::Matched(_))), 1);
    assert_eq!(count(&spent, |one| matches!(one, Spent::Over(_))), 39);
    let mut proofs = 0;
    for check in checks {
        let found = find_proof(&store, &scene.tenant, holder.purpose, check.proof.0, scene.at(2)).await;
        proofs += usize::from(found.is_ok());
    }
    assert_eq!(proofs, 1);
}

/// Among concurrent right and wrong checks no more than five are compared and no more than one succeeds.
pub async fn concurrent_mixed_checks_share_one_budget(store: Arc<dyn Store>) {
    for _ in 0..8 {
        let scene = Scene::new();
        let holder = scene.start().open(&*store).await;
        let digits = (0..24).map(|place| if place % 6 == 5 { Scene::RIGHT } else { Scene::WRONG });
        let checks = digits.map(|digits| scene.check(&holder, digits, scene.at(1)));
        let spent = race_checks(&store, checks.collect()).await;
        let matched = count(&spent, |one| matches!(one, Spent::Matched(_)));
        let missed = count(&spent, |one| matches!(one, Spent::Missed(_)));
        let found = seen(&store, &holder, scene.at(1)).await;
        assert!(matched <= 1 && matched + missed <= 5, "{matched} matched, {missed} missed");
        assert_eq!(usize::from(found.checks_left), 5 - matched - missed);
        let end = if matched == 1 { Status::Verified } else { Status::Locked };
        assert_eq!(found.status, end);
    }
}
