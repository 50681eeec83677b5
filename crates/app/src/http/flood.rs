//! Guards in memory against floods from one address, before the database is asked (part of B03).

use std::num::NonZeroU32;

use bonin_domain::ClientAddress;
use bonin_domain::codes::RuleMode;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};

use crate::http::access::Caller;
use crate::problem::{Problem, ProblemCode};

/// How often one address may ask for something: so many times a second for long, and so many at once.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    steady: NonZeroU32,
    burst: NonZeroU32,
}

impl Rate {
    /// Starts, resends and identities: a rate that no person reaches.
    pub const REQUESTS: Self = Self::new(20, 200);
    /// Log ins and sign-ups: each hashes a password, and tells whether a login id is taken.
    pub const PASSWORDS: Self = Self::new(5, 100);

    const fn new(steady: u32, burst: u32) -> Self {
        Self {
            steady: NonZeroU32::new(steady).expect("not zero"),
            burst: NonZeroU32::new(burst).expect("not zero"),
        }
    }
}

/// Lets an address ask at a rate. The limits that count are in the database; this one only spares it.
pub struct FloodGuard(Option<DefaultKeyedRateLimiter<String>>);

impl FloodGuard {
    /// A guard, or none where the rules for addresses are not applied.
    pub fn new(rule: RuleMode, rate: Rate) -> Self {
        let quota = Quota::per_second(rate.steady).allow_burst(rate.burst);
        Self((rule == RuleMode::Block).then(|| RateLimiter::keyed(quota)))
    }

    /// Lets the caller go on. A backend with a key calls for many, and is left alone.
    ///
    /// # Errors
    /// 429 `too_many_requests`.
    pub fn check(&self, caller: &Caller, now: Timestamp) -> Result<(), Problem> {
        if caller.key.is_some() {
            return Ok(());
        }
        let checked = self.check_address(&caller.client, now);
        checked.map_err(|until| Problem::new(ProblemCode::TooManyRequests).retry_at(until))
    }

    /// Lets somebody at an address go on.
    ///
    /// # Errors
    /// The earliest moment to try again.
    pub fn check_address(&self, client: &ClientAddress, now: Timestamp) -> Result<(), Timestamp> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        let soon = now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now);
        limiter.check_key(&client.address().to_owned()).map_err(|_| soon)
    }

    /// Forgets addresses that have been quiet.
    pub fn tidy(&self) {
        if let Some(limiter) = &self.0 {
            limiter.retain_recent();
        }
    }
}
