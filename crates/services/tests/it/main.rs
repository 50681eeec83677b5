//! The use cases over in-memory ports, under a clock that moves when a test moves it.
//!
//! - `codes`: starting, resending, checking, reading, and what a failing store does to each.
//! - `dispatch`: what becomes of messages when providers, stores and processes misbehave.
//! - `messages`: messages that callers write; `access`: API keys; `templates`: the texts of tenants.
//! - `analytics`: figures.
//! - `admin`: administrators and what is recorded of them.
//! - `identity`: identity verification, over a provider that says what a test wrote.
//! - `model`: every schedule of three actors in eight steps.

mod access;
mod accounts;
mod admin;
mod analytics;
mod analytics_remembered;
mod codes;
mod dispatch;
mod identity;
mod messages;
mod messaging;
mod model;
mod spending;
mod support;
mod templates;
