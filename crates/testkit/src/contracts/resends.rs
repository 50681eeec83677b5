//! Resends: fresh codes for the same budget of checks.

use std::sync::Arc;

use bonin_domain::codes::{Ended, Lifetime, RuleMode, Verification, Window};
use bonin_ports::{Resent, Spent};
use jiff::Timestamp;

use super::Store;
use super::support::{
    MICROSECOND, cancelled, count, history, miss, race, resend, resent, seen, spend, verify,
};
use crate::{Holder, Scene};

async fn check(store: &Arc<dyn Store>, scene: &Scene, holder: &Holder, digits: &str, at: Timestamp) -> bool {
    match spend(store, scene.check(holder, digits, at)).await {
        Spent::Matched(_) => true,
        Spent::Missed(_) => false,
        other => panic!("the code is compared: {other:?}"),
    }
}

/// A resend adds a code and a message and prolongs the verification, but gives back no check.
pub async fn a_resend_adds_a_code_and_a_message_but_no_check(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    miss(&store, &scene, &holder, scene.at(1), 3).await;
    let before = seen(&store, &holder, scene.at(1)).await;
    assert_eq!(before.checks_left, 2);
    let request = scene.resend(&holder, "222222", scene.at(60));
    let second = request.code.message.id;
    let expected = Verification { sends: 2, expires_at: scene.at(240), resend_at: scene.at(120), ..before };
    assert_eq!(resend(&store, request).await, Resent::Sent(expected.clone()));
    assert_eq!(seen(&store, &holder, scene.at(60)).await, expected);
    let messages = history(&store, &scene.tenant, holder.id).await;
    let listed: Vec<_> = messages.iter().map(|message| (message.id, message.created_at)).collect();
    assert_eq!(listed, [(holder.message, scene.at(0)), (second, scene.at(60))]);
    miss(&store, &scene, &holder, scene.at(61), 2).await;
    assert_eq!(seen(&store, &holder, scene.at(61)).await.ended(), Some(Ended::Exhausted));
}

/// The codes of earlier sends are accepted beside the newest, until their number passes the live codes.
pub async fn the_oldest_code_dies_beyond_the_live_codes(store: Arc<dyn Store>) {
    for (live_codes, accepted) in
        [(3, [false, true, true, true]), (2, [false, false, true, true]), (1, [false, false, false, true])]
    {
        let scene = Scene::new().unlimited().with_policy(|policy| policy.live_codes = live_codes);
        for (digits, accepted) in ["111111", "222222", "333333", "444444"].into_iter().zip(accepted) {
            let holder = scene.start().digits("111111").open(&*store).await;
            resent(&store, &scene, &holder, "222222", scene.at(1)).await;
            resent(&store, &scene, &holder, "333333", scene.at(2)).await;
            resent(&store, &scene, &holder, "444444", scene.at(3)).await;
            let matched = check(&store, &scene, &holder, digits, scene.at(4)).await;
            assert_eq!(matched, accepted, "code {digits} with {live_codes} live codes");
        }
    }
}

/// A resend does not prolong the codes before it: each dies at its own end.
pub async fn each_code_dies_at_its_own_end(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for (digits, at, accepted) in [
        (Scene::RIGHT, scene.at(180) - MICROSECOND, true),
        (Scene::RIGHT, scene.at(180), false),
        ("222222", scene.at(180), true),
        ("222222", scene.at(280) - MICROSECOND, true),
    ] {
        let holder = scene.start().phone(scene.another_phone()).open(&*store).await;
        resent(&store, &scene, &holder, "222222", scene.at(100)).await;
        assert_eq!(check(&store, &scene, &holder, digits, at).await, accepted, "{digits} at {at}");
        assert_eq!(seen(&store, &holder, at).await.expires_at, scene.at(280));
        let over = spend(&store, scene.check(&holder, "222222", scene.at(280))).await;
        assert!(matches!(over, Spent::Over(_)), "{over:?}");
    }
}

/// A resend before its wait is over changes nothing and says when the wait is over.
pub async fn a_resend_before_its_wait_is_too_early(store: Arc<dyn Store>) {
    let scene = Scene::new().with_policy(|policy| {
        policy.code_life = Lifetime::from_secs(600).expect("a life within bounds");
    });
    let holder = scene.start().open(&*store).await;
    for (last, due) in [(0, 60), (60, 120), (120, 240)] {
        let before = seen(&store, &holder, scene.at(last)).await;
        assert_eq!(before.resend_at, scene.at(due));
        let request = scene.resend(&holder, "222222", scene.at(due) - MICROSECOND);
        assert_eq!(resend(&store, request).await, Resent::TooEarly(before.clone()));
        assert_eq!(seen(&store, &holder, scene.at(last)).await, before);
        let messages = history(&store, &scene.tenant, holder.id).await;
        assert_eq!(messages.len(), usize::from(before.sends));
        resent(&store, &scene, &holder, "222222", scene.at(due)).await;
    }
}

/// A resend waits for the number's windows too, and `resend_at` says so from the beginning.
pub async fn a_resend_waits_for_the_numbers_windows_too(store: Arc<dyn Store>) {
    let scene = Scene::new().with_policy(|policy| {
        policy.code_life = Lifetime::from_secs(600).expect("a life within bounds");
        policy.limits.number_windows = vec![Window::secs(300, 2)];
    });
    let first = scene.start().open(&*store).await;
    assert_eq!(seen(&store, &first, scene.at(0)).await.resend_at, scene.at(60));
    let second = scene.start().at(scene.at(10)).open(&*store).await;
    assert_eq!(seen(&store, &second, scene.at(10)).await.resend_at, scene.at(300));
    for holder in [&first, &second] {
        for at in [scene.at(100), scene.at(300) - MICROSECOND] {
            let Resent::TooEarly(early) = resend(&store, scene.resend(holder, "222222", at)).await else {
                panic!("the number's window is full");
            };
            assert_eq!((early.resend_at, early.sends), (scene.at(300), 1));
        }
    }
    resent(&store, &scene, &first, "222222", scene.at(300)).await;
}

/// A verification that is over sends nothing more, and says how it ended.
pub async fn a_verification_that_is_over_sends_nothing_more(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let verified = scene.start().open(&*store).await;
    verify(&store, &scene, &verified, scene.at(1)).await;
    let locked = scene.start().open(&*store).await;
    miss(&store, &scene, &locked, scene.at(1), 5).await;
    let given_up = scene.start().open(&*store).await;
    cancelled(&store, &given_up, scene.at(1)).await;
    let expired = scene.start().open(&*store).await;
    for (holder, at, end) in [
        (verified, scene.at(61), Ended::Used),
        (locked, scene.at(61), Ended::Exhausted),
        (given_up, scene.at(61), Ended::Cancelled),
        (expired, scene.at(180), Ended::Expired),
    ] {
        let before = seen(&store, &holder, at).await;
        assert_eq!(before.ended(), Some(end));
        let request = scene.resend(&holder, "222222", at);
        assert_eq!(resend(&store, request).await, Resent::Over(before));
        let messages = history(&store, &scene.tenant, holder.id).await;
        assert_eq!(messages.len(), 1);
    }
}

/// Of eight concurrent resends one sends; the others are too early.
pub async fn of_eight_concurrent_resends_one_sends(store: Arc<dyn Store>) {
    let scene = Scene::new().with_policy(|policy| policy.limits.number = RuleMode::Off);
    let holder = scene.start().open(&*store).await;
    let requests: Vec<_> = (0..8).map(|_| scene.resend(&holder, "222222", scene.at(60))).collect();
    let calls = requests.into_iter().map(|request| {
        let store = Arc::clone(&store);
        async move { resend(&store, request).await }
    });
    let outcomes = race(calls).await;
    assert_eq!(count(&outcomes, |one| matches!(one, Resent::Sent(_))), 1);
    assert_eq!(count(&outcomes, |one| matches!(one, Resent::TooEarly(_))), 7);
    assert_eq!(seen(&store, &holder, scene.at(60)).await.sends, 2);
}

/// Concurrent resends of one number's verifications never pass its window.
pub async fn concurrent_resends_never_pass_a_numbers_window(store: Arc<dyn Store>) {
    let scene = Scene::new().with_policy(|policy| {
        policy.limits.number_windows = vec![Window::secs(600, 11)];
    });
    let mut requests = Vec::new();
    for _ in 0..8 {
        let holder = scene.start().open(&*store).await;
        requests.push(scene.resend(&holder, "222222", scene.at(60)));
    }
    let calls = requests.into_iter().map(|request| {
        let store = Arc::clone(&store);
        async move { resend(&store, request).await }
    });
    let outcomes = race(calls).await;
    assert_eq!(count(&outcomes, |one| matches!(one, Resent::Sent(_))), 3);
    assert_eq!(count(&outcomes, |one| matches!(one, Resent::TooEarly(_))), 5);
}
