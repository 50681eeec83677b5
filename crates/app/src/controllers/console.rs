//! `/console` on the admin listener: what administrators see and do.

pub mod analytics;
mod analytics_charts;
pub mod audit;
mod audit_words;
mod charts;
pub mod join;
pub mod keys;
pub mod login;
mod names;
pub mod overview;
pub mod providers;
mod qr;
pub mod session;
pub mod story;
mod template_words;
pub mod templates;
pub mod tenants;
mod timeline;
pub mod verifications;
pub mod words;
