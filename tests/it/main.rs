//! End-to-end tests of the `bonin` binary. `make test` runs them; `bonin_tests` is their harness.

mod accounts;
mod app_login;
mod app_sending;
mod bad_input;
mod classic;
mod console_access;
mod console_figures;
mod console_lookup;
mod crash;
mod faults;
mod graceful;
mod idempotency;
mod identity;
mod imports;
mod journey;
mod leaks;
mod limits;
mod messages;
mod readme;
mod resets;
mod routing;
mod seed_flaws;
mod sessions;
mod sign_up_storm;
mod storm;
mod uniform;
