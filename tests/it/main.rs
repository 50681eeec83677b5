//! End-to-end tests of the `bonin` binary. `make test` runs them; `bonin_tests` is their harness.

mod bad_input;
mod crash;
mod faults;
mod graceful;
mod idempotency;
mod imports;
mod journey;
mod leaks;
mod limits;
mod messages;
mod readme;
mod routing;
mod storm;
