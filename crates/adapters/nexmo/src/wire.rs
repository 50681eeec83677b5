//! The provider's JSON. Unknown members are ignored; numbers may come as strings and the other way round.

use bonin_domain::Amount;
use bonin_domain::messages::Price;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::error::NexmoError;
use crate::invalid::{check_request_id, is_id};
use crate::price;
use crate::sms::SmsPart;
use crate::verify::{CheckedCode, VerifyEvent, VerifyRecord, VerifyState, VerifyTry};

/// Verify names its currency; the SMS API always charges this one.
const EURO: &str = "EUR";

#[derive(Deserialize)]
struct Sms {
    #[serde(default, rename = "message-count", deserialize_with = "text")]
    count: Option<String>,
    messages: Vec<SmsElement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct SmsElement {
    #[serde(default, deserialize_with = "text")]
    status: Option<String>,
    #[serde(default, deserialize_with = "text")]
    message_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    message_price: Option<String>,
    #[serde(default, deserialize_with = "text")]
    network: Option<String>,
    #[serde(default, deserialize_with = "text")]
    remaining_balance: Option<String>,
}

#[derive(Deserialize)]
struct Balance {
    #[serde(default, deserialize_with = "text")]
    value: Option<String>,
}

#[derive(Deserialize)]
struct Verify {
    #[serde(default, deserialize_with = "text")]
    status: Option<String>,
    #[serde(default, deserialize_with = "text")]
    request_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    event_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    price: Option<String>,
    #[serde(default, deserialize_with = "text")]
    estimated_price_messages_sent: Option<String>,
    #[serde(default, deserialize_with = "text")]
    currency: Option<String>,
    #[serde(default, deserialize_with = "text")]
    command: Option<String>,
    #[serde(default, deserialize_with = "text")]
    date_submitted: Option<String>,
    #[serde(default, deserialize_with = "text")]
    date_finalized: Option<String>,
    #[serde(default)]
    checks: Option<Vec<Check>>,
    #[serde(default)]
    events: Option<Vec<Event>>,
    #[serde(default)]
    verification_requests: Option<Vec<Verify>>,
}

#[derive(Deserialize)]
struct Check {
    #[serde(default, deserialize_with = "text")]
    date_received: Option<String>,
    #[serde(default, deserialize_with = "text")]
    status: Option<String>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(default, rename = "type", deserialize_with = "text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
}

/// The parts of a message that was handed over.
pub(crate) fn sms(body: &[u8]) -> Result<Vec<SmsPart>, NexmoError> {
    let answer: Sms = read(body)?;
    let counted = answer.count.as_deref().is_none_or(|count| count == answer.messages.len().to_string());
    if answer.messages.is_empty() || !counted {
        return Err(NexmoError::unclear("the parts are not all there"));
    }
    answer.messages.into_iter().map(part).collect()
}

fn part(element: SmsElement) -> Result<SmsPart, NexmoError> {
    let status = status(element.status)?;
    if status != "0" {
        return Ok(SmsPart::Refused { status });
    }
    Ok(SmsPart::Accepted {
        message_id: element.message_id.ok_or_else(|| NexmoError::unclear("a part has no message id"))?,
        price: element.message_price,
        network: element.network,
        remaining_balance: element.remaining_balance,
    })
}

/// What is left on the account, in euros.
pub(crate) fn balance(body: &[u8]) -> Result<Amount, NexmoError> {
    let answer: Balance = read(body)?;
    let value = answer.value.as_deref().and_then(Amount::parse);
    value.ok_or_else(|| NexmoError::unclear("there is no balance"))
}

/// The request id of a verification that began.
pub(crate) fn started(body: &[u8]) -> Result<String, NexmoError> {
    let answer = successful(body)?;
    let id = answer.request_id.ok_or_else(|| NexmoError::unclear("there is no request id"))?;
    check_request_id(&id).map_err(NexmoError::unclear)?;
    Ok(id)
}

/// A code that was right, in the verification `request_id`.
pub(crate) fn checked(body: &[u8], request_id: &str) -> Result<CheckedCode, NexmoError> {
    let answer = successful(body)?;
    // Nobody is let in because of somebody else's code.
    if answer.request_id.as_deref() != Some(request_id) {
        return Err(NexmoError::unclear("the answer is about another request"));
    }
    Ok(CheckedCode { price: total(&answer), event_id: answer.event_id.filter(|id| is_id(id)) })
}

/// A command that was carried out.
pub(crate) fn controlled(body: &[u8], command: &str) -> Result<(), NexmoError> {
    let answer = successful(body)?;
    if answer.command.as_deref().is_some_and(|echo| echo != command) {
        return Err(NexmoError::unclear("the answer is about another command"));
    }
    Ok(())
}

/// One verification.
pub(crate) fn found(body: &[u8], request_id: &str) -> Result<VerifyRecord, NexmoError> {
    let answer = record(read(body)?)?;
    if answer.request_id != request_id {
        return Err(NexmoError::unclear("the answer is about another request"));
    }
    Ok(answer)
}

/// Those that are known among several.
pub(crate) fn found_many(body: &[u8]) -> Result<Vec<VerifyRecord>, NexmoError> {
    let mut answer: Verify = read(body)?;
    match answer.verification_requests.take() {
        Some(all) => all.into_iter().map(record).collect(),
        // One id alone is answered without a list.
        None => Ok(vec![record(answer)?]),
    }
}

fn record(answer: Verify) -> Result<VerifyRecord, NexmoError> {
    let word = answer.status.as_deref().ok_or_else(|| NexmoError::unclear("there is no status"))?;
    let Some(state) = VerifyState::from_wire(word) else {
        return Err(NexmoError::Status { code: status(answer.status)? });
    };
    Ok(VerifyRecord {
        state,
        price: total(&answer),
        request_id: answer.request_id.ok_or_else(|| NexmoError::unclear("there is no request id"))?,
        date_submitted: answer.date_submitted,
        date_finalized: answer.date_finalized,
        checks: answer.checks.into_iter().flatten().map(VerifyTry::from).collect(),
        events: answer.events.into_iter().flatten().map(VerifyEvent::from).collect(),
    })
}

impl From<Check> for VerifyTry {
    fn from(check: Check) -> Self {
        Self { received: check.date_received, valid: check.status.as_deref() == Some("VALID") }
    }
}

impl From<Event> for VerifyEvent {
    fn from(event: Event) -> Self {
        Self { kind: event.kind.unwrap_or_default(), id: event.id }
    }
}

/// The verification's price and, where it is told apart, that of its messages.
fn total(answer: &Verify) -> Option<Price> {
    let amounts: Vec<&str> = [answer.price.as_deref(), answer.estimated_price_messages_sent.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    answer.price.as_ref()?;
    price::sum(&amounts, answer.currency.as_deref().unwrap_or(EURO))
}

/// An answer of Verify with status 0.
fn successful(body: &[u8]) -> Result<Verify, NexmoError> {
    let mut answer: Verify = read(body)?;
    match status(answer.status.take())?.as_str() {
        "0" => Ok(answer),
        code => Err(NexmoError::Status { code: code.to_owned() }),
    }
}

/// A status as the sheet lists them: a small number.
fn status(raw: Option<String>) -> Result<String, NexmoError> {
    raw.filter(|status| (1..=3).contains(&status.len()) && status.bytes().all(|b| b.is_ascii_digit()))
        .ok_or_else(|| NexmoError::unclear("there is no status"))
}

/// The error of `serde_json` quotes what it read, so it goes no further.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, NexmoError> {
    serde_json::from_slice(body).map_err(|_| NexmoError::unclear("it is not the JSON that is documented"))
}

/// A string or number as text; an empty one counts as missing.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// What a message costs, where each of its parts says so.
pub(crate) fn sms_price(parts: &[SmsPart]) -> Option<Price> {
    let mut amounts = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            SmsPart::Accepted { price: Some(price), .. } => amounts.push(price.as_str()),
            SmsPart::Accepted { price: None, .. } | SmsPart::Refused { .. } => return None,
        }
    }
    price::sum(&amounts, EURO)
}
