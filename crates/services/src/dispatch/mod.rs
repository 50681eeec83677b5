//! Sending what the outbox holds, by whichever provider routing chooses, and learning what became of it.

mod bulk;
mod dispatcher;
mod poll;
mod providers;
mod receipts;
mod recorder;
mod router;
mod runs;
mod sending;
mod turn;
pub(crate) mod waiting;

pub use dispatcher::{Dispatcher, DispatcherParts, Slot};
pub use poll::PollReports;
pub use providers::{Carrier, Provider, Providers};
pub use receipts::{ReceiveError, ReceiveReceipts};
pub use router::{Router, RouterParts};
pub use runs::{Asking, ProviderRuns};
pub use waiting::{CodeErrand, Errand, Waiting};
