//! Sending what the outbox holds, and learning what became of it.

mod dispatcher;
pub(crate) mod payload;
mod poll;
mod recorder;

pub use dispatcher::{Dispatcher, DispatcherParts, Provider, Slot};
pub use poll::PollReports;
