//! The store over Postgres.

mod due;
mod engine;
mod figures;
mod inserts;
mod locks;
#[path = "../repo/mod.rs"]
mod repo;

pub use engine::Store;
