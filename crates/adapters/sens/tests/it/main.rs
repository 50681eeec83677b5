//! The client and the sender against a simulated gateway on the loopback interface.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod find;
mod list;
mod report;
mod send;
mod sender;
mod support;
