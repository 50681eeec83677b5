//! Requests as use cases make them.

mod group;
mod key;
mod scene;
mod start;

pub use scene::{Holder, Scene, key_ring};
pub use start::StartBuilder;
