//! Verify v1: the provider draws, sends and compares the code.

mod errors;
mod machine;
mod request;
mod store;
mod view;

use std::iter;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde_json::{Value, json};

use self::errors::Refusal;
use self::machine::{CannotDo, Verdict};
use self::request::Start;
use super::call::Call;
use crate::faults::{self, Fault, Provider};
use crate::sandbox::State;

pub(super) use self::store::Store;

/// Most ids of one search.
const MOST_IDS: usize = 10;
/// Longer than any id that was given.
const LONGEST_ID: usize = 32;

/// `/verify/{format}`
pub(super) async fn start(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    begin(state, Call::read(&request, payload), Start::read).await
}

/// `/verify/psd2/json`
pub(super) async fn start_payment(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    begin(state, Call::read(&request, payload), Start::read_payment).await
}

async fn begin(
    state: Data<State>,
    call: Call,
    read: impl FnOnce(&Call) -> Result<Start, Refusal>,
) -> HttpResponse {
    const ROOT: &str = "verify_response";
    let now = state.now();
    let read = call.admit().map_err(Refusal::from).and_then(|()| read(&call)).and_then(|start| {
        match state.nexmo.verify.running(&start.number, now) {
            Some(id) => Err(errors::concurrent(&id)),
            None => Ok(start),
        }
    });
    deliver(&state, now);
    let start = match read {
        Ok(start) => start,
        Err(refusal) => return respond(&call, ROOT, None, Err(refusal)).await,
    };
    let number = format!("+{}", start.number);
    let fault =
        state.faults.take(Provider::NexmoVerify, faults::Call::Send, iter::once(Some(number.as_str())));
    let result = match fault.as_ref().and_then(errors::of_fault) {
        Some(refusal) => Err(refusal),
        None => accept(&state, start, fault.as_ref(), now),
    };
    respond(&call, ROOT, fault.as_ref(), result).await
}

/// Runs the first event before the answer is out; a light timer runs the others.
fn accept(
    state: &Data<State>,
    start: Start,
    fault: Option<&Fault>,
    now: Timestamp,
) -> Result<Value, Refusal> {
    // There are no receipts to fail: what fails is the message.
    let failed = fault.and_then(|fault| fault.receipt) == Some(faults::Receipt::Failed);
    let lost = failed || fault.is_some_and(|fault| fault.drop);
    let id = state.nexmo.verify.start(start, !lost, now).map_err(|running| errors::concurrent(&running))?;
    deliver(state, now);
    actix_web::rt::spawn(run_events(state.clone(), id.clone()));
    Ok(json!({ "request_id": id, "status": "0" }))
}

/// Lets the later events of a verification happen when they are due, as long as some are left.
async fn run_events(state: Data<State>, id: String) {
    /// So that a clock that stands still, as in tests, is not asked all the time.
    const LEAST_WAIT: Duration = Duration::from_millis(200);
    loop {
        let now = state.now();
        let due = state.nexmo.verify.visit(&id, now, |verification| verification.machine.next_event_at());
        deliver(&state, now);
        let Some(due) = due.flatten() else { return };
        let wait = Duration::try_from(due.duration_since(now)).unwrap_or_default();
        tokio::time::sleep(wait.max(LEAST_WAIT)).await;
    }
}

/// `/verify/check/{format}`
pub(super) async fn check(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    const ROOT: &str = "verify_response";
    let call = Call::read(&request, payload);
    let (id, code) = match admitted_id(&call).and_then(|id| Ok((id, typed_code(&call)?))) {
        Ok(fields) => fields,
        Err(refusal) => return respond(&call, ROOT, None, Err(refusal)).await,
    };
    act(&state, &call, ROOT, &[id], |now| {
        let checked = state.nexmo.verify.visit(id, now, |verification| verification.check(code, now));
        match checked {
            Some((Verdict::Right, event_id)) => Ok(json!({
                "request_id": id,
                "event_id": event_id,
                "status": "0",
                "price": view::PRICE,
                "currency": "EUR",
            })),
            Some((Verdict::Wrong, _)) => Err(errors::wrong_code(id)),
            Some((Verdict::TooMany, _)) => Err(errors::too_many_codes(id)),
            Some((Verdict::Over, _)) | None => Err(errors::not_found(id)),
        }
    })
    .await
}

/// `/verify/search/{format}`
pub(super) async fn search(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    const ROOT: &str = "verify_request";
    let call = Call::read(&request, payload);
    let many: Vec<&str> = call.all("request_ids").collect();
    let single = call.get("request_id");
    let ids = call.admit().map_err(Refusal::from).and_then(|()| match (single, many.len()) {
        (Some(id), _) if id.len() > LONGEST_ID => Err(errors::invalid("request_id")),
        (Some(id), _) => Ok(vec![id]),
        (None, 0) => Err(errors::missing("request_id")),
        (None, 1..=MOST_IDS) => Ok(many),
        (None, _) => Err(errors::invalid("request_ids")),
    });
    let ids = match ids {
        Ok(ids) => ids,
        Err(refusal) => return respond(&call, ROOT, None, Err(refusal)).await,
    };
    act(&state, &call, ROOT, &ids, |now| {
        let shown = |id: &&str| {
            state.nexmo.verify.visit(id, now, |verification| view::searched(verification, now)).flatten()
        };
        let mut found: Vec<Value> = ids.iter().filter_map(shown).collect();
        match (found.len(), single) {
            (0, _) => Err(errors::no_response()),
            (_, Some(_)) => Ok(found.swap_remove(0)),
            (_, None) => Ok(json!({ "verification_requests": found })),
        }
    })
    .await
}

/// `/verify/control/{format}`
pub(super) async fn control(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    const ROOT: &str = "response";
    let call = Call::read(&request, payload);
    let fields = admitted_id(&call).and_then(|id| {
        let command = call.get("cmd").ok_or_else(|| errors::missing("cmd"))?;
        let known = ["cancel", "trigger_next_event"].contains(&command);
        if known { Ok((id, command)) } else { Err(errors::invalid("cmd")) }
    });
    let (id, command) = match fields {
        Ok(fields) => fields,
        Err(refusal) => return respond(&call, ROOT, None, Err(refusal)).await,
    };
    act(&state, &call, ROOT, &[id], |now| {
        let done = state.nexmo.verify.visit(id, now, |verification| match command {
            "cancel" => verification.machine.cancel(now),
            _ => verification.machine.trigger(now),
        });
        done.unwrap_or(Err(CannotDo::Over)).map_err(|why| errors::cannot(why, id))?;
        Ok(json!({ "status": "0", "command": command }))
    })
    .await
}

/// Does something to verifications, unless a fault concerns their numbers and forbids it.
async fn act(
    state: &State,
    call: &Call,
    root: &str,
    ids: &[&str],
    what: impl FnOnce(Timestamp) -> Result<Value, Refusal>,
) -> HttpResponse {
    let now = state.now();
    let numbers: Vec<_> = ids
        .iter()
        .filter_map(|id| state.nexmo.verify.visit(id, now, |verification| verification.e164()))
        .collect();
    // What Nexmo does not know it refuses anyway.
    let fault = if numbers.is_empty() {
        None
    } else {
        let numbers = numbers.iter().map(|number| Some(number.as_str()));
        state.faults.take(Provider::NexmoVerify, faults::Call::Read, numbers)
    };
    let result = match fault.as_ref().and_then(errors::of_fault) {
        Some(refusal) => Err(refusal),
        None => what(now),
    };
    deliver(state, now);
    respond(call, root, fault.as_ref(), result).await
}

async fn respond(
    call: &Call,
    root: &str,
    fault: Option<&Fault>,
    result: Result<Value, Refusal>,
) -> HttpResponse {
    let answer = match result {
        Ok(body) => call.format.answer(StatusCode::OK, root, &body),
        Err(refusal) => call.format.answer(refusal.http(), root, &refusal.body()),
    };
    faults::play(fault, answer).await
}

/// Hands what went out meanwhile to the handset.
fn deliver(state: &State, now: Timestamp) {
    state.handset.receive(state.nexmo.verify.gone_out(), now);
}

fn admitted_id(call: &Call) -> Result<&str, Refusal> {
    call.admit()?;
    let id = call.get("request_id").ok_or_else(|| errors::missing("request_id"))?;
    if id.len() <= LONGEST_ID { Ok(id) } else { Err(errors::invalid("request_id")) }
}

fn typed_code(call: &Call) -> Result<&str, Refusal> {
    let code = call.get("code").ok_or_else(|| errors::missing("code"))?;
    if (4..=6).contains(&code.chars().count()) { Ok(code) } else { Err(errors::invalid("code")) }
}
