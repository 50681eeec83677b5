//! The record is only added to: the database itself refuses the rest.

use std::sync::Arc;

use bonin_domain::admin::{AuditAction, AuditEntry, AuditHash};
use bonin_persistence::Database;
use bonin_ports::{AuditFilter, AuditLog};
use bonin_testkit::Scene;
use bonin_testkit::contracts::Store;
use jiff::{SignedDuration, Timestamp};

use crate::raw::{Raw, beside_both_engines};

beside_both_engines!(
    the_database_refuses_to_change_or_remove_entries,
    the_database_refuses_to_replace_or_empty_entries,
    a_changed_entry_follows_no_more,
    entries_of_over_two_years_go_from_the_oldest_on,
);

/// Adds an entry of each of these moments.
async fn add(store: &impl Store, scene: &Scene, moments: &[Timestamp]) {
    for at in moments {
        store.append(scene.audit_entry(AuditAction::VerificationViewed, *at)).await.unwrap();
    }
}

async fn newest_first(store: &impl Store) -> Vec<AuditEntry> {
    AuditLog::list(store, AuditFilter::default(), 100).await.unwrap()
}

async fn the_database_refuses_to_change_or_remove_entries(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    add(&*store, &scene, &[scene.at(0), scene.at(1)]).await;
    let before = newest_first(&*store).await;
    for statement in [
        "UPDATE audit SET actor = 'nobody'",
        "UPDATE audit SET number = 9 WHERE number = 2",
        "DELETE FROM audit WHERE number = 2",
        "DELETE FROM audit",
    ] {
        assert!(raw.refuses(statement), "{statement}");
    }
    assert_eq!(newest_first(&*store).await, before);
}

/// By the ways that do not go by the triggers for changes and removals of rows.
async fn the_database_refuses_to_replace_or_empty_entries(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    add(&*store, &scene, &[scene.at(0), scene.at(1)]).await;
    let before = newest_first(&*store).await;
    let entry = "SELECT number, row_id, at, 'nobody', address, action, subject, reason, hash FROM audit";
    let statements = match raw {
        Raw::Sqlite(_) => vec![
            format!("INSERT OR REPLACE INTO audit {entry} WHERE number = 2"),
            format!("REPLACE INTO audit {entry}"),
            format!(
                "INSERT INTO audit {entry} WHERE 1 = 1 ON CONFLICT (number) DO UPDATE SET actor = 'nobody'"
            ),
            "UPDATE OR REPLACE audit SET number = 1 WHERE number = 2".to_owned(),
        ],
        Raw::Postgres(_) => vec![
            "TRUNCATE audit".to_owned(),
            "TRUNCATE audit CASCADE".to_owned(),
            format!("INSERT INTO audit {entry} ON CONFLICT (number) DO UPDATE SET actor = 'nobody'"),
        ],
    };
    for statement in statements {
        assert!(raw.refuses(&statement), "{statement}");
    }
    assert_eq!(newest_first(&*store).await, before);
    add(&*store, &scene, &[scene.at(2)]).await;
    assert_eq!(newest_first(&*store).await[1..], before, "what is new is still taken");
}

/// Who takes the database's guard away still leaves a trace.
async fn a_changed_entry_follows_no_more(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new();
    add(&*store, &scene, &[scene.at(0), scene.at(1), scene.at(2)]).await;
    let is_whole = |entries: &[AuditEntry]| {
        let mut before = AuditHash::START;
        entries.iter().rev().all(|entry| entry.follows(std::mem::replace(&mut before, entry.hash)))
    };
    assert!(is_whole(&newest_first(&*store).await));
    raw.execute(match raw {
        Raw::Sqlite(_) => "DROP TRIGGER audit_unchanged",
        Raw::Postgres(_) => "DROP TRIGGER audit_unchanged ON audit",
    });
    raw.execute("UPDATE audit SET actor = 'nobody' WHERE number = 2");
    let changed = newest_first(&*store).await;
    assert!(!is_whole(&changed));
    assert!(!changed[1].follows(changed[2].hash), "it is the changed one");
    assert!(changed[0].follows(changed[1].hash), "the others are as they were");
}

/// The younger ones stay, and the newest of the old ones whatever its age: it shows that what was before could go. What
/// comes after still follows.
async fn entries_of_over_two_years_go_from_the_oldest_on(store: Arc<impl Store + Database>, _: Raw) {
    // The database's own clock must agree, so that the entries are older than any run of this test.
    let scene = Scene::opened_at("2020-01-01T00:00:00Z".parse().unwrap());
    let days = |count: i64| scene.at(0).checked_add(SignedDuration::from_hours(24 * count)).unwrap();
    add(&*store, &scene, &[days(0), days(1), days(2)]).await;
    let all = newest_first(&*store).await;
    assert_eq!(store.purge(days(730), 100).await, Ok(0), "two years are not over");
    assert_eq!(store.purge(days(732), 100).await, Ok(0), "over one alone");
    assert_eq!(store.purge(days(733), 100).await, Ok(1));
    assert_eq!(newest_first(&*store).await, all[..2]);
    assert_eq!(store.purge(days(9_999), 1).await, Ok(1), "in small steps, too");
    assert_eq!(store.purge(days(9_999), 100).await, Ok(0), "the newest stays");
    assert_eq!(newest_first(&*store).await, all[..1]);
    add(&*store, &scene, &[days(3)]).await;
    let next = newest_first(&*store).await;
    assert_eq!(next[0].number.0, 4);
    assert!(next[0].follows(all[0].hash));
    add(&*store, &scene, &[days(2_000)]).await;
    assert_eq!(store.purge(days(2_001), 100).await, Ok(1), "up to the one before the younger ones");
    assert_eq!(newest_first(&*store).await.len(), 2);
}
