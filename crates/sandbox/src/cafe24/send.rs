//! `POST /sms_sender.php`

use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use jiff::{SignedDuration, Timestamp};

use super::form::Fields;
use super::outcome::Outcome;
use super::request::{self, Call};
use super::store::Record;
use super::{access, answers, numbers, waiting};
use crate::answer::Answer;
use crate::credentials::CAFE24_FROM;
use crate::faults::{self, Fault, Provider};
use crate::handset::Incoming;
use crate::sandbox::State;

/// Answers a send call; faults concern only calls that the real page would take.
pub(super) async fn send(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    waiting::deliver_due(&state);
    let Ok(payload) = payload else {
        return answers::too_large().into_response();
    };
    let call = match read(&state, &Fields::read(&request, &payload)) {
        Ok(call) => call,
        Err(refusal) => return refusal.into_response(),
    };
    let numbers = call.messages.iter().map(|(number, _)| Some(number.as_str()));
    let fault = state.faults.take(Provider::Cafe24, faults::Call::Send, numbers);
    let answer = answers::under(fault.as_ref(), || accept(&state, &call, fault.as_ref()));
    waiting::watch(&state);
    faults::play(fault.as_ref(), answer).await
}

fn read(state: &State, fields: &Fields) -> Result<Call, Answer> {
    access::admit(fields, "user_id", "secure").map_err(answers::refusal)?;
    let call = request::read(fields, state.now()).map_err(answers::refusal)?;
    let credits = state.cafe24.credits(state.now());
    if !call.is_test && call.cost() > credits {
        return Err(answers::counted("-201", credits));
    }
    Ok(call)
}

/// Stores the messages and hands them to the handset, before the answer is out.
fn accept(state: &State, call: &Call, fault: Option<&Fault>) -> Answer {
    let now = state.now();
    if call.is_test {
        return answers::counted("Test Success!", state.cafe24.credits(now));
    }
    let first = call.reserved_for.unwrap_or(now);
    let times = times(call, first);
    let messages = times.iter().flat_map(|sent_at| {
        call.messages.iter().map(|(number, text)| message(call, number, text, fault, (now, *sent_at)))
    });
    let (arriving, credits) = state.cafe24.accept(messages.collect(), now);
    state.handset.receive(arriving, now);
    answers::counted(if call.reserved_for.is_some() { "reserved" } else { "success" }, credits)
}

/// When the messages of a call are sent: once, and then again as often as it says.
fn times(call: &Call, first: Timestamp) -> Vec<Timestamp> {
    let (rounds, gap) = call.repeat.map_or((0, SignedDuration::ZERO), |repeat| (repeat.times, repeat.gap));
    let after = |round: u8| first.saturating_add(gap * i32::from(round)).unwrap_or(Timestamp::MAX);
    (0..=rounds).map(after).collect()
}

/// One message, and what the phone shows of it if it arrives.
fn message(
    call: &Call,
    number: &str,
    text: &str,
    fault: Option<&Fault>,
    (registered_at, sent_at): (Timestamp, Timestamp),
) -> (Record, Option<Incoming>) {
    let to_itself = numbers::national(number) == CAFE24_FROM;
    let outcome = Outcome::of(number, to_itself, fault, sent_at);
    let incoming = outcome.arrives.then(|| Incoming {
        provider: Provider::Cafe24.name(),
        from: CAFE24_FROM.to_owned(),
        to: number.to_owned(),
        subject: call.subject.clone(),
        text: text.to_owned(),
        kind: if call.is_long { "lms" } else { "sms" },
    });
    let record = Record {
        is_long: call.is_long,
        is_reserved: call.reserved_for.is_some(),
        number: number.to_owned(),
        text: text.to_owned(),
        registered_at,
        sent_at,
        outcome,
    };
    (record, incoming)
}
