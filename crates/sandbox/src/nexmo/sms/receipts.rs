//! Delivery receipts, posted as signed forms.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::request::Message;
use super::{NETWORK, PRICE, Part};
use crate::credentials::NEXMO_API_KEY;
use crate::faults::{Fault, Receipt};
use crate::nexmo::sign;
use crate::sandbox::State;
use crate::webhooks::Delivery;

/// Long enough for the answer to be there first.
const DELAY_MS: u64 = 300;
/// Between two receipts of one message, so that their order is kept.
const PAUSE_MS: u64 = 30;
/// Why a message fails where the fault does not say: no such subscriber any more.
const FAILED: &str = "3";

/// What becomes of a message.
pub(super) struct Fate {
    /// Whether the handset gets it.
    pub(super) arrives: bool,
    /// The words of the last receipt, `status` and `err-code`; `None` where nobody ever knows.
    end: Option<(&'static str, String)>,
}

impl Fate {
    /// Decides on a message.
    pub(super) fn of(fault: Option<&Fault>) -> Self {
        let dropped = fault.is_some_and(|fault| fault.drop);
        let delivered = || Some(("delivered", "0".to_owned()));
        match fault.and_then(|fault| fault.receipt) {
            Some(Receipt::Failed) => {
                let code = fault.and_then(|fault| fault.receipt_code.as_deref()).unwrap_or(FAILED);
                Self { arrives: false, end: Some(("failed", code.to_owned())) }
            }
            Some(Receipt::Delivered) => Self { arrives: !dropped, end: delivered() },
            None if dropped => Self { arrives: false, end: None },
            None => Self { arrives: true, end: delivered() },
        }
    }
}

/// Posts the receipts of each part, `accepted` and then the last one, to the message's own address or the
/// account's. With no delay they come before the answer does.
pub(super) async fn push(
    state: &State,
    message: &Message,
    parts: &[Part],
    fate: &Fate,
    fault: Option<&Fault>,
) {
    let url = message.callback.clone().or_else(|| state.nexmo.sms.receiver());
    let (Some(url), Some((status, code)), true) = (url, &fate.end, message.receipts) else {
        return;
    };
    let delay = fault.and_then(|fault| fault.receipt_delay_ms).unwrap_or(DELAY_MS);
    let at = later(state.now(), delay);
    let mut receipts: Vec<_> = [("accepted", "0"), (*status, code.as_str())]
        .into_iter()
        .flat_map(|(status, code)| parts.iter().map(move |part| (part, status, code)))
        .collect();
    if fault.is_some_and(|fault| fault.reorder_receipts) {
        receipts.reverse();
    }
    let times = 1 + fault.map_or(0, |fault| fault.duplicate_receipts);
    let posts = receipts.into_iter().flat_map(|receipt| (0..times).map(move |_| receipt));
    for (index, (part, status, code)) in (0_u64..).zip(posts) {
        let delivery = Delivery {
            url: url.clone(),
            headers: Vec::new(),
            content_type: "application/x-www-form-urlencoded",
            body: body(message, part, status, code, at),
            delay: Duration::from_millis(delay.saturating_add(index.saturating_mul(PAUSE_MS))),
        };
        if delay == 0 {
            state.webhooks.deliver_now(delivery).await;
        } else {
            state.webhooks.deliver(delivery);
        }
    }
}

fn body(message: &Message, part: &Part, status: &str, code: &str, at: Timestamp) -> String {
    let timestamp = at.as_second().to_string();
    let scts = at.strftime("%y%m%d%H%M").to_string();
    let date = at.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let nonce = format!("{}-{status}", part.message_id);
    let mut fields: Vec<(String, String)> = [
        ("msisdn", message.to.as_str()),
        ("to", &message.from),
        ("network-code", NETWORK),
        ("messageId", &part.message_id),
        ("price", PRICE),
        ("status", status),
        ("scts", &scts),
        ("err-code", code),
        ("api-key", NEXMO_API_KEY),
        ("message-timestamp", &date),
        ("timestamp", &timestamp),
        ("nonce", &nonce),
    ]
    .into_iter()
    .chain(message.client_ref.as_deref().map(|reference| ("client-ref", reference)))
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    fields.push(("sig".to_owned(), sign::md5hash(&fields).to_ascii_uppercase()));
    form(&fields)
}

/// Writes fields as `application/x-www-form-urlencoded`.
fn form(fields: &[(String, String)]) -> String {
    let pairs: Vec<_> =
        fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&")
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b' ' => "+".to_owned(),
            b'-' | b'.' | b'_' | b'*' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn later(time: Timestamp, milliseconds: u64) -> Timestamp {
    let delay = SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    time.saturating_add(delay).unwrap_or(time)
}
