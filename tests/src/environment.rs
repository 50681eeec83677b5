//! The one place where the harness reads the environment.

use std::ffi::OsString;

/// The variable `name`, where it is set and not empty.
pub(crate) fn read(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The variable `name`, which `make test` sets.
///
/// # Panics
/// When it is missing: half of the tests would otherwise pass by not running.
pub(crate) fn provided(name: &str) -> String {
    let value = read(name).unwrap_or_else(|| panic!("{name} is not set: run `make test`, which provides it"));
    value.into_string().unwrap_or_else(|_| panic!("{name} is not text"))
}
