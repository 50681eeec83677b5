//! What the tests share: a world of ports, the processes in it, and ports that fail.

mod bulk;
mod doomed;
mod provider;
mod store;
mod world;

pub use bulk::{Bulk, BulkStep};
pub use doomed::killed_after;
pub use provider::Provider;
pub use store::{Call, Store};
pub use world::{Begun, Process, World, code_in, named};
