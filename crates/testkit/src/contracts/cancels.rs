//! Cancelling.

use std::sync::Arc;

use bonin_domain::codes::{Ended, Status};
use bonin_ports::{Cancelled, Spent};

use super::Store;
use super::support::{
    MICROSECOND, cancel, cancelled, ids, lease, miss, race, resend, resent, seen, spend, turn, verify,
};
use crate::Scene;

/// A cancelled verification takes no code any more, of whichever send, and nothing is charged.
pub async fn a_cancelled_verification_takes_no_code(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    resent(&store, &scene, &holder, "222222", scene.at(60)).await;
    let done = cancelled(&store, &holder, scene.at(61)).await;
    let found = seen(&store, &holder, scene.at(61)).await;
    assert_eq!(done, found, "it is told as it stands then");
    assert_eq!((found.status, found.checks_left), (Status::Cancelled, 5));
    for digits in [Scene::RIGHT, "222222", Scene::WRONG] {
        let spent = spend(&store, scene.check(&holder, digits, scene.at(62))).await;
        assert_eq!(spent, Spent::Over(found.clone()));
    }
}

/// What is over cannot be cancelled, and says how it ended.
pub async fn cancelling_what_is_over_says_how_it_ended(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let verified = scene.start().open(&*store).await;
    verify(&store, &scene, &verified, scene.at(1)).await;
    let locked = scene.start().open(&*store).await;
    miss(&store, &scene, &locked, scene.at(1), 5).await;
    let given_up = scene.start().open(&*store).await;
    cancelled(&store, &given_up, scene.at(180) - MICROSECOND).await;
    let expired = scene.start().open(&*store).await;
    for (holder, at, end) in [
        (verified, scene.at(2), Ended::Used),
        (locked, scene.at(2), Ended::Exhausted),
        (given_up, scene.at(2), Ended::Cancelled),
        (expired, scene.at(180), Ended::Expired),
    ] {
        let before = seen(&store, &holder, at).await;
        assert_eq!(before.ended(), Some(end));
        assert_eq!(cancel(&store, &holder, at).await, Cancelled::Over(before.clone()));
        assert_eq!(seen(&store, &holder, at).await, before);
    }
}

/// Of a right check and a cancelling at the same time one wins, and the other learns of it.
pub async fn of_a_check_and_a_cancelling_one_wins(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    for _ in 0..16 {
        let holder = scene.start().open(&*store).await;
        let check = scene.check(&holder, Scene::RIGHT, scene.at(1));
        let (checking, cancelling) = (Arc::clone(&store), Arc::clone(&store));
        let (owner, now) = (holder.clone(), scene.at(1));
        let calls: [std::pin::Pin<Box<dyn Future<Output = Option<Status>> + Send>>; 2] = [
            Box::pin(async move {
                match spend(&checking, check).await {
                    Spent::Matched(_) => None,
                    Spent::Over(verification) => Some(verification.status),
                    other => panic!("the check matches or comes too late: {other:?}"),
                }
            }),
            Box::pin(async move {
                match cancel(&cancelling, &owner, now).await {
                    Cancelled::Done(_) => None,
                    Cancelled::Over(verification) => Some(verification.status),
                    Cancelled::NotFound => panic!("the verification exists"),
                }
            }),
        ];
        let lost: Vec<Status> = race(calls).await.into_iter().flatten().collect();
        assert_eq!(lost, [seen(&store, &holder, scene.at(1)).await.status]);
    }
}

/// The messages of a cancelled verification that still wait are never leased, those of others are.
pub async fn a_cancelled_verifications_waiting_messages_are_never_leased(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let holder = scene.start().open(&*store).await;
    let second = scene.resend(&holder, "222222", scene.at(1));
    let second_message = second.code.message.id;
    resend(&store, second).await;
    let neighbour = scene.start().open(&*store).await;
    cancelled(&store, &holder, scene.at(2)).await;
    let own = [holder.message, second_message, neighbour.message];
    let leased = lease(&store, scene.lease(), scene.at(3), scene.at(33), &own).await;
    assert_eq!(ids(&leased), [neighbour.message]);
}

/// A message that was leased when its verification was cancelled is not leased again when the lease ends.
pub async fn a_cancelled_verifications_leased_message_is_not_leased_again(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let holder = scene.start().leased(scene.lease(), scene.at(30)).open(&*store).await;
    cancelled(&store, &holder, scene.at(2)).await;
    assert_eq!(lease(&store, scene.lease(), scene.at(31), scene.at(61), &[holder.message]).await, []);
}
