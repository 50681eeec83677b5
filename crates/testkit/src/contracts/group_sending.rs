//! Sending groups: when their messages are due, and until when a reservation can be cancelled.

use std::sync::Arc;

use bonin_domain::keys::SealedField;
use bonin_domain::messages::{DeliveryState, GroupId};
use bonin_ports::{DispatchOutcome, GroupCancelled, MessageGroupRepository, NewGroup, Outbox};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::groups::{created, find, group, messages_of};
use super::support::{MICROSECOND, attempt, closing, count, ids, lease, race, record, turn};
use crate::Scene;

const HALF_A_MINUTE: SignedDuration = SignedDuration::from_secs(30);

async fn cancel(store: &Arc<dyn Store>, group: &NewGroup, now: Timestamp) -> GroupCancelled {
    let done = MessageGroupRepository::cancel(&**store, &group.tenant, group.id, now).await;
    done.expect("the store works")
}

/// A group that is reserved for second 600, with an image.
fn reserved(scene: &Scene, recipients: usize) -> NewGroup {
    let mut group = group(scene, recipients, scene.at(0));
    let mut fill = |bytes: &mut [u8]| bytes.fill(7);
    let images =
        scene.keys.seal(&group.tenant, SealedField::Images, group.id.as_row(), b"an image", &mut fill);
    group.images = Some(images);
    group.scheduled_at = Some(scene.at(600));
    group
}

/// The messages of a group are due at once and leased as they were put in, each with its own end.
pub async fn a_groups_messages_are_leased_as_they_were_put_in(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let group = group(&scene, 2, scene.at(0));
    let own = created(&store, &group).await;
    assert_eq!(lease(&store, scene.lease(), scene.at(0) - MICROSECOND, scene.at(30), &own).await, []);
    // The second time after its end: it is leased all the same, so that its end is recorded.
    for (now, interrupted) in [(scene.at(0), false), (group.expires_at, true)] {
        let mut leased = lease(&store, scene.lease(), now, now + HALF_A_MINUTE, &own).await;
        leased.sort_by_key(|message| message.id.as_uuid());
        assert_eq!(ids(&leased), own);
        for message in leased {
            assert_eq!((message.group, &message.tenant), (Some(group.id), &group.tenant));
            assert_eq!((message.created_at, message.expires_at), (scene.at(0), group.expires_at));
            assert_eq!((message.interrupted, &message.attempts[..]), (interrupted, &[][..]));
            let row = message.id.as_row();
            let text = scene.keys.unseal(&group.tenant, SealedField::Message, row, &message.payload);
            assert_eq!(&**text.expect("the message opens"), b"[Bonin] hello");
        }
    }
}

/// A reserved group waits for its time, to the microsecond.
pub async fn a_reserved_group_waits_for_its_time(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let own = created(&store, &reserved(&scene, 3)).await;
    for early in [scene.at(0), scene.at(600) - MICROSECOND] {
        assert_eq!(lease(&store, scene.lease(), early, scene.at(630), &own).await, []);
    }
    assert_eq!(lease(&store, scene.lease(), scene.at(600), scene.at(630), &own).await.len(), 3);
}

/// What was done with a group's message is recorded, shown and asked after like that of a code, and a closed
/// one is never leased again.
pub async fn a_groups_message_is_recorded_and_asked_after(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let group = group(&scene, 1, scene.at(0));
    let own = created(&store, &group).await;
    let id = scene.lease();
    lease(&store, id, scene.at(0), scene.at(30), &own).await;
    let accepted = attempt(own[0], DeliveryState::Accepted, scene.at(1));
    let outcome = DispatchOutcome { poll_at: Some(scene.at(5)), ..closing(id, accepted.clone()) };
    record(&store, outcome).await;
    let listed = messages_of(&store, &group).await;
    assert_eq!(listed[0].attempts, [accepted]);
    assert_eq!(store.message(&group.tenant, own[0]).await, Ok(Some(listed[0].clone())));
    assert_eq!(lease(&store, scene.lease(), scene.at(31), scene.at(61), &own).await, []);
    let polled = store.lease_polls(scene.at(5), scene.at(35), 10).await.expect("the store works");
    let [polled] = &polled[..] else { panic!("one attempt is due: {polled:?}") };
    assert_eq!((polled.message, &polled.tenant, &polled.phone), (own[0], &group.tenant, &listed[0].phone));
    let phone = scene.keys.unseal(&polled.tenant, SealedField::Phone, &polled.phone_row, &polled.phone);
    assert!(phone.is_ok(), "the number opens under the row that is named");
}

/// A cancelled reservation is never sent and loses its images, and is shown with the moment.
pub async fn a_cancelled_reservation_is_never_sent(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let (group, neighbour) = (reserved(&scene, 2), reserved(&scene, 1));
    let mut own = created(&store, &group).await;
    own.extend(created(&store, &neighbour).await);
    assert_eq!(cancel(&store, &group, scene.at(599)).await, GroupCancelled::Done);
    for again in [scene.at(599), scene.at(700)] {
        assert_eq!(cancel(&store, &group, again).await, GroupCancelled::Already);
    }
    let found = find(&store, &group.tenant, group.id).await.expect("the group stays");
    assert_eq!(found.cancelled_at, Some(scene.at(599)));
    let listed = messages_of(&store, &group).await;
    assert!(listed.len() == 2 && listed.iter().all(|message| message.group == found));
    let leased = lease(&store, scene.lease(), scene.at(600), scene.at(630), &own).await;
    assert_eq!(ids(&leased), own[2..]);
    assert_eq!(store.images(group.id).await, Ok(None));
    assert!(store.images(neighbour.id).await.expect("the store works").is_some());
}

/// Once somebody took one of its messages a group is not cancelled any more, whatever became of that one; nor
/// is a group that was not reserved. The rest of it is sent.
pub async fn a_group_that_is_being_sent_is_not_cancelled(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let at_once = group(&scene, 1, scene.at(0));
    created(&store, &at_once).await;
    assert_eq!(cancel(&store, &at_once, scene.at(0)).await, GroupCancelled::TooLate);
    lease(&store, scene.lease(), scene.at(0), scene.at(9_000), &[]).await;
    let group = reserved(&scene, 2);
    let own = created(&store, &group).await;
    let id = scene.lease();
    let taken = Outbox::lease(&*store, id, scene.at(600), scene.at(630), 1).await.expect("the store works");
    assert!(taken.len() == 1 && own.contains(&taken[0].id), "{taken:?}");
    for now in [scene.at(600), scene.at(630)] {
        assert_eq!(cancel(&store, &group, now).await, GroupCancelled::TooLate);
    }
    record(&store, closing(id, attempt(taken[0].id, DeliveryState::Accepted, scene.at(601)))).await;
    assert_eq!(cancel(&store, &group, scene.at(602)).await, GroupCancelled::TooLate);
    let found = find(&store, &group.tenant, group.id).await.expect("the group stays");
    assert_eq!(found.cancelled_at, None);
    assert_eq!(lease(&store, scene.lease(), scene.at(603), scene.at(633), &own).await.len(), 1);
}

/// Of taking a reserved group's messages and cancelling it at the same time one wins: a cancelled group is not
/// sent, not even in part.
pub async fn of_a_lease_and_a_cancelling_one_wins(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    for _ in 0..16 {
        let group = reserved(&scene, 3);
        let own = created(&store, &group).await;
        let (id, now, until) = (scene.lease(), scene.at(600), scene.at(9_000));
        let (leasing, cancelling, taken) = (Arc::clone(&store), Arc::clone(&store), own.clone());
        let (tenant, name) = (group.tenant.clone(), group.id);
        let calls: [std::pin::Pin<Box<dyn Future<Output = bool> + Send>>; 2] = [
            Box::pin(async move { !lease(&leasing, id, now, until, &taken).await.is_empty() }),
            Box::pin(async move { cancel(&cancelling, &group, now).await == GroupCancelled::Done }),
        ];
        assert_eq!(count(&race(calls).await, |won| *won), 1, "it is either sent or cancelled");
        let rest = lease(&store, scene.lease(), scene.at(601), until, &own).await;
        let found = find(&store, &tenant, name).await.expect("the group stays");
        assert!(found.cancelled_at.is_none() || rest.is_empty(), "{rest:?}");
    }
}

/// The images of a group last until its last message is closed, sealed for its tenant under its name.
pub async fn a_groups_images_last_until_its_last_message_is_closed(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let group = reserved(&scene, 2);
    let own = created(&store, &group).await;
    let id = scene.lease();
    lease(&store, id, scene.at(600), scene.at(630), &own).await;
    record(&store, closing(id, attempt(own[0], DeliveryState::Accepted, scene.at(601)))).await;
    let images = store.images(group.id).await.expect("the store works").expect("one message is open");
    let opened = scene.keys.unseal(&group.tenant, SealedField::Images, group.id.as_row(), &images);
    assert_eq!(&**opened.expect("the images open"), b"an image");
    record(&store, closing(id, attempt(own[1], DeliveryState::Accepted, scene.at(601)))).await;
    let without = self::group(&scene, 1, scene.at(0));
    created(&store, &without).await;
    let unknown = GroupId::draw(scene.at(0), &mut |bytes| bytes.fill(0));
    for id in [without.id, unknown] {
        assert_eq!(store.images(id).await, Ok(None));
    }
}

/// Codes are leased before the messages of groups, however long those have been due: people wait for codes.
pub async fn codes_are_leased_before_the_messages_of_groups(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    created(&store, &group(&scene, 3, scene.at(0))).await;
    let holder = scene.start().at(scene.at(5)).open(&*store).await;
    let now = scene.at(6);
    let mut leased = Vec::new();
    loop {
        let taken =
            Outbox::lease(&*store, scene.lease(), now, scene.at(60), 1).await.expect("the store works");
        let [message] = &taken[..] else { break };
        leased.push((message.id, message.group.is_some()));
    }
    let place = leased.iter().position(|(id, _)| *id == holder.message).expect("it is leased");
    assert!(leased[..place].iter().all(|(_, of_group)| !of_group), "{leased:?}");
}
