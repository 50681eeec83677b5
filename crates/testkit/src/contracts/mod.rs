//! Contract suites: one case for each promise in the docs of the repository ports.
//!
//! An implementation runs all of them in its own tests; [`contract_tests!`](crate::contract_tests) makes one
//! test of each case, so that its name shows in the output:
//!
//! ```
//! use std::sync::Arc;
//! # use bonin_testkit::InMemoryStore;
//! bonin_testkit::contract_tests!(Arc::new(InMemoryStore::default()));
//! ```
//!
//! Most cases may run in parallel on one database that was new when the process began: they make numbers,
//! addresses, tenants and ids of their own. Those that lease take turns, each at an earlier time than
//! the one before, so that none leases what another left. The cases of key checks, of conversions, of
//! erasures, of the record and of figures need a new database each, as they speak of the whole of it.
#![expect(
    clippy::missing_panics_doc,
    reason = "a case panics where its promise is broken; that is what it is for"
)]

use std::sync::Arc;

use bonin_ports::{
    AccountImport, AccountRepository, AdminRepository, AdminSessionRepository, AnalyticsRepository,
    ApiKeyRepository, AppSessionRepository, AuditLog, ConnectionRepository, ConsentRepository, ConversionLog,
    IdentityRepository, IdentityResultRepository, KeyCheckRepository, LoginAttemptRepository,
    MessageGroupRepository, OAuthLoginRepository, OtpRepository, Outbox, PasswordRepository, ProofRepository,
    ReceiptRepository, SessionRepository, SpendingLog, StoryRepository, TemplateRepository,
    VerificationRepository, WebSendRepository,
};

mod account_cases;
mod account_changes;
mod account_look_ups;
mod account_storms;
mod admin_sessions;
mod admins;
mod analytics;
mod api_keys;
mod app_sessions;
mod attempt_figures;
mod audit;
mod bad_keys;
mod budgets;
mod cancels;
mod cases;
mod checks;
mod connections;
mod consents;
mod contested;
mod conversions;
mod group_sending;
mod groups;
mod idempotency;
mod identities;
mod identity_limits;
mod identity_results;
mod joins;
mod key_checks;
mod leases;
mod login_attempts;
mod members;
mod notice_caps;
mod notices;
mod oauth_logins;
mod otp;
mod outcomes;
mod password_changes;
mod polls;
mod proof_refusals;
mod proofs;
mod receipts;
mod reports;
mod resends;
mod resets;
mod sessions;
mod settlements;
mod sign_up_races;
mod sign_ups;
mod spending;
mod starts;
mod step_ups;
mod stories;
mod strangers;
mod support;
mod templates;
mod undecided;
mod web_send_limits;
mod web_send_news;
mod web_sends;
mod windows;

/// Every repository of one database.
pub trait Store:
    VerificationRepository
    + Outbox
    + KeyCheckRepository
    + MessageGroupRepository
    + ApiKeyRepository
    + ReceiptRepository
    + TemplateRepository
    + ConversionLog
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
    + SpendingLog
{
}

impl<T> Store for T where
    T: VerificationRepository
        + Outbox
        + KeyCheckRepository
        + MessageGroupRepository
        + ApiKeyRepository
        + ReceiptRepository
        + TemplateRepository
        + ConversionLog
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
        + SpendingLog
        + ?Sized
{
}

/// The cases one by one, as [`contract_tests!`](crate::contract_tests) names them.
pub mod case {
    pub use super::account_changes::*;
    pub use super::account_look_ups::*;
    pub use super::account_storms::*;
    pub use super::admin_sessions::*;
    pub use super::admins::*;
    pub use super::analytics::*;
    pub use super::api_keys::*;
    pub use super::app_sessions::*;
    pub use super::attempt_figures::*;
    pub use super::audit::*;
    pub use super::bad_keys::*;
    pub use super::budgets::*;
    pub use super::cancels::*;
    pub use super::checks::*;
    pub use super::connections::*;
    pub use super::consents::*;
    pub use super::contested::*;
    pub use super::conversions::*;
    pub use super::group_sending::*;
    pub use super::groups::*;
    pub use super::idempotency::*;
    pub use super::identities::*;
    pub use super::identity_limits::*;
    pub use super::identity_results::*;
    pub use super::joins::*;
    pub use super::key_checks::*;
    pub use super::leases::*;
    pub use super::login_attempts::*;
    pub use super::notice_caps::*;
    pub use super::notices::*;
    pub use super::oauth_logins::*;
    pub use super::otp::*;
    pub use super::outcomes::*;
    pub use super::password_changes::*;
    pub use super::polls::*;
    pub use super::proof_refusals::*;
    pub use super::proofs::*;
    pub use super::receipts::*;
    pub use super::reports::*;
    pub use super::resends::*;
    pub use super::resets::*;
    pub use super::sessions::*;
    pub use super::settlements::*;
    pub use super::sign_up_races::*;
    pub use super::sign_ups::*;
    pub use super::spending::*;
    pub use super::starts::*;
    pub use super::step_ups::*;
    pub use super::stories::*;
    pub use super::strangers::*;
    pub use super::templates::*;
    pub use super::undecided::*;
    pub use super::web_send_limits::*;
    pub use super::web_send_news::*;
    pub use super::web_sends::*;
    pub use super::windows::*;
}

/// Runs every case of [`VerificationRepository`], one after the other; `make` gives a store for each.
pub async fn verification_repository(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__verification_cases!(__run_cases(make().await));
}

/// Runs every case of [`Outbox`], one after the other; `make` gives a store for each.
pub async fn outbox(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__outbox_cases!(__run_cases(make().await));
}

/// Runs every case of [`KeyCheckRepository`], one after the other; `make` gives a new database for each.
pub async fn key_checks(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__key_check_cases!(__run_cases(make().await));
}

/// Runs every case of [`MessageGroupRepository`], one after the other; `make` gives a store for each.
pub async fn message_groups(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__group_cases!(__run_cases(make().await));
}

/// Runs every case of [`ApiKeyRepository`], one after the other; `make` gives a store for each.
pub async fn api_keys(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__api_key_cases!(__run_cases(make().await));
}

/// Runs every case of [`ReceiptRepository`], one after the other; `make` gives a store for each.
pub async fn receipts(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__receipt_cases!(__run_cases(make().await));
}

/// Runs every case of [`TemplateRepository`], one after the other; `make` gives a store for each.
pub async fn templates(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__template_cases!(__run_cases(make().await));
}

/// Runs every case of [`ConversionLog`], one after the other; `make` gives a new database for each.
pub async fn conversions(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__conversion_cases!(__run_cases(make().await));
}

/// Runs every case of [`AccountRepository`], [`ProofRepository`], [`ConsentRepository`] and [`AccountImport`], one after
/// the other; `make` gives a store for each.
pub async fn accounts(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__account_cases!(__run_cases(make().await));
}

/// Runs every case of [`PasswordRepository`] and of notices, one after the other; `make` gives a store for each.
pub async fn passwords(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__password_cases!(__run_cases(make().await));
}

/// Runs every case of [`LoginAttemptRepository`], one after the other; `make` gives a store for each.
pub async fn login_attempts(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__login_attempt_cases!(__run_cases(make().await));
}

/// Runs every case of [`SessionRepository`], one after the other; `make` gives a store for each.
pub async fn sessions(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__session_cases!(__run_cases(make().await));
}

/// Runs every case of [`IdentityRepository`], [`IdentityResultRepository`] and [`OtpRepository`] that shares its
/// database, one after the other; `make` gives a store for each.
pub async fn identities(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__identity_cases!(__run_cases(make().await));
}

/// Runs every case of [`OAuthLoginRepository`], [`ConnectionRepository`] and [`AppSessionRepository`], one after the other;
/// `make` gives a store for each.
pub async fn connections(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__connection_cases!(__run_cases(make().await));
}

/// Runs every case of [`WebSendRepository`], one after the other; `make` gives a store for each.
pub async fn web_sends(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__web_send_cases!(__run_cases(make().await));
}

/// Runs every case of [`AdminRepository`], [`AdminSessionRepository`] and [`StoryRepository`], one after the other; `make`
/// gives a store for each.
pub async fn admins(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__admin_cases!(__run_cases(make().await));
}

/// Runs every case of [`AuditLog`], one after the other; `make` gives a new database for each.
pub async fn audit(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__audit_cases!(__run_cases(make().await));
}

/// Runs every case of [`AnalyticsRepository`], one after the other; `make` gives a new database for each.
pub async fn analytics(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__analytics_cases!(__run_cases(make().await));
}

/// Runs every case of erasures of [`IdentityResultRepository`], one after the other; `make` gives a new database for
/// each.
pub async fn erasures(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__erasure_cases!(__run_cases(make().await));
}
