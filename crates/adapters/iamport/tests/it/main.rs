//! Both clients against an HTTP server.
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod conformance;
mod deadline;
mod iamport;
mod leaks;
mod portone;
mod server;
mod support;
mod tokens;
