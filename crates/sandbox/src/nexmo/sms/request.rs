//! Reads the fields of a message.

use std::ops::RangeInclusive;

use awc::http::Uri;

use super::errors::{Refusal, invalid, missing, refusal};
use super::text;
use crate::credentials::NEXMO_FROM;
use crate::nexmo::call::Call;

/// The most characters of a text.
const LONGEST_TEXT: usize = 3200;

/// A message.
pub(super) struct Message {
    pub(super) from: String,
    /// Country code and number, digits only.
    pub(super) to: String,
    text: String,
    unicode: bool,
    pub(super) client_ref: Option<String>,
    pub(super) callback: Option<String>,
    /// Whether receipts are wanted.
    pub(super) receipts: bool,
}

impl Message {
    /// Reads the fields.
    pub(super) fn read(call: &Call) -> Result<Self, Refusal> {
        let to = call.get("to").ok_or_else(|| missing("to"))?;
        if !(7..=15).contains(&to.len()) || !to.bytes().all(|b| b.is_ascii_digit()) {
            return Err(invalid("to"));
        }
        // No country's code begins with a zero.
        if to.starts_with('0') {
            return Err(refusal("6"));
        }
        if call.get("from").ok_or_else(|| missing("from"))? != NEXMO_FROM {
            return Err(refusal("15"));
        }
        let unicode = match call.get("type").unwrap_or("text") {
            "text" => false,
            "unicode" => true,
            // Binary messages, links and cards are not simulated.
            _ => return Err(invalid("type")),
        };
        let text = call.get("text").ok_or_else(|| missing("text"))?;
        if text.chars().count() > LONGEST_TEXT {
            return Err(refusal("12"));
        }
        within(call, "ttl", 20_000..=604_800_000)?;
        within(call, "message-class", 0..=3)?;
        let client_ref = call.get("client-ref");
        if client_ref.is_some_and(|reference| reference.chars().count() > 100) {
            return Err(invalid("client-ref"));
        }
        let callback = call.get("callback");
        if callback.is_some_and(|url| !is_receiver(url) || url.len() > 100) {
            return Err(refusal("23"));
        }
        Ok(Self {
            from: NEXMO_FROM.to_owned(),
            to: to.to_owned(),
            text: text.to_owned(),
            unicode,
            client_ref: client_ref.map(str::to_owned),
            callback: callback.map(str::to_owned),
            receipts: !matches!(call.get("status-report-req"), Some("0" | "false")),
        })
    }

    /// The recipient as E.164.
    pub(super) fn e164(&self) -> String {
        format!("+{}", self.to)
    }

    /// The text as the phone shows it.
    pub(super) fn shown(&self) -> String {
        if self.unicode { self.text.clone() } else { text::in_gsm7(&self.text) }
    }

    /// How many parts it goes in.
    pub(super) fn parts(&self) -> usize {
        let shown = self.shown();
        if self.unicode { text::ucs2_parts(&shown) } else { text::gsm7_parts(&shown) }
    }
}

/// Whether receipts can be posted there.
pub(super) fn is_receiver(url: &str) -> bool {
    url.parse::<Uri>()
        .is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
}

fn within(call: &Call, name: &str, range: RangeInclusive<u64>) -> Result<(), Refusal> {
    let good = call.get(name).is_none_or(|raw| raw.parse().is_ok_and(|value| range.contains(&value)));
    if good { Ok(()) } else { Err(invalid(name)) }
}
