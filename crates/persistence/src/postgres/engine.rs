//! What Postgres does in its own way: sessions, threads, the one-round-trip check.

use bonin_domain::codes::Limits;
use bonin_ports::{Check, RepositoryError};
use crossbeam_channel::Receiver;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, ManageConnection, Pool, R2D2Connection};
use diesel::sql_types::BigInt;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use jiff::Timestamp;

pub use super::due::{due_erasures, due_messages, due_polls, due_receipts, waiting_messages};
pub use super::figures::{id_text, step_begin, tenths};
pub use super::inserts::{insert_together, upsert_attempts};
pub use super::locks::{
    alone, lock_account, lock_group, lock_identity, lock_identity_proof, lock_proof, lock_subjects,
    lock_verification,
};
use super::repo::{purge, purge_record, update_sql};
use crate::connect::{Database, OpenError};
use crate::failure::Failure;
use crate::rows::VerificationRow;
use crate::threads::{Job, LONGEST_MIGRATION, Threads};

pub type Conn = PgConnection;
pub type Backend = diesel::pg::Pg;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Held while migrating, so that instances that start together take turns. Any constant will do.
const MIGRATION_LOCK: i64 = 0x0062_6f6e_696e;

/// No statement of ours is slow: what takes longer is stuck, and its caller is gone. Nor is any worth compiling.
const SESSION: &str = "SET statement_timeout = '5s'; SET lock_timeout = '3s'; \
                       SET idle_in_transaction_session_timeout = '10s'; SET synchronous_commit = on; \
                       SET jit = off";

/// A pooled connection, and whether it was lost.
pub struct Link {
    connection: PgConnection,
    lost: bool,
}

/// Diesel's own manager looks at the transaction state only: without a query on every checkout, connections
/// cut by a restart of the server would fail for ever. Here the one place that runs queries marks them.
pub struct Manager(ConnectionManager<PgConnection>);

impl ManageConnection for Manager {
    type Connection = Link;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Link, Self::Error> {
        let mut connection = self.0.connect()?;
        connection.batch_execute(SESSION).map_err(diesel::r2d2::Error::QueryError)?;
        Ok(Link { connection, lost: false })
    }

    fn is_valid(&self, link: &mut Link) -> Result<(), Self::Error> {
        self.0.is_valid(&mut link.connection)
    }

    fn has_broken(&self, link: &mut Link) -> bool {
        link.lost || std::thread::panicking() || link.connection.is_broken()
    }
}

/// The repositories over Postgres. Cheap to share behind an `Arc`.
pub struct Store {
    threads: Threads<PgConnection>,
    /// Asked for health only, so that a busy store still tells that it lives.
    reserved: Threads<PgConnection>,
}

impl Store {
    /// Opens a pool of `connections` connections to `url`, each with a thread of its own.
    ///
    /// # Errors
    /// [`OpenError::Unreachable`] when no connection can be made now.
    pub fn open(url: &str, connections: u32) -> Result<Self, OpenError> {
        // The first connection tells at once what is wrong; the pool would only time out.
        let manager = Manager(ConnectionManager::new(url));
        let unreachable = |error: &dyn std::fmt::Display| OpenError::Unreachable(without_values(error));
        manager.connect().map_err(|error| unreachable(&error))?;
        let threads = |name: &str, count: u32| {
            let pool = Pool::builder()
                .max_size(count)
                .test_on_check_out(false)
                .connection_timeout(std::time::Duration::from_secs(1))
                .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
                .build(Manager(ConnectionManager::new(url)))
                .map_err(|error| unreachable(&error))?;
            Threads::start(name, count, move |jobs| serve(&pool, jobs)).map_err(|error| unreachable(&error))
        };
        Ok(Self { threads: threads("postgres", connections)?, reserved: threads("postgres-health", 1)? })
    }

    /// Runs `work` in a transaction.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, RepositoryError> {
        self.threads.run(move |c| c.transaction(work)).await
    }

    /// Runs `work`, which only reads.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, RepositoryError> {
        self.threads.run(work).await
    }

    /// Runs `work`, which writes with a single statement, and so needs no transaction around it.
    pub async fn write_once<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, RepositoryError> {
        self.threads.run(work).await
    }
}

fn serve(pool: &Pool<Manager>, jobs: &Receiver<Box<dyn Job<PgConnection>>>) {
    for mut job in jobs {
        if !job.begin() {
            continue;
        }
        let Ok(mut link) = pool.get() else {
            job.finish(Err(RepositoryError::Unavailable));
            continue;
        };
        let outcome = job.run(&mut link.connection);
        link.lost = outcome.as_ref().is_err_and(Failure::lost_the_connection);
        drop(link);
        job.finish(outcome.map_err(RepositoryError::from));
    }
}

/// The first line of a connection error, without the part that repeats the address.
fn without_values(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.rsplit("failed: ").next().unwrap_or_default().chars().take(200).collect()
}

#[async_trait::async_trait]
impl Database for Store {
    async fn migrate(&self) -> Result<Vec<String>, RepositoryError> {
        let work = |c: &mut Conn| {
            // Waiting for one's turn and rewriting a table take longer than any other statement of ours.
            c.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")?;
            diesel::select(pg_advisory_lock(MIGRATION_LOCK)).execute(c)?;
            let applied = c
                .run_pending_migrations(MIGRATIONS)
                .map(|versions| versions.iter().map(std::string::ToString::to_string).collect::<Vec<_>>());
            diesel::select(pg_advisory_unlock(MIGRATION_LOCK)).execute(c)?;
            c.batch_execute(SESSION)?;
            applied.map_err(|_| Failure::BadRow("a migration failed"))
        };
        self.threads.run_for(LONGEST_MIGRATION, work).await
    }

    async fn pending_migrations(&self) -> Result<Vec<String>, RepositoryError> {
        self.read(|c| {
            let pending = c.pending_migrations(MIGRATIONS).map_err(|_| Failure::BadRow("migrations"))?;
            Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
        })
        .await
    }

    async fn ping(&self) -> Result<(), RepositoryError> {
        self.reserved.run(|c| Ok(c.ping()?)).await
    }

    async fn purge(&self, now: Timestamp, limit: u16) -> Result<usize, RepositoryError> {
        let gone = self.write(move |c| purge(c, now, i64::from(limit))).await?;
        if gone >= usize::from(limit) {
            return Ok(gone);
        }
        Ok(gone + self.write(move |c| purge_record(c, now, i64::from(limit))).await?)
    }
}

#[diesel::declare_sql_function]
extern "SQL" {
    fn pg_advisory_lock(key: BigInt) -> Integer;
    fn pg_advisory_unlock(key: BigInt) -> Integer;
}

/// Wrong checks of a number up to which a check needs no lock: parallel statements cannot see each other's
/// misses, but the eighty that could pass the ceiling from here together do not run at once.
pub const UNLOCKED_CEILING: i32 = Limits::WRONG_CHECKS_CEILING as i32 - 80;

/// How a value that stands in a statement already is referred to: `$7`.
pub const VALUE: &str = "$";

/// The check, with its consequences in the same statement: one round trip, one flush.
pub const SPEND_CHECK: &str = concat!(
    "WITH spent AS (",
    update_sql!(),
    "), missed AS (INSERT INTO wrong_checks (tenant, phone_index, known_client, day, hits) ",
    "SELECT s.tenant, s.phone_index, s.known_client, :17, 1 FROM spent AS s ",
    "WHERE s.status <> 'verified' AND s.run_by_provider IS NULL ON CONFLICT (tenant, phone_index, known_client, day) ",
    "DO UPDATE SET hits = wrong_checks.hits + 1), ",
    "kept AS (INSERT INTO client_tokens (digest, tenant, phone_index, expires_at) ",
    "SELECT :19, s.tenant, s.phone_index, :20 FROM spent AS s WHERE s.status = 'verified') ",
    "SELECT id, tenant, purpose, locale, status, phone_index, phone, known_client, checks, max_checks, ",
    "sends, created_at, sent_at, resend_at, expires_at, run_by_provider, run_by_reference, withheld FROM spent"
);

/// Nothing is left to do: the statement did it.
#[expect(clippy::unnecessary_wraps, reason = "SQLite's twin does the work")]
pub fn conclude(_: &mut Conn, _: &VerificationRow, _: &Check) -> Result<(), Failure> {
    Ok(())
}
