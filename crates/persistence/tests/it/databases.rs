//! New databases for tests.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{ProofDigest, Purpose, TokenDigest, Verification, VerificationId};
use bonin_domain::keys::KeyCheck;
use bonin_domain::messages::LeaseId;
use bonin_persistence::{Database, StoreHandle, connect};
use bonin_ports::{
    Cancelled, Check, DispatchOutcome, KeyCheckRepository, KeyCheckVerdict, LeasedMessage, MessageHistory,
    Outbox, PolledAttempt, Report, RepositoryError, Resend, Resent, Spent, SpentProof, Start, Started,
    VerificationRepository,
};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use jiff::Timestamp;

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

/// An open, migrated database behind its ports, as one value for the contract suites.
pub struct Opened(pub StoreHandle);

/// Opens and migrates.
pub async fn open(url: &str) -> Arc<Opened> {
    let handle = connect(url, 8).expect("the database opens");
    handle.database.migrate().await.expect("the migrations apply");
    Arc::new(Opened(handle))
}

/// A new SQLite database.
pub async fn new_sqlite() -> Arc<Opened> {
    open(&format!("sqlite://{}", sqlite_path())).await
}

/// A new Postgres database.
pub async fn new_postgres() -> Arc<Opened> {
    open(&postgres_url()).await
}

impl Opened {
    /// The database as a whole.
    pub fn database(&self) -> &dyn Database {
        &*self.0.database
    }
}

#[async_trait]
impl VerificationRepository for Opened {
    async fn start(&self, start: Start) -> Result<Started, RepositoryError> {
        self.0.verifications.start(start).await
    }
    async fn resend(&self, resend: Resend) -> Result<Resent, RepositoryError> {
        self.0.verifications.resend(resend).await
    }
    async fn spend_check(&self, check: Check) -> Result<Spent, RepositoryError> {
        self.0.verifications.spend_check(check).await
    }
    async fn cancel(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        token: TokenDigest,
        now: Timestamp,
    ) -> Result<Cancelled, RepositoryError> {
        self.0.verifications.cancel(tenant, id, token, now).await
    }
    async fn find(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        token: TokenDigest,
        now: Timestamp,
    ) -> Result<Option<Verification>, RepositoryError> {
        self.0.verifications.find(tenant, id, token, now).await
    }
    async fn spend_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: ProofDigest,
        now: Timestamp,
    ) -> Result<Option<SpentProof>, RepositoryError> {
        self.0.verifications.spend_proof(tenant, purpose, proof, now).await
    }
}

#[async_trait]
impl Outbox for Opened {
    async fn lease(
        &self,
        lease: LeaseId,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<LeasedMessage>, RepositoryError> {
        self.0.outbox.lease(lease, now, until, limit).await
    }
    async fn record(&self, outcomes: Vec<DispatchOutcome>) -> Result<(), RepositoryError> {
        self.0.outbox.record(outcomes).await
    }
    async fn lease_polls(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<PolledAttempt>, RepositoryError> {
        self.0.outbox.lease_polls(now, until, limit).await
    }
    async fn record_reports(&self, reports: Vec<Report>, now: Timestamp) -> Result<(), RepositoryError> {
        self.0.outbox.record_reports(reports, now).await
    }
    async fn messages(
        &self,
        tenant: &TenantId,
        verification: VerificationId,
    ) -> Result<Vec<MessageHistory>, RepositoryError> {
        self.0.outbox.messages(tenant, verification).await
    }
}

#[async_trait]
impl KeyCheckRepository for Opened {
    async fn compare(&self, checks: &[KeyCheck]) -> Result<KeyCheckVerdict, RepositoryError> {
        self.0.key_checks.compare(checks).await
    }
    async fn agree(&self, checks: &[KeyCheck]) -> Result<KeyCheckVerdict, RepositoryError> {
        self.0.key_checks.agree(checks).await
    }
}
