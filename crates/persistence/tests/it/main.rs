//! The contract suites and what they cannot see, over SQLite and over Postgres.
//!
//! Postgres is found through `BONIN_TEST_POSTGRES_URL`, which `make test` sets; without it the Postgres half
//! fails, it is never skipped.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod archive;
mod audit;
mod closed_accounts;
mod contracts;
mod databases;
mod lost_connections;
mod outcomes;
mod purge;
mod purge_accounts;
mod purge_admins;
mod purge_app;
mod purge_groups;
mod raw;
mod refused_sign_ups;
mod rolled_back;
mod schemas;
mod storms;
mod upgrades;
mod upgrades_accounts;
mod upgrades_pages;
