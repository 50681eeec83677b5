//! Sending what the outbox holds, and learning what became of it.

mod dispatcher;
pub(crate) mod payload;
mod poll;
mod recorder;
mod test_numbers;

pub use dispatcher::{Dispatcher, DispatcherParts, Provider, Slot};
pub use poll::PollReports;
pub use test_numbers::TestNumbersAside;
