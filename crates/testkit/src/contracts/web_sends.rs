//! What people send with the messaging app: stored whole, found by its own connection, once for each form.

use std::sync::Arc;

use bonin_domain::messages::{DeliveryState, FailureClass, MessageKind};
use bonin_domain::messaging::{Connection, GroupFigures, WebMessage, WebSend, WebSendId, WebSendState};
use bonin_ports::{NewWebMessage, NewWebSend, RepositoryError, WebSendBegun, WebSendNews, WebSendRepository};
use jiff::Timestamp;

use super::Store;
use super::connections::connected;
use super::support::{count, race};
use crate::Scene;

/// A connection that sends.
pub(super) async fn sender(store: &Arc<dyn Store>, scene: &Scene, account: &str) -> Connection {
    connected(store, &scene.new_connection(account, scene.at(0))).await
}

pub(super) async fn begin(store: &Arc<dyn Store>, new: &NewWebSend) -> WebSendBegun {
    WebSendRepository::begin(&**store, new.clone()).await.expect("the store works")
}

/// Stores a send, which nothing forbids.
pub(super) async fn begun(store: &Arc<dyn Store>, new: NewWebSend) -> NewWebSend {
    assert_eq!(begin(store, &new).await, WebSendBegun::Stored);
    new
}

/// A send for its connection.
pub(super) async fn found(store: &Arc<dyn Store>, new: &NewWebSend) -> Option<(WebSend, Vec<WebMessage>)> {
    let found = WebSendRepository::find(&**store, &new.tenant, new.connection, new.id);
    found.await.expect("the store works")
}

pub(super) async fn note(store: &Arc<dyn Store>, new: &NewWebSend, news: WebSendNews, now: Timestamp) {
    WebSendRepository::note(&**store, &new.tenant, new.id, news, now).await.expect("the store works");
}

pub(super) fn refusal() -> WebSendNews {
    WebSendNews::Refused { class: FailureClass::Quota, code: "NotEnoughBalance".to_owned() }
}

fn as_begun(new: &NewWebSend) -> (WebSend, Vec<WebMessage>) {
    let send = WebSend {
        id: new.id,
        connection: new.connection,
        kind: new.kind,
        content: new.content.clone(),
        size: u32::try_from(new.messages.len()).expect("few messages"),
        state: WebSendState::Prepared,
        failure: None,
        provider_code: None,
        group: None,
        figures: GroupFigures::default(),
        created_at: new.now,
        scheduled_at: new.scheduled_at,
        released_at: None,
        followed_at: None,
    };
    let message = |message: &NewWebMessage| WebMessage {
        id: message.id,
        phone: message.phone.clone(),
        state: DeliveryState::Queued,
        failure: None,
        provider_code: None,
        reference: None,
        updated_at: new.now,
    };
    (send, new.messages.iter().map(message).collect())
}

/// A send reads back as it was asked for, with its messages in the order of recipients.
pub async fn a_send_reads_back_as_it_was_asked_for(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = sender(&store, &scene, "one").await;
    let at_once = begun(&store, scene.web_send(&known, 1, scene.at(1))).await;
    let mut later = scene.web_send(&known, 12, scene.at(2));
    later.kind = MessageKind::Lms;
    later.scheduled_at = Some(scene.at(7_200));
    let later = begun(&store, later).await;
    for new in [&at_once, &later] {
        assert_eq!(found(&store, new).await, Some(as_begun(new)));
    }
}

/// What another connection or tenant sent is not there.
pub async fn a_send_is_found_by_its_own_connection(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (one, other) = (sender(&store, &scene, "one").await, sender(&store, &scene, "other").await);
    let new = begun(&store, scene.web_send(&one, 2, scene.at(1))).await;
    let elsewhere = Connection { tenant: scene.another_tenant(), ..one.clone() };
    for stranger in [&other, &elsewhere] {
        let asked = NewWebSend { connection: stranger.id, tenant: stranger.tenant.clone(), ..new.clone() };
        assert_eq!(found(&store, &asked).await, None);
        assert_eq!(listed(&store, stranger, None, 10).await, []);
    }
    let never = scene.web_send(&one, 1, scene.at(1));
    assert_eq!(found(&store, &never).await, None);
    assert_eq!(listed(&store, &one, None, 10).await, [new.id]);
}

async fn listed(
    store: &Arc<dyn Store>,
    connection: &Connection,
    before: Option<WebSendId>,
    limit: u16,
) -> Vec<WebSendId> {
    let page = WebSendRepository::list(&**store, &connection.tenant, connection.id, before, limit);
    page.await.expect("the store works").iter().map(|send| send.id).collect()
}

/// Sends are listed newest first; pages have no gap and no repeat.
pub async fn sends_are_listed_newest_first_page_by_page(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (one, other) = (sender(&store, &scene, "one").await, sender(&store, &scene, "other").await);
    let mut sent = Vec::new();
    for second in 1..=5 {
        let new = begun(&store, scene.web_send(&one, 1, scene.at(second))).await;
        begun(&store, scene.web_send(&other, 1, scene.at(second))).await;
        sent.insert(0, new);
    }
    let ids: Vec<_> = sent.iter().map(|new| new.id).collect();
    assert_eq!(listed(&store, &one, None, 10).await, ids);
    assert_eq!(listed(&store, &one, None, 2).await, ids[..2]);
    assert_eq!(listed(&store, &one, Some(ids[1]), 2).await, ids[2..4]);
    assert_eq!(listed(&store, &one, Some(ids[3]), 2).await, ids[4..]);
    assert_eq!(listed(&store, &one, Some(ids[4]), 2).await, []);
    let page = WebSendRepository::list(&*store, &one.tenant, one.id, None, 1).await;
    assert_eq!(page, Ok(vec![as_begun(&sent[0]).0]));
}

/// A send is stored whole or not at all.
pub async fn a_send_is_stored_whole_or_not_at_all(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = sender(&store, &scene, "one").await;
    let first = begun(&store, scene.web_send(&known, 2, scene.at(1))).await;
    let fresh = scene.web_send(&known, 2, scene.at(2));
    let mut same_message = fresh.clone();
    same_message.messages[1].id = first.messages[0].id;
    let mut doubled = fresh.clone();
    doubled.messages[1].id = doubled.messages[0].id;
    let same_name = NewWebSend { id: first.id, ..fresh.clone() };
    for refused in [same_message, doubled, same_name] {
        let begun = WebSendRepository::begin(&*store, refused).await;
        assert_eq!(begun, Err(RepositoryError::Conflict));
    }
    assert_eq!(found(&store, &fresh).await, None);
    assert_eq!(found(&store, &first).await, Some(as_begun(&first)));
    let room = store.room(&known.tenant, known.id, fresh.limits, scene.at(2)).await;
    assert_eq!(room.map(|room| room.hour), Ok(28), "what was not stored does not count");
    begun(&store, fresh).await;
}

/// The same form sent again is the send of the first time, whatever became of it and however little may be sent.
pub async fn a_form_counts_once(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = sender(&store, &scene, "one").await;
    let first = begun(&store, scene.web_send(&known, 30, scene.at(1))).await;
    let again = |seconds: i64| {
        let fresh = scene.web_send(&known, 30, scene.at(seconds));
        NewWebSend { form: first.form, ..fresh }
    };
    for second in [2, 90_000] {
        let again = again(second);
        assert_eq!(begin(&store, &again).await, WebSendBegun::Repeated(first.id));
        assert_eq!(found(&store, &again).await, None);
    }
    note(&store, &first, refusal(), scene.at(3)).await;
    assert_eq!(begin(&store, &again(4)).await, WebSendBegun::Repeated(first.id), "it was refused");
    begun(&store, scene.web_send(&known, 30, scene.at(5))).await;
}

/// The form of another connection is no send of this one, which sends it once itself.
pub async fn a_form_is_for_its_own_connection(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (one, other) = (sender(&store, &scene, "one").await, sender(&store, &scene, "other").await);
    let first = begun(&store, scene.web_send(&one, 1, scene.at(1))).await;
    let of_other = |seconds| NewWebSend { form: first.form, ..scene.web_send(&other, 1, scene.at(seconds)) };
    let second = begun(&store, of_other(2)).await;
    assert_eq!(begin(&store, &of_other(3)).await, WebSendBegun::Repeated(second.id));
    assert_eq!(listed(&store, &one, None, 10).await, [first.id]);
    assert_eq!(listed(&store, &other, None, 10).await, [second.id]);
}

/// Of 16 that send one form at once one is stored, and the others are told of it.
pub async fn of_16_concurrent_sends_of_a_form_one_is_stored(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = sender(&store, &scene, "one").await;
    let form = scene.web_send(&known, 1, scene.at(1)).form;
    let calls = (0..16).map(|_| {
        let (store, fresh) = (Arc::clone(&store), scene.web_send(&known, 3, scene.at(1)));
        async move { begin(&store, &NewWebSend { form, ..fresh }).await }
    });
    let calls: Vec<_> = calls.collect();
    let ended = race(calls).await;
    let stored = listed(&store, &known, None, 20).await;
    assert_eq!(stored.len(), 1);
    assert_eq!(count(&ended, |one| *one == WebSendBegun::Stored), 1);
    assert_eq!(count(&ended, |one| *one == WebSendBegun::Repeated(stored[0])), 15);
}
