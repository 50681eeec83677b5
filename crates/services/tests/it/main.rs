//! The use cases over in-memory ports, under a clock that moves when a test moves it.
//!
//! - `codes`: starting, resending, checking, reading, and what a failing store does to each.
//! - `dispatch`: what becomes of messages when providers, stores and processes misbehave.
//! - `model`: every schedule of three actors in eight steps.

mod codes;
mod dispatch;
mod model;
mod support;
