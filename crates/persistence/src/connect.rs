//! Opening a database by its address.

use std::sync::Arc;

use bonin_ports::{
    AccountImport, AccountRepository, AdminRepository, AdminSessionRepository, AnalyticsRepository,
    ApiKeyRepository, AppSessionRepository, AuditLog, ConnectionRepository, ConsentRepository, ConversionLog,
    IdentityRepository, IdentityResultRepository, KeyCheckRepository, LoginAttemptRepository,
    MessageGroupRepository, OAuthLoginRepository, OtpRepository, Outbox, PasswordRepository, ProofRepository,
    ReceiptRepository, RepositoryError, SessionRepository, SpendingLog, StoryRepository, TemplateRepository,
    VerificationRepository, WebSendRepository,
};

use crate::{postgres, sqlite};

/// The repositories of one open database.
pub struct StoreHandle {
    /// Verifications.
    pub verifications: Arc<dyn VerificationRepository>,
    /// The outbox.
    pub outbox: Arc<dyn Outbox>,
    /// Groups of messages.
    pub message_groups: Arc<dyn MessageGroupRepository>,
    /// What providers push.
    pub receipts: Arc<dyn ReceiptRepository>,
    /// The texts of verification messages.
    pub templates: Arc<dyn TemplateRepository>,
    /// What routing learns from.
    pub conversions: Arc<dyn ConversionLog>,
    /// What messages cost by the day.
    pub spending: Arc<dyn SpendingLog>,
    /// API keys.
    pub api_keys: Arc<dyn ApiKeyRepository>,
    /// Key checks.
    pub key_checks: Arc<dyn KeyCheckRepository>,
    /// Accounts.
    pub accounts: Arc<dyn AccountRepository>,
    /// What proofs are charged for.
    pub proofs: Arc<dyn ProofRepository>,
    /// What people agreed to.
    pub consents: Arc<dyn ConsentRepository>,
    /// Accounts that come from another system.
    pub account_import: Arc<dyn AccountImport>,
    /// New passwords and resets.
    pub passwords: Arc<dyn PasswordRepository>,
    /// Log ins that fail.
    pub login_attempts: Arc<dyn LoginAttemptRepository>,
    /// Who is logged in.
    pub sessions: Arc<dyn SessionRepository>,
    /// Identity verifications.
    pub identities: Arc<dyn IdentityRepository>,
    /// What is known of providers' results.
    pub identity_results: Arc<dyn IdentityResultRepository>,
    /// One-time passwords.
    pub otp: Arc<dyn OtpRepository>,
    /// Log ins at the provider of messages that are under way.
    pub oauth_logins: Arc<dyn OAuthLoginRepository>,
    /// People's accounts at the provider of messages.
    pub connections: Arc<dyn ConnectionRepository>,
    /// Who is logged in to the messaging app.
    pub app_sessions: Arc<dyn AppSessionRepository>,
    /// What people send with the messaging app.
    pub web_sends: Arc<dyn WebSendRepository>,
    /// Who may use the console.
    pub admins: Arc<dyn AdminRepository>,
    /// Who is logged in to the console.
    pub admin_sessions: Arc<dyn AdminSessionRepository>,
    /// The record of what administrators did.
    pub audit: Arc<dyn AuditLog>,
    /// Figures.
    pub analytics: Arc<dyn AnalyticsRepository>,
    /// What is known of verifications.
    pub stories: Arc<dyn StoryRepository>,
    /// Migrations, health and upkeep.
    pub database: Arc<dyn Database>,
}

impl StoreHandle {
    fn over<S>(store: Arc<S>) -> Self
    where
        S: VerificationRepository
            + Outbox
            + MessageGroupRepository
            + ReceiptRepository
            + TemplateRepository
            + ConversionLog
            + SpendingLog
            + ApiKeyRepository
            + KeyCheckRepository
            + AccountRepository
            + ProofRepository
            + ConsentRepository
            + AccountImport
            + PasswordRepository
            + LoginAttemptRepository
            + SessionRepository
            + IdentityRepository
            + IdentityResultRepository
            + OtpRepository
            + OAuthLoginRepository
            + ConnectionRepository
            + AppSessionRepository
            + WebSendRepository
            + AdminRepository
            + AdminSessionRepository
            + AuditLog
            + AnalyticsRepository
            + StoryRepository
            + Database
            + 'static,
    {
        Self {
            verifications: store.clone(),
            outbox: store.clone(),
            message_groups: store.clone(),
            receipts: store.clone(),
            templates: store.clone(),
            conversions: store.clone(),
            spending: store.clone(),
            api_keys: store.clone(),
            key_checks: store.clone(),
            accounts: store.clone(),
            proofs: store.clone(),
            consents: store.clone(),
            account_import: store.clone(),
            passwords: store.clone(),
            login_attempts: store.clone(),
            sessions: store.clone(),
            identities: store.clone(),
            identity_results: store.clone(),
            otp: store.clone(),
            oauth_logins: store.clone(),
            connections: store.clone(),
            app_sessions: store.clone(),
            web_sends: store.clone(),
            admins: store.clone(),
            admin_sessions: store.clone(),
            audit: store.clone(),
            analytics: store.clone(),
            stories: store.clone(),
            database: store,
        }
    }
}

/// What concerns the database as a whole.
#[async_trait::async_trait]
pub trait Database: Send + Sync {
    /// Applies the migrations that are missing and names them. Safe beside other processes that do the same.
    async fn migrate(&self) -> Result<Vec<String>, RepositoryError>;

    /// Names the migrations that are missing.
    async fn pending_migrations(&self) -> Result<Vec<String>, RepositoryError>;

    /// One trivial query: whether the database answers.
    async fn ping(&self) -> Result<(), RepositoryError>;

    /// Removes what has outlived its use, at most `limit` rows of each kind, and says how many rows went. The record goes
    /// by itself when nothing else is left to go: where the database refuses that, the rest is gone all the same.
    async fn purge(&self, now: jiff::Timestamp, limit: u16) -> Result<usize, RepositoryError>;
}

/// Why a database could not be opened. No variant holds the address, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address has another scheme.
    #[error("the database address begins with sqlite:// or postgres://")]
    Scheme,
    /// The database cannot be reached or opened.
    #[error("the database cannot be opened: {0}")]
    Unreachable(String),
}

/// Opens the database at `url`: `sqlite://PATH` or `postgres://…`. `connections` bounds the pool.
///
/// # Errors
/// [`OpenError`] when the address has another scheme or nothing answers there.
pub fn connect(url: &str, connections: u32) -> Result<StoreHandle, OpenError> {
    if let Some(path) = url.strip_prefix("sqlite://") {
        Ok(StoreHandle::over(Arc::new(sqlite::Store::open(path, connections)?)))
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok(StoreHandle::over(Arc::new(postgres::Store::open(url, connections)?)))
    } else {
        Err(OpenError::Scheme)
    }
}
