//! `POST /sms/v2/services/{serviceId}/messages`

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::request::Message;
use super::results::Outcome;
use super::store::Accepted;
use super::{admit, errors, request, text, time};
use crate::answer::Answer;
use crate::faults::{self, Call, Provider};
use crate::handset::Incoming;
use crate::numbers;
use crate::sandbox::State;

/// Answers a send call; faults concern only requests that the real gateway would take.
pub(super) async fn send(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let messages = match admit(&state, &request).and_then(|()| read(payload)) {
        Ok(messages) => messages,
        Err(refusal) => return refusal.into_response(),
    };
    let numbers = messages.iter().map(|(_, number)| number.as_deref());
    let fault = state.faults.take(Provider::Sens, Call::Send, numbers);
    let answer = match fault.as_ref().filter(|fault| !fault.accepts()) {
        Some(fault) => errors::for_status(fault.status.unwrap_or(500)),
        None => accept(&state, messages, fault.as_ref()),
    };
    faults::play(fault.as_ref(), answer).await
}

/// The messages of the body, each with its recipient as E.164.
fn read(payload: Result<Bytes, Error>) -> Result<Vec<(Message, Option<String>)>, Answer> {
    let payload = payload.map_err(|_| errors::too_large())?;
    let Ok(Value::Object(body)) = serde_json::from_slice(&payload) else {
        return Err(errors::unreadable());
    };
    let messages = request::read(&body).map_err(|invalid| errors::invalid(&invalid.to_string()))?;
    Ok(messages
        .into_iter()
        .map(|message| {
            let number = numbers::from_national(&message.country, &message.to);
            (message, number)
        })
        .collect())
}

/// Stores the messages and hands them to the handset, before the answer is out.
fn accept(state: &State, messages: Vec<(Message, Option<String>)>, fault: Option<&faults::Fault>) -> Answer {
    let now = state.now();
    let mut arriving = Vec::new();
    let accepted = messages
        .into_iter()
        .map(|(message, number)| {
            let outcome = Outcome::of(&message, number.as_deref(), fault, now);
            if outcome.arrives {
                arriving.extend(number.clone().map(|to| incoming(&message, to)));
            }
            Accepted { message, number, outcome }
        })
        .collect();
    let request_id = state.sens.accept(accepted, now);
    state.handset.receive(arriving, now);
    let body = json!({
        "requestId": request_id,
        "requestTime": time::precise(now),
        "statusCode": "202",
        "statusName": "success",
    });
    Answer::json(StatusCode::ACCEPTED, &body)
}

/// What the phone shows: too long a text arrives cut.
fn incoming(message: &Message, to: String) -> Incoming {
    let subject = message.subject.as_deref().filter(|_| message.kind == request::Kind::Lms);
    Incoming {
        provider: Provider::Sens.name(),
        from: message.from.clone(),
        to,
        subject: subject.map(|subject| text::cut(subject, 40).to_owned()),
        text: text::cut(&message.content, message.kind.limit()).to_owned(),
        kind: message.kind.handset_name(),
    }
}
