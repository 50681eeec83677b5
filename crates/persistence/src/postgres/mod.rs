//! The store over Postgres.

mod engine;
mod inserts;
#[path = "../repo/mod.rs"]
mod repo;

pub use engine::Store;
