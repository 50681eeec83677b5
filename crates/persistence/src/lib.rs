//! Bonin's repositories over Diesel, for Postgres and SQLite.
//!
//! One repository source is compiled once for each engine (`repo/`, included by [`postgres`] and
//! [`sqlite`]); the few statements that differ live in each engine's `engine` module. Callers see ports only:
//! [`connect`] picks the engine by the address's scheme. Inside, statements are ordinary blocking Diesel
//! functions that run on database threads (`threads`), so nothing above this crate knows that Diesel blocks.
//!
//! Numbers, texts and tokens arrive here sealed or digested; this crate never sees a phone number or a code.
#![expect(clippy::duplicate_mod, reason = "the repository source is compiled once for each engine")]

mod connect;
mod failure;
pub mod postgres;
mod rows;
#[allow(clippy::wildcard_imports, reason = "what table! asks for; clippy itself forgives it in tests")]
mod schema;
mod sql;
pub mod sqlite;
mod threads;

pub use connect::{Database, OpenError, StoreHandle, connect};
