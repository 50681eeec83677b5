//! Contract suites: one case for each promise in the docs of the repository ports.
//!
//! An implementation runs all of them in its own tests; [`contract_tests!`](crate::contract_tests) makes one
//! test of each case, so that its name shows in the output:
//!
//! ```
//! use std::sync::Arc;
//! # use bonin_testkit::InMemoryStore;
//! bonin_testkit::contract_tests!(Arc::new(InMemoryStore::default()));
//! ```
//!
//! The cases of starts, checks and the outbox may run in parallel on one database that was new when the
//! process began: they make numbers, addresses and ids of their own. Those of the outbox take turns, each at
//! an earlier time than the one before, so that none leases what another left. The cases of key checks
//! need a new database each, as the keys belong to the whole of it.
#![expect(
    clippy::missing_panics_doc,
    reason = "a case panics where its promise is broken; that is what it is for"
)]

use std::sync::Arc;

use bonin_ports::{KeyCheckRepository, Outbox, VerificationRepository};

mod budgets;
mod cancels;
mod cases;
mod checks;
mod idempotency;
mod key_checks;
mod leases;
mod outcomes;
mod polls;
mod proofs;
mod reports;
mod resends;
mod starts;
mod strangers;
mod support;
mod windows;

/// Every repository of one database.
pub trait Store: VerificationRepository + Outbox + KeyCheckRepository {}

impl<T: VerificationRepository + Outbox + KeyCheckRepository + ?Sized> Store for T {}

/// The cases one by one, as [`contract_tests!`](crate::contract_tests) names them.
pub mod case {
    pub use super::budgets::*;
    pub use super::cancels::*;
    pub use super::checks::*;
    pub use super::idempotency::*;
    pub use super::key_checks::*;
    pub use super::leases::*;
    pub use super::outcomes::*;
    pub use super::polls::*;
    pub use super::proofs::*;
    pub use super::reports::*;
    pub use super::resends::*;
    pub use super::starts::*;
    pub use super::strangers::*;
    pub use super::windows::*;
}

/// Runs every case of [`VerificationRepository`], one after the other; `make` gives a store for each.
pub async fn verification_repository(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__verification_cases!(__run_cases(make().await));
}

/// Runs every case of [`Outbox`], one after the other; `make` gives a store for each.
pub async fn outbox(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__outbox_cases!(__run_cases(make().await));
}

/// Runs every case of [`KeyCheckRepository`], one after the other; `make` gives a new database for each.
pub async fn key_checks(make: impl AsyncFn() -> Arc<dyn Store>) {
    crate::__key_check_cases!(__run_cases(make().await));
}
