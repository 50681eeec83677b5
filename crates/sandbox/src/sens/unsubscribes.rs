//! Numbers that want no advertising: `GET`, `POST` and `DELETE …/unsubscribes`.

use std::collections::BTreeMap;
use std::sync::Mutex;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{admit, errors, time};
use crate::answer::Answer;
use crate::faults::{self, Call, Provider};
use crate::lock::lock;
use crate::params::Params;
use crate::sandbox::State;

/// How many numbers are kept.
const CAPACITY: usize = 50_000;
const MOST_ITEMS: usize = 1_000;
const MOST_ROWS: usize = 100;

/// Numbers as they were given, each with the time of its registration.
#[derive(Default)]
pub(super) struct Unsubscribes {
    numbers: Mutex<BTreeMap<String, Timestamp>>,
}

impl Unsubscribes {
    /// Whether this number wants no advertising.
    pub(super) fn hold(&self, number: &str) -> bool {
        lock(&self.numbers).contains_key(number)
    }

    fn add(&self, numbers: Vec<String>, now: Timestamp) -> Result<(), Invalid> {
        let mut known = lock(&self.numbers);
        if known.len() + numbers.len() > CAPACITY {
            return Err(Invalid::Full);
        }
        for number in numbers {
            known.entry(number).or_insert(now);
        }
        Ok(())
    }

    fn remove(&self, numbers: &[String]) {
        let mut known = lock(&self.numbers);
        for number in numbers {
            known.remove(number);
        }
    }
}

/// A call that the service does not take, and why.
#[derive(Debug, thiserror::Error)]
enum Invalid {
    #[error("the body must be a list of 1 to 1000 items")]
    Count,
    #[error("'[{0}].clientTelNo' must hold digits only")]
    Number(usize),
    #[error("'{0}' must be {1}")]
    Parameter(&'static str, &'static str),
    #[error("the sandbox keeps 50,000 numbers at the most")]
    Full,
}

impl From<Invalid> for Answer {
    fn from(invalid: Invalid) -> Self {
        errors::invalid(&invalid.to_string())
    }
}

/// Lists numbers.
pub(super) async fn list(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let found = admit(&state, &request)
        .and_then(|()| Ok(find(&state.sens.unsubscribes, &Params::lenient(request.query_string()))?));
    match found {
        Ok(answer) => {
            let fault = state.faults.take(Provider::Sens, Call::Read, std::iter::empty());
            let status = fault.as_ref().and_then(|fault| fault.status);
            faults::play(fault.as_ref(), status.map_or(answer, errors::for_status)).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// Registers numbers.
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let added = admit(&state, &request)
        .and_then(|()| read(payload))
        .and_then(|numbers| Ok(state.sens.unsubscribes.add(numbers, state.now())?));
    match added {
        Ok(()) => HttpResponse::Created().finish(),
        Err(refusal) => refusal.into_response(),
    }
}

/// Removes numbers; those that are not registered are passed over.
pub(super) async fn remove(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    match admit(&state, &request).and_then(|()| read(payload)) {
        Ok(numbers) => {
            state.sens.unsubscribes.remove(&numbers);
            HttpResponse::NoContent().finish()
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn read(payload: Result<Bytes, Error>) -> Result<Vec<String>, Answer> {
    let payload = payload.map_err(|_| errors::too_large())?;
    let Ok(Value::Array(items)) = serde_json::from_slice(&payload) else {
        return Err(errors::unreadable());
    };
    if !(1..=MOST_ITEMS).contains(&items.len()) {
        return Err(Invalid::Count.into());
    }
    let number = |(index, item): (usize, &Value)| {
        let number = item["clientTelNo"].as_str().unwrap_or_default();
        let digits = (1..=20).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        if digits { Ok(number.to_owned()) } else { Err(Invalid::Number(index).into()) }
    };
    items.iter().enumerate().map(number).collect()
}

fn find(unsubscribes: &Unsubscribes, params: &Params) -> Result<Answer, Invalid> {
    let number = |name, meaning, most: i64| match params.get(name) {
        None => Ok(None),
        Some(raw) => match raw.parse::<i64>() {
            Ok(value) if (0..=most).contains(&value) => Ok(Some(value)),
            _ => Err(Invalid::Parameter(name, meaning)),
        },
    };
    let since = number("startTime", "milliseconds since 1970", i64::MAX)?.unwrap_or(0);
    let until = number("endTime", "milliseconds since 1970", i64::MAX)?.unwrap_or(i64::MAX);
    let rows = number("pageSize", "0 to 100", 100)?.and_then(|rows| usize::try_from(rows).ok());
    let page = number("pageIndex", "a whole number from 0 on", 1_000_000)?;
    let (rows, page) =
        (rows.unwrap_or(MOST_ROWS), page.and_then(|page| usize::try_from(page).ok()).unwrap_or(0));
    let known = lock(&unsubscribes.numbers);
    if known.is_empty() {
        // What a live account answers when it has none.
        return Ok(Answer::empty(StatusCode::NOT_FOUND));
    }
    let found = known.iter().filter(|(number, registered_at)| {
        params.get("clientTelNo").is_none_or(|wanted| wanted == number.as_str())
            && (since..=until).contains(&registered_at.as_millisecond())
    });
    let items: Vec<_> = found
        .skip(page * rows)
        .take(rows)
        .map(|(number, registered_at)| {
            json!({
                "clientTelNo": number,
                "registerTime": time::whole(*registered_at),
                "registerType": "M",
            })
        })
        .collect();
    Ok(Answer::json(StatusCode::OK, &json!(items)))
}
