//! Delivery receipts (section 4): GET with a query, POST with a form or with JSON, whichever the account says.

use std::collections::HashSet;

use bonin_domain::messages::{DeliveryState, FailureClass, ProviderReference};
use bonin_ports::{Inbound, NotAuthentic, Receipt, ReceiptReader, UnreadableReceipt};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};

use crate::codes::failure_class;
use crate::form;
use crate::sender::NexmoSms;
use crate::sign::is_signed;

/// Nexmo repeats a receipt that was not taken for 24 hours; an hour more for both clocks and queues.
const OLDEST: SignedDuration = SignedDuration::from_hours(25);
/// How far its clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// A receipt has about fifteen fields, a message to us twenty.
const MOST_FIELDS: usize = 64;

type Fields = Vec<(String, String)>;

impl ReceiptReader for NexmoSms {
    fn authenticate(&self, inbound: &Inbound<'_>) -> Result<(), NotAuthentic> {
        let config = &self.client.config;
        // Without a secret nobody could tell Nexmo's receipts from a stranger's.
        let secret = config.signature_secret.as_ref().ok_or(NotAuthentic("no signature secret is set"))?;
        let fields = self.fields(inbound).ok_or(NotAuthentic("the fields cannot be read"))?;
        check_names(&fields)?;
        let get = |name| find(&fields, name);
        let sig = get("sig").ok_or(NotAuthentic("it is not signed"))?;
        let pairs: Vec<_> = fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        if !is_signed(config.signature_method, secret.expose_secret(), &pairs, sig) {
            return Err(NotAuthentic("the signature is wrong"));
        }
        let signed_at = get("timestamp").and_then(seconds).ok_or(NotAuthentic("it has no time"))?;
        let age = inbound.at.duration_since(signed_at);
        if age > OLDEST {
            return Err(NotAuthentic("it is too old"));
        }
        if age < -AHEAD {
            return Err(NotAuthentic("it is from the future"));
        }
        Ok(())
    }

    fn read(&self, inbound: &Inbound<'_>) -> Result<Vec<Receipt>, UnreadableReceipt> {
        let fields = self.fields(inbound).ok_or(UnreadableReceipt("the fields cannot be read"))?;
        let get = |name| find(&fields, name);
        // A message that somebody sent to us has a text and no status.
        let Some(status) = get("status") else {
            return Ok(Vec::new());
        };
        let id = get("messageId").ok_or(UnreadableReceipt("there is no messageId"))?;
        let reference =
            ProviderReference::parse(id).ok_or(UnreadableReceipt("messageId has another form"))?;
        let err_code = get("err-code").filter(|code| (1..=40).contains(&code.len()));
        let (state, failure) =
            outcome(status, err_code).ok_or(UnreadableReceipt("the status is not documented"))?;
        let code = Some(err_code.unwrap_or(status).to_owned());
        // A receipt is about one part, so its price is not the message's; that came with the acceptance.
        Ok(vec![Receipt { reference, state, failure, code, price: None }])
    }
}

impl NexmoSms {
    /// The fields, each of which is signed; `None` for a body that is neither a form nor a flat JSON object.
    fn fields(&self, inbound: &Inbound<'_>) -> Option<Fields> {
        let base = &self.client.config.base_url;
        if inbound.body.is_empty() {
            return Some(form::read(base, inbound.query));
        }
        let body = std::str::from_utf8(inbound.body).ok()?;
        let json = inbound.content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
        if !json {
            return Some(form::read(base, body));
        }
        let members: Map<String, Value> = serde_json::from_str(body).ok()?;
        members
            .into_iter()
            .map(|(name, value)| match value {
                Value::String(text) => Some((name, text)),
                Value::Number(number) => Some((name, number.to_string())),
                Value::Bool(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
            })
            .collect()
    }
}

/// Names that would make two readings of one signed text possible are refused.
fn check_names(fields: &Fields) -> Result<(), NotAuthentic> {
    // Anybody can send this: it is looked at before the signature.
    if fields.len() > MOST_FIELDS {
        return Err(NotAuthentic("there are more fields than any receipt has"));
    }
    let mut seen = HashSet::new();
    for (name, _) in fields {
        if !seen.insert(name) {
            return Err(NotAuthentic("a field is given twice"));
        }
        if name.contains(['&', '=']) {
            return Err(NotAuthentic("a field has an impossible name"));
        }
    }
    Ok(())
}

fn find<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    let (_, value) = fields.iter().find(|(known, _)| known == name)?;
    Some(value.as_str()).filter(|value| !value.is_empty())
}

fn seconds(raw: &str) -> Option<Timestamp> {
    Timestamp::from_second(raw.parse().ok()?).ok()
}

/// What a receipt's words mean.
fn outcome(status: &str, err_code: Option<&str>) -> Option<(DeliveryState, Option<FailureClass>)> {
    let class = failure_class(err_code.unwrap_or_default());
    let or = |fallback| if class == FailureClass::Other { fallback } else { class };
    Some(match status {
        // The carrier has it. `unknown` is the carrier's last word: nobody knows, so nothing is claimed.
        "accepted" | "buffered" | "unknown" => (DeliveryState::Sent, None),
        "delivered" => (DeliveryState::Delivered, None),
        // The carrier tried until the end: the phone was not there.
        "expired" => (DeliveryState::Failed, Some(or(FailureClass::Unreachable))),
        "failed" => (DeliveryState::Failed, Some(class)),
        "rejected" => (DeliveryState::Failed, Some(or(FailureClass::Blocked))),
        _ => return None,
    })
}
