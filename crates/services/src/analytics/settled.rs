//! Days of which nothing changes any more.

use bonin_domain::messages::Attempt;
use bonin_ports::{AnalyticsQuery, AttemptCell, LatencyCell, RefusalCell, TimeCell, VerificationCell};
use jiff::{SignedDuration, Timestamp};

/// How long attempts are kept. What messages cost is known as long.
pub(super) const ATTEMPTS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How long are kept what is left of verifications, and decisions.
const LINES: SignedDuration = SignedDuration::from_hours(180 * 24);

/// How long after its end a day may change. A verification lives for minutes; that its row becomes a line, 25 hours after
/// its start, changes no count. A message is handed to providers while its code lives, and they are asked what became of it
/// for ten minutes. The last to speak are receipts: an attempt takes news for 72 hours ([`Attempt::NEWS`]). A day more is for
/// what is late by less than that: a queue, a clock, a process that stood still.
const LATE: SignedDuration = SignedDuration::from_hours(Attempt::NEWS.as_hours() + 24);

/// Rows are purged by the clock of any process, which may be ahead of ours.
const CLOCKS: SignedDuration = SignedDuration::from_hours(1);

/// Groups that are counted, one [cell](bonin_ports::VerificationCell) each.
pub(super) trait Cell: Clone + PartialEq + Send + Sync + 'static {
    /// How long the rows are kept that it is counted from.
    const KEPT: SignedDuration;

    /// What is remembered for each cell where many share all else.
    type Own: Copy + Send + Sync;

    /// What it shares with others, and what is its own.
    fn parted(&self) -> (Self, Self::Own);

    /// The cell that shares this, and has that as its own.
    fn with(&self, own: Self::Own) -> Self;
}

/// Whether what is asked for was settled long ago, and all of it is still there.
pub(super) fn is_settled<C: Cell>(query: &AnalyticsQuery) -> bool {
    let ago = |long: SignedDuration| query.now.checked_sub(long).unwrap_or(Timestamp::MIN);
    query.range.until() <= ago(LATE) && query.range.from() >= ago(C::KEPT - CLOCKS)
}

impl Cell for VerificationCell {
    const KEPT: SignedDuration = LINES;
    type Own = ();

    fn parted(&self) -> (Self, ()) {
        (self.clone(), ())
    }

    fn with(&self, (): ()) -> Self {
        self.clone()
    }
}

impl Cell for AttemptCell {
    const KEPT: SignedDuration = ATTEMPTS;
    type Own = ();

    fn parted(&self) -> (Self, ()) {
        (self.clone(), ())
    }

    fn with(&self, (): ()) -> Self {
        self.clone()
    }
}

impl Cell for RefusalCell {
    const KEPT: SignedDuration = LINES;
    type Own = ();

    fn parted(&self) -> (Self, ()) {
        (self.clone(), ())
    }

    fn with(&self, (): ()) -> Self {
        self.clone()
    }
}

/// There are thousands a day that differ in their tenths alone.
impl Cell for TimeCell {
    const KEPT: SignedDuration = LINES;
    type Own = (u32, u64);

    fn parted(&self) -> (Self, (u32, u64)) {
        (Self { tenths: 0, count: 0, ..self.clone() }, (self.tenths, self.count))
    }

    fn with(&self, (tenths, count): (u32, u64)) -> Self {
        Self { tenths, count, ..self.clone() }
    }
}

/// Like [`TimeCell`]s.
impl Cell for LatencyCell {
    const KEPT: SignedDuration = ATTEMPTS;
    type Own = (u32, u64);

    fn parted(&self) -> (Self, (u32, u64)) {
        (Self { tenths: 0, count: 0, ..self.clone() }, (self.tenths, self.count))
    }

    fn with(&self, (tenths, count): (u32, u64)) -> Self {
        Self { tenths, count, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::analytics::AnalyticsRange;

    use super::*;

    fn settled<C: Cell>(now: &str) -> bool {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // From 2026-08-20T15:00Z to the same of the next day.
        let range = AnalyticsRange::last_days(at("2026-08-21T01:00:00Z"), 1);
        is_settled::<C>(&AnalyticsQuery { tenant: None, range, now: at(now) })
    }

    #[test]
    fn a_day_is_settled_four_days_after_its_end() {
        assert!(!settled::<VerificationCell>("2026-08-21T01:00:00Z"), "it is today");
        assert!(!settled::<VerificationCell>("2026-08-25T14:59:59.999999Z"));
        assert!(settled::<VerificationCell>("2026-08-25T15:00:00Z"));
        assert!(settled::<AttemptCell>("2026-08-25T15:00:00Z"));
    }

    #[test]
    fn a_day_whose_rows_may_be_gone_is_not_settled() {
        assert!(
            settled::<AttemptCell>("2026-11-18T14:00:00Z") && settled::<LatencyCell>("2026-11-18T14:00:00Z")
        );
        assert!(!settled::<AttemptCell>("2026-11-18T14:00:00.000001Z"), "in an hour attempts go");
        assert!(settled::<VerificationCell>("2026-11-18T15:00:00Z"), "what is left of verifications stays");
        assert!(
            !settled::<TimeCell>("2027-02-16T15:00:00Z") && !settled::<RefusalCell>("2027-02-16T15:00:00Z")
        );
    }
}
