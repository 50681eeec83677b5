//! How verifications ended, and shares of them.

use std::ops::AddAssign;

use bonin_domain::codes::Status;

/// How many verifications stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Waiting for the right code.
    pub pending: u64,
    /// The right code was typed in time.
    pub verified: u64,
    /// Time ran out first.
    pub expired: u64,
    /// Given up by their owner.
    pub cancelled: u64,
    /// The budget of checks ran out first.
    pub locked: u64,
}

impl Outcomes {
    /// All of them: every start that was allowed.
    pub fn starts(self) -> u64 {
        self.pending + self.decided()
    }

    /// All but those that wait.
    pub fn decided(self) -> u64 {
        self.verified + self.expired + self.cancelled + self.locked
    }

    /// How many of those that wait no more were verified.
    pub fn conversion(self) -> Share {
        Share { part: self.verified, whole: self.decided() }
    }

    pub(super) fn add(&mut self, status: Status, count: u64) {
        let place = match status {
            Status::Pending => &mut self.pending,
            Status::Verified => &mut self.verified,
            Status::Expired => &mut self.expired,
            Status::Cancelled => &mut self.cancelled,
            Status::Locked => &mut self.locked,
        };
        *place += count;
    }
}

impl AddAssign for Outcomes {
    fn add_assign(&mut self, other: Self) {
        self.pending += other.pending;
        self.verified += other.verified;
        self.expired += other.expired;
        self.cancelled += other.cancelled;
        self.locked += other.locked;
    }
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// The part.
    pub part: u64,
    /// The whole.
    pub whole: u64,
}

impl Share {
    /// From 0 to 1, to four places; `None` of nothing.
    #[expect(clippy::cast_precision_loss, reason = "at most 10,000")]
    pub fn ratio(self) -> Option<f64> {
        let (part, whole) = (u128::from(self.part), u128::from(self.whole));
        (whole > 0).then(|| ((20_000 * part + whole) / (2 * whole)) as f64 / 1e4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_not_counted_against_conversion() {
        let outcomes = Outcomes { pending: 5, verified: 2, expired: 1, ..Outcomes::default() };
        assert_eq!((outcomes.starts(), outcomes.decided()), (8, 3));
        assert_eq!(outcomes.conversion().ratio(), Some(0.6667));
        assert_eq!(Outcomes { pending: 5, ..Outcomes::default() }.conversion().ratio(), None);
    }
}
