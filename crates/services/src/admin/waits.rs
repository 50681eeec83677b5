use std::sync::{Mutex, PoisonError};

use bonin_domain::keys::LoginIndex;
use jiff::Timestamp;

/// Which names wait at the moment, and until when, so that each wait is recorded once by each process: nobody fills the
/// record by trying on.
#[derive(Debug, Default)]
pub struct Waits {
    known: Mutex<Vec<(LoginIndex, Timestamp)>>,
}

impl Waits {
    /// Whether this wait is a new one; it is known from now on. Those that are over are forgotten.
    pub(super) fn begins(&self, login: LoginIndex, until: Timestamp, now: Timestamp) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(_, until)| *until > now);
        let new = !known.contains(&(login, until));
        if new {
            known.push((login, until));
        }
        new
    }

    /// Forgets a wait that could not be recorded.
    pub(super) fn forget(&self, login: LoginIndex, until: Timestamp) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| *known != (login, until));
    }
}
