//! A database of the first version keeps its rows, forward and back.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::VerificationId;
use bonin_domain::messages::{DeliveryState, MessageId};
use bonin_ports::{Outbox, Report};
use bonin_testkit::contracts::Store;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, SmallInt, Text};
use jiff::Timestamp;
use uuid::Uuid;

use crate::databases::{connect_sqlite, open_postgres, open_sqlite, postgres_url, sqlite_path};

/// The one verification and its one message.
const VERIFICATION: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0001;
const MESSAGE: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0002;
/// What Diesel notes of the first migration.
const APPLIED: &str = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
     run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); \
     INSERT INTO __diesel_schema_migrations (version) VALUES ('0001');";
/// The states that attempts 1 to 5 are in, with the ranks of the first version.
const STATES: [(&str, i16); 5] =
    [("unknown", 1), ("sent", 3), ("expired", 4), ("failed", 4), ("delivered", 4)];

/// How one engine writes values.
struct Words {
    id: fn(u128) -> String,
    bytes: &'static str,
    at: &'static str,
    no: &'static str,
}

#[tokio::test]
async fn sqlite_keeps_its_rows() {
    let path = sqlite_path();
    let mut connection = connect_sqlite(&path);
    let words = Words { id: |id| format!("X'{id:032x}'"), bytes: "X'0707'", at: "1893456000000000", no: "0" };
    connection
        .batch_execute(include_str!("../../../../migrations/sqlite/0001_verifications/up.sql"))
        .unwrap();
    connection.batch_execute(&(APPLIED.to_owned() + &rows(&words))).unwrap();

    ranks_follow_the_new_order(open_sqlite(&path).await).await;

    connection.batch_execute(include_str!("../../../../migrations/sqlite/0003_accounts/down.sql")).unwrap();
    connection.batch_execute(include_str!("../../../../migrations/sqlite/0002_providers/down.sql")).unwrap();
    let left: Vec<Left> = diesel::sql_query(LEFT).load(&mut connection).unwrap();
    is_as_it_was(&left);
}

#[tokio::test]
async fn postgres_keeps_its_rows() {
    let url = postgres_url();
    let mut connection = PgConnection::establish(&url).unwrap();
    let words = Words {
        id: |id| format!("'{}'", Uuid::from_u128(id)),
        bytes: "'\\x0707'",
        at: "'2030-01-01T00:00:00Z'",
        no: "false",
    };
    connection
        .batch_execute(include_str!("../../../../migrations/postgres/0001_verifications/up.sql"))
        .unwrap();
    connection.batch_execute(&(APPLIED.to_owned() + &rows(&words))).unwrap();

    ranks_follow_the_new_order(open_postgres(&url).await).await;

    connection.batch_execute(include_str!("../../../../migrations/postgres/0003_accounts/down.sql")).unwrap();
    connection
        .batch_execute(include_str!("../../../../migrations/postgres/0002_providers/down.sql"))
        .unwrap();
    let left: Vec<Left> = diesel::sql_query(LEFT).load(&mut connection).unwrap();
    is_as_it_was(&left);
}

/// The rows of the first version, in the words of one engine.
fn rows(Words { id, bytes, at, no }: &Words) -> String {
    let (verification, message) = (id(VERIFICATION), id(MESSAGE));
    let attempt = |((state, rank), number): (&(&str, i16), i16)| {
        format!(
            "INSERT INTO attempts (message_id, number, tenant, provider, state, rank, possible_duplicate, \
             started_at, updated_at, polls) VALUES ({message}, {number}, 'default', 'sens', '{state}', {rank}, \
             {no}, {at}, {at}, 0);"
        )
    };
    let attempts: Vec<String> = STATES.iter().zip(1..).map(attempt).collect();
    format!(
        "INSERT INTO verifications (id, tenant, purpose, locale, status, token, phone_index, phone, \
         known_client, test_number, checks, max_checks, sends, created_at, sent_at, resend_at, expires_at) \
         VALUES ({verification}, 'default', 'sign_up', 'ko', 'pending', {bytes}, {bytes}, {bytes}, {no}, {no}, \
         0, 5, 1, {at}, {at}, {at}, {at}); \
         INSERT INTO messages (id, tenant, verification_id, phone_index, test_number, payload, created_at, \
         expires_at, due_at, lease) VALUES ({message}, 'default', {verification}, {bytes}, {no}, {bytes}, {at}, \
         {at}, {at}, NULL); {}",
        attempts.concat(),
    )
}

/// Contradicting reports find the attempts of the first version in the new order.
async fn ranks_follow_the_new_order(store: Arc<impl Store>) {
    use DeliveryState::{Delivered, Expired, Failed, Sent, Unknown};
    let now: Timestamp = "2030-01-01T00:00:10Z".parse().unwrap();
    let (tenant, message) = (TenantId::default_tenant(), MessageId::from_uuid(Uuid::from_u128(MESSAGE)));
    let states = async || -> Vec<DeliveryState> {
        let verification = VerificationId::from_uuid(Uuid::from_u128(VERIFICATION));
        let mut messages = Outbox::messages(&*store, &tenant, verification).await.unwrap();
        messages.remove(0).attempts.into_iter().map(|attempt| attempt.state).collect()
    };
    let tell = async |state| {
        let report = |number| Report {
            message,
            number,
            state,
            failure: None,
            provider_code: None,
            price: None,
            poll_at: None,
        };
        store.record_reports((1..=5).map(report).collect(), now).await.unwrap();
    };
    assert_eq!(states().await, [Unknown, Sent, Expired, Failed, Delivered]);
    tell(Failed).await;
    assert_eq!(states().await, [Failed, Failed, Failed, Failed, Delivered]);
    tell(Delivered).await;
    assert_eq!(states().await, [Delivered; 5]);
}

#[derive(QueryableByName, Debug, PartialEq)]
struct Left {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = SmallInt)]
    rank: i16,
    #[diesel(sql_type = BigInt)]
    waiting: i64,
}

const LEFT: &str = "SELECT a.state, a.rank, (SELECT count(*) FROM messages AS m \
     JOIN verifications AS v ON v.id = m.verification_id WHERE m.due_at IS NOT NULL) AS waiting \
     FROM attempts AS a ORDER BY a.number";

/// The first version finds its rows again, with ranks that it knows.
fn is_as_it_was(left: &[Left]) {
    let expected: Vec<Left> =
        STATES.map(|_| Left { state: "delivered".to_owned(), rank: 4, waiting: 1 }).into();
    assert_eq!(left, expected);
}
