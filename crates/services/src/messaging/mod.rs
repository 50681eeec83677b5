//! The messaging web app: people act with their own account at the provider of messages.

mod tokens;

pub use tokens::{AccessTokens, CallError};
