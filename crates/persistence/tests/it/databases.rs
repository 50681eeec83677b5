//! New databases for tests.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bonin_persistence::{Database as _, postgres, sqlite};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};

/// Makes two tests of each case, one on each engine.
macro_rules! on_both_engines {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $case() {
                    super::$case(crate::databases::new_sqlite().await).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test]
                async fn $case() {
                    super::$case(crate::databases::new_postgres().await).await;
                }
            )+
        }
    };
}
pub(crate) use on_both_engines;

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A name that no other database of this test run has.
fn fresh_name() -> String {
    format!("bonin_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// The path of a new SQLite file.
pub fn sqlite_path() -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    folder.join(format!("{}.db", fresh_name())).display().to_string()
}

/// The address of a new, empty Postgres database.
pub fn postgres_url() -> String {
    #[expect(clippy::disallowed_methods, reason = "where the test's own Postgres is")]
    let admin = std::env::var("BONIN_TEST_POSTGRES_URL")
        .expect("BONIN_TEST_POSTGRES_URL is not set: run `make test`, which starts a private Postgres");
    let name = fresh_name();
    let mut connection = PgConnection::establish(&admin).expect("the test's own Postgres answers");
    connection.batch_execute(&format!("CREATE DATABASE {name}")).expect("a database can be made");
    let (server, _) = admin.rsplit_once('/').expect("the address names a database");
    format!("{server}/{name}")
}

/// A connection of a test's own. A store that was just dropped may still be closing its own.
pub fn connect_sqlite(path: &str) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(path).expect("the database opens");
    connection.batch_execute("PRAGMA busy_timeout = 5000").expect("a setting");
    connection
}

/// Connections of each store.
const CONNECTIONS: u32 = 8;

/// A new, migrated SQLite database.
pub async fn new_sqlite() -> Arc<sqlite::Store> {
    open_sqlite(&sqlite_path()).await
}

/// A new, migrated Postgres database.
pub async fn new_postgres() -> Arc<postgres::Store> {
    open_postgres(&postgres_url()).await
}

/// Opens and migrates the SQLite database at `path`.
pub async fn open_sqlite(path: &str) -> Arc<sqlite::Store> {
    let store = sqlite::Store::open(path, CONNECTIONS).expect("the database opens");
    store.migrate().await.expect("the migrations apply");
    Arc::new(store)
}

/// Opens and migrates the Postgres database at `url`.
pub async fn open_postgres(url: &str) -> Arc<postgres::Store> {
    let store = postgres::Store::open(url, CONNECTIONS).expect("the database opens");
    store.migrate().await.expect("the migrations apply");
    Arc::new(store)
}
