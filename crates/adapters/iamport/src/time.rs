//! The time that one operation may take, with all its calls and waits.

use std::time::Duration;

use tokio::time::Instant;

/// What security 43 grants to a call; an operation that asks for a token first has no more.
const WHOLE: Duration = Duration::from_secs(5);

/// When an operation is given up.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// The deadline of an operation that begins now.
    pub(crate) fn start() -> Self {
        Self(Instant::now() + WHOLE)
    }

    /// The moment, for waits.
    pub(crate) fn moment(self) -> Instant {
        self.0
    }

    /// What is left; `None` when nothing is.
    pub(crate) fn left(self) -> Option<Duration> {
        Some(self.0.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }
}
