//! Requests as use cases make them.

mod scene;
mod start;

pub use scene::{Holder, Scene, key_ring};
pub use start::StartBuilder;
