//! Locks: what a transaction holds while it looks and then writes.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::engine::Conn;
use crate::failure::Failure;
use crate::schema::{accounts as a, identity_verifications as i, message_groups as g, verifications as v};
use crate::sql::Uid;

#[diesel::declare_sql_function]
extern "SQL" {
    fn pg_advisory_xact_lock(key: BigInt) -> Integer;
}

/// Takes the locks of everything that is counted and then added to. Without them two transactions would both
/// count before the other's row is there. In one order, so that they cannot wait for each other in a circle.
pub fn lock_subjects(c: &mut Conn, mut keys: Vec<i64>) -> Result<(), Failure> {
    keys.sort_unstable();
    for key in keys {
        diesel::select(pg_advisory_xact_lock(key)).execute(c)?;
    }
    Ok(())
}

/// Runs `work` while no other transaction holds `key`.
pub fn alone<T>(
    c: &mut Conn,
    key: i64,
    work: impl FnOnce(&mut Conn) -> Result<T, Failure>,
) -> Result<T, Failure> {
    c.transaction(|c| {
        lock_subjects(c, vec![key])?;
        work(c)
    })
}

/// Holds the row of a verification until the transaction ends.
pub fn lock_verification(c: &mut Conn, id: Uid) -> Result<(), Failure> {
    v::table.find(id).select(v::id).for_update().execute(c)?;
    Ok(())
}

/// Holds the verification of a proof until the transaction ends: what is read of it afterwards stays so.
pub fn lock_proof(c: &mut Conn, proof: &[u8]) -> Result<(), Failure> {
    v::table.filter(v::proof.eq(proof)).select(v::id).for_update().execute(c)?;
    Ok(())
}

/// Holds the row of an account until the transaction ends.
pub fn lock_account(c: &mut Conn, id: Uid) -> Result<(), Failure> {
    a::table.find(id).select(a::id).for_update().execute(c)?;
    Ok(())
}

/// Holds the row of an identity verification until the transaction ends.
pub fn lock_identity(c: &mut Conn, id: Uid) -> Result<(), Failure> {
    i::table.find(id).select(i::id).for_update().execute(c)?;
    Ok(())
}

/// Holds the identity verification of a proof until the transaction ends.
pub fn lock_identity_proof(c: &mut Conn, proof: &[u8]) -> Result<(), Failure> {
    i::table.filter(i::proof.eq(proof)).select(i::id).for_update().execute(c)?;
    Ok(())
}

/// Holds the row of a group until the transaction ends.
pub fn lock_group(c: &mut Conn, id: Uid) -> Result<(), Failure> {
    g::table.find(id).select(g::id).for_update().execute(c)?;
    Ok(())
}
