//! Webhooks: who is called with results, and the calls (sheet, section 10).

use std::sync::Mutex;
use std::time::Duration;

use actix_web::http::{StatusCode, Uri};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use ring::digest;
use serde_json::{Map, Value, json};

use super::access::admit;
use super::body::{self, Payload};
use super::results::Fate;
use super::sign::hex;
use super::store::Record;
use super::{errors, store, view};
use crate::answer::Answer;
use crate::faults::Fault;
use crate::lock::lock;
use crate::sandbox::State;
use crate::webhooks::Delivery;

const EVENTS: [&str; 2] = ["SINGLE-REPORT", "GROUP-REPORT"];
/// How many webhooks are kept, and how many results a call brings at the most.
const CAPACITY: usize = 100;
const RESULTS: usize = 100;
/// Between calls that would otherwise go out at the same moment, so that they keep their order.
const STEP: Duration = Duration::from_millis(20);

#[derive(Clone)]
struct Hook {
    id: String,
    account: &'static str,
    event: String,
    url: String,
    secret: String,
    name: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// The registered webhooks.
#[derive(Default)]
pub(super) struct Hooks {
    inner: Mutex<(u64, Vec<Hook>)>,
}

impl Hook {
    fn view(&self) -> Value {
        json!({
            "webhookId": self.id,
            "accountId": self.account,
            "eventId": self.event,
            "url": self.url,
            "secret": self.secret,
            "name": self.name,
            "status": "ACTIVE",
            "failCount": 0,
            "dateCreated": view::iso(self.created_at),
            "dateUpdated": view::iso(self.updated_at),
        })
    }

    fn delivery(&self, body: &Value, delay: Duration) -> Delivery {
        delivery(&self.url, &self.secret, &self.event, body, delay)
    }
}

fn delivery(url: &str, secret: &str, event: &str, body: &Value, delay: Duration) -> Delivery {
    let shown = hex(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes()).as_ref());
    Delivery {
        url: url.to_owned(),
        headers: vec![("x-solapi-event-name", event.to_owned()), ("x-solapi-secret", shown)],
        content_type: "application/json",
        body: body.to_string(),
        delay,
    }
}

/// Calls the webhooks with the results of a group that was just sent.
pub(super) fn push(state: &State, account: &str, group: &str, fault: Option<&Fault>) {
    let hooks: Vec<Hook> =
        lock(&state.coolsms.hooks.inner).1.iter().filter(|hook| hook.account == account).cloned().collect();
    if hooks.is_empty() {
        return;
    }
    let (results, whole) = state
        .coolsms
        .messages
        .with_group(account, group, |whole| {
            let results = results(&whole.records, fault.is_some_and(|fault| fault.reorder_receipts));
            let end =
                whole.records.iter().filter_map(|record| record.fate.as_ref()).map(Fate::known_at).max();
            (results, end.map(|end| view::group(&whole, end)))
        })
        .unwrap_or_default();
    let repeats = fault.map_or(0, |fault| fault.duplicate_receipts) + 1;
    let last = results.iter().map(|(delay, _)| *delay).max().unwrap_or_default();
    for hook in hooks {
        let calls: Vec<(Duration, Value)> = match (hook.event.as_str(), &whole) {
            ("SINGLE-REPORT", _) => results.clone(),
            (_, Some(group)) if !results.is_empty() => vec![(last, json!([group]))],
            _ => Vec::new(),
        };
        let repeated = calls.iter().flat_map(|call| (0..repeats).map(move |_| call));
        for (place, (delay, body)) in (0..).zip(repeated) {
            state.webhooks.deliver(hook.delivery(body, *delay + STEP * place));
        }
    }
}

/// The calls with results, each after its delay. Reordered, the newest comes first, and that the carrier has a
/// message is told after its end.
fn results(records: &[&Record], reordered: bool) -> Vec<(Duration, Value)> {
    let mut known: Vec<(u64, Value)> = Vec::new();
    for record in records {
        let Some(fate) = record.fate.as_ref().filter(|fate| fate.code.is_some()) else { continue };
        if reordered {
            known.push((fate.delay_ms, view::carried(record, fate.known_at())));
        }
        known.push((fate.delay_ms, view::report(record, fate.known_at())));
    }
    if reordered {
        known.reverse();
        return known.into_iter().map(|(delay, one)| (Duration::from_millis(delay), json!([one]))).collect();
    }
    let mut calls: Vec<(u64, Vec<Value>)> = Vec::new();
    for (delay, one) in known {
        match calls.last_mut().filter(|(last, many)| *last == delay && many.len() < RESULTS) {
            Some((_, many)) => many.push(one),
            None => calls.push((delay, vec![one])),
        }
    }
    calls.into_iter().map(|(delay, many)| (Duration::from_millis(delay), many.into())).collect()
}

/// `GET /webhook/v1/events`
pub(super) async fn events(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let answer = admit(&state, &request, "webhook:read").map(|_| {
        let events: Vec<_> = EVENTS.iter().map(|event| json!({ "eventId": event, "name": event })).collect();
        Answer::json(StatusCode::OK, &json!({ "eventList": events }))
    });
    answer.unwrap_or_else(|refusal| refusal).into_response()
}

/// `POST /webhook/v1/outgoing`
pub(super) async fn create(state: Data<State>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let made = admit(&state, &request, "webhook:write").and_then(|account| {
        let body = body::object(payload)?;
        let event = text(&body, "eventId").filter(|event| EVENTS.contains(event));
        let event = event.ok_or_else(|| errors::invalid("eventId"))?.to_owned();
        let url = url(&body)?.ok_or_else(|| errors::invalid("url"))?;
        let now = state.now();
        let mut inner = lock(&state.coolsms.hooks.inner);
        if inner.1.len() >= CAPACITY {
            return Err(errors::refusal(400, "WebhookLimitExceeded", "웹훅이 너무 많습니다."));
        }
        inner.0 += 1;
        let id = store::id("WH01", inner.0, now);
        let secret = text(&body, "secret").map_or_else(|| id.to_ascii_lowercase(), str::to_owned);
        let name = text(&body, "name").map(str::to_owned);
        let hook = Hook { id, account, event, url, secret, name, created_at: now, updated_at: now };
        let shown = hook.view();
        inner.1.push(hook);
        Ok(Answer::json(StatusCode::OK, &shown))
    });
    made.unwrap_or_else(|refusal| refusal).into_response()
}

/// `GET /webhook/v1/outgoing`
pub(super) async fn list(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let answer = admit(&state, &request, "webhook:read").map(|account| {
        let inner = lock(&state.coolsms.hooks.inner);
        let own: Vec<_> = inner.1.iter().filter(|hook| hook.account == account).map(Hook::view).collect();
        let shown = json!({ "startKey": null, "nextKey": null, "limit": CAPACITY, "outgoingList": own });
        Answer::json(StatusCode::OK, &shown)
    });
    answer.unwrap_or_else(|refusal| refusal).into_response()
}

/// `GET /webhook/v1/outgoing/{webhookId}`
pub(super) async fn get(state: Data<State>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    one(&state, &request, "webhook:read", &id, |hooks, place| Ok(hooks[place].view()))
}

/// `PUT /webhook/v1/outgoing/{webhookId}`
pub(super) async fn change(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> HttpResponse {
    let now = state.now();
    one(&state, &request, "webhook:write", &id, |hooks, place| {
        let body = body::object(payload)?;
        let hook = &mut hooks[place];
        if let Some(url) = url(&body)? {
            hook.url = url;
        }
        if let Some(secret) = text(&body, "secret") {
            secret.clone_into(&mut hook.secret);
        }
        hook.updated_at = now;
        Ok(hook.view())
    })
}

/// `DELETE /webhook/v1/outgoing/{webhookId}`
pub(super) async fn remove(state: Data<State>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    one(&state, &request, "webhook:write", &id, |hooks, place| Ok(hooks.remove(place).view()))
}

/// `POST /webhook/v1/outgoing-test`
pub(super) async fn test(state: Data<State>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let answer = admit(&state, &request, "webhook:write").and_then(|_| {
        let body = body::object(payload)?;
        let url = url(&body)?.ok_or_else(|| errors::invalid("url"))?;
        let secret = text(&body, "secret").unwrap_or_default();
        state.webhooks.deliver(delivery(&url, secret, EVENTS[0], &json!([]), Duration::ZERO));
        Ok(Answer::json(StatusCode::OK, &json!({ "message": "Success" })))
    });
    answer.unwrap_or_else(|refusal| refusal).into_response()
}

fn one(
    state: &State,
    request: &HttpRequest,
    scope: &str,
    id: &str,
    act: impl FnOnce(&mut Vec<Hook>, usize) -> Result<Value, Answer>,
) -> HttpResponse {
    let answer = admit(state, request, scope).and_then(|account| {
        let mut inner = lock(&state.coolsms.hooks.inner);
        let place = inner.1.iter().position(|hook| hook.id == id && hook.account == account);
        let shown = act(&mut inner.1, place.ok_or_else(errors::not_found)?)?;
        Ok(Answer::json(StatusCode::OK, &shown))
    });
    answer.unwrap_or_else(|refusal| refusal).into_response()
}

fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn url(body: &Map<String, Value>) -> Result<Option<String>, Answer> {
    let Some(raw) = text(body, "url") else { return Ok(None) };
    let uri: Uri = raw.parse().map_err(|_| errors::invalid("url"))?;
    let whole = matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
    if whole { Ok(Some(raw.to_owned())) } else { Err(errors::invalid("url")) }
}
