//! `GET …/messages` and `GET …/messages/{messageId}`

mod query;
mod view;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use self::query::{Cursor, ListQuery, Span};
use super::store::Record;
use super::{admit, errors};
use crate::answer::Answer;
use crate::faults::{self, Call, Provider};
use crate::params::Params;
use crate::sandbox::State;

/// Right after sending, a message is not listed yet.
const LAG: SignedDuration = SignedDuration::from_millis(300);

/// What was found, and whose it is: a fault may concern one number only.
type Found = (Answer, Vec<Option<String>>);

/// Lists messages by request or by time.
pub(super) async fn list(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let query = admit(&state, &request).and_then(|()| {
        ListQuery::read(&Params::lenient(request.query_string()))
            .map_err(|invalid| errors::invalid(&invalid.to_string()))
    });
    match query {
        Ok(query) => answer(&state, find(&state, &query)).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Shows one message.
pub(super) async fn get(state: Data<State>, request: HttpRequest) -> HttpResponse {
    if let Err(refusal) = admit(&state, &request) {
        return refusal.into_response();
    }
    let now = state.now();
    let id = request.match_info().get("message_id").unwrap_or_default();
    let found = state
        .sens
        .get(id, |record| is_listed(record, now).then(|| (view::whole(record, now), record.number.clone())));
    let found = match found.flatten() {
        Some((message, number)) => {
            let body = json!({ "statusCode": "200", "statusName": "success", "messages": [message] });
            (Answer::json(StatusCode::OK, &body), vec![number])
        }
        None => (errors::not_found(), Vec::new()),
    };
    answer(&state, found).await
}

async fn answer(state: &State, (answer, numbers): Found) -> HttpResponse {
    let numbers = numbers.iter().map(Option::as_deref);
    let fault = state.faults.take(Provider::Sens, Call::Read, numbers);
    let answer = match fault.as_ref().and_then(|fault| fault.status) {
        Some(status) => errors::for_status(status),
        None => answer,
    };
    faults::play(fault.as_ref(), answer).await
}

fn find(state: &State, query: &ListQuery) -> Found {
    // What a live account answers when it has no records.
    let request = query.request_id.as_deref();
    let waiting = request.and_then(|id| state.sens.reservations.is_waiting(id));
    let unknown = request.is_some_and(|id| !state.sens.knows(id)) && waiting.is_none();
    if unknown || (state.sens.is_empty() && state.sens.reservations.is_empty()) {
        return (Answer::empty(StatusCode::NOT_FOUND), Vec::new());
    }
    let now = state.now();
    let mut messages = Vec::new();
    let mut numbers = Vec::new();
    let mut next = None;
    let start = query.cursor.map_or(0, |cursor| cursor.position);
    state.sens.visit(query.request_id.as_deref(), start, |position, record| {
        if !is_listed(record, now) || !matches(query, record, now) {
            return true;
        }
        if messages.len() == query.page_size {
            next = Some(position);
            return false;
        }
        messages.push(view::listed(record, now));
        numbers.push(record.number.clone());
        true
    });
    let page_index = query.cursor.map_or(0, |cursor| cursor.page);
    // An empty list right after sending, or before its time, means "not yet": SENS calls it reserved.
    let pending = messages.is_empty()
        && request.is_some_and(|id| waiting == Some(true) || (!query.has_filter && state.sens.knows(id)));
    let mut body = json!({
        "statusCode": "202",
        "statusName": if pending { "reserved" } else { "success" },
        "pageSize": query.page_size,
        "pageIndex": page_index,
        "itemCount": messages.len(),
        "hasMore": next.is_some(),
        "messages": messages,
    });
    if let Some(id) = &query.request_id {
        body["requestId"] = json!(id);
    }
    if let Some(position) = next {
        body["nextToken"] = json!(Cursor { position, page: page_index + 1 }.token());
    }
    (Answer::json(StatusCode::OK, &body), numbers)
}

fn is_listed(record: &Record, now: Timestamp) -> bool {
    now.duration_since(record.accepted_at) >= LAG
}

fn matches(query: &ListQuery, record: &Record, now: Timestamp) -> bool {
    let same = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
    let complete = record.outcome.is_complete(now);
    let completed_at = record.outcome.completes_at.filter(|_| complete);
    let in_span = match &query.span {
        None => true,
        Some(Span::Requested(range)) => range.holds(record.accepted_at),
        Some(Span::Completed(range)) => completed_at.is_some_and(|time| range.holds(time)),
    };
    in_span
        && same(&query.message_id, &record.message_id)
        && same(&query.kind, record.message.kind.name())
        && same(&query.content_type, &record.message.content_type)
        && same(&query.country, &record.message.country)
        && same(&query.from, &record.message.from)
        && same(&query.to, &record.message.to)
        && same(&query.status, view::status(record, now))
        && query
            .status_name
            .as_deref()
            .is_none_or(|wanted| complete && wanted == record.outcome.status_name())
}
