//! What becomes of a message, and when that is known.

use jiff::{SignedDuration, Timestamp};

use crate::faults::{Fault, Receipt};

/// Long enough for a person to see the state move.
const RESULT_DELAY_MS: u64 = 1500;

/// What becomes of an accepted message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// When the result is known, if ever.
    pub(super) known_at: Option<Timestamp>,
    pub(super) has_failed: bool,
    /// Whether the handset gets it.
    pub(super) arrives: bool,
}

impl Outcome {
    /// Decides on a message to this number (E.164) that is sent at `sent_at`. `to_itself`: operators drop messages
    /// whose sender is their recipient, and nobody hears of them.
    pub(super) fn of(number: &str, to_itself: bool, fault: Option<&Fault>, sent_at: Timestamp) -> Self {
        let fault = fault.filter(|fault| fault.concerns(Some(number)));
        let delay = fault.and_then(|fault| fault.receipt_delay_ms).unwrap_or(RESULT_DELAY_MS);
        let delay = SignedDuration::from_millis(i64::try_from(delay).unwrap_or(i64::MAX));
        let known_at = Some(sent_at.saturating_add(delay).unwrap_or(Timestamp::MAX));
        let dropped = to_itself || fault.is_some_and(|fault| fault.drop);
        match fault.and_then(|fault| fault.receipt) {
            Some(Receipt::Failed) => Self { known_at, has_failed: true, arrives: false },
            Some(Receipt::Delivered) => Self { known_at, has_failed: false, arrives: !dropped },
            None if dropped => Self { known_at: None, has_failed: false, arrives: false },
            None => Self { known_at, has_failed: false, arrives: true },
        }
    }

    /// Whether the result is known at `now`.
    pub(super) fn is_known(&self, now: Timestamp) -> bool {
        self.known_at.is_some_and(|time| time <= now)
    }
}
