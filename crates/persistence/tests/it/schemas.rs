//! Both engines have the same tables, columns and indexes.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::databases::{connect_sqlite, open_postgres, open_sqlite, postgres_url, sqlite_path};

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    #[diesel(sql_type = Text)]
    pub relation: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Index {
    #[diesel(sql_type = Text)]
    name: String,
}

pub const SQLITE_COLUMNS: &str = "SELECT m.name AS relation, c.name AS name, c.\"notnull\" = 0 AS nullable \
     FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c \
     WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'";
pub const POSTGRES_COLUMNS: &str = "SELECT table_name::text AS relation, column_name::text AS name, \
     is_nullable = 'YES' AS nullable FROM information_schema.columns \
     WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'";
const SQLITE_INDEXES: &str = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
const POSTGRES_INDEXES: &str = "SELECT indexname::text AS name FROM pg_indexes \
     WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey'";

#[tokio::test]
async fn both_engines_have_the_same_tables_columns_and_indexes() {
    let (path, url) = (sqlite_path(), postgres_url());
    open_sqlite(&path).await;
    open_postgres(&url).await;
    let mut sqlite = connect_sqlite(&path);
    let mut postgres = PgConnection::establish(&url).unwrap();

    let of_sqlite: BTreeSet<Column> =
        diesel::sql_query(SQLITE_COLUMNS).load(&mut sqlite).unwrap().into_iter().collect();
    let of_postgres: BTreeSet<Column> =
        diesel::sql_query(POSTGRES_COLUMNS).load(&mut postgres).unwrap().into_iter().collect();
    assert!(of_postgres.len() > 50, "the query found the columns");
    assert_eq!(of_sqlite, of_postgres);

    let of_sqlite: BTreeSet<Index> =
        diesel::sql_query(SQLITE_INDEXES).load(&mut sqlite).unwrap().into_iter().collect();
    let of_postgres: BTreeSet<Index> =
        diesel::sql_query(POSTGRES_INDEXES).load(&mut postgres).unwrap().into_iter().collect();
    assert!(of_postgres.len() > 5, "the query found the indexes");
    assert_eq!(of_sqlite, of_postgres);
}

#[tokio::test]
async fn every_table_of_a_tenants_data_carries_its_tenant() {
    let url = postgres_url();
    open_postgres(&url).await;
    let mut postgres = PgConnection::establish(&url).unwrap();
    let columns: Vec<Column> = diesel::sql_query(POSTGRES_COLUMNS).load(&mut postgres).unwrap();
    let tables: BTreeSet<&str> = columns.iter().map(|column| column.relation.as_str()).collect();
    let with_tenant: BTreeSet<&str> = columns
        .iter()
        .filter(|column| column.name == "tenant" && !column.nullable)
        .map(|column| column.relation.as_str())
        .collect();
    // The root keys are the deployment's. So are the bad keys of an address, since whoever shows one is nobody's
    // client yet, and the calls of providers, which may speak of several tenants' messages. Administrators run the
    // deployment, and what they do is recorded for all of it.
    let without: Vec<&&str> = tables.difference(&with_tenant).collect();
    assert_eq!(
        without,
        [
            &"admin_invitations",
            &"admin_sessions",
            &"admins",
            &"audit",
            &"bad_keys",
            &"key_checks",
            &"receipts"
        ]
    );
}

#[tokio::test]
async fn every_migration_can_be_undone() {
    for (engine, folder) in [("sqlite", "migrations/sqlite"), ("postgres", "migrations/postgres")] {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
        let mut names: Vec<_> =
            std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        assert!(!names.is_empty());
        let downs: Vec<String> =
            names.iter().rev().map(|path| std::fs::read_to_string(path.join("down.sql")).unwrap()).collect();
        if engine == "sqlite" {
            let path = sqlite_path();
            open_sqlite(&path).await;
            let mut connection = connect_sqlite(&path);
            connection.batch_execute(&downs.concat()).unwrap();
            let left: Vec<Column> = diesel::sql_query(SQLITE_COLUMNS).load(&mut connection).unwrap();
            assert_eq!(left, []);
        } else {
            let url = postgres_url();
            open_postgres(&url).await;
            let mut connection = PgConnection::establish(&url).unwrap();
            connection.batch_execute(&downs.concat()).unwrap();
            let left: Vec<Column> = diesel::sql_query(POSTGRES_COLUMNS).load(&mut connection).unwrap();
            assert_eq!(left, []);
        }
    }
}
