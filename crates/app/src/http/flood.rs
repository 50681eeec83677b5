//! A guard in memory against floods from one address, before the database is asked (part of B03).

use std::num::NonZeroU32;

use bonin_domain::ClientAddress;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Requests a second that one address may make for long.
const STEADY: NonZeroU32 = NonZeroU32::new(20).expect("not zero");

/// Requests that it may make at once.
const BURST: NonZeroU32 = NonZeroU32::new(200).expect("not zero");

/// Lets an address start and resend at a rate that no person reaches. The limits that count are in the
/// database; this one only spares it.
pub struct FloodGuard(Option<DefaultKeyedRateLimiter<String>>);

impl FloodGuard {
    /// A guard, or none where the rules for addresses are off.
    pub fn new(on: bool) -> Self {
        Self(on.then(|| RateLimiter::keyed(Quota::per_second(STEADY).allow_burst(BURST))))
    }

    /// Whether the address may go on.
    pub fn lets_through(&self, client: &ClientAddress) -> bool {
        let Some(limiter) = &self.0 else { return true };
        limiter.check_key(&client.address().to_owned()).is_ok()
    }

    /// Forgets addresses that have been quiet.
    pub fn tidy(&self) {
        if let Some(limiter) = &self.0 {
            limiter.retain_recent();
        }
    }
}
