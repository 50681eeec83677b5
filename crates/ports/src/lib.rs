//! The traits through which Bonin's use cases reach the world, and their errors.
//!
//! Each method is one whole operation, so no transaction crosses a port; domain types go in and come out.
//! `bonin-testkit` holds an in-memory implementation of each and the contract suites that every
//! implementation passes.

mod clock;
mod delivery_reports;
mod entropy;
mod key_check_repository;
mod message_sender;
mod outbox;
mod repository_error;
mod verification_repository;

pub use clock::Clock;
pub use delivery_reports::{DeliveryReport, DeliveryReports, ReportError, SentMessage};
pub use entropy::Entropy;
pub use key_check_repository::{KeyCheckRepository, KeyCheckVerdict};
pub use message_sender::{Accepted, BoxError, Message, MessageSender, SendError};
pub use outbox::{DispatchOutcome, LeasedMessage, MessageHistory, Next, Outbox, PolledAttempt, Report};
pub use repository_error::RepositoryError;
pub use verification_repository::{
    Cancelled, Check, ClientOrigin, Idempotency, NewCode, OutboxEntry, Resend, Resent, Spent, SpentProof,
    Start, Started, VerificationRepository,
};
