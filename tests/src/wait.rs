//! Bounded waiting.

use std::time::{Duration, Instant};

/// How long lies between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// A moment after which waiting fails.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Instant);

impl Deadline {
    /// So many seconds from now.
    pub fn secs(seconds: u64) -> Self {
        Self(Instant::now() + Duration::from_secs(seconds))
    }

    /// What is left of it.
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether it lies in the past.
    pub fn is_over(self) -> bool {
        self.left().is_zero()
    }
}

/// Looks again and again until `look` finds something.
///
/// # Panics
/// When `deadline` is over first; `what` says what was waited for.
pub async fn until<T>(what: &str, deadline: Deadline, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(!deadline.is_over(), "waited in vain for {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
