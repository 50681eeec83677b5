//! What the account has: its balance, and the address of its receipts.

use std::iter;
use std::sync::Mutex;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Part;
use super::request::is_receiver;
use crate::answer::Answer;
use crate::faults::{self, Provider};
use crate::ids;
use crate::lock::lock;
use crate::nexmo::call::Call;
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

    /// What is left, in units of 0.00000001 euro.
    fn left(&self) -> u64 {
        BALANCE.saturating_sub(lock(&self.inner).parts.saturating_mul(PRICE))
    }

    /// Where receipts go that have no address of their own.
    pub(super) fn receiver(&self) -> Option<String> {
        lock(&self.inner).receiver.clone()
    }
}

/// `GET /account/get-balance`, with the key pair in the query. As the provider's documentation has it; no sheet of ours
/// does.
pub(in crate::nexmo) async fn balance(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let call = Call::read(&request, Ok(Bytes::new()));
    let mut answer = if call.admit().is_ok() {
        let left = state.nexmo.sms.left();
        // A number, unlike the balance in the answer to a message.
        let value: Value =
            serde_json::from_str(&format!("{}.{:08}", left / EURO, left % EURO)).unwrap_or_default();
        Answer::json(StatusCode::OK, &json!({ "value": value, "autoReload": false }))
    } else {
        let refusal = json!({ "error-code": "401", "error-code-label": "authentication failed" });
        Answer::json(StatusCode::UNAUTHORIZED, &refusal)
    };
    let fault = state.faults.take(Provider::Nexmo, faults::Call::Read, iter::once(None));
    if let Some(status) = fault.as_ref().and_then(|fault| StatusCode::from_u16(fault.status?).ok()) {
        answer = Answer::empty(status);
    }
    faults::play(fault.as_ref(), answer).await
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
