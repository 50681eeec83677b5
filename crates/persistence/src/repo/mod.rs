//! The port implementations, in one source for both engines. A file here names nothing outside the engine
//! beside it, `schema`, `sql`, `rows` and `failure`.

mod accounts;
mod api_keys;
mod attempts;
pub mod budgets;
mod checks;
mod consents;
mod conversions;
mod groups;
mod history;
mod idempotency;
mod identities;
mod identity_results;
pub mod inserts;
mod key_checks;
mod login_attempts;
mod notices;
mod otp;
mod outbox;
mod passwords;
mod polls;
mod proofs;
mod purge;
mod purge_accounts;
mod receipts;
mod resets;
mod sessions;
mod settlements;
mod sign_up;
mod starts;
mod templates;
mod text;
mod verifications;
mod windows;

pub(crate) use checks::update_sql;
pub use purge::purge;
