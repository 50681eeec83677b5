//! A verification as a search shows it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::machine::{Channel, State};
use super::store::Verification;
use crate::credentials::NEXMO_API_KEY;

/// What a successful verification costs, in euros.
pub(super) const PRICE: &str = "0.10000000";
/// After its end a verification is not found for a while; shorter than the real minute, since people wait.
const LAG: SignedDuration = SignedDuration::from_secs(3);

/// The answer of a search, unless the verification has only just ended.
pub(super) fn searched(verification: &Verification, now: Timestamp) -> Option<Value> {
    let machine = &verification.machine;
    if machine.ended.is_some_and(|ended| now.duration_since(ended) < LAG) {
        return None;
    }
    let first = machine.events.first().map(|event| date(event.at));
    let last = machine.events.last().map(|event| date(event.at));
    let sender = match verification.start.sender.as_str() {
        "VERIFY" => "verify",
        sender => sender,
    };
    Some(json!({
        "request_id": verification.id,
        "account_id": NEXMO_API_KEY,
        "status": machine.state.name(),
        "number": verification.start.number,
        "price": if machine.state == State::Success { PRICE } else { "0" },
        "currency": "EUR",
        "sender_id": sender,
        "date_submitted": date(machine.started),
        "date_finalized": machine.ended.map(date).unwrap_or_default(),
        "first_event_date": first,
        "last_event_date": last,
        "checks": checks(verification),
        "events": events(verification),
    }))
}

fn checks(verification: &Verification) -> Vec<Value> {
    let check = |typed: &super::store::Try| {
        json!({
            "date_received": date(typed.at),
            "code": typed.code,
            "status": if typed.right { "VALID" } else { "INVALID" },
            "ip_address": "",
        })
    };
    verification.tries.iter().map(check).collect()
}

fn events(verification: &Verification) -> Vec<Value> {
    let kinds = verification.machine.events.iter().map(|event| match event.channel {
        Channel::Sms => "sms",
        Channel::Tts => "tts",
    });
    kinds
        .enumerate()
        .map(|(index, kind)| json!({ "type": kind, "id": verification.event_id(index + 1) }))
        .collect()
}

/// `2026-01-02 03:04:05`
fn date(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
