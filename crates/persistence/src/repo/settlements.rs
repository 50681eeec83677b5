//! What a provider says of checks that it had to decide.

use bonin_ports::{Check, Holder, Settlement, Spent};
use diesel::prelude::*;

use super::super::engine::{self, Conn};
use super::budgets::{count_miss, keep_client_token};
use super::verifications::find;
use crate::failure::Failure;
use crate::rows::VerificationRow;
use crate::schema::{attempts as a, messages as m, verifications as v};
use crate::sql::{Instant, Uid};

pub fn settle_check(c: &mut Conn, check: &Check, settlement: &Settlement) -> Result<Spent, Failure> {
    let id = Uid(check.id.as_uuid());
    engine::lock_verification(c, id)?;
    let Some(row) = find(c, &check.tenant, check.id, Holder::Token(check.token))? else {
        return Ok(Spent::NotFound);
    };
    let charged = row.checks > 0;
    let settlement = match settlement {
        // What the provider did not compare, was compared with ours.
        Settlement::NotCompared if row.status == "pending" && has_own_codes(c, id)? => &Settlement::Missed,
        settlement => settlement,
    };
    if charged && *settlement == Settlement::Missed {
        // The provider has compared: the miss is the number's whatever became of the verification, or cancelling
        // at the right moment would hide it.
        count_miss(c, &row, check)?;
    }
    // Other checks may have locked it meanwhile: this one was charged before.
    let open = matches!(row.status.as_str(), "pending" | "locked") && row.expires_at.0 > check.now;
    if !charged || !open {
        return Ok(Spent::Over(row.at(check.now)?));
    }
    match settlement {
        Settlement::Matched { event, price } => {
            let price = price.as_ref().map(|price| (price.amount(), price.currency()));
            tell_attempt(c, &row, event.as_deref(), price)?;
            keep_client_token(c, &row, check)?;
            Ok(Spent::Matched(succeed(c, id, check)?.at(check.now)?))
        }
        Settlement::Missed => {
            let last = row.checks >= row.max_checks;
            let row = if last { lock(c, id)? } else { row };
            Ok(Spent::Missed(row.at(check.now)?))
        }
        Settlement::NotCompared => {
            let pending = row.status == "pending";
            let row = if pending { take_back(c, id)? } else { row };
            Ok(Spent::Over(row.at(check.now)?))
        }
    }
}

fn has_own_codes(c: &mut Conn, id: Uid) -> Result<bool, Failure> {
    Ok(v::table.find(id).select(v::code_1.is_not_null()).get_result(c)?)
}

fn succeed(c: &mut Conn, id: Uid, check: &Check) -> Result<VerificationRow, Failure> {
    let none = None::<Vec<u8>>;
    Ok(diesel::update(v::table.find(id))
        .set((
            v::status.eq("verified"),
            v::ended_at.eq(Instant(check.now)),
            v::proof.eq(check.proof.0.as_bytes().as_slice()),
            v::proof_until.eq(Instant(check.proof.1)),
            v::code_1.eq(&none),
            v::code_2.eq(&none),
            v::code_3.eq(&none),
        ))
        .returning(VerificationRow::as_returning())
        .get_result(c)?)
}

fn lock(c: &mut Conn, id: Uid) -> Result<VerificationRow, Failure> {
    let none = None::<Vec<u8>>;
    Ok(diesel::update(v::table.find(id))
        .set((v::status.eq("locked"), v::code_1.eq(&none), v::code_2.eq(&none), v::code_3.eq(&none)))
        .returning(VerificationRow::as_returning())
        .get_result(c)?)
}

fn take_back(c: &mut Conn, id: Uid) -> Result<VerificationRow, Failure> {
    Ok(diesel::update(v::table.find(id))
        .set(v::checks.eq(v::checks - 1))
        .returning(VerificationRow::as_returning())
        .get_result(c)?)
}

/// Writes event and price to the attempt by which the provider runs the verification.
fn tell_attempt(
    c: &mut Conn,
    row: &VerificationRow,
    event: Option<&str>,
    price: Option<(&str, &str)>,
) -> Result<(), Failure> {
    let Some((provider, reference)) = row.run_by()? else { return Ok(()) };
    let own = m::table.filter(m::verification_id.eq(row.id)).select(m::id);
    let meant = a::table
        .filter(a::message_id.eq_any(own))
        .filter(a::provider.eq(provider.as_str()))
        .filter(a::reference.eq(reference.as_str()));
    if let Some(event) = event {
        diesel::update(meant).set(a::event.eq(event)).execute(c)?;
    }
    if let Some((amount, currency)) = price {
        diesel::update(meant).set((a::price_amount.eq(amount), a::price_currency.eq(currency))).execute(c)?;
    }
    Ok(())
}
