//! Messages that a caller writes: sent to many at once, or reserved for later.

mod cancel;
mod faults;
mod idempotency;
mod judge;
mod list;
mod read;
mod read_group;
mod seen;
mod send;

pub use cancel::{CancelGroup, CancelGroupError};
pub use faults::{Fault, Place, Rule};
pub use idempotency::IdempotentSend;
pub use judge::{AskedKind, MOST_RECIPIENTS, Recipient, SendRequest};
pub use list::{ListMessages, MessagePage};
pub use read::{ReadMessage, ReadMessageError};
pub use read_group::{GroupStatus, ReadGroup, SeenGroup};
pub use seen::{MessageStatus, SeenMessage};
pub use send::{SendMessages, SendMessagesError, SentGroup, SentMessage};
