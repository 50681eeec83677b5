//! A look into the tables themselves, beside a store.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::databases::connect_sqlite;
use crate::schemas::{Column, POSTGRES_COLUMNS, SQLITE_COLUMNS};

/// Makes two tests of each case, one on each engine; the cases get the store and a connection beside it.
macro_rules! beside_both_engines {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $case() {
                    let path = crate::databases::sqlite_path();
                    let store = crate::databases::open_sqlite(&path).await;
                    super::$case(store, crate::raw::Raw::sqlite(&path)).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test]
                async fn $case() {
                    let url = crate::databases::postgres_url();
                    let store = crate::databases::open_postgres(&url).await;
                    super::$case(store, crate::raw::Raw::postgres(&url)).await;
                }
            )+
        }
    };
}
pub(crate) use beside_both_engines;

/// A connection of a test's own.
pub enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Raw {
    pub fn sqlite(path: &str) -> Self {
        Self::Sqlite(connect_sqlite(path))
    }

    pub fn postgres(url: &str) -> Self {
        Self::Postgres(PgConnection::establish(url).unwrap())
    }

    /// Runs statements.
    pub fn execute(&mut self, statements: &str) {
        match self {
            Self::Sqlite(connection) => connection.batch_execute(statements).unwrap(),
            Self::Postgres(connection) => connection.batch_execute(statements).unwrap(),
        }
    }

    /// Whether the database refuses statements.
    pub fn refuses(&mut self, statements: &str) -> bool {
        match self {
            Self::Sqlite(connection) => connection.batch_execute(statements).is_err(),
            Self::Postgres(connection) => connection.batch_execute(statements).is_err(),
        }
    }

    /// How many rows of a table meet a condition.
    pub fn count(&mut self, table: &str, condition: &str) -> i64 {
        let query = diesel::sql_query(format!("SELECT count(*) AS count FROM {table} WHERE {condition}"));
        let counted: Count = match self {
            Self::Sqlite(connection) => query.get_result(connection).unwrap(),
            Self::Postgres(connection) => query.get_result(connection).unwrap(),
        };
        counted.count
    }

    /// Every row of every table, as text.
    pub fn dump(&mut self) -> BTreeMap<String, Vec<String>> {
        let columns: Vec<Column> = match self {
            Self::Sqlite(connection) => diesel::sql_query(SQLITE_COLUMNS).load(connection).unwrap(),
            Self::Postgres(connection) => diesel::sql_query(POSTGRES_COLUMNS).load(connection).unwrap(),
        };
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for column in columns {
            tables.entry(column.relation).or_default().push(column.name);
        }
        let rows = |(table, columns): (String, Vec<String>)| {
            let lines: Vec<Line> = match self {
                Self::Sqlite(connection) => {
                    let values: Vec<String> =
                        columns.iter().map(|name| format!("quote(\"{name}\")")).collect();
                    let query =
                        format!("SELECT {} AS line FROM {table} ORDER BY 1", values.join(" || ' ' || "));
                    diesel::sql_query(query).load(connection).unwrap()
                }
                Self::Postgres(connection) => {
                    let query = format!("SELECT t::text AS line FROM {table} AS t ORDER BY 1");
                    diesel::sql_query(query).load(connection).unwrap()
                }
            };
            (table, lines.into_iter().map(|line| line.line).collect())
        };
        tables.into_iter().map(rows).collect()
    }
}
