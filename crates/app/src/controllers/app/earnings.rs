//! `/app/earnings`: what the app earned by what somebody sent, and when it is paid out.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::messaging::AppScope;
use bonin_services::messaging::Earned;

use super::send_words;
use super::sending::Sending;
use crate::pages::Frame;
use crate::pages::format;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "app/earnings.html")]
struct Page<'a> {
    frame: &'a Frame,
    form_token: &'a str,
    since: Sum,
    kept: Sum,
    kinds: Vec<(&'static str, Sum)>,
    open: u64,
    last: String,
    next: String,
    next_iso: String,
    /// Whether results may be looked at: without them nothing is known of what arrived.
    reads: bool,
    settlement_url: &'a str,
    withdrawal_url: &'a str,
}

struct Sum {
    delivered: String,
    amount: String,
}

/// `GET /app/earnings`
pub async fn show(sending: web::Data<Arc<Sending>>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let signed = sending.pages.signed_in(&request).await?;
    let earnings = sending.earnings.execute(&signed.connection).await;
    let earnings = earnings.map_err(|error| Problem::from(&error))?;
    let locale = signed.frame.locale;
    let sum = |earned: Earned| Sum {
        delivered: format::number(earned.delivered),
        amount: format::money(earned.amount, "KRW", locale),
    };
    let page = Page {
        frame: &signed.frame,
        form_token: &signed.form_token,
        since: sum(earnings.since),
        kept: sum(earnings.kept),
        kinds: earnings
            .kinds
            .into_iter()
            .map(|(kind, earned)| (send_words::kind(kind), sum(earned)))
            .collect(),
        open: earnings.open,
        last: format::minute(earnings.last_settlement, locale),
        next: format::minute(earnings.next_settlement, locale),
        next_iso: earnings.next_settlement.to_string(),
        reads: signed.connection.scopes.holds(AppScope::ReadMessages),
        settlement_url: &sending.settlement_url,
        withdrawal_url: &sending.withdrawal_url,
    };
    Ok(signed.frame.answer(StatusCode::OK, &page))
}
