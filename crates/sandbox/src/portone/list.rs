//! `GET /identity-verifications` (sheet, section 11): pages, order, and of the filters `storeId` and `status`.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{access, answers};
use crate::answer::Answer;
use crate::faults::{self, Call, Provider};
use crate::identity::{Attempt, Status};
use crate::params::Params;
use crate::sandbox::State;

/// The longest page.
const LARGEST: u64 = 1000;

/// Answers a list; the question is JSON in the body of the GET, or in `requestBody`.
pub(super) async fn list(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let question = access::admit(&state, &request).and_then(|()| {
        let params = Params::lenient(request.query_string());
        match params.get("requestBody") {
            Some(text) => answers::object(Ok(Bytes::from(text.to_owned())), true),
            None => answers::object(payload, false),
        }
    });
    let page = match question.and_then(|question| answer(&state, &question)) {
        Ok(page) => page,
        Err(refusal) => return refusal.into_response(),
    };
    let fault = state.faults.take(Provider::Portone, Call::Read, std::iter::empty());
    let answer = match fault.as_ref().filter(|fault| !fault.accepts()) {
        Some(fault) => answers::for_status(fault.status.unwrap_or(500)),
        None => page,
    };
    faults::play(fault.as_ref(), answer).await
}

fn answer(state: &State, question: &Map<String, Value>) -> Result<Answer, Answer> {
    let member = |group: &str, name: &str| question.get(group).and_then(|group| group.get(name));
    let number = |name: &str, usual: u64, most: u64| match member("page", name) {
        None | Some(Value::Null) => Ok(usual),
        Some(value) => value
            .as_u64()
            .filter(|number| *number <= most)
            .ok_or_else(|| answers::invalid(&format!("page.{name}"))),
    };
    let (page, size) = (number("number", 0, u64::from(u32::MAX))?, number("size", 10, LARGEST)?);
    access::own_store(member("filter", "storeId").and_then(Value::as_str))?;
    let status = member("filter", "status").and_then(Value::as_array);

    let mut found = state.identity.all();
    if let Some(wanted) = status.filter(|wanted| !wanted.is_empty()) {
        found.retain(|attempt| wanted.iter().any(|name| name == name_of(&attempt.status)));
    }
    let by = member("sort", "by").and_then(Value::as_str).unwrap_or("REQUESTED_AT");
    found.sort_by_key(|attempt| time(attempt, by));
    if member("sort", "order").and_then(Value::as_str) != Some("ASC") {
        found.reverse();
    }
    let items: Vec<_> = found
        .iter()
        .skip(usize::try_from(page.saturating_mul(size)).unwrap_or(usize::MAX))
        .take(usize::try_from(size).unwrap_or(usize::MAX))
        .map(answers::verification)
        .collect();
    let body = json!({
        "items": items,
        "page": { "number": page, "size": size, "totalCount": found.len() },
    });
    Ok(Answer::json(StatusCode::OK, &body))
}

fn name_of(status: &Status) -> &'static str {
    match status {
        Status::Ready => "READY",
        Status::Failed(_) => "FAILED",
        Status::Certified { .. } => "VERIFIED",
    }
}

/// The time to sort by; what has none comes first.
fn time(attempt: &Attempt, by: &str) -> Option<Timestamp> {
    match (by, &attempt.status) {
        ("VERIFIED_AT", Status::Certified { at, .. }) => Some(*at),
        ("FAILED_AT", Status::Failed(_)) | ("STATUS_CHANGED_AT", _) => Some(attempt.changed_at),
        ("VERIFIED_AT" | "FAILED_AT", _) => None,
        _ => Some(attempt.requested_at),
    }
}
