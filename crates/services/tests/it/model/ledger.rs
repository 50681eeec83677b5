//! What must be true of one verification, kept apart from the store.

use bonin_domain::codes::{Ended, Policy, Verification};
use jiff::Timestamp;

use super::actors::Typed;

/// What a check did, as its caller sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    Matched,
    Missed,
    Over,
}

/// What happened to one verification so far.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// When its codes were sent, oldest first.
    pub sent: Vec<Timestamp>,
    pub compared: u16,
    pub successes: u16,
    pub cancelled: bool,
}

impl Ledger {
    /// Why it takes no check at `now`, by the rules alone.
    pub fn ended(&self, policy: &Policy, now: Timestamp) -> Option<Ended> {
        let last = self.sent.last().expect("it was started");
        if self.successes > 0 {
            Some(Ended::Used)
        } else if self.cancelled {
            Some(Ended::Cancelled)
        } else if *last + policy.code_life.duration() <= now {
            Some(Ended::Expired)
        } else if self.compared >= policy.max_checks {
            Some(Ended::Exhausted)
        } else {
            None
        }
    }

    /// Whether a typed code counts at `now`, by the rules alone.
    fn counts(&self, typed: Typed, policy: &Policy, now: Timestamp) -> bool {
        let place = match typed {
            Typed::Latest => self.sent.len() - 1,
            Typed::First => 0,
            Typed::Wrong => return false,
        };
        let alive = self.sent[place] + policy.code_life.duration() > now;
        alive && self.sent.len() - place <= usize::from(policy.live_codes)
    }

    /// Enters a check.
    ///
    /// # Panics
    /// When its outcome breaks a promise.
    pub fn check(&mut self, typed: Typed, checked: Checked, policy: &Policy, now: Timestamp) {
        let expected = match self.ended(policy, now) {
            Some(_) => Checked::Over,
            None if self.counts(typed, policy, now) => Checked::Matched,
            None => Checked::Missed,
        };
        assert_eq!(checked, expected, "{typed:?} on {self:?} at {now}");
        self.compared += u16::from(checked != Checked::Over);
        self.successes += u16::from(checked == Checked::Matched);
        assert!(self.compared <= policy.max_checks, "more comparisons than checks");
        assert!(self.successes <= 1, "more than one success");
    }

    /// Compares what the store shows with what must be true.
    ///
    /// # Panics
    /// When they differ.
    pub fn agrees_with(&self, seen: &Verification, policy: &Policy, now: Timestamp) {
        assert_eq!(seen.ended(), self.ended(policy, now), "{self:?} at {now}");
        assert_eq!(seen.checks_left, policy.max_checks - self.compared);
        assert_eq!(usize::from(seen.sends), self.sent.len());
        let last = self.sent.last().expect("it was started");
        assert_eq!(seen.expires_at, *last + policy.code_life.duration());
    }
}
