//! The port implementations, in one source for both engines. A file here names nothing outside the engine
//! beside it, `schema`, `sql`, `rows` and `failure`.

mod checks;
mod history;
mod idempotency;
mod inserts;
mod key_checks;
mod outbox;
mod purge;
mod starts;
mod verifications;

pub(crate) use checks::update_sql;
pub use purge::purge;
