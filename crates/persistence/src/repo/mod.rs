//! The port implementations, in one source for both engines. A file here names nothing outside the engine
//! beside it, `schema`, `sql`, `rows` and `failure`.

mod api_keys;
mod attempts;
pub mod budgets;
mod checks;
mod conversions;
mod groups;
mod history;
mod idempotency;
pub mod inserts;
mod key_checks;
mod outbox;
mod polls;
mod purge;
mod receipts;
mod settlements;
mod starts;
mod templates;
mod text;
mod verifications;

pub(crate) use checks::update_sql;
pub use purge::purge;
