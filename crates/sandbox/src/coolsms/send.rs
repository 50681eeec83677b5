//! `POST /messages/v4/send`, `/send-many`, `/send-many/detail`

use std::cell::Cell;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::access::admit;
use super::body::{self, Payload};
use super::errors::{self, refusal};
use super::message::Message;
use super::store::{Making, Record};
use super::{hooks, view};
use crate::answer::Answer;
use crate::faults::{self, Call, Fault, Provider};
use crate::sandbox::State;

/// A call that would be taken.
struct Ready {
    account: &'static str,
    messages: Vec<Message>,
    making: Making,
    at: Option<Timestamp>,
}

/// Sends one message.
pub(super) async fn one(state: Data<State>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let read = |body: &Map<String, Value>| {
        let message = body.get("message").ok_or_else(|| errors::invalid("message"))?;
        if message.get("to").is_some_and(Value::is_array) {
            return Err(errors::invalid("to"));
        }
        body::messages(Some(&json!([message])), &state.coolsms.files)
    };
    answer(&state, &request, payload, read, |records, _| {
        let Some(record) = records.first() else { return errors::for_status(500) };
        if record.message.code == "2000" {
            return Answer::json(StatusCode::OK, &view::registered(record));
        }
        // The newer of the two ways in which the provider refuses one message.
        let message = format!("{} {}", record.id, record.message.code);
        refusal(400, "InvalidStatusCode", &message)
    })
    .await
}

/// Sends many messages; the answer is the group alone.
pub(super) async fn many(state: Data<State>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let read = |body: &Map<String, Value>| body::messages(body.get("messages"), &state.coolsms.files);
    answer(&state, &request, payload, read, |_, group| Answer::json(StatusCode::OK, &group)).await
}

/// Sends many messages; the answer tells of each.
pub(super) async fn detail(state: Data<State>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let shows_list = Cell::new(false);
    let read = |body: &Map<String, Value>| {
        shows_list.set(body.get("showMessageList").and_then(Value::as_bool).unwrap_or(false));
        body::messages(body.get("messages"), &state.coolsms.files)
    };
    answer(&state, &request, payload, read, |records, group| {
        let (good, bad): (Vec<&Record>, Vec<&Record>) =
            records.iter().partition(|record| record.message.code == "2000");
        let failed: Vec<_> = bad.into_iter().map(view::registered).collect();
        let mut shown = json!({ "failedMessageList": failed, "groupInfo": group });
        if shows_list.get() {
            shown["messageList"] = good.into_iter().map(view::brief).collect();
        }
        Answer::json(StatusCode::OK, &shown)
    })
    .await
}

/// Answers a send call; faults concern only requests that the real provider would take.
async fn answer(
    state: &Data<State>,
    request: &HttpRequest,
    payload: Payload,
    read: impl Fn(&Map<String, Value>) -> Result<Vec<Message>, Answer>,
    show: impl Fn(&[&Record], Value) -> Answer,
) -> HttpResponse {
    super::settle(state);
    let ready = admit(state, request, "message:write").and_then(|account| {
        let body = body::object(payload)?;
        let messages = read(&body)?;
        // A moment that is over means at once, as official clients say.
        let at = body::schedule(&body, state.now())?.filter(|at| *at > state.now());
        Ok(Ready { account, messages, making: body::making(&body)?, at })
    });
    let ready = match ready {
        Ok(ready) => ready,
        Err(refusal) => return refusal.into_response(),
    };
    let numbers = ready.messages.iter().map(|message| message.number.as_deref());
    let fault = state.faults.take(Provider::Coolsms, Call::Send, numbers);
    let answer = match fault.as_ref().filter(|fault| !fault.accepts()) {
        Some(fault) => errors::for_status(fault.status.unwrap_or(500)),
        None => accept(state, ready, fault.as_ref(), show),
    };
    faults::play(fault.as_ref(), answer).await
}

/// Stores the messages in a group of their own and sends it, before the answer is out.
fn accept(
    state: &Data<State>,
    ready: Ready,
    fault: Option<&Fault>,
    show: impl Fn(&[&Record], Value) -> Answer,
) -> Answer {
    let (account, now) = (ready.account, state.now());
    let store = &state.coolsms.messages;
    let group = store.make(account, ready.making, now);
    let sent = store
        .add(account, &group, ready.messages, now)
        .and_then(|_| store.send(account, &group, ready.at, fault, now));
    match sent {
        Ok(arriving) => state.handset.receive(arriving, now),
        Err(refused) => return body::refused(refused),
    }
    match ready.at {
        Some(at) => super::wake_at(state, at),
        None => hooks::push(state, account, &group, fault),
    }
    let shown = store.with_group(account, &group, |whole| {
        let view = view::group(&whole, now);
        show(&whole.records, view)
    });
    shown.unwrap_or_else(body::refused)
}
