//! A server that restarts costs one failure for each pooled connection at the most.

use bonin_persistence::connect;
use bonin_ports::RepositoryError;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};

use crate::databases::postgres_url;

#[tokio::test]
async fn connections_cut_by_the_server_are_replaced() {
    let url = postgres_url();
    let connections = 4;
    let store = connect(&url, connections).unwrap();
    store.database.migrate().await.unwrap();
    store.database.ping().await.unwrap();

    let mut admin = PgConnection::establish(&url).unwrap();
    admin
        .batch_execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .unwrap();

    let mut failures = 0;
    for _ in 0..20 {
        match store.database.ping().await {
            Ok(()) => {}
            Err(RepositoryError::Unavailable) => failures += 1,
            Err(other) => panic!("a lost connection must be told as such, not as {other:?}"),
        }
    }
    assert!(failures <= connections, "{failures} failures with {connections} connections");
    store.database.ping().await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_at_once_and_without_the_password() {
    let told = connect("postgres://bonin:s3cret-pass@127.0.0.1:1/none", 4).err().unwrap().to_string();
    assert!(told.contains("cannot be opened"), "{told}");
    assert!(!told.contains("s3cret-pass"), "{told}");
}
