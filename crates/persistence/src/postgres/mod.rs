//! The store over Postgres.

mod engine;
#[path = "../repo/mod.rs"]
mod repo;

pub use engine::Store;
