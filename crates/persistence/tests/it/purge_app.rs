//! Removing what the messaging app leaves behind, on both engines.

use std::sync::Arc;

use bonin_domain::messaging::{Connection, ConnectionState, WebSendState};
use bonin_persistence::Database;
use bonin_ports::{
    ConnectionRepository, NewWebSend, OAuthLoginRepository, WebSendBegun, WebSendNews, WebSendRepository,
};
use bonin_testkit::Scene;
use bonin_testkit::contracts::Store;
use jiff::{SignedDuration, Timestamp};

use crate::raw::{Raw, beside_both_engines};

beside_both_engines!(
    a_log_in_under_way_goes_at_its_end,
    a_session_of_the_app_goes_at_its_end,
    a_send_goes_after_90_days_with_its_messages,
    a_scheduled_send_goes_90_days_after_its_time,
    a_purge_stops_at_its_limit,
    a_connection_that_ended_goes_90_days_after_its_end,
    a_connection_goes_after_its_sends,
);

const MICROSECOND: SignedDuration = SignedDuration::from_micros(1);
/// Ids know the millisecond of their making only.
const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// What is left of a table once everything was purged that outlived its use at `now`.
async fn left(store: &impl Database, raw: &mut Raw, table: &str, now: Timestamp) -> i64 {
    while store.purge(now, 1).await.unwrap() > 0 {}
    raw.count(table, "1 = 1")
}

async fn connected(store: &impl Store, scene: &Scene, account: &str) -> Connection {
    store.connect(scene.new_connection(account, scene.at(0))).await.unwrap()
}

async fn begun(store: &impl Store, new: NewWebSend) -> NewWebSend {
    assert_eq!(WebSendRepository::begin(store, new.clone()).await, Ok(WebSendBegun::Stored));
    new
}

async fn end(store: &impl Store, known: &Connection, state: ConnectionState, now: Timestamp) {
    let ended = ConnectionRepository::end(store, &known.tenant, known.id, known.version, state, now).await;
    assert_eq!(ended, Ok(true));
}

async fn a_log_in_under_way_goes_at_its_end(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    for second in [0, 0, 1] {
        OAuthLoginRepository::begin(&*store, scene.oauth_login(scene.at(second))).await.unwrap();
    }
    let end = scene.oauth_login(scene.at(0)).expires_at;
    assert_eq!(left(&*store, &mut raw, "oauth_logins", end).await, 3);
    assert_eq!(left(&*store, &mut raw, "oauth_logins", end + MICROSECOND).await, 1);
}

async fn a_session_of_the_app_goes_at_its_end(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    let known = connected(&*store, &scene, "one").await;
    store.connect(scene.renewed_connection(&known, scene.at(1))).await.unwrap();
    let end = scene.new_connection("one", scene.at(0)).session.expires_at;
    assert_eq!(left(&*store, &mut raw, "app_sessions", end).await, 2);
    assert_eq!(left(&*store, &mut raw, "app_sessions", end + MICROSECOND).await, 1);
    assert_eq!(left(&*store, &mut raw, "connections", end + days(4_000)).await, 1, "a live one stays");
    assert_eq!(raw.count("app_sessions", "1 = 1"), 0);
}

async fn a_send_goes_after_90_days_with_its_messages(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    let known = connected(&*store, &scene, "one").await;
    begun(&*store, scene.web_send(&known, 3, scene.at(0))).await;
    begun(&*store, scene.web_send(&known, 2, scene.at(1))).await;
    assert_eq!(left(&*store, &mut raw, "web_sends", scene.at(0) + days(90)).await, 2);
    assert_eq!(raw.count("web_messages", "1 = 1"), 5);
    assert_eq!(left(&*store, &mut raw, "web_sends", scene.at(0) + days(90) + MILLISECOND).await, 1);
    assert_eq!(raw.count("web_messages", "1 = 1"), 2, "those of the younger one stay");
    assert_eq!(left(&*store, &mut raw, "web_sends", scene.at(1) + days(90) + MILLISECOND).await, 0);
    assert_eq!(raw.count("web_messages", "1 = 1"), 0);
}

async fn a_scheduled_send_goes_90_days_after_its_time(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    let known = connected(&*store, &scene, "one").await;
    let time = scene.at(0) + days(30);
    let send = NewWebSend { scheduled_at: Some(time), ..scene.web_send(&known, 2, scene.at(0)) };
    let send = begun(&*store, send).await;
    let news = WebSendNews::Released { state: WebSendState::Scheduled, figures: None };
    WebSendRepository::note(&*store, &send.tenant, send.id, news, scene.at(1)).await.unwrap();
    assert_eq!(left(&*store, &mut raw, "web_sends", time + days(90)).await, 1);
    assert_eq!(raw.count("web_messages", "1 = 1"), 2);
    assert_eq!(left(&*store, &mut raw, "web_sends", time + days(90) + MICROSECOND).await, 0);
    assert_eq!(raw.count("web_messages", "1 = 1"), 0);
}

async fn a_purge_stops_at_its_limit(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    let known = connected(&*store, &scene, "one").await;
    begun(&*store, scene.web_send(&known, 3, scene.at(0))).await;
    begun(&*store, scene.web_send(&known, 1, scene.at(1))).await;
    end(&*store, &known, ConnectionState::Disconnected, scene.at(2)).await;
    let late = scene.at(2) + days(90) + MILLISECOND;
    for (gone, messages, sends, connections) in [(2, 2, 2, 1), (5, 0, 0, 0), (0, 0, 0, 0)] {
        assert_eq!(store.purge(late, 2).await, Ok(gone));
        assert_eq!(raw.count("web_messages", "1 = 1"), messages);
        assert_eq!(raw.count("web_sends", "1 = 1"), sends);
        assert_eq!(raw.count("connections", "1 = 1"), connections);
    }
}

async fn a_connection_that_ended_goes_90_days_after_its_end(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    let revoked = connected(&*store, &scene, "revoked").await;
    let disconnected = connected(&*store, &scene, "disconnected").await;
    let renewed = connected(&*store, &scene, "renewed").await;
    end(&*store, &revoked, ConnectionState::Revoked, scene.at(10)).await;
    end(&*store, &disconnected, ConnectionState::Disconnected, scene.at(20)).await;
    end(&*store, &renewed, ConnectionState::Revoked, scene.at(10)).await;
    store.connect(scene.renewed_connection(&renewed, scene.at(30))).await.unwrap();
    let table = "connections";
    assert_eq!(left(&*store, &mut raw, table, scene.at(10) + days(90)).await, 3);
    assert_eq!(left(&*store, &mut raw, table, scene.at(10) + days(90) + MICROSECOND).await, 2);
    assert_eq!(left(&*store, &mut raw, table, scene.at(20) + days(90)).await, 2);
    assert_eq!(left(&*store, &mut raw, table, scene.at(20) + days(90) + MICROSECOND).await, 1);
    assert_eq!(left(&*store, &mut raw, table, scene.at(30) + days(4_000)).await, 1);
    let found = store.find_account(&renewed.tenant, renewed.account).await.unwrap();
    assert_eq!(found.map(|left| left.id), Some(renewed.id));
}

async fn a_connection_goes_after_its_sends(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    let known = connected(&*store, &scene, "one").await;
    let time = scene.at(0) + days(30);
    begun(&*store, NewWebSend { scheduled_at: Some(time), ..scene.web_send(&known, 1, scene.at(0)) }).await;
    end(&*store, &known, ConnectionState::Disconnected, scene.at(1)).await;
    assert_eq!(left(&*store, &mut raw, "connections", time + days(90)).await, 1);
    assert_eq!(left(&*store, &mut raw, "connections", time + days(90) + MICROSECOND).await, 0);
}
