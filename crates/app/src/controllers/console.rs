//! `/console` on the admin listener: what administrators see and do.

pub mod analytics;
mod analytics_charts;
pub mod analytics_form;
pub mod audit;
mod audit_words;
mod ceilings;
mod charts;
mod costs;
mod failure_words;
mod figures;
pub mod join;
pub mod keys;
pub mod login;
mod names;
pub mod overview;
mod provider_words;
pub mod providers;
mod qr;
mod resume;
pub mod session;
pub mod story;
mod template_words;
pub mod templates;
pub mod tenants;
mod timeline;
pub mod verifications;
pub mod words;
