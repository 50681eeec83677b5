//! The sandbox as its users see it: over its routes.
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod faults;
mod handset;
mod page;
mod sens;
mod sens_list;
mod support;
mod wire;
