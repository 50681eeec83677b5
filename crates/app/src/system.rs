//! The system's clock and generator: the one home of both.

use bonin_ports::{Clock, Entropy};
use jiff::{Timestamp, Unit};
use ring::rand::{SecureRandom as _, SystemRandom};

/// The system's clock, in whole microseconds.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock's home")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.round(Unit::Microsecond).unwrap_or(now)
    }
}

/// The operating system's generator.
pub struct SystemEntropy(SystemRandom);

impl SystemEntropy {
    /// The generator.
    #[expect(clippy::disallowed_methods, reason = "this is the generator's home")]
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes).expect("without the system's randomness nothing can be promised");
    }
}
