//! The store over SQLite.

mod engine;
#[path = "../repo/mod.rs"]
mod repo;

pub use engine::Store;
