//! The store over SQLite.

mod due;
mod engine;
mod locks;
#[path = "../repo/mod.rs"]
mod repo;

pub use engine::Store;
