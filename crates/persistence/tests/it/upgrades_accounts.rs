//! A database of the second version keeps its rows when accounts come, and what it knows when they go.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::{Status, VerificationId};
use bonin_domain::messages::{GroupId, LeaseId};
use bonin_ports::{Holder, MessageGroupRepository, MessageQuery, Outbox, VerificationRepository};
use bonin_testkit::contracts::Store;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::databases::{open_postgres, open_sqlite, postgres_url, sqlite_path};
use crate::raw::Raw;

const VERIFICATION: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0001;
const WITHHELD: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0002;
const STEP_UP: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0003;
const GROUP: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0004;
const MESSAGE: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0010;

/// What Diesel notes of the first two migrations.
const APPLIED: &str = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
     run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); \
     INSERT INTO __diesel_schema_migrations (version) VALUES ('0001'), ('0002');";

/// How one engine writes values.
struct Words {
    id: fn(u128) -> String,
    bytes: &'static str,
    at: &'static str,
    no: &'static str,
    yes: &'static str,
}

#[tokio::test]
async fn sqlite_keeps_its_rows() {
    let path = sqlite_path();
    let mut raw = Raw::sqlite(&path);
    let id = |id| format!("X'{id:032x}'");
    let words = Words { id, bytes: "X'0707'", at: "1893456000000000", no: "0", yes: "1" };
    raw.execute(include_str!("../../../../migrations/sqlite/0001_verifications/up.sql"));
    raw.execute(include_str!("../../../../migrations/sqlite/0002_providers/up.sql"));
    raw.execute(&(APPLIED.to_owned() + &old_rows(&words)));
    old_rows_are_there(open_sqlite(&path).await).await;
    raw.execute(&new_rows(&words));
    raw.execute(include_str!("../../../../migrations/sqlite/0003_accounts/down.sql"));
    only_the_old_version_is_left(&mut raw, &words);
}

#[tokio::test]
async fn postgres_keeps_its_rows() {
    let url = postgres_url();
    let mut raw = Raw::postgres(&url);
    let id = |id| format!("'{}'", Uuid::from_u128(id));
    let words = Words { id, bytes: "'\\x0707'", at: "'2030-01-01T00:00:00Z'", no: "false", yes: "true" };
    raw.execute(include_str!("../../../../migrations/postgres/0001_verifications/up.sql"));
    raw.execute(include_str!("../../../../migrations/postgres/0002_providers/up.sql"));
    raw.execute(&(APPLIED.to_owned() + &old_rows(&words)));
    old_rows_are_there(open_postgres(&url).await).await;
    raw.execute(&new_rows(&words));
    raw.execute(include_str!("../../../../migrations/postgres/0003_accounts/down.sql"));
    only_the_old_version_is_left(&mut raw, &words);
}

fn verification(Words { id, bytes, at, no, .. }: &Words, name: u128, purpose: &str) -> String {
    format!(
        "INSERT INTO verifications (id, tenant, purpose, locale, status, token, phone_index, phone, known_client, \
         test_number, checks, max_checks, sends, created_at, sent_at, resend_at, expires_at) VALUES ({}, 'default', \
         '{purpose}', 'ko', 'pending', {bytes}, {bytes}, {bytes}, {no}, {no}, 0, 5, 1, {at}, {at}, {at}, {at});",
        id(name)
    )
}

/// A message that is due, of whatever `owner` says: its columns `verification_id`, `group_id`, `kind` and `phone`.
fn message(Words { id, bytes, at, no, .. }: &Words, name: u128, owner: &str) -> String {
    format!(
        "INSERT INTO messages (id, tenant, verification_id, group_id, kind, phone, phone_index, test_number, payload, \
         created_at, expires_at, due_at) VALUES ({}, 'default', {owner}, {bytes}, {no}, {bytes}, {at}, {at}, {at});",
        id(name)
    )
}

fn old_rows(words: &Words) -> String {
    let Words { id, bytes, at, .. } = words;
    [
        verification(words, VERIFICATION, "sign_up"),
        message(words, MESSAGE, &format!("{}, NULL, NULL, NULL", id(VERIFICATION))),
        format!(
            "INSERT INTO message_groups (id, tenant, size, created_at, expires_at) VALUES ({}, 'default', 1, {at}, {at});",
            id(GROUP)
        ),
        message(words, MESSAGE + 1, &format!("NULL, {}, 'sms', {bytes}", id(GROUP))),
    ]
    .concat()
}

async fn old_rows_are_there(store: Arc<impl Store>) {
    let now: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    let (tenant, id) = (TenantId::default_tenant(), VerificationId::from_uuid(Uuid::from_u128(VERIFICATION)));
    let before = now - SignedDuration::from_secs(1);
    let found = VerificationRepository::find(&*store, &tenant, id, Holder::Tenant, before).await.unwrap();
    let found = found.unwrap();
    assert_eq!((found.status, found.withheld), (Status::Pending, false));
    let listed = MessageGroupRepository::messages(
        &*store,
        &tenant,
        MessageQuery { limit: 10, ..MessageQuery::default() },
    );
    let groups: Vec<GroupId> = listed.await.unwrap().iter().map(|message| message.group.id).collect();
    assert_eq!(groups, [GroupId::from_uuid(Uuid::from_u128(GROUP))]);
    let lease = LeaseId::draw(now, &mut |bytes| bytes.fill(7));
    let due = Outbox::lease(&*store, lease, now, now, 10).await.unwrap();
    let due: Vec<Uuid> = due.iter().map(|message| message.id.as_uuid()).collect();
    assert_eq!(due, [Uuid::from_u128(MESSAGE), Uuid::from_u128(MESSAGE + 1)]);
}

/// What only the new version knows: a notice with an attempt, withheld and new verifications with their messages.
fn new_rows(words: &Words) -> String {
    let Words { id, at, no, yes, .. } = words;
    let notice = message(words, MESSAGE + 2, "NULL, NULL, NULL, NULL");
    let attempt = format!(
        "INSERT INTO attempts (message_id, number, tenant, provider, state, rank, possible_duplicate, started_at, \
         updated_at, accepted_at, polls) VALUES ({}, 1, 'default', 'sens', 'accepted', 2, {no}, {at}, {at}, {at}, 0);",
        id(MESSAGE + 2)
    );
    let withheld = format!("UPDATE verifications SET withheld = {yes} WHERE id = {};", id(WITHHELD));
    [
        notice,
        attempt,
        verification(words, WITHHELD, "find_id"),
        withheld,
        message(words, MESSAGE + 3, &format!("{}, NULL, NULL, NULL", id(WITHHELD))),
        verification(words, STEP_UP, "step_up"),
        message(words, MESSAGE + 4, &format!("{}, NULL, NULL, NULL", id(STEP_UP))),
    ]
    .concat()
}

/// The second version finds its rows, and nothing that it would send by mistake or could not read.
fn only_the_old_version_is_left(raw: &mut Raw, words: &Words) {
    assert_eq!(raw.count("attempts", "1 = 1"), 0);
    assert_eq!(raw.count("messages", "verification_id IS NULL AND group_id IS NULL"), 0);
    assert_eq!(raw.count("verifications", "1 = 1"), 2);
    assert_eq!(raw.count("verifications", "purpose = 'step_up'"), 0);
    let due = format!("due_at IS NOT NULL AND payload IS NOT NULL AND id >= {}", (words.id)(MESSAGE));
    assert_eq!(raw.count("messages", &due), 2, "the verification's and the group's");
    assert_eq!(raw.count("messages", "1 = 1"), 4);
}
