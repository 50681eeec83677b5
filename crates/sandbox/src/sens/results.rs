//! Delivery results: what becomes of a message, when, and what the codes mean.

use jiff::{SignedDuration, Timestamp};

use super::request::Message;
use super::text;
use crate::faults::{Fault, Receipt};

/// Long enough for a person to see the state move.
const RECEIPT_DELAY_MS: u64 = 1500;

/// What becomes of an accepted message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// When the result is known, if ever.
    pub(super) completes_at: Option<Timestamp>,
    /// `0`, or why the message failed.
    pub(super) code: String,
    /// Whether the handset gets it.
    pub(super) arrives: bool,
}

impl Outcome {
    /// Decides on one message; `number` is its recipient as E.164, if it is a number at all, and `opted_out`
    /// says that it wants no advertising.
    pub(super) fn of(
        message: &Message,
        number: Option<&str>,
        fault: Option<&Fault>,
        opted_out: bool,
        accepted_at: Timestamp,
    ) -> Self {
        let fault = fault.filter(|fault| fault.concerns(number));
        let delay = fault.and_then(|fault| fault.receipt_delay_ms).unwrap_or(RECEIPT_DELAY_MS);
        let delay = SignedDuration::from_millis(i64::try_from(delay).unwrap_or(i64::MAX));
        let completes_at = Some(accepted_at.saturating_add(delay).unwrap_or(accepted_at));
        let dropped = fault.is_some_and(|fault| fault.drop);
        let receipt = fault.and_then(|fault| fault.receipt);
        if number.is_none() {
            return Self { completes_at, code: "3003".to_owned(), arrives: false };
        }
        if !text::encodable(&message.content) || !message.subject.as_deref().is_none_or(text::encodable) {
            return Self { completes_at, code: "3022".to_owned(), arrives: false };
        }
        // SENS documents that it fails, not with which code.
        if opted_out && message.content_type == "AD" {
            return Self { completes_at, code: "3006".to_owned(), arrives: false };
        }
        match receipt {
            Some(Receipt::Failed) => {
                let code = fault.and_then(|fault| fault.receipt_code.as_deref()).unwrap_or("3001");
                Self { completes_at, code: code.to_owned(), arrives: false }
            }
            Some(Receipt::Delivered) => Self { completes_at, code: "0".to_owned(), arrives: !dropped },
            // Lost on the way: nobody will ever know.
            None if dropped => Self { completes_at: None, code: "0".to_owned(), arrives: false },
            None => Self { completes_at, code: "0".to_owned(), arrives: true },
        }
    }

    /// Whether the result is known at `now`.
    pub(super) fn is_complete(&self, now: Timestamp) -> bool {
        self.completes_at.is_some_and(|time| time <= now)
    }

    /// `success` or `fail`.
    pub(super) fn status_name(&self) -> &'static str {
        if self.code == "0" { "success" } else { "fail" }
    }

    /// The network that reported the result.
    pub(super) fn network(&self) -> &'static str {
        if self.code == "0" { "SKT" } else { "ETC" }
    }
}

/// What a delivery result code means.
pub(super) fn meaning(code: &str) -> &'static str {
    match code {
        "0" => "success",
        "2000" => "delivery timed out",
        "2001" | "2002" => "radio network failure",
        "2003" => "handset powered off",
        "2004" => "handset message buffer full",
        "2005" => "no coverage",
        "2006" => "message deleted",
        "2007" => "temporary handset problem",
        "3000" => "cannot be delivered",
        "3001" => "no such subscriber",
        "3002" => "adult verification failed",
        "3003" => "recipient number format error",
        "3004" => "handset service suspended",
        "3005" => "handset in call processing",
        "3006" => "recipient rejects",
        "3007" => "handset cannot take callback URL",
        "3008" => "other handset problem",
        "3009" => "message format error",
        "3010" => "handset without MMS",
        "3011" => "server error",
        "3012" => "spam filter",
        "3013" => "service refused",
        "3015" => "no route",
        "3016" => "attachment size limit",
        "3017" => "sender number breaks the anti-spoofing rules",
        "3018" => "sender is a personal number enrolled in anti-spoofing",
        "3019" => "sender blocked",
        "3022" => "charset conversion error",
        "3023" => "sender not pre-registered",
        _ => "other",
    }
}
