//! `POST /sms_remain.php` and `POST /smsSenderPhone.php`

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use serde_json::json;

use super::form::Fields;
use super::{access, answers, numbers};
use crate::answer::Answer;
use crate::credentials::CAFE24_FROM;
use crate::faults::{self, Call, Provider};
use crate::sandbox::State;

/// Answers how many credits are left.
pub(super) async fn remaining(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let Ok(payload) = payload else {
        return answers::too_large().into_response();
    };
    match access::admit(&Fields::read(&request, &payload), "user_id", "secure") {
        Ok(()) => play(&state, || answers::line(state.cafe24.credits(state.now()).to_string())).await,
        Err(code) => answers::refusal(code).into_response(),
    }
}

/// Answers which numbers may send; the only call in JSON, and its fields are never in base64.
pub(super) async fn senders(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let Ok(payload) = payload else {
        return answers::too_large().into_response();
    };
    let list = |result: &str, list: &[String]| {
        Answer::json(StatusCode::OK, &json!({ "result": result, "list": list }))
    };
    match access::admit(&Fields::read(&request, &payload).plain(), "userId", "passwd") {
        Ok(()) => play(&state, || list("Success", &[numbers::hyphenated(CAFE24_FROM)])).await,
        Err(code) => list(code, &[]).into_response(),
    }
}

async fn play(state: &State, answer: impl FnOnce() -> Answer) -> HttpResponse {
    let fault = state.faults.take(Provider::Cafe24, Call::Read, std::iter::empty());
    faults::play(fault.as_ref(), answers::under(fault.as_ref(), answer)).await
}
