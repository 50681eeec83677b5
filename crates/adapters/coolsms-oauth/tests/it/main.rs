//! The client and the ports over it, against an HTTP server.
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod app;
mod bulk;
mod calls;
mod conformance;
mod oauth;
mod receipts;
mod releases;
mod reports;
mod send;
mod support;
