//! In-memory ports, contract suites and builders; used from tests only.
//!
//! - [`InMemoryStore`], [`FixedClock`], [`SeededEntropy`] and [`ScriptedSender`] stand in for the ports.
//! - [`contracts`] holds one case for each promise in the repository ports' docs. Every implementation runs
//!   all of them with [`contract_tests!`].
//! - [`Scene`] draws the requests that both kinds of tests send: real digests and seals under fixed keys,
//!   with a phone number and a client address that no other scene of the process uses.

mod builders;
mod clock;
pub mod contracts;
mod entropy;
mod sender;
mod store;

pub use builders::{Holder, Scene, StartBuilder, key_ring};
pub use clock::FixedClock;
pub use entropy::SeededEntropy;
pub use sender::{FindStep, ReportStep, ScriptedSender, SendStep};
pub use store::InMemoryStore;
