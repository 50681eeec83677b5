//! The record of what administrators did.

use std::sync::Arc;

use bonin_domain::admin::{AuditAction, AuditEntry, AuditHash, AuditNumber, NewAuditEntry, Subject};
use bonin_ports::{AuditFilter, AuditLog};

use super::Store;
use super::support::race;
use crate::Scene;

async fn append(store: &Arc<dyn Store>, entry: NewAuditEntry) -> AuditEntry {
    store.append(entry).await.expect("the store works")
}

async fn list(store: &Arc<dyn Store>, before: Option<i64>, limit: u16) -> Vec<AuditEntry> {
    let filter = AuditFilter { before: before.map(AuditNumber), ..AuditFilter::default() };
    AuditLog::list(&**store, filter, limit).await.expect("the store works")
}

/// Each entry follows the one before it, from the start.
fn assert_chained(newest_first: &[AuditEntry]) {
    let mut before = AuditHash::START;
    for (place, entry) in newest_first.iter().rev().enumerate() {
        let number = i64::try_from(place).expect("few entries") + 1;
        assert_eq!(entry.number, AuditNumber(number));
        assert!(entry.follows(before), "entry {number} follows the one before");
        before = entry.hash;
    }
}

/// An entry reads back as it was added, with everything in it or with nothing that may be left out.
pub async fn an_entry_of_the_record_reads_back_as_it_was_added(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    let subjects = [
        Subject::Verification(holder.id),
        Subject::Phone(scene.phone_index()),
        Subject::Named("템플릿 sign_up/ko".to_owned()),
    ];
    let mut new: Vec<NewAuditEntry> =
        subjects.into_iter().map(|subject| scene.reasoned_entry(subject, "고객 문의", scene.at(1))).collect();
    let plain = AuditAction::ALL.into_iter().map(|action| scene.audit_entry(action, scene.at(2)));
    new.extend(plain);
    let mut added = Vec::new();
    for entry in &new {
        let stored = append(&store, entry.clone()).await;
        let (subject, reason) = (entry.subject.as_ref().map(ToString::to_string), entry.reason.clone());
        let expected = AuditEntry {
            number: stored.number,
            row: entry.row,
            at: entry.at,
            actor: entry.actor.clone(),
            address: entry.address.clone(),
            action: entry.action,
            subject,
            reason,
            hash: stored.hash,
        };
        assert_eq!(stored, expected);
        added.insert(0, stored);
    }
    assert_eq!(list(&store, None, 100).await, added);
    assert_chained(&added);
}

/// Entries are listed newest first, page by page without gap or repeat.
pub async fn the_record_is_listed_newest_first_page_by_page(store: Arc<dyn Store>) {
    let scene = Scene::new();
    assert_eq!(list(&store, None, 10).await, []);
    for second in 0..5 {
        append(&store, scene.audit_entry(AuditAction::LoggedIn, scene.at(second))).await;
    }
    let numbers =
        |entries: Vec<AuditEntry>| -> Vec<i64> { entries.into_iter().map(|entry| entry.number.0).collect() };
    assert_eq!(numbers(list(&store, None, 2).await), [5, 4]);
    assert_eq!(numbers(list(&store, Some(4), 2).await), [3, 2]);
    assert_eq!(numbers(list(&store, Some(2), 2).await), [1]);
    assert_eq!(list(&store, Some(1), 2).await, []);
}

/// Entries are found by what was done, by whom, and by both, over the whole record and page by page.
pub async fn entries_of_the_record_are_found_by_actor_and_action(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for (actor, action) in [
        ("min", AuditAction::LoggedIn),
        ("terminal", AuditAction::KeyCreated),
        ("min", AuditAction::KeyCreated),
        ("min", AuditAction::LoggedIn),
    ] {
        let entry = scene.audit_entry(action, scene.at(0));
        append(&store, NewAuditEntry { actor: actor.to_owned(), ..entry }).await;
    }
    let found = async |actor: Option<&str>, action: Option<AuditAction>, before: Option<i64>, limit: u16| {
        let (before, actor) = (before.map(AuditNumber), actor.map(str::to_owned));
        let entries = AuditLog::list(&*store, AuditFilter { before, action, actor }, limit).await;
        let entries = entries.expect("the store works");
        entries.into_iter().map(|entry| entry.number.0).collect::<Vec<i64>>()
    };
    assert_eq!(found(Some("min"), None, None, 10).await, [4, 3, 1]);
    assert_eq!(found(None, Some(AuditAction::KeyCreated), None, 10).await, [3, 2]);
    assert_eq!(found(Some("min"), Some(AuditAction::KeyCreated), None, 10).await, [3]);
    assert_eq!(found(Some("min"), None, None, 2).await, [4, 3]);
    assert_eq!(found(Some("min"), None, Some(3), 2).await, [1]);
    assert_eq!(found(Some("mi"), None, None, 10).await, [0_i64; 0]);
}

/// Of 16 entries that are added at once none is lost, and each follows the one before.
pub async fn sixteen_concurrent_entries_make_one_chain(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let calls: Vec<_> = (0..16)
        .map(|second| {
            let (store, entry) =
                (Arc::clone(&store), scene.audit_entry(AuditAction::LoggedIn, scene.at(second)));
            async move { append(&store, entry).await }
        })
        .collect();
    let mut added = race(calls).await;
    added.sort_by_key(|entry| std::cmp::Reverse(entry.number));
    assert_eq!(list(&store, None, 100).await, added);
    assert_eq!(added.len(), 16);
    assert_chained(&added);
}
