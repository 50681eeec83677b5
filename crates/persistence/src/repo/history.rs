//! What happened before a start: the figures that limits are judged by.

use bonin_domain::TenantId;
use bonin_domain::codes::{History, Limits, RuleMode, Window, budget_day};
use bonin_domain::keys::{AddressIndex, PhoneIndex};
use bonin_ports::Start;
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::Conn;
use super::windows::reach;
use crate::failure::Failure;
use crate::schema::{client_tokens as t, decisions as d, messages as m, wrong_checks as w};
use crate::sql::Instant;

/// The newest codes that went to a number, over all tenants and purposes.
pub fn number_sends(
    c: &mut Conn,
    limits: &Limits,
    phone: &PhoneIndex,
    now: Timestamp,
) -> Result<Vec<Timestamp>, Failure> {
    let Some((since, most)) = reach(&limits.number_windows, now) else { return Ok(Vec::new()) };
    if limits.number == RuleMode::Off {
        return Ok(Vec::new());
    }
    let found: Vec<Instant> = m::table
        .filter(m::verification_id.is_not_null())
        .filter(m::phone_index.eq(phone.as_bytes()))
        .filter(m::created_at.gt(since))
        .order(m::created_at.desc())
        .limit(most)
        .select(m::created_at)
        .load(c)?;
    Ok(found.into_iter().map(|at| at.0).collect())
}

/// What starts are counted by.
enum Origin<'a> {
    Address(&'a AddressIndex),
    Network(&'a AddressIndex),
}

/// The newest allowed starts from an address or a network.
fn allowed_starts(
    c: &mut Conn,
    windows: &[Window],
    origin: &Origin<'_>,
    now: Timestamp,
) -> Result<Vec<Timestamp>, Failure> {
    let Some((since, most)) = reach(windows, now) else { return Ok(Vec::new()) };
    let allowed = d::table
        .filter(d::outcome.eq("allowed"))
        .filter(d::created_at.gt(since))
        .order(d::created_at.desc())
        .limit(most)
        .select(d::created_at)
        .into_boxed();
    let found: Vec<Instant> = match origin {
        Origin::Address(address) => allowed.filter(d::address.eq(address.as_bytes())).load(c)?,
        Origin::Network(network) => allowed.filter(d::network.eq(network.as_bytes())).load(c)?,
    };
    Ok(found.into_iter().map(|at| at.0).collect())
}

/// Whether the client showed a live token of this tenant and number.
pub fn is_known_client(c: &mut Conn, start: &Start) -> Result<bool, Failure> {
    let Some(token) = &start.origin.client_token else { return Ok(false) };
    let live = t::table
        .find(token.as_bytes().as_slice())
        .filter(t::tenant.eq(start.tenant.as_str()))
        .filter(t::phone_index.eq(start.phone_index.as_bytes()))
        .filter(t::expires_at.gt(Instant(start.now)));
    Ok(diesel::select(diesel::dsl::exists(live)).get_result(c)?)
}

/// Wrong checks of a number today by one kind of client.
fn wrong_checks(
    c: &mut Conn,
    tenant: &TenantId,
    phone: &PhoneIndex,
    known_client: bool,
    now: Timestamp,
) -> Result<u32, Failure> {
    let hits: Option<i32> = w::table
        .find((tenant.as_str(), phone.as_bytes(), known_client, budget_day(now)))
        .select(w::hits)
        .get_result(c)
        .optional()?;
    u32::try_from(hits.unwrap_or(0)).map_err(|_| Failure::BadRow("wrong_checks.hits"))
}

/// Everything a start is judged by. The subjects' locks must be held.
pub fn history(c: &mut Conn, start: &Start, known_client: bool) -> Result<History, Failure> {
    let limits = &start.policy.limits;
    let (origin, now) = (&start.origin, start.now);
    let mut history = History {
        number_sends: number_sends(c, limits, &start.phone_index, now)?,
        wrong_checks: wrong_checks(c, &start.tenant, &start.phone_index, known_client, now)?,
        ..History::default()
    };
    if limits.address != RuleMode::Off {
        history.address_starts =
            allowed_starts(c, &limits.address_windows, &Origin::Address(&origin.address), now)?;
        history.network_starts =
            allowed_starts(c, &limits.network_windows, &Origin::Network(&origin.network), now)?;
    }
    Ok(history)
}
