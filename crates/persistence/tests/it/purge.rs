//! Removing what has outlived its use, on both engines.

use std::sync::Arc;

use bonin_domain::admin::AuditAction;
use bonin_persistence::Database;
use bonin_ports::{Outbox, Spent, StoryRepository, VerificationRepository};
use bonin_testkit::Scene;
use bonin_testkit::contracts::Store;
use jiff::{SignedDuration, Timestamp};

use crate::databases::{new_postgres, new_sqlite};

#[tokio::test]
async fn sqlite_forgets_what_has_outlived_its_use_and_nothing_else() {
    forgets_what_has_outlived_its_use_and_nothing_else(new_sqlite().await).await;
}

#[tokio::test]
async fn postgres_forgets_what_has_outlived_its_use_and_nothing_else() {
    forgets_what_has_outlived_its_use_and_nothing_else(new_postgres().await).await;
}

async fn forgets_what_has_outlived_its_use_and_nothing_else(store: Arc<impl Store + Database>) {
    let scene = Scene::new().unlimited();
    let begun = scene.at(0);
    let old = scene.start().open(&*store).await;
    let later = |hours: i64| begun.checked_add(SignedDuration::from_hours(hours)).unwrap();
    let purge = async |now: Timestamp| store.purge(now, 100).await.unwrap();

    assert_eq!(purge(scene.at(200)).await, 0, "a code lives 180 seconds and is kept 45 more");
    assert_eq!(purge(scene.at(226)).await, 1, "the code goes");
    assert_eq!(purge(scene.at(227)).await, 0, "once");
    assert!(found(&*store, &old, later(24)).await, "the verification is kept a day after its end");

    assert_eq!(purge(later(26)).await, 1, "the verification goes");
    assert!(!found(&*store, &old, later(26)).await);
    assert_eq!(Outbox::messages(&*store, &old.tenant, old.id).await.unwrap().len(), 1, "its message stays");
    assert_eq!(purge(later(91 * 24)).await, 1, "the message goes after 90 days");
    assert_eq!(Outbox::messages(&*store, &old.tenant, old.id).await.unwrap().len(), 0);
    assert_eq!(purge(later(179 * 24)).await, 0);
    assert_eq!(
        purge(later(181 * 24)).await,
        2,
        "the decision goes after 180 days, and what was left of the rest"
    );
    assert_eq!(StoryRepository::find(&*store, old.id, later(181 * 24)).await, Ok(None));
}

async fn found(store: &impl Store, holder: &bonin_testkit::Holder, now: Timestamp) -> bool {
    VerificationRepository::find(store, &holder.tenant, holder.id, holder.by_token(), now)
        .await
        .unwrap()
        .is_some()
}

mod refused_record {
    use super::*;
    use crate::raw::{Raw, beside_both_engines};

    beside_both_engines!(codes_go_where_the_database_refuses_to_remove_the_record);

    /// A process whose clock runs two years ahead of the database's.
    async fn codes_go_where_the_database_refuses_to_remove_the_record(
        store: Arc<impl Store + Database>,
        mut raw: Raw,
    ) {
        let scene = Scene::new().unlimited();
        for second in [0, 1, 2] {
            let entry = scene.audit_entry(AuditAction::VerificationViewed, scene.at(second));
            store.append(entry).await.unwrap();
        }
        let late = scene.at(0).checked_add(SignedDuration::from_hours(800 * 24)).unwrap();
        scene.start().at(late).open(&*store).await;
        let after = late.checked_add(SignedDuration::from_secs(226)).unwrap();
        assert!(store.purge(after, 100).await.is_err(), "it is told");
        assert_eq!(raw.count("audit", "1 = 1"), 3);
        assert_eq!(raw.count("verifications", "code_1 IS NULL"), 1, "the code is gone all the same");
    }
}

#[tokio::test]
async fn a_live_verification_survives_a_purge() {
    let store = new_sqlite().await;
    let scene = Scene::new().unlimited();
    let holder = scene.start().digits("482913").open(&*store).await;
    store.purge(scene.at(100), 100).await.unwrap();
    let check = scene.check(&holder, "482913", scene.at(100));
    assert!(matches!(store.spend_check(check).await.unwrap(), Spent::Matched(_)));
}
