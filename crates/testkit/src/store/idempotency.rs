//! Answers that are repeated for a day.

use bonin_domain::codes::Verification;
use bonin_domain::keys::Sealed;
use bonin_ports::Idempotency;
use jiff::{SignedDuration, Timestamp};

use super::state::{IdempotencyRow, State};

/// How long an answer is repeated.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What is known of an idempotency key.
pub(super) enum Seen {
    /// Nothing, or nothing any more.
    Never,
    /// It came with the same request, and this was the answer.
    Same(Verification, Option<Sealed>),
    /// It came with another request.
    OtherRequest,
}

impl State {
    pub fn seen(&self, idempotency: Option<&Idempotency>, now: Timestamp) -> Seen {
        let row = idempotency.and_then(|idempotency| self.idempotency.get(&idempotency.key));
        match (idempotency, row) {
            (Some(idempotency), Some(row)) if row.seen_at + KEPT > now => {
                if row.request == idempotency.request {
                    Seen::Same(row.answer.clone(), row.token.clone())
                } else {
                    Seen::OtherRequest
                }
            }
            _ => Seen::Never,
        }
    }

    pub fn remember(&mut self, idempotency: Option<Idempotency>, answer: &Verification, now: Timestamp) {
        if let Some(idempotency) = idempotency {
            let row = IdempotencyRow {
                request: idempotency.request,
                token: idempotency.token,
                answer: answer.clone(),
                seen_at: now,
            };
            self.idempotency.insert(idempotency.key, row);
        }
    }
}
