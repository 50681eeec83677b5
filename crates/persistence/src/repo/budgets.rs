//! What a check leaves behind besides its verification: a miss of the number, or a client token.

use bonin_domain::codes::budget_day;
use bonin_ports::Check;
use diesel::prelude::*;

use super::super::engine::Conn;
use crate::failure::Failure;
use crate::rows::VerificationRow;
use crate::schema::{client_tokens as t, wrong_checks as w};
use crate::sql::Instant;

/// Counts a wrong check of the number.
pub fn count_miss(c: &mut Conn, row: &VerificationRow, check: &Check) -> Result<(), Failure> {
    diesel::insert_into(w::table)
        .values((
            w::tenant.eq(&row.tenant),
            w::phone_index.eq(&row.phone_index),
            w::known_client.eq(row.known_client),
            w::day.eq(budget_day(check.now)),
            w::hits.eq(1),
        ))
        .on_conflict((w::tenant, w::phone_index, w::known_client, w::day))
        .do_update()
        .set(w::hits.eq(w::hits + 1))
        .execute(c)?;
    Ok(())
}

/// Keeps the client token of a success.
pub fn keep_client_token(c: &mut Conn, row: &VerificationRow, check: &Check) -> Result<(), Failure> {
    diesel::insert_into(t::table)
        .values((
            t::digest.eq(check.client_token.0.as_bytes().as_slice()),
            t::tenant.eq(&row.tenant),
            t::phone_index.eq(&row.phone_index),
            t::expires_at.eq(Instant(check.client_token.1)),
        ))
        .execute(c)?;
    Ok(())
}
