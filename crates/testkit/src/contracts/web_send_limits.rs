//! How much a connection may send: so many messages in any hour and any day, exact.

use std::sync::Arc;

use bonin_domain::messaging::{Connection, SendingLimits, SendingRoom, WebSendState};
use bonin_ports::{NewWebSend, WebSendBegun, WebSendNews};
use jiff::Timestamp;

use super::Store;
use super::support::{MICROSECOND, count, race};
use super::web_sends::{begin, begun, found, note, refusal, sender};
use crate::Scene;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

async fn room(store: &Arc<dyn Store>, connection: &Connection, now: Timestamp) -> SendingRoom {
    let asked = store.room(&connection.tenant, connection.id, SendingLimits::default(), now);
    asked.await.expect("the store works")
}

/// So many messages by a connection, which nothing forbids.
async fn sent(store: &Arc<dyn Store>, scene: &Scene, known: &Connection, size: usize, now: Timestamp) {
    begun(store, scene.web_send(known, size, now)).await;
}

/// So many messages are too many until `until`; nothing is stored.
async fn refused(
    store: &Arc<dyn Store>,
    scene: &Scene,
    known: &Connection,
    size: usize,
    now: Timestamp,
    until: Timestamp,
) {
    let new = scene.web_send(known, size, now);
    let room = room(store, known, now).await;
    assert_eq!(begin(store, &new).await, WebSendBegun::TooMany { room, until });
    assert_eq!(found(store, &new).await, None);
}

/// A connection sends 30 messages in any hour, to the message and to the microsecond; what is refused does not count.
pub async fn a_connection_sends_so_much_within_an_hour(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = sender(&store, &scene, "one").await;
    assert_eq!(room(&store, &known, scene.at(0)).await, SendingRoom { hour: 30, day: 200 });
    sent(&store, &scene, &known, 10, scene.at(0)).await;
    sent(&store, &scene, &known, 15, scene.at(60)).await;
    assert_eq!(room(&store, &known, scene.at(60)).await, SendingRoom { hour: 5, day: 175 });
    for now in [scene.at(60), scene.at(HOUR) - MICROSECOND] {
        refused(&store, &scene, &known, 6, now, scene.at(HOUR)).await;
    }
    sent(&store, &scene, &known, 5, scene.at(61)).await;
    assert_eq!(room(&store, &known, scene.at(61)).await, SendingRoom { hour: 0, day: 170 });
    refused(&store, &scene, &known, 1, scene.at(HOUR) - MICROSECOND, scene.at(HOUR)).await;
    assert_eq!(room(&store, &known, scene.at(HOUR)).await, SendingRoom { hour: 10, day: 170 });
    sent(&store, &scene, &known, 10, scene.at(HOUR)).await;
}

/// A connection sends 200 messages in any day.
pub async fn a_connection_sends_so_much_within_a_day(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = sender(&store, &scene, "one").await;
    for hour in 0..6 {
        sent(&store, &scene, &known, 30, scene.at(hour * HOUR)).await;
    }
    sent(&store, &scene, &known, 19, scene.at(6 * HOUR)).await;
    assert_eq!(room(&store, &known, scene.at(7 * HOUR)).await, SendingRoom { hour: 30, day: 1 });
    sent(&store, &scene, &known, 1, scene.at(7 * HOUR)).await;
    for now in [scene.at(8 * HOUR), scene.at(DAY) - MICROSECOND] {
        assert_eq!(room(&store, &known, now).await, SendingRoom { hour: 30, day: 0 });
        refused(&store, &scene, &known, 1, now, scene.at(DAY)).await;
    }
    assert_eq!(room(&store, &known, scene.at(DAY)).await, SendingRoom { hour: 30, day: 30 });
    sent(&store, &scene, &known, 30, scene.at(DAY)).await;
}

/// A send is told when enough will have left both windows for all of it; one that never fits the end of the day that
/// begins now.
pub async fn a_send_is_told_when_all_of_it_fits(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = sender(&store, &scene, "one").await;
    for (second, size) in [(0, 10), (60, 10), (120, 10)] {
        sent(&store, &scene, &known, size, scene.at(second)).await;
    }
    let now = scene.at(180);
    for (size, until) in [(1, HOUR), (10, HOUR), (11, HOUR + 60), (20, HOUR + 60), (21, HOUR + 120)] {
        refused(&store, &scene, &known, size, now, scene.at(until)).await;
    }
    refused(&store, &scene, &known, 30, now, scene.at(HOUR + 120)).await;
    for size in [31, 200, 201] {
        refused(&store, &scene, &known, size, now, scene.at(180 + DAY)).await;
    }
    for hour in 1..6 {
        sent(&store, &scene, &known, 30, scene.at(hour * HOUR + 120)).await;
    }
    let (now, full) = (scene.at(6 * HOUR), scene.at(6 * HOUR + 120));
    refused(&store, &scene, &known, 10, now, full).await;
    sent(&store, &scene, &known, 20, full).await;
    refused(&store, &scene, &known, 11, full, scene.at(DAY + 60)).await;
    refused(&store, &scene, &known, 30, full, scene.at(DAY + 120)).await;
    let nothing_sent = sender(&store, &scene, "other").await;
    refused(&store, &scene, &nothing_sent, 31, full, scene.at(6 * HOUR + 120 + DAY)).await;
}

/// What is sent later counts in the hour in which it leaves, too: no hour sees more than 30 leave.
pub async fn a_send_for_later_counts_when_it_leaves(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = sender(&store, &scene, "one").await;
    let later = |size, now: i64, at: i64| NewWebSend {
        scheduled_at: Some(scene.at(at)),
        ..scene.web_send(&known, size, scene.at(now))
    };
    begun(&store, later(20, 0, 5 * HOUR)).await;
    // Asked for long ago, but they leave in the same hour.
    for at in [4 * HOUR + 1, 5 * HOUR, 6 * HOUR - 1] {
        let ended = begin(&store, &later(11, 2 * HOUR, at)).await;
        assert!(
            matches!(ended, WebSendBegun::TooMany { room: SendingRoom { hour: 10, .. }, .. }),
            "{at}: {ended:?}"
        );
    }
    begun(&store, later(30, 2 * HOUR, 4 * HOUR)).await;
    assert_eq!(room(&store, &known, scene.at(4 * HOUR + 1)).await.hour, 0, "30 left a second ago");
    assert_eq!(room(&store, &known, scene.at(5 * HOUR)).await.hour, 10);
    refused(&store, &scene, &known, 11, scene.at(5 * HOUR), scene.at(6 * HOUR)).await;
    sent(&store, &scene, &known, 10, scene.at(5 * HOUR)).await;
}

/// A connection begins 200 sends a day, also of those that come to nothing.
pub async fn two_hundred_sends_a_day_are_begun_whatever_becomes_of_them(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = sender(&store, &scene, "one").await;
    for _ in 0..200 {
        let new = begun(&store, scene.web_send(&known, 1, scene.at(1))).await;
        note(&store, &new, refusal(), scene.at(1)).await;
    }
    refused(&store, &scene, &known, 1, scene.at(2), scene.at(1 + DAY)).await;
    sent(&store, &scene, &known, 1, scene.at(1 + DAY)).await;
}

/// Each connection has its own room.
pub async fn each_connection_has_its_own_room(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (one, other) = (sender(&store, &scene, "one").await, sender(&store, &scene, "other").await);
    sent(&store, &scene, &one, 30, scene.at(0)).await;
    refused(&store, &scene, &one, 1, scene.at(1), scene.at(HOUR)).await;
    assert_eq!(room(&store, &other, scene.at(1)).await, SendingRoom { hour: 30, day: 200 });
    sent(&store, &scene, &other, 30, scene.at(1)).await;
    let elsewhere = Connection { tenant: scene.another_tenant(), ..one };
    assert_eq!(room(&store, &elsewhere, scene.at(1)).await, SendingRoom { hour: 30, day: 200 });
}

/// What was refused or taken back counts no more; what was sent, or is to be, or may have been, does.
pub async fn what_was_not_sent_does_not_count(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = sender(&store, &scene, "one").await;
    let released = |state| WebSendNews::Released { state, figures: None };
    for (news, left) in [
        (vec![refusal()], 30),
        (vec![WebSendNews::Cancelled], 30),
        (vec![released(WebSendState::Scheduled), WebSendNews::Cancelled], 30),
        (vec![released(WebSendState::Unclear), refusal()], 30),
        (vec![released(WebSendState::Scheduled)], 25),
        (vec![released(WebSendState::Unclear)], 20),
        (vec![released(WebSendState::Sent)], 15),
        (vec![released(WebSendState::Sent), WebSendNews::Cancelled], 10),
        (vec![released(WebSendState::Sent), refusal()], 5),
    ] {
        let new = begun(&store, scene.web_send(&known, 5, scene.at(1))).await;
        for news in news.clone() {
            note(&store, &new, news, scene.at(2)).await;
        }
        assert_eq!(room(&store, &known, scene.at(3)).await.hour, left, "after {news:?}");
    }
}

async fn race_sends(store: &Arc<dyn Store>, sends: Vec<NewWebSend>) -> Vec<WebSendBegun> {
    let calls = sends.into_iter().map(|new| {
        let store = Arc::clone(store);
        async move { begin(&store, &new).await }
    });
    let calls: Vec<_> = calls.collect();
    race(calls).await
}

/// Of 16 concurrent sends as many are stored as fit, to the message.
pub async fn concurrent_sends_never_pass_a_limit(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for (account, size, fit) in [("one", 3, 10), ("two", 7, 4), ("three", 30, 1)] {
        let known = sender(&store, &scene, account).await;
        let sends = (0..16).map(|_| scene.web_send(&known, size, scene.at(1))).collect();
        let ended = race_sends(&store, sends).await;
        assert_eq!(count(&ended, |one| *one == WebSendBegun::Stored), fit, "{size} each");
        assert_eq!(count(&ended, |one| matches!(one, WebSendBegun::TooMany { .. })), 16 - fit);
    }
    let known = sender(&store, &scene, "four").await;
    let limits = SendingLimits { hour: 1_000, day: 17 };
    let sends = (0..16).map(|_| NewWebSend { limits, ..scene.web_send(&known, 2, scene.at(1)) }).collect();
    assert_eq!(count(&race_sends(&store, sends).await, |one| *one == WebSendBegun::Stored), 8);
    let last = NewWebSend { limits, ..scene.web_send(&known, 1, scene.at(1)) };
    begun(&store, last).await;
}
