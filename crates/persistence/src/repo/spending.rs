//! [`SpendingLog`], and what messages put on the day of their tenant.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::spending::{Charge, Reservation, Room, SpendingStep, settled};
use bonin_ports::{DaySpending, RepositoryError, SpendingLog};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Integer, Text};

use super::super::engine::{Backend, Conn, Store};
use super::attempts::attempts_of;
use crate::failure::Failure;
use crate::rows::tenant;
use crate::schema::{messages as m, spending as s};
use crate::sql::Uid;

#[async_trait]
impl SpendingLog for Store {
    async fn of_day(&self, day: i32) -> Result<Vec<DaySpending>, RepositoryError> {
        self.read(move |c| {
            let columns = (s::tenant, s::charge, s::stopped);
            let rows: Vec<(String, i64, bool)> =
                s::table.filter(s::day.eq(day)).order(s::tenant).select(columns).load(c)?;
            let spending = |(name, charge, stopped): (String, i64, bool)| {
                Ok(DaySpending { tenant: tenant(&name)?, spent: Charge::from_units(charge), stopped })
            };
            rows.into_iter().map(spending).collect()
        })
        .await
    }

    async fn reach(&self, tenant: &TenantId, day: i32, step: SpendingStep) -> Result<bool, RepositoryError> {
        let tenant = tenant.clone();
        self.write(move |c| {
            let row = diesel::update(s::table.find((day, tenant.as_str())));
            Ok(row.filter(s::told.lt(step.percent())).set(s::told.eq(step.percent())).execute(c)? > 0)
        })
        .await
    }
}

/// What became of a reservation; either way with what stood on the day before it.
pub enum Reserved {
    Done(Charge),
    Refused(Charge),
}

/// Puts a charge on a tenant's day where the ceiling allows it. The row is held until the transaction ends, so that the sum
/// never passes the ceiling; it comes last among what a transaction waits for.
pub fn reserve(c: &mut Conn, tenant: &TenantId, reservation: &Reservation) -> Result<Reserved, Failure> {
    let most = match reservation.room() {
        Room::Any => Some(i64::MAX),
        Room::UpTo(most) => Some(most),
        Room::None => None,
    };
    if let Some(most) = most {
        let add = Add { tenant: tenant.as_str(), day: reservation.day, charge: reservation.charge, most };
        let sum: Option<i64> = add.get_result(c).optional()?;
        if let Some(sum) = sum {
            return Ok(Reserved::Done(reservation.charge.up_to(Charge::from_units(sum))));
        }
    }
    let row = s::table.find((reservation.day, tenant.as_str()));
    let found: Option<(i64, bool)> = row.select((s::charge, s::stopped)).get_result(c).optional()?;
    let (sum, stopped) = found.unwrap_or_default();
    if !stopped {
        diesel::insert_into(s::table)
            .values((
                s::tenant.eq(tenant.as_str()),
                s::day.eq(reservation.day),
                s::charge.eq(0),
                s::stopped.eq(true),
            ))
            .on_conflict((s::day, s::tenant))
            .do_update()
            .set(s::stopped.eq(true))
            .execute(c)?;
    }
    Ok(Reserved::Refused(Charge::from_units(sum)))
}

/// Adds to a day, where at most so much stands there; gives the sum, or nothing.
struct Add<'a> {
    tenant: &'a str,
    day: i32,
    charge: Charge,
    most: i64,
}

impl QueryId for Add<'_> {
    type QueryId = Add<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Add<'_> {
    type SqlType = BigInt;
}

impl RunQueryDsl<Conn> for Add<'_> {}

impl QueryFragment<Backend> for Add<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql("INSERT INTO spending (tenant, day, charge) VALUES (");
        out.push_bind_param::<Text, _>(self.tenant)?;
        out.push_sql(", ");
        out.push_bind_param::<Integer, _>(&self.day)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(self.charge.as_units())?;
        out.push_sql(
            ") ON CONFLICT (day, tenant) DO UPDATE SET charge = spending.charge + excluded.charge \
             WHERE spending.charge <= ",
        );
        out.push_bind_param::<BigInt, _>(&self.most)?;
        out.push_sql(" RETURNING charge");
        Ok(())
    }
}

/// Reckons messages that were just closed once more, at what they really cost.
pub fn settle(c: &mut Conn, closed: &[Uid]) -> Result<(), Failure> {
    type Row = (Uid, String, Option<i64>, Option<i32>);
    let reserved: Vec<Row> = m::table
        .filter(m::id.eq_any(closed))
        .filter(m::charge.is_not_null())
        .select((m::id, m::tenant, m::charge, m::charge_day))
        .load(c)?;
    if reserved.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uid> = reserved.iter().map(|row| row.0).collect();
    let attempts = attempts_of(c, &ids)?;
    let mut changes: BTreeMap<(i32, String), Charge> = BTreeMap::new();
    for (id, tenant, charge, day) in reserved {
        let (Some(charge), Some(day)) = (charge, day) else { continue };
        let reserved = Charge::from_units(charge);
        let attempts = attempts.get(&id.0).map(Vec::as_slice).unwrap_or_default();
        let cost = settled(reserved, attempts);
        let sum = changes.entry((day, tenant)).or_default();
        *sum = *sum + reserved.up_to(cost);
    }
    change_days(c, changes)
}

/// Takes what the messages of a group put on a day off it again: none of them goes out.
pub fn give_back(c: &mut Conn, group: Uid) -> Result<(), Failure> {
    let own = m::table.filter(m::group_id.eq(group)).filter(m::charge.is_not_null());
    let reserved: Vec<(String, Option<i64>, Option<i32>)> =
        own.select((m::tenant, m::charge, m::charge_day)).load(c)?;
    let mut changes: BTreeMap<(i32, String), Charge> = BTreeMap::new();
    for (tenant, charge, day) in reserved {
        let (Some(charge), Some(day)) = (charge, day) else { continue };
        let sum = changes.entry((day, tenant)).or_default();
        *sum = *sum + Charge::from_units(charge).up_to(Charge::ZERO);
    }
    change_days(c, changes)
}

/// In one order, so that transactions with the same days cannot wait for each other in a circle.
fn change_days(c: &mut Conn, changes: BTreeMap<(i32, String), Charge>) -> Result<(), Failure> {
    for ((day, tenant), change) in changes {
        if change != Charge::ZERO {
            diesel::update(s::table.find((day, &tenant)))
                .set(s::charge.eq(s::charge + change.units()))
                .execute(c)?;
        }
    }
    Ok(())
}
