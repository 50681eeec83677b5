//! Groups: created whole, repeated under their key, listed page by page, and nobody else's business.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::Rule;
use bonin_domain::keys::SealedField;
use bonin_domain::messages::{GroupId, MessageId, MessageKind};
use bonin_ports::{
    GroupCancelled, GroupCreated, GroupMessage, MessageGroup, MessageGroupRepository, MessageQuery, NewGroup,
    RepositoryError,
};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::support::{MICROSECOND, assert_created, assert_refused, count, race};
use crate::Scene;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A group of the scene's own tenant, to phones that nobody else has.
pub(super) fn group(scene: &Scene, recipients: usize, now: Timestamp) -> NewGroup {
    let phones: Vec<_> = (0..recipients).map(|_| scene.another_phone()).collect();
    scene.group(&scene.own_tenant(), &phones, now)
}

pub(super) async fn create(store: &Arc<dyn Store>, group: &NewGroup) -> GroupCreated {
    let created = MessageGroupRepository::create(&**store, group.clone()).await;
    created.expect("the store works")
}

/// Creates a group and gives the names of its messages.
pub(super) async fn created(store: &Arc<dyn Store>, group: &NewGroup) -> Vec<MessageId> {
    assert_eq!(create(store, group).await, GroupCreated::Created);
    group.messages.iter().map(|message| message.id).collect()
}

pub(super) async fn find(store: &Arc<dyn Store>, tenant: &TenantId, id: GroupId) -> Option<MessageGroup> {
    MessageGroupRepository::find(&**store, tenant, id).await.expect("the store works")
}

pub(super) async fn list(
    store: &Arc<dyn Store>,
    tenant: &TenantId,
    query: MessageQuery,
) -> Vec<GroupMessage> {
    MessageGroupRepository::messages(&**store, tenant, query).await.expect("the store works")
}

/// The messages of one group, newest first.
pub(super) async fn messages_of(store: &Arc<dyn Store>, group: &NewGroup) -> Vec<GroupMessage> {
    list(store, &group.tenant, MessageQuery { group: Some(group.id), limit: 1_000, before: None }).await
}

fn names(messages: &[GroupMessage]) -> Vec<MessageId> {
    messages.iter().map(|message| message.id).collect()
}

/// A group reads back as it was created, with its messages, newest first, whose recipients open.
pub async fn a_group_reads_back_as_it_was_created(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for scheduled_at in [None, Some(scene.at(600))] {
        let phones = [scene.another_phone(), scene.another_phone(), scene.another_phone()];
        let mut group = scene.group(&scene.own_tenant(), &phones, scene.at(0));
        group.scheduled_at = scheduled_at;
        for (message, kind) in group.messages.iter_mut().zip(MessageKind::ALL) {
            message.kind = kind;
        }
        let ids = created(&store, &group).await;
        let expected = MessageGroup {
            id: group.id,
            count: 3,
            created_at: scene.at(0),
            scheduled_at,
            cancelled_at: None,
        };
        assert_eq!(find(&store, &group.tenant, group.id).await, Some(expected.clone()));
        let listed = messages_of(&store, &group).await;
        assert_eq!(names(&listed), [ids[2], ids[1], ids[0]]);
        for ((message, phone), kind) in listed.iter().rev().zip(&phones).zip(MessageKind::ALL) {
            assert_eq!((&message.group, message.kind, &message.attempts[..]), (&expected, kind, &[][..]));
            let opened =
                scene.keys.unseal(&group.tenant, SealedField::Phone, message.id.as_row(), &message.phone);
            assert_eq!(&**opened.expect("the number opens"), phone.e164().as_bytes());
            assert_eq!(store.message(&group.tenant, message.id).await.as_ref(), Ok(&Some(message.clone())));
        }
    }
}

/// Where one message of a group cannot be stored, nothing of it is, and its key stays free.
pub async fn a_group_is_created_whole_or_not_at_all(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = group(&scene, 2, scene.at(0));
    let ids = created(&store, &first).await;
    let before = messages_of(&store, &first).await;
    let mut second = group(&scene, 3, scene.at(1));
    second.idempotency = Some(scene.group_idempotency("k", "r"));
    let mut broken = second.clone();
    broken.messages[2].id = ids[1];
    let refused = MessageGroupRepository::create(&*store, broken).await;
    assert_eq!(refused, Err(RepositoryError::Conflict));
    assert_eq!(find(&store, &second.tenant, second.id).await, None);
    assert_eq!(messages_of(&store, &second).await, []);
    assert_eq!(store.message(&second.tenant, second.messages[0].id).await, Ok(None));
    let again = NewGroup { id: first.id, ..second.clone() };
    let taken = MessageGroupRepository::create(&*store, again).await;
    assert_eq!(taken, Err(RepositoryError::Conflict));
    assert_eq!(messages_of(&store, &first).await, before);
    created(&store, &second).await;
    assert_eq!(messages_of(&store, &second).await.len(), 3);
}

/// The same request under the same key gets the name of the first group for a day, and stores nothing.
pub async fn a_repeated_group_gets_the_first_groups_name(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let keyed =
        |now| NewGroup { idempotency: Some(scene.group_idempotency("k", "r")), ..group(&scene, 1, now) };
    let first = keyed(scene.at(0));
    created(&store, &first).await;
    for at in [scene.at(0), scene.at(0) + DAY - MICROSECOND] {
        let again = keyed(at);
        assert_eq!(create(&store, &again).await, GroupCreated::Repeated(first.id));
        assert_eq!(find(&store, &again.tenant, again.id).await, None);
        assert_eq!(messages_of(&store, &again).await, []);
    }
    let next_day = keyed(scene.at(0) + DAY + MICROSECOND);
    created(&store, &next_day).await;
    let again = keyed(next_day.now);
    assert_eq!(create(&store, &again).await, GroupCreated::Repeated(next_day.id));
    assert!(find(&store, &first.tenant, first.id).await.is_some(), "the first group stays");
}

/// Another request under a used key is refused and stores nothing.
pub async fn another_request_under_a_groups_key_is_refused(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let keyed = |key: &str, request: &str| NewGroup {
        idempotency: Some(scene.group_idempotency(key, request)),
        ..group(&scene, 1, scene.at(0))
    };
    created(&store, &keyed("k", "r")).await;
    let other = keyed("k", "another");
    assert_eq!(create(&store, &other).await, GroupCreated::KeyReused);
    assert_eq!(find(&store, &other.tenant, other.id).await, None);
    assert_eq!(messages_of(&store, &other).await, []);
    created(&store, &keyed("another", "r")).await;
}

/// Of eight concurrent groups under one key one is created; the others get its name, or a conflict and its name
/// when they try again.
pub async fn of_eight_concurrent_groups_under_one_key_one_is_created(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let keyed =
        || NewGroup { idempotency: Some(scene.group_idempotency("k", "r")), ..group(&scene, 2, scene.at(0)) };
    let calls = (0..8).map(|_| {
        let (store, group) = (Arc::clone(&store), keyed());
        async move {
            let created = match MessageGroupRepository::create(&*store, group.clone()).await {
                Err(RepositoryError::Conflict) => create(&store, &group).await,
                created => created.expect("the store works"),
            };
            (group.id, created)
        }
    });
    let outcomes = race(calls).await;
    let winners: Vec<_> = outcomes.iter().filter(|(_, one)| *one == GroupCreated::Created).collect();
    assert_eq!(winners.len(), 1, "{outcomes:?}");
    let winner = winners[0].0;
    assert_eq!(count(&outcomes, |(_, one)| *one == GroupCreated::Repeated(winner)), 7, "{outcomes:?}");
    let all = MessageQuery { limit: 1_000, ..MessageQuery::default() };
    assert_eq!(list(&store, &scene.own_tenant(), all).await.len(), 2);
}

/// Messages are listed newest first, page by page, of one group or of all.
pub async fn messages_are_listed_newest_first_page_by_page(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (first, second) = (group(&scene, 3, scene.at(0)), group(&scene, 2, scene.at(1)));
    // Stored in another order than named: the names count.
    let newer = created(&store, &second).await;
    let older = created(&store, &first).await;
    let expected: Vec<_> = older.iter().chain(&newer).rev().copied().collect();
    let mut query = MessageQuery { limit: 2, ..MessageQuery::default() };
    let mut listed = Vec::new();
    for length in [2, 2, 1, 0] {
        let page = names(&list(&store, &first.tenant, query).await);
        assert_eq!(page.len(), length);
        listed.extend(page);
        query.before = listed.last().copied();
    }
    assert_eq!(listed, expected);
    assert_eq!(names(&messages_of(&store, &first).await), expected[2..]);
    let rest = MessageQuery { group: Some(first.id), before: Some(older[1]), limit: 2 };
    assert_eq!(names(&list(&store, &first.tenant, rest).await), [older[0]]);
}

/// Another tenant sees nothing of a group and cannot cancel it.
pub async fn another_tenant_sees_nothing_of_a_group(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let mut group = group(&scene, 2, scene.at(0));
    group.scheduled_at = Some(scene.at(600));
    let ids = created(&store, &group).await;
    let stranger = Scene::new().own_tenant();
    assert_eq!(find(&store, &stranger, group.id).await, None);
    for group in [None, Some(group.id)] {
        let query = MessageQuery { group, before: None, limit: 10 };
        assert_eq!(list(&store, &stranger, query).await, []);
    }
    assert_eq!(store.message(&stranger, ids[0]).await, Ok(None));
    let cancelled = MessageGroupRepository::cancel(&*store, &stranger, group.id, scene.at(1)).await;
    assert_eq!(cancelled, Ok(GroupCancelled::NotFound));
    let found = find(&store, &group.tenant, group.id).await.expect("its tenant finds it");
    assert_eq!(found.cancelled_at, None);
    let unknown = GroupId::draw(scene.at(0), &mut |bytes| bytes.fill(0));
    assert_eq!(find(&store, &group.tenant, unknown).await, None);
    let cancelled = MessageGroupRepository::cancel(&*store, &group.tenant, unknown, scene.at(1)).await;
    assert_eq!(cancelled, Ok(GroupCancelled::NotFound));
}

/// The message of a code is no message of a group: it is neither listed nor read there.
pub async fn the_message_of_a_code_is_not_listed(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let tenant = scene.own_tenant();
    let holder = scene.start().tenant(tenant.clone()).open(&*store).await;
    let all = MessageQuery { limit: 10, ..MessageQuery::default() };
    assert_eq!(list(&store, &tenant, all).await, []);
    assert_eq!(store.message(&tenant, holder.message).await, Ok(None));
}

/// The limits of a number count codes only: messages of groups leave its windows as they were.
pub async fn messages_of_groups_do_not_fill_a_numbers_windows(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let phones = vec![scene.phone.clone(); 20];
    created(&store, &scene.group(&scene.tenant, &phones, scene.at(0))).await;
    for _ in 0..5 {
        assert_created(&scene.start().at(scene.at(1)).run(&*store).await);
    }
    assert_refused(scene.start().at(scene.at(2)).run(&*store).await, Rule::Number, scene.at(601));
}
