//! The client and the sender against a simulated gateway on the loopback interface.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod bulk;
mod conformance;
mod find;
mod list;
mod mms;
mod report;
mod reservations;
mod send;
mod sender;
mod support;
mod unsubscribes;
