//! Locks: the one writer excludes every other transaction already, so that none does anything.
#![expect(clippy::unnecessary_wraps, reason = "Postgres' twins do the work")]

use super::engine::Conn;
use crate::failure::Failure;
use crate::sql::Uid;

/// The one writer excludes every other transaction already.
pub fn lock_subjects(_: &mut Conn, _: Vec<i64>) -> Result<(), Failure> {
    Ok(())
}

/// Runs `work`; the one writer is alone already.
pub fn alone<T>(
    c: &mut Conn,
    _: i64,
    work: impl FnOnce(&mut Conn) -> Result<T, Failure>,
) -> Result<T, Failure> {
    work(c)
}

/// The one writer excludes every other transaction already.
pub fn lock_verification(_: &mut Conn, _: Uid) -> Result<(), Failure> {
    Ok(())
}

/// The one writer excludes every other transaction already.
pub fn lock_proof(_: &mut Conn, _: &[u8]) -> Result<(), Failure> {
    Ok(())
}

/// The one writer excludes every other transaction already.
pub fn lock_account(_: &mut Conn, _: Uid) -> Result<(), Failure> {
    Ok(())
}

/// The one writer excludes every other transaction already.
pub fn lock_identity(_: &mut Conn, _: Uid) -> Result<(), Failure> {
    Ok(())
}

/// The one writer excludes every other transaction already.
pub fn lock_identity_proof(_: &mut Conn, _: &[u8]) -> Result<(), Failure> {
    Ok(())
}

/// The one writer excludes every other transaction already.
pub fn lock_group(_: &mut Conn, _: Uid) -> Result<(), Failure> {
    Ok(())
}
