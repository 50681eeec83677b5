use std::sync::{Mutex, PoisonError};

use bonin_domain::admin::AuditAction;
use bonin_domain::keys::LoginIndex;
use jiff::Timestamp;

/// What is recorded once for a while, by each process: nobody fills the record by trying on.
#[derive(Debug, Default)]
pub struct Waits {
    known: Mutex<Vec<(Repeated, Timestamp)>>,
}

/// What somebody may do again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Repeated {
    /// Trying an administrator's name that waits until a moment.
    Name(LoginIndex, Timestamp),
    /// Trying names that nobody has, from an address (of IPv6 a /64).
    Stranger(String, AuditAction),
}

impl Waits {
    /// Whether this begins; it is known from now on, `until` then. Those that are over are forgotten.
    pub(super) fn begins(&self, what: &Repeated, until: Timestamp, now: Timestamp) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(_, until)| *until > now);
        let new = !known.iter().any(|(other, _)| other == what);
        if new {
            known.push((what.clone(), until));
        }
        new
    }

    /// Forgets one that could not be recorded.
    pub(super) fn forget(&self, what: &Repeated) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _)| known != what);
    }
}
