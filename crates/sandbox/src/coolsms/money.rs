//! Balance, prices, and who one is (sheet, sections 3.3 and 9).

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::access::admit;
use super::{errors, oauth, view};
use crate::answer::Answer;
use crate::faults::{self, Call, Provider};
use crate::sandbox::State;

/// `GET /cash/v1/balance`
pub(super) async fn balance(state: Data<State>, request: HttpRequest) -> HttpResponse {
    read(&state, &request, "cash:read", |account| {
        let balance = state.coolsms.messages.balance(account);
        json!({
            "balance": balance,
            "point": 0,
            "minimumCash": 0,
            "rechargeTo": 0,
            "rechargeTryCount": 0,
            "autoRecharge": 0,
            "accountId": account,
            "deposit": 0,
            "balanceOnly": 0,
            "lowBalanceAlert": {
                "notificationBalance": "1000",
                "currentBalance": balance.to_string(),
                "balances": [],
                "channels": [],
                "enabled": false,
            },
        })
    })
    .await
}

/// `GET /pricing/v1/messaging`
pub(super) async fn prices(state: Data<State>, request: HttpRequest) -> HttpResponse {
    read(&state, &request, "pricing:read", |_| {
        let mut prices = view::by_type(|kind| json!(view::tariff(kind)));
        prices["countryId"] = json!("82");
        json!([prices])
    })
    .await
}

/// `GET /users/v1/member`
pub(super) async fn member(state: Data<State>, request: HttpRequest) -> HttpResponse {
    read(&state, &request, "users:read", |account| {
        let user = oauth::user_of(account);
        json!({
            "memberId": user.member_id,
            "accountId": account,
            "name": user.name,
            "email": user.email,
            "role": "OWNER",
            "status": "ACTIVE",
        })
    })
    .await
}

async fn read(
    state: &State,
    request: &HttpRequest,
    scope: &str,
    show: impl FnOnce(&'static str) -> Value,
) -> HttpResponse {
    let account = match admit(state, request, scope) {
        Ok(account) => account,
        Err(refusal) => return refusal.into_response(),
    };
    let fault = state.faults.take(Provider::Coolsms, Call::Read, std::iter::empty());
    let answer = match fault.as_ref().and_then(|fault| fault.status) {
        Some(status) => errors::for_status(status),
        None => Answer::json(StatusCode::OK, &show(account)),
    };
    faults::play(fault.as_ref(), answer).await
}
