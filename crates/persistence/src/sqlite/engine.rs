//! What SQLite does in its own way: one writing thread that commits for many at once, readers beside it.

use bonin_domain::codes::Limits;
use bonin_ports::{Check, RepositoryError};
use crossbeam_channel::Receiver;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::query_dsl::methods::ExecuteDsl;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool, R2D2Connection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use jiff::Timestamp;

pub use super::due::{due_erasures, due_messages, due_polls, due_receipts, waiting_messages};
pub use super::figures::{id_text, step_begin, tenths};
pub use super::locks::{
    alone, lock_account, lock_group, lock_identity, lock_identity_proof, lock_proof, lock_subjects,
    lock_verification,
};
use super::repo::budgets::{count_miss, keep_client_token};
use super::repo::{purge, purge_record, update_sql};
use crate::connect::{Database, OpenError};
use crate::failure::Failure;
use crate::rows::{AttemptRow, VerificationRow};
use crate::threads::{Job, LONGEST_MIGRATION, Threads};

pub type Conn = SqliteConnection;
pub type Backend = diesel::sqlite::Sqlite;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// The time-out first: switching to WAL may itself have to wait. FULL makes a commit durable in WAL.
const SESSION: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                       PRAGMA foreign_keys = ON";

/// Jobs that share one commit at the most.
const SHARED_COMMIT: usize = 64;

#[derive(Debug)]
struct Session;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Session {
    fn on_acquire(&self, connection: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        connection.batch_execute(SESSION).map_err(diesel::r2d2::Error::QueryError)
    }
}

type Connections = Pool<ConnectionManager<SqliteConnection>>;

/// The repositories over SQLite. Cheap to share behind an `Arc`.
pub struct Store {
    writer: Threads<SqliteConnection>,
    readers: Threads<SqliteConnection>,
}

impl Store {
    /// Opens the file at `path`, making it if missing: one connection that writes, the rest of
    /// `connections` to read.
    ///
    /// # Errors
    /// [`OpenError::Unreachable`] when the file cannot be opened or made.
    pub fn open(path: &str, connections: u32) -> Result<Self, OpenError> {
        let unreachable = |error: &dyn std::fmt::Display| OpenError::Unreachable(error.to_string());
        let pool = |size: u32| {
            Pool::builder()
                .max_size(size)
                .test_on_check_out(false)
                .connection_timeout(std::time::Duration::from_secs(5))
                .connection_customizer(Box::new(Session))
                .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
                .build(ConnectionManager::new(path))
                .map_err(|error| unreachable(&error))
        };
        let (writing, reading) = (pool(1)?, pool(connections.saturating_sub(1).max(1))?);
        let readers = reading.max_size();
        Ok(Self {
            writer: Threads::start("sqlite-writer", 1, move |jobs| serve_writes(&writing, jobs))
                .map_err(|error| unreachable(&error))?,
            readers: Threads::start("sqlite-reader", readers, move |jobs| serve_reads(&reading, jobs))
                .map_err(|error| unreachable(&error))?,
        })
    }

    /// Runs `work` in a transaction.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, RepositoryError> {
        self.writer.run(work).await
    }

    /// Runs `work`, which only reads.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, RepositoryError> {
        self.readers.run(work).await
    }

    /// Runs `work`, which writes with a single statement on the other engine, in a transaction.
    pub async fn write_once<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, RepositoryError> {
        self.writer.run(work).await
    }
}

fn serve_reads(pool: &Connections, jobs: &Receiver<Box<dyn Job<SqliteConnection>>>) {
    for mut job in jobs {
        if !job.begin() {
            continue;
        }
        let outcome = match pool.get() {
            Ok(mut connection) => job.run(&mut connection).map_err(RepositoryError::from),
            Err(_) => Err(RepositoryError::Unavailable),
        };
        job.finish(outcome);
    }
}

/// SQLite has one writer at a time and pays one flush for each commit: jobs that wait together share both.
/// Each runs in a savepoint, so that one that fails takes none of its neighbours with it; all are answered
/// after the commit. When idle a job never waits for company.
fn serve_writes(pool: &Connections, jobs: &Receiver<Box<dyn Job<SqliteConnection>>>) {
    while let Ok(first) = jobs.recv() {
        let waiting = std::iter::once(first).chain(jobs.try_iter().take(SHARED_COMMIT - 1));
        let mut batch: Vec<_> = waiting.filter(|job| job.begin()).collect();
        let Ok(mut connection) = pool.get() else {
            for job in batch {
                job.finish(Err(RepositoryError::Unavailable));
            }
            continue;
        };
        let mut outcomes = Vec::with_capacity(batch.len());
        let committed: Result<(), Failure> = connection.immediate_transaction(|c| {
            outcomes.extend(batch.iter_mut().map(|job| c.transaction(|c| job.run(c))));
            Ok(())
        });
        drop(connection);
        let committed = committed.map_err(RepositoryError::from);
        if committed.is_err() {
            outcomes.clear();
        }
        let mut outcomes = outcomes.into_iter();
        for job in batch {
            let own = outcomes.next().map(|outcome| outcome.map_err(RepositoryError::from));
            job.finish(own.unwrap_or_else(|| committed.clone()));
        }
    }
}

#[async_trait::async_trait]
impl Database for Store {
    async fn migrate(&self) -> Result<Vec<String>, RepositoryError> {
        let work = |c: &mut Conn| {
            let applied = c.run_pending_migrations(MIGRATIONS);
            let applied = applied.map_err(|_| Failure::BadRow("a migration failed"))?;
            Ok(applied.iter().map(std::string::ToString::to_string).collect())
        };
        self.writer.run_for(LONGEST_MIGRATION, work).await
    }

    async fn pending_migrations(&self) -> Result<Vec<String>, RepositoryError> {
        // On the writer, since the list of what was applied is made when it is missing.
        self.write(|c| {
            let pending = c.pending_migrations(MIGRATIONS).map_err(|_| Failure::BadRow("migrations"))?;
            Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
        })
        .await
    }

    async fn ping(&self) -> Result<(), RepositoryError> {
        self.read(|c| Ok(c.ping()?)).await
    }

    async fn purge(&self, now: Timestamp, limit: u16) -> Result<usize, RepositoryError> {
        let gone = self.write(move |c| purge(c, now, i64::from(limit))).await?;
        if gone >= usize::from(limit) {
            return Ok(gone);
        }
        Ok(gone + self.write(move |c| purge_record(c, now, i64::from(limit))).await?)
    }
}

/// The one writer counts exactly without any lock.
pub const UNLOCKED_CEILING: i32 = Limits::WRONG_CHECKS_CEILING as i32;

/// Adds attempts one by one, which costs nothing here; those that are there already only move forward.
pub fn upsert_attempts(c: &mut Conn, rows: &[AttemptRow]) -> Result<(), Failure> {
    for row in rows {
        row.execute(c)?;
    }
    Ok(())
}

/// Runs three inserts, in the transaction that is always there.
pub fn insert_together<A, B, C>(c: &mut Conn, first: A, second: B, third: C) -> Result<(), Failure>
where
    A: ExecuteDsl<Conn>,
    B: ExecuteDsl<Conn>,
    C: ExecuteDsl<Conn>,
{
    ExecuteDsl::execute(first, c)?;
    ExecuteDsl::execute(second, c)?;
    ExecuteDsl::execute(third, c)?;
    Ok(())
}

/// How a value that stands in a statement already is referred to: `?7`.
pub const VALUE: &str = "?";

/// The check alone; SQLite has no writing common table expressions.
pub const SPEND_CHECK: &str = update_sql!();

/// The consequences of a check, in its transaction.
pub fn conclude(c: &mut Conn, row: &VerificationRow, check: &Check) -> Result<(), Failure> {
    if row.status == "verified" {
        keep_client_token(c, row, check)
    } else if row.run_by_provider.is_none() {
        count_miss(c, row, check)
    } else {
        Ok(())
    }
}
