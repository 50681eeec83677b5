use std::sync::atomic::{AtomicI64, Ordering};

use bonin_ports::Clock;
use jiff::{SignedDuration, Timestamp};

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that shows `at`, cut to whole microseconds.
    pub fn new(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.as_microsecond()))
    }

    /// Moves the clock to `at`, cut to whole microseconds.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_microsecond(), Ordering::SeqCst);
    }

    /// Moves the clock on by `by`, cut to whole microseconds; a negative `by` moves it back.
    ///
    /// # Panics
    /// When `by` is longer than 292,000 years.
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).expect("the clock moves by less than 292,000 years");
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).expect("the clock stays within 9999 years")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_only_when_told_and_in_whole_microseconds() {
        let clock = FixedClock::new("2030-01-01T00:00:00.123456789Z".parse().unwrap());
        assert_eq!(clock.now().to_string(), "2030-01-01T00:00:00.123456Z");
        assert_eq!(clock.now(), clock.now());
        clock.advance(SignedDuration::new(1, 1_999));
        assert_eq!(clock.now().to_string(), "2030-01-01T00:00:01.123457Z");
        clock.set(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
    }
}
