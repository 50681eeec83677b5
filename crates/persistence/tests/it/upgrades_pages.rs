//! A database of the third version keeps its rows when the pages come, and when they go.

use std::sync::Arc;

use bonin_domain::admin::AuditAction;
use bonin_domain::codes::{Status, VerificationId};
use bonin_persistence::Database;
use bonin_ports::StoryRepository;
use bonin_testkit::Scene;
use bonin_testkit::contracts::Store;
use jiff::Timestamp;
use uuid::Uuid;

use crate::databases::{open_postgres, open_sqlite, postgres_url, sqlite_path};
use crate::raw::Raw;

const VERIFICATION: u128 = 0x01b8_dac5_b400_7000_8000_0000_0000_0001;
const MESSAGE: u128 = 0x01b8_dac5_b400_7000_8000_0000_0000_0002;
const RESEND: u128 = 0x01b8_dac5_b400_7000_8000_0000_0000_0003;

/// What Diesel notes of the first three migrations.
const APPLIED: &str = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
     run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); \
     INSERT INTO __diesel_schema_migrations (version) VALUES ('0001'), ('0002'), ('0003');";

/// How one engine writes values.
struct Words {
    id: fn(u128) -> String,
    bytes: String,
    at: &'static str,
    no: &'static str,
}

#[tokio::test]
async fn sqlite_keeps_its_rows() {
    let path = sqlite_path();
    let mut raw = Raw::sqlite(&path);
    let words = Words {
        id: |id| format!("X'{id:032x}'"),
        bytes: format!("X'{}'", "07".repeat(36)),
        at: "1893456000000000",
        no: "0",
    };
    raw.execute(include_str!("../../../../migrations/sqlite/0001_verifications/up.sql"));
    raw.execute(include_str!("../../../../migrations/sqlite/0002_providers/up.sql"));
    raw.execute(include_str!("../../../../migrations/sqlite/0003_accounts/up.sql"));
    raw.execute(&(APPLIED.to_owned() + &old_rows(&words)));
    let before = kept(&mut raw);
    the_new_version_reads_and_adds(open_sqlite(&path).await).await;
    raw.execute(include_str!("../../../../migrations/sqlite/0005_spending/down.sql"));
    raw.execute(include_str!("../../../../migrations/sqlite/0004_pages/down.sql"));
    nothing_is_missing(&before, &kept(&mut raw));
}

#[tokio::test]
async fn postgres_keeps_its_rows() {
    let url = postgres_url();
    let mut raw = Raw::postgres(&url);
    let words = Words {
        id: |id| format!("'{}'", Uuid::from_u128(id)),
        bytes: format!("'\\x{}'", "07".repeat(36)),
        at: "'2030-01-01T00:00:00Z'",
        no: "false",
    };
    raw.execute(include_str!("../../../../migrations/postgres/0001_verifications/up.sql"));
    raw.execute(include_str!("../../../../migrations/postgres/0002_providers/up.sql"));
    raw.execute(include_str!("../../../../migrations/postgres/0003_accounts/up.sql"));
    raw.execute(&(APPLIED.to_owned() + &old_rows(&words)));
    let before = kept(&mut raw);
    the_new_version_reads_and_adds(open_postgres(&url).await).await;
    raw.execute(include_str!("../../../../migrations/postgres/0005_spending/down.sql"));
    raw.execute(include_str!("../../../../migrations/postgres/0004_pages/down.sql"));
    nothing_is_missing(&before, &kept(&mut raw));
}

/// The rows of the new version that the third one knows stand beside the old ones.
fn nothing_is_missing(before: &[(String, Vec<String>)], after: &[(String, Vec<String>)]) {
    assert_eq!(before.len(), after.len(), "the same tables");
    for ((table, rows), (_, left)) in before.iter().zip(after) {
        assert!(rows.iter().all(|row| left.contains(row)), "{table}: {rows:?} became {left:?}");
    }
}

/// All rows of the third version.
fn kept(raw: &mut Raw) -> Vec<(String, Vec<String>)> {
    let tables = raw.dump().into_iter().filter(|(table, _)| !table.starts_with("__"));
    let kept: Vec<_> = tables.collect();
    assert!(kept.iter().any(|(table, rows)| table == "verifications" && rows.len() == 1), "{kept:?}");
    assert!(!kept.iter().any(|(table, _)| table == "past_verifications" || table == "audit"), "{kept:?}");
    kept
}

/// A verification with its message and decision, and the decision on a resend.
fn old_rows(Words { id, bytes, at, no }: &Words) -> String {
    let (verification, message, resend) = (id(VERIFICATION), id(MESSAGE), id(RESEND));
    let decision = |name: &str, outcome: &str, rule: &str| {
        format!(
            "INSERT INTO decisions (id, tenant, purpose, phone_index, test_number, outcome, findings, created_at) \
             VALUES ({name}, 'default', 'sign_up', {bytes}, {no}, '{outcome}', \
             '[{{\"rule\":\"{rule}\",\"value\":1,\"threshold\":1,\"window_secs\":null,\"until\":null,\"mode\":\"block\"}}]', \
             {at});"
        )
    };
    [
        format!(
            "INSERT INTO verifications (id, tenant, purpose, locale, status, token, phone_index, phone, known_client, \
             test_number, checks, max_checks, sends, created_at, sent_at, resend_at, expires_at) VALUES \
             ({verification}, 'default', 'sign_up', 'ko', 'pending', {bytes}, {bytes}, {bytes}, {no}, {no}, 0, 5, 1, \
             {at}, {at}, {at}, {at});"
        ),
        format!(
            "INSERT INTO messages (id, tenant, verification_id, phone_index, test_number, created_at, expires_at) \
             VALUES ({message}, 'default', {verification}, {bytes}, {no}, {at}, {at});"
        ),
        decision(&verification, "allowed", "destination"),
        decision(&resend, "refused", "number"),
    ]
    .concat()
}

/// The old rows are read as they are, and what only the new version knows is written beside them.
async fn the_new_version_reads_and_adds(store: Arc<impl Store + Database>) {
    let now: Timestamp = "2030-01-01T00:00:10Z".parse().unwrap();
    let id = |id| VerificationId::from_uuid(Uuid::from_u128(id));
    let filed = StoryRepository::find(&*store, id(VERIFICATION), now).await.unwrap().unwrap();
    assert_eq!((filed.status, filed.country), (Status::Expired, None));
    let decision = store.decision(id(VERIFICATION)).await.unwrap().unwrap();
    assert_eq!(decision.outcome, "allowed");
    assert_eq!(store.decision(id(RESEND)).await, Ok(None), "a resend is no start");
    assert_eq!(store.refused(filed.phone_index, 10).await, Ok(Vec::new()));
    assert_eq!(store.refused_resends(id(VERIFICATION), filed.phone_index).await, Ok(Vec::new()));

    let entry = Scene::new().audit_entry(AuditAction::VerificationViewed, now);
    store.append(entry).await.unwrap();
    let scene = Scene::opened_at("2029-01-01T00:00:00Z".parse().unwrap()).unlimited();
    scene.start().open(&*store).await;
    let old = scene.at(0).checked_add(jiff::SignedDuration::from_hours(26)).unwrap();
    assert_eq!(store.purge(old, 100).await, Ok(2), "the code of the new one, and its row");
}
