//! What the account has: its balance, and the address of its receipts.

use std::sync::Mutex;

use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpResponse};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Part;
use super::request::is_receiver;
use crate::ids;
use crate::lock::lock;
use crate::problem::Problem;
use crate::sandbox::State;

/// What a part costs in units of 0.00000001 euro, the same as [`super::PRICE`].
const PRICE: u64 = 3_330_000;
const EURO: u64 = 100_000_000;
/// Enough for 30 million parts; nobody runs dry by accident.
const BALANCE: u64 = 1_000_000 * EURO;

/// The account.
#[derive(Default)]
pub(crate) struct Account {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    parts: u64,
    /// Where receipts go that have no address of their own.
    receiver: Option<String>,
}

impl Account {
    /// Charges one part and names it.
    pub(super) fn take_part(&self, now: Timestamp) -> Part {
        let mut inner = lock(&self.inner);
        inner.parts += 1;
        let left = BALANCE.saturating_sub(inner.parts.saturating_mul(PRICE));
        let id = ids::ordered(ids::millisecond(now), inner.parts);
        Part { message_id: id.to_string(), remaining_balance: format!("{}.{:08}", left / EURO, left % EURO) }
    }

    /// Where receipts go that have no address of their own.
    pub(super) fn receiver(&self) -> Option<String> {
        lock(&self.inner).receiver.clone()
    }
}

/// `GET /sandbox/nexmo/receipts`
pub(in crate::nexmo) async fn show_receiver(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "url": state.nexmo.sms.receiver() }))
}

/// `PUT /sandbox/nexmo/receipts`
pub(in crate::nexmo) async fn set_receiver(
    state: Data<State>,
    payload: Result<Bytes, Error>,
) -> Result<HttpResponse, Problem> {
    let payload = payload.map_err(|_| Problem::TooLarge)?;
    let Ok(Value::Object(members)) = serde_json::from_slice(&payload) else {
        return Err(Problem::Unreadable);
    };
    if let Some(unknown) = members.keys().find(|name| *name != "url") {
        return Err(Problem::field(unknown, "unknown", "is not a member of this call"));
    }
    let url = match members.get("url") {
        Some(Value::Null) => None,
        Some(Value::String(url)) if is_receiver(url) => Some(url.clone()),
        _ => return Err(Problem::field("url", "type", "must be an http or https URL, or null")),
    };
    lock(&state.nexmo.sms.inner).receiver.clone_from(&url);
    Ok(HttpResponse::Ok().json(json!({ "url": url })))
}

/// `DELETE /sandbox/nexmo/receipts`
pub(in crate::nexmo) async fn remove_receiver(state: Data<State>) -> HttpResponse {
    lock(&state.nexmo.sms.inner).receiver = None;
    HttpResponse::NoContent().finish()
}
