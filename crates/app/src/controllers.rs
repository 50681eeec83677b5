//! Parse, call, answer.

pub mod health;
pub mod openapi;
pub mod verifications;
pub mod views;
