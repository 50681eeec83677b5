//! Attempts: written down, read, and moved forward by what providers say of them.

use std::collections::{HashMap, HashSet};

use bonin_domain::messages::{Attempt, DeliveryState, FailureClass, Price};
use bonin_ports::Report;
use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;

use super::super::engine::{self, Conn};
use crate::failure::Failure;
use crate::rows::AttemptRow;
use crate::schema::attempts as a;
use crate::sql::{Instant, Uid};

/// The attempts of several messages, oldest first.
pub fn attempts_of(c: &mut Conn, ids: &[Uid]) -> Result<HashMap<Uuid, Vec<Attempt>>, Failure> {
    let rows: Vec<AttemptRow> = a::table
        .filter(a::message_id.eq_any(ids))
        .order((a::message_id, a::number))
        .select(AttemptRow::as_select())
        .load(c)?;
    let mut found: HashMap<Uuid, Vec<Attempt>> = HashMap::new();
    for row in rows {
        found.entry(row.message_id.0).or_default().push(row.try_into()?);
    }
    Ok(found)
}

/// Adds attempts; one that is there already only moves forward.
pub fn write_attempts(c: &mut Conn, mut rows: Vec<AttemptRow>) -> Result<(), Failure> {
    let doubled: Vec<(Uid, i16)> =
        rows.iter().filter(|row| row.possible_duplicate).map(|row| (row.message_id, row.number)).collect();
    // One statement must not move the same row twice: what is said of an attempt a second time goes into the
    // next one.
    while !rows.is_empty() {
        let mut seen = HashSet::new();
        let (now, later): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| seen.insert((row.message_id.0, row.number)));
        engine::upsert_attempts(c, &now)?;
        rows = later;
    }
    for attempt in doubled {
        // Where two processes sent the same message, the mark stays whoever records first or farther.
        diesel::update(a::table.find(attempt)).set(a::possible_duplicate.eq(true)).execute(c)?;
    }
    Ok(())
}

/// What a provider says of an attempt.
pub struct News<'a> {
    pub state: DeliveryState,
    pub failure: Option<FailureClass>,
    pub code: Option<&'a str>,
    pub price: Option<&'a Price>,
}

/// Moves an attempt forward where the state lies ahead; a price is taken in any case. News that come too late are dropped.
pub fn advance(c: &mut Conn, attempt: (Uid, i16), news: &News<'_>, now: Timestamp) -> Result<(), Failure> {
    let since = now.checked_sub(Attempt::NEWS).unwrap_or(Timestamp::MIN);
    let row = a::table.find(attempt).filter(a::started_at.gt(Instant(since)));
    diesel::update(row)
        .filter(a::rank.lt(news.state.rank()))
        .set((
            a::state.eq(news.state.as_str()),
            a::rank.eq(news.state.rank()),
            a::failure.eq(news.failure.map(FailureClass::as_str)),
            a::provider_code.eq(news.code),
            a::updated_at.eq(Instant(now)),
        ))
        .execute(c)?;
    if let Some(price) = news.price {
        diesel::update(row)
            .set((a::price_amount.eq(price.amount()), a::price_currency.eq(price.currency())))
            .execute(c)?;
    }
    Ok(())
}

pub fn record_reports(c: &mut Conn, reports: &[Report], now: Timestamp) -> Result<(), Failure> {
    // In one order, so that transactions with the same attempts cannot wait for each other in a circle.
    let mut reports: Vec<&Report> = reports.iter().collect();
    reports.sort_by_key(|report| (report.message.as_uuid(), report.number));
    for report in reports {
        let attempt = (Uid(report.message.as_uuid()), report.number);
        let poll_at = report.poll_at.filter(|_| !report.state.is_final()).map(Instant);
        // A late report must not begin the asking again.
        diesel::update(a::table.find(attempt))
            .filter(a::rank.lt(DeliveryState::Expired.rank()))
            .set(a::poll_at.eq(poll_at))
            .execute(c)?;
        let news = News {
            state: report.state,
            failure: report.failure,
            code: report.provider_code.as_deref(),
            price: report.price.as_ref(),
        };
        advance(c, attempt, &news, now)?;
    }
    Ok(())
}
