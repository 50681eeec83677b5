//! Removing groups, their keys and images, receipts and bad keys once they have outlived their use.

use std::sync::Arc;

use bonin_domain::access::ApiKeyId;
use bonin_domain::keys::{Sealed, SealedField};
use bonin_domain::messages::{ProviderName, ReceiptId};
use bonin_persistence::Database;
use bonin_ports::{
    GroupCreated, MessageGroupRepository, MessageQuery, NewGroup, Outbox, ReceiptRepository, StoredReceipt,
};
use bonin_testkit::Scene;
use bonin_testkit::contracts::Store;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use jiff::{SignedDuration, Timestamp};

use crate::databases::{
    connect_sqlite, on_both_engines, open_postgres, open_sqlite, postgres_url, sqlite_path,
};
use crate::outcomes::closing;

on_both_engines!(
    a_group_goes_90_days_after_its_end,
    a_groups_key_goes_after_a_day,
    a_receipt_goes_a_day_after_it_came_unless_it_waits,
    bad_keys_go_after_their_minute,
);

fn after(scene: &Scene, time: SignedDuration) -> Timestamp {
    scene.at(0).checked_add(time).unwrap()
}

const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn group(scene: &Scene, recipients: usize) -> NewGroup {
    let phones: Vec<_> = (0..recipients).map(|_| scene.another_phone()).collect();
    scene.group(&scene.own_tenant(), &phones, scene.at(0))
}

async fn create(store: &impl Store, group: &NewGroup) {
    let created = MessageGroupRepository::create(store, group.clone()).await;
    assert_eq!(created, Ok(GroupCreated::Created));
}

/// Messages and attempts first, then their group; one that is reserved for later than that stays.
async fn a_group_goes_90_days_after_its_end(store: Arc<impl Store + Database>) {
    let scene = Scene::new();
    let (old, mut reserved) = (group(&scene, 3), group(&scene, 1));
    reserved.scheduled_at = Some(after(&scene, days(100)));
    reserved.expires_at = after(&scene, days(101));
    create(&*store, &old).await;
    create(&*store, &reserved).await;
    let lease = scene.lease();
    let leased = Outbox::lease(&*store, lease, scene.at(0), scene.at(30), 10).await.unwrap();
    let outcomes = leased.iter().map(|message| closing(lease, message.id, scene.at(1))).collect();
    store.record(outcomes).await.unwrap();

    let hour = SignedDuration::from_hours(1);
    let purge = async |at, limit| store.purge(after(&scene, at), limit).await.unwrap();
    assert_eq!(purge(days(90) + hour, 100).await, 0, "it is kept for 90 days after its end");
    let late = days(90) + hour + SignedDuration::from_secs(1);
    assert_eq!(purge(late, 2).await, 4, "two messages with their attempts");
    assert!(MessageGroupRepository::find(&*store, &old.tenant, old.id).await.unwrap().is_some());
    assert_eq!(purge(late, 2).await, 3, "the last one, and the group with it");
    assert_eq!(purge(late, 2).await, 0);
    assert_eq!(MessageGroupRepository::find(&*store, &old.tenant, old.id).await, Ok(None));
    let all = MessageQuery { limit: 10, ..MessageQuery::default() };
    let left = MessageGroupRepository::messages(&*store, &old.tenant, all).await.unwrap();
    assert_eq!(left.len(), 1, "the reserved one waits for its time");
    assert_eq!(purge(days(200), 100).await, 2, "its message and its group");
}

async fn a_groups_key_goes_after_a_day(store: Arc<impl Store + Database>) {
    let scene = Scene::new();
    let keyed = NewGroup { idempotency: Some(scene.group_idempotency("k", "r")), ..group(&scene, 1) };
    create(&*store, &keyed).await;
    let second = SignedDuration::from_secs(1);
    assert_eq!(store.purge(after(&scene, days(1)), 100).await, Ok(0));
    assert_eq!(store.purge(after(&scene, days(1) + second), 100).await, Ok(1));
    assert_eq!(store.purge(after(&scene, days(1) + second), 100).await, Ok(0));
    let found = MessageGroupRepository::find(&*store, &keyed.tenant, keyed.id).await.unwrap();
    assert!(found.is_some(), "the group stays");
}

/// The images of a group whose last messages were closed side by side, where neither saw the other, stay for the
/// purge; those of a group with an open message stay for longer.
async fn purge_takes_the_images(store: Arc<impl Store + Database>, close_first: impl FnOnce()) {
    let scene = Scene::new();
    let (mut done, mut open) = (group(&scene, 1), group(&scene, 1));
    for group in [&mut done, &mut open] {
        group.images = Some(sealed(&scene, SealedField::Images, group.id.as_row()));
        group.expires_at = scene.at(600);
    }
    open.expires_at = scene.at(601);
    create(&*store, &done).await;
    create(&*store, &open).await;
    assert_eq!(store.purge(scene.at(60), 100).await, Ok(0));
    close_first();
    assert!(store.images(done.id).await.unwrap().is_some());
    assert_eq!(store.purge(scene.at(60), 100).await, Ok(1));
    assert_eq!(store.images(done.id).await, Ok(None));
    assert!(store.images(open.id).await.unwrap().is_some());
    assert_eq!(store.purge(scene.at(60), 100).await, Ok(0));
}

/// Closes the message that expires first, behind the store's back.
const CLOSE_FIRST: &str = "UPDATE messages SET due_at = NULL, payload = NULL \
     WHERE expires_at = (SELECT min(expires_at) FROM messages)";

#[tokio::test]
async fn sqlite_takes_the_images_that_are_left() {
    let path = sqlite_path();
    let store = open_sqlite(&path).await;
    purge_takes_the_images(store, || {
        connect_sqlite(&path).batch_execute(CLOSE_FIRST).unwrap();
    })
    .await;
}

#[tokio::test]
async fn postgres_takes_the_images_that_are_left() {
    let url = postgres_url();
    let store = open_postgres(&url).await;
    purge_takes_the_images(store, || {
        PgConnection::establish(&url).unwrap().batch_execute(CLOSE_FIRST).unwrap();
    })
    .await;
}

fn sealed(scene: &Scene, field: SealedField, row: &[u8; 16]) -> Sealed {
    scene.keys.seal(&scene.tenant, field, row, b"bytes", &mut |bytes| bytes.fill(7))
}

async fn a_receipt_goes_a_day_after_it_came_unless_it_waits(store: Arc<impl Store + Database>) {
    let scene = Scene::new();
    let mut ids = Vec::new();
    for place in 0..2 {
        let id = ReceiptId::draw(scene.at(0), &mut |bytes| bytes.fill(place));
        let receipt = StoredReceipt {
            id,
            provider: ProviderName::parse("nexmo").unwrap(),
            call: sealed(&scene, SealedField::Receipt, id.as_row()),
            received_at: scene.at(0),
        };
        store.store(receipt, scene.at(30)).await.unwrap();
        ids.push(id);
    }
    store.settle(ids[0], None).await.unwrap();
    let second = SignedDuration::from_secs(1);
    assert_eq!(store.purge(after(&scene, days(1)), 100).await, Ok(0));
    assert_eq!(store.purge(after(&scene, days(1) + second), 100).await, Ok(1));
    let waiting = ReceiptRepository::lease(&*store, scene.at(30), scene.at(60), 10).await.unwrap();
    assert_eq!(waiting.iter().map(|receipt| receipt.id).collect::<Vec<_>>(), ids[1..]);
}

async fn bad_keys_go_after_their_minute(store: Arc<impl Store + Database>) {
    let scene = Scene::new();
    let address = scene.keys.address_index(&scene.address);
    let (id, secret) = (ApiKeyId::parse("nobody00").unwrap(), scene.token());
    let secret = bonin_domain::access::ApiSecret::parse(&secret.reveal()).unwrap().digest();
    store.authenticate(&id, secret, address, scene.at(0)).await.unwrap();
    assert_eq!(store.purge(scene.at(60), 100).await, Ok(0));
    assert_eq!(store.purge(scene.at(61), 100).await, Ok(1));
}
