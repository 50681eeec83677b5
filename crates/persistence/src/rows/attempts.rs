//! Attempts.

use std::sync::Arc;

use bonin_domain::messages::{Attempt, DeliveryState, FailureClass, MessageId, Price};
use diesel::prelude::*;
use jiff::Timestamp;

use super::routes::{route, route_document};
use super::{provider, reference};
use crate::failure::Failure;
use crate::schema::attempts;
use crate::sql::{Document, Instant, Uid};

/// An attempt.
#[derive(Queryable, Selectable, Clone)]
#[diesel(table_name = attempts)]
pub struct AttemptRow {
    pub message_id: Uid,
    pub number: i16,
    pub tenant: String,
    pub provider: String,
    pub state: String,
    pub rank: i16,
    pub failure: Option<String>,
    pub provider_code: Option<String>,
    pub reference: Option<String>,
    pub possible_duplicate: bool,
    pub started_at: Instant,
    pub updated_at: Instant,
    pub accepted_at: Instant,
    pub poll_at: Option<Instant>,
    pub polls: i16,
    pub country: Option<String>,
    pub price_amount: Option<String>,
    pub price_currency: Option<String>,
    pub event: Option<String>,
    pub route: Option<Document>,
}

impl AttemptRow {
    pub fn new(tenant: &str, attempt: &Attempt, poll_at: Option<Timestamp>) -> Self {
        let price = attempt.price.as_ref();
        Self {
            message_id: Uid(attempt.message.as_uuid()),
            number: attempt.number,
            tenant: tenant.to_owned(),
            provider: attempt.provider.as_str().to_owned(),
            state: attempt.state.as_str().to_owned(),
            rank: attempt.state.rank(),
            failure: attempt.failure.map(|class| class.as_str().to_owned()),
            provider_code: attempt.provider_code.clone(),
            reference: attempt.reference.as_ref().map(|reference| reference.as_str().to_owned()),
            possible_duplicate: attempt.possible_duplicate,
            started_at: Instant(attempt.started_at),
            updated_at: Instant(attempt.updated_at),
            accepted_at: Instant(attempt.accepted_at),
            poll_at: poll_at.filter(|_| !attempt.state.is_final()).map(Instant),
            polls: 0,
            country: attempt.country.map(|country| country.to_string()),
            price_amount: price.map(|price| price.amount().to_owned()),
            price_currency: price.map(|price| price.currency().to_owned()),
            event: attempt.event.clone(),
            route: attempt.route.as_deref().map(route_document),
        }
    }
}

impl TryFrom<AttemptRow> for Attempt {
    type Error = Failure;

    fn try_from(row: AttemptRow) -> Result<Self, Failure> {
        let class = |name: String| FailureClass::from_name(&name).ok_or(Failure::BadRow("attempts.failure"));
        let country = |code: String| code.parse().map_err(|_| Failure::BadRow("attempts.country"));
        let price = |(amount, currency): (String, String)| {
            Price::parse(&amount, &currency).ok_or(Failure::BadRow("attempts.price_amount"))
        };
        Ok(Self {
            message: MessageId::from_uuid(row.message_id.0),
            number: row.number,
            provider: provider(&row.provider)?,
            state: DeliveryState::from_name(&row.state).ok_or(Failure::BadRow("attempts.state"))?,
            failure: row.failure.map(class).transpose()?,
            provider_code: row.provider_code,
            reference: row.reference.as_deref().map(reference).transpose()?,
            possible_duplicate: row.possible_duplicate,
            country: row.country.map(country).transpose()?,
            price: row.price_amount.zip(row.price_currency).map(price).transpose()?,
            event: row.event,
            route: row.route.map(|Document(stored)| route(&stored).map(Arc::new)).transpose()?,
            started_at: row.started_at.0,
            accepted_at: row.accepted_at.0,
            updated_at: row.updated_at.0,
        })
    }
}
