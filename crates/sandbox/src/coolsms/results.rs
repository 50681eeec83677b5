//! What becomes of a message that was sent, and when.

use jiff::{SignedDuration, Timestamp};

use super::message::Message;
use crate::faults::{Fault, Receipt};

/// Long enough for a person to see the state move.
const DELAY_MS: u64 = 1000;

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) sent_at: Timestamp,
    /// How long after that the result is known.
    pub(super) delay_ms: u64,
    /// `4000`, or why it failed; without it nothing is ever known.
    pub(super) code: Option<String>,
    /// Whether the handset gets it.
    pub(super) arrives: bool,
}

impl Fate {
    /// Decides on one message.
    pub(super) fn of(message: &Message, fault: Option<&Fault>, sent_at: Timestamp) -> Self {
        let fault = fault.filter(|fault| fault.concerns(message.number.as_deref()));
        let delay_ms = fault.and_then(|fault| fault.receipt_delay_ms).unwrap_or(DELAY_MS);
        let dropped = fault.is_some_and(|fault| fault.drop);
        let (code, arrives) = match fault.and_then(|fault| fault.receipt) {
            _ if message.number.is_none() => (Some("3010"), false),
            Some(Receipt::Failed) => {
                (Some(fault.and_then(|fault| fault.receipt_code.as_deref()).unwrap_or("3032")), false)
            }
            Some(Receipt::Delivered) => (Some("4000"), !dropped),
            // Lost on the way: nobody will ever know.
            None if dropped => (None, false),
            None => (Some("4000"), true),
        };
        Self { sent_at, delay_ms, code: code.map(str::to_owned), arrives }
    }

    /// When the result is known.
    pub(super) fn known_at(&self) -> Timestamp {
        let delay = SignedDuration::from_millis(i64::try_from(self.delay_ms).unwrap_or(i64::MAX));
        self.sent_at.saturating_add(delay).unwrap_or(Timestamp::MAX)
    }

    /// When the carrier takes it, half way to the result.
    pub(super) fn carried_at(&self) -> Timestamp {
        let delay = SignedDuration::from_millis(i64::try_from(self.delay_ms / 2).unwrap_or(i64::MAX));
        self.sent_at.saturating_add(delay).unwrap_or(Timestamp::MAX)
    }

    /// The status code at this moment.
    pub(super) fn code_at(&self, now: Timestamp) -> &str {
        match &self.code {
            Some(code) if self.known_at() <= now => code,
            _ if self.carried_at() <= now => "3000",
            _ => "2000",
        }
    }
}
