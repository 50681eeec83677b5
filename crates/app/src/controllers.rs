//! Parse, call, answer.

pub mod health;
pub mod hooks;
pub mod message_views;
pub mod messages;
pub mod openapi;
pub mod templates;
pub mod verifications;
pub mod views;
