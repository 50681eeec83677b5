//! The client and the sender against a simulated Cafe24 on the loopback interface.
#![expect(clippy::unwrap_used, reason = "what cannot be set up fails its test")]

mod bulk;
mod calls;
mod conformance;
mod find;
mod report;
mod send;
mod sender;
mod support;
