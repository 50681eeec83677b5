//! The client and the ports against a simulated Nexmo on the loopback interface.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod balance;
mod conformance;
mod receipts;
mod report;
mod send;
mod sender;
mod support;
mod verify;
mod verify_provider;
