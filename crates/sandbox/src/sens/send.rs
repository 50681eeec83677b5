//! `POST /sms/v2/services/{serviceId}/messages`

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde_json::json;

use super::request::Message;
use super::reservations::{Addressed, When};
use super::results::Outcome;
use super::store::Accepted;
use super::{admit, errors, request, reservations, text, time};
use crate::answer::Answer;
use crate::faults::{self, Call, Fault, Provider};
use crate::handset::Incoming;
use crate::numbers;
use crate::sandbox::State;

/// Answers a send call; faults concern only requests that the real gateway would take.
pub(super) async fn send(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let (messages, when) = match admit(&state, &request).and_then(|()| read(&state, payload)) {
        Ok(call) => call,
        Err(refusal) => return refusal.into_response(),
    };
    let numbers = messages.iter().map(|(_, number)| number.as_deref());
    let fault = state.faults.take(Provider::Sens, Call::Send, numbers);
    let answer = match fault.as_ref().filter(|fault| !fault.accepts()) {
        Some(fault) => errors::for_status(fault.status.unwrap_or(500)),
        None => accept(&state, messages, when, fault.as_ref()),
    };
    faults::play(fault.as_ref(), answer).await
}

/// The messages of the body, each with its recipient as E.164, and when they go.
fn read(state: &State, payload: Result<Bytes, Error>) -> Result<(Vec<Addressed>, Option<When>), Answer> {
    let body = super::object(payload)?;
    let now = state.now();
    let when = When::read(&body, now).map_err(|invalid| errors::invalid(&invalid.to_string()))?;
    let messages = request::read(&body, &state.sens.files, now)
        .map_err(|invalid| errors::invalid(&invalid.to_string()))?;
    let address = |message: Message| {
        let number = numbers::from_national(&message.country, &message.to);
        (message, number)
    };
    Ok((messages.into_iter().map(address).collect(), when))
}

/// Stores the messages and hands them to the handset, before the answer is out; or keeps them for later.
fn accept(
    state: &Data<State>,
    messages: Vec<Addressed>,
    when: Option<When>,
    fault: Option<&Fault>,
) -> Answer {
    let now = state.now();
    let request_id = if let Some(when) = when {
        reservations::reserve(state, when, messages, fault.cloned(), now)
    } else {
        let accepted = deliver(state, messages, fault, now, now);
        state.sens.accept(accepted, now)
    };
    let body = json!({
        "requestId": request_id,
        "requestTime": time::precise(now),
        "statusCode": "202",
        "statusName": "success",
    });
    Answer::json(StatusCode::ACCEPTED, &body)
}

/// Decides on each message that goes `at` this time, and hands those that arrive to the handset.
pub(super) fn deliver(
    state: &State,
    messages: Vec<Addressed>,
    fault: Option<&Fault>,
    at: Timestamp,
    now: Timestamp,
) -> Vec<Accepted> {
    let mut arriving = Vec::new();
    let accepted = messages
        .into_iter()
        .map(|(message, number)| {
            let opted_out = state.sens.unsubscribes.hold(&message.to);
            let outcome = Outcome::of(&message, number.as_deref(), fault, opted_out, at);
            if outcome.arrives {
                arriving.extend(number.clone().map(|to| incoming(&message, to)));
            }
            Accepted { message, number, outcome }
        })
        .collect();
    state.handset.receive(arriving, now);
    accepted
}

/// What the phone shows: too long a text arrives cut.
fn incoming(message: &Message, to: String) -> Incoming {
    let subject = message.subject.as_deref().filter(|_| message.kind != request::Kind::Sms);
    Incoming {
        provider: Provider::Sens.name(),
        from: message.from.clone(),
        to,
        subject: subject.map(|subject| text::cut(subject, 40).to_owned()),
        text: text::cut(&message.content, message.kind.limit()).to_owned(),
        kind: message.kind.handset_name(),
    }
}
