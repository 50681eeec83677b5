//! In-memory ports, contract suites and builders; used from tests only.
//!
//! - [`InMemoryStore`], [`FixedClock`], [`SeededEntropy`], [`ScriptedSender`] and [`ScriptedVerifyProvider`] stand
//!   in for the ports.
//! - [`contracts`] holds one case for each promise in the repository ports' docs. Every implementation runs
//!   all of them with [`contract_tests!`].
//! - [`conformance`] holds one case for each promise of the message-sending ports. Every adapter runs them with
//!   [`message_sender_conformance!`] and [`bulk_sender_conformance!`].
//! - [`Scene`] draws the requests that both kinds of tests send: real digests and seals under fixed keys,
//!   with a phone number and a client address that no other scene of the process uses.

mod builders;
mod clock;
pub mod conformance;
pub mod contracts;
mod entropy;
mod sender;
mod store;
mod verify_provider;

pub use builders::{
    AccountBuilder, AdminLoggedIn, Holder, IdentityBuilder, IdentityHolder, LoggedIn, Scene, StartBuilder,
    key_ring,
};
pub use clock::FixedClock;
pub use entropy::SeededEntropy;
pub use sender::{FindStep, ReportStep, ScriptedSender, SendStep};
pub use store::InMemoryStore;
pub use verify_provider::{CancelStep, CheckStep, RequestStep, ScriptedVerifyProvider};
