//! The SMS API.

mod account;
mod admit;
mod errors;
mod receipts;
mod request;
mod text;

use std::iter;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use serde_json::json;

use self::errors::Refusal;
use self::request::Message;
use super::call::Call;
use super::format::{self, Format};
use crate::answer::Answer;
use crate::faults::{self, Fault, Provider};
use crate::handset::Incoming;
use crate::sandbox::State;

pub(super) use self::account::{Account, balance, remove_receiver, set_receiver, show_receiver};

/// One part of a message that was taken.
struct Part {
    message_id: String,
    remaining_balance: String,
}

/// What a part costs, in euros.
const PRICE: &str = "0.03330000";
/// The network of every number, MCC and MNC.
const NETWORK: &str = "45005";

/// `/sms/{format}`
pub(super) async fn send(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let call = Call::read(&request, payload);
    let message = match admit::admit(&call, state.now()).and_then(|()| Message::read(&call)) {
        Ok(message) => message,
        Err(refusal) => return refused(call.format, &refusal).into_response(),
    };
    let number = message.e164();
    let fault = state.faults.take(Provider::Nexmo, faults::Call::Send, iter::once(Some(number.as_str())));
    let answer = match fault.as_ref().and_then(errors::of_fault) {
        Some(refusal) => refused(call.format, &refusal),
        None => accept(&state, &call, &message, fault.as_ref()).await,
    };
    faults::play(fault.as_ref(), answer).await
}

/// Hands the message to the handset and its receipts to their receiver, before the answer is out.
async fn accept(state: &State, call: &Call, message: &Message, fault: Option<&Fault>) -> Answer {
    let now = state.now();
    let account = &state.nexmo.sms;
    let parts: Vec<Part> = iter::repeat_with(|| account.take_part(now)).take(message.parts()).collect();
    let fate = receipts::Fate::of(fault);
    if fate.arrives {
        let incoming = Incoming {
            provider: Provider::Nexmo.name(),
            from: message.from.clone(),
            to: message.e164(),
            subject: None,
            text: message.shown(),
            kind: "sms",
        };
        state.handset.receive(vec![incoming], now);
    }
    receipts::push(state, message, &parts, &fate, fault).await;
    accepted(call.format, message, &parts)
}

fn accepted(format: Format, message: &Message, parts: &[Part]) -> Answer {
    let elements = parts
        .iter()
        .map(|part| {
            let mut element = vec![
                ("to", message.to.as_str()),
                ("message-id", &part.message_id),
                ("status", "0"),
                ("remaining-balance", &part.remaining_balance),
                ("message-price", PRICE),
                ("network", NETWORK),
            ];
            element.extend(message.client_ref.as_deref().map(|reference| ("client-ref", reference)));
            element
        })
        .collect();
    written(format, StatusCode::OK, elements)
}

fn refused(format: Format, refusal: &Refusal) -> Answer {
    let element = vec![("status", refusal.status.as_str()), ("error-text", refusal.text.as_str())];
    written(format, refusal.http, vec![element])
}

/// One element for each part; XML has its own names.
fn written(format: Format, status: StatusCode, elements: Vec<Vec<(&str, &str)>>) -> Answer {
    let count = elements.len().to_string();
    match format {
        Format::Json => {
            let messages: Vec<serde_json::Map<_, _>> = elements
                .into_iter()
                .map(|element| {
                    element.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
                })
                .collect();
            Answer::json(status, &json!({ "message-count": count, "messages": messages }))
        }
        Format::Xml => {
            let messages: String = elements.iter().map(|element| xml_message(element)).collect();
            let document = format!(
                "<mt-submission-response><messages count=\"{count}\">{messages}</messages>\
                 </mt-submission-response>"
            );
            format::xml(status, &document)
        }
    }
}

fn xml_message(element: &[(&str, &str)]) -> String {
    let children: String = element.iter().map(|(name, value)| format::leaf(&camel(name), value)).collect();
    format!("<message>{children}</message>")
}

/// `message-id` as `messageId`.
fn camel(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| {
        let (head, tail) = word.split_at(1);
        all + &head.to_ascii_uppercase() + tail
    })
}
