//! Leaves a provider alone that seems out of order (requirement D09).

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BreakerPolicy {
    /// Opens at this many failures …
    pub failures: usize,
    /// … within this time.
    pub failures_within: SignedDuration,
    /// Opens also when of this many calls in a row …
    pub calls: usize,
    /// … at least this many of a hundred failed.
    pub failed_percent: usize,
    /// How long it then lets nothing through.
    pub open_for: SignedDuration,
    /// How long a probe may take. One without an outcome by then was lost with its process, and another is let
    /// through. Must be longer than a call may take.
    pub probe_for: SignedDuration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures: 5,
            failures_within: SignedDuration::from_secs(30),
            calls: 20,
            failed_percent: 50,
            open_for: SignedDuration::from_secs(60),
            probe_for: SignedDuration::from_secs(10),
        }
    }
}

/// What a breaker lets through.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BreakerState {
    /// Every call.
    Closed,
    /// None.
    Open,
    /// One, whose outcome decides.
    HalfOpen,
}

impl BreakerState {
    /// The name used in metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// Whether a call may be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Admission {
    /// Yes, as always.
    Closed,
    /// Yes, as the one whose outcome decides.
    Probe,
    /// No.
    Refused,
}

/// The breaker of one provider. What counts as a failure is the caller's to say: that the provider seems out of
/// order, not that it refused a message.
///
/// Whoever asks for admission reports the outcome. Outcomes of calls that were under way when the breaker opened
/// change nothing: only a probe closes it, and it is not let through before all of them have ended.
#[derive(Clone, Debug, Default)]
pub struct Breaker {
    policy: BreakerPolicy,
    /// The newest failures, oldest first, as many as open it.
    failures: VecDeque<Timestamp>,
    /// Whether the newest calls failed, oldest first.
    calls: VecDeque<bool>,
    opened: Option<Opened>,
}

#[derive(Clone, Copy, Debug)]
struct Opened {
    at: Timestamp,
    probe: Option<Timestamp>,
}

impl Breaker {
    /// A closed breaker.
    pub fn new(policy: BreakerPolicy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// Asks for a call; a yes takes the place of the probe if there is one to take.
    pub fn admit(&mut self, now: Timestamp) -> Admission {
        if self.is_open(now) {
            return Admission::Refused;
        }
        match &mut self.opened {
            None => Admission::Closed,
            Some(opened) => {
                opened.probe = Some(now);
                Admission::Probe
            }
        }
    }

    /// Whether a call would be refused now: the breaker is open, or a probe is under way.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.opened.is_some_and(|opened| {
            let resting = !passed(self.policy.open_for, opened.at, now);
            let probing = opened.probe.is_some_and(|probe| !passed(self.policy.probe_for, probe, now));
            resting || probing
        })
    }

    /// The state.
    pub fn state(&self, now: Timestamp) -> BreakerState {
        match self.opened {
            None => BreakerState::Closed,
            Some(opened) if passed(self.policy.open_for, opened.at, now) => BreakerState::HalfOpen,
            Some(_) => BreakerState::Open,
        }
    }

    /// When it opened; `None` while it is closed.
    pub fn opened_at(&self) -> Option<Timestamp> {
        self.opened.map(|opened| opened.at)
    }

    /// Notes that a call went well.
    pub fn succeeded(&mut self, now: Timestamp) {
        match self.opened {
            None => self.note(false),
            Some(opened) if self.decides(opened, now) => *self = Self::new(self.policy),
            Some(_) => {}
        }
    }

    /// Notes that a call failed.
    pub fn failed(&mut self, now: Timestamp) {
        match self.opened {
            None => {
                self.note(true);
                self.failures.push_back(now);
                if self.failures.len() > self.policy.failures {
                    self.failures.pop_front();
                }
                if self.fails_often(now) || self.fails_mostly() {
                    self.opened = Some(Opened { at: now, probe: None });
                }
            }
            Some(opened) if self.decides(opened, now) => {
                self.opened = Some(Opened { at: now, probe: None });
            }
            Some(_) => {}
        }
    }

    /// Whether the outcome that is known now can be that of a probe, rather than of a call from before.
    fn decides(&self, opened: Opened, now: Timestamp) -> bool {
        opened.probe.is_some() && passed(self.policy.open_for, opened.at, now)
    }

    fn note(&mut self, failed: bool) {
        self.calls.push_back(failed);
        if self.calls.len() > self.policy.calls {
            self.calls.pop_front();
        }
    }

    fn fails_often(&self, now: Timestamp) -> bool {
        let recent = self.failures.iter().filter(|&&at| !passed(self.policy.failures_within, at, now));
        recent.count() >= self.policy.failures
    }

    fn fails_mostly(&self) -> bool {
        let failed = self.calls.iter().filter(|&&failed| failed).count();
        self.calls.len() >= self.policy.calls && failed * 100 >= self.policy.failed_percent * self.calls.len()
    }
}

/// Whether `time` lies between two moments, whichever comes first: after a clock was set back, a breaker must not
/// stay open until it has caught up, while threads that read it a moment apart must not count as that.
fn passed(time: SignedDuration, since: Timestamp, now: Timestamp) -> bool {
    now.duration_since(since).abs() >= time
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    /// A breaker that opened at second 0.
    fn opened() -> Breaker {
        let mut breaker = Breaker::default();
        (-4..=0).for_each(|second| breaker.failed(at(second)));
        assert_eq!((breaker.state(at(0)), breaker.opened_at()), (BreakerState::Open, Some(at(0))));
        breaker
    }

    #[test]
    fn five_failures_in_thirty_seconds_open_it() {
        let mut breaker = Breaker::default();
        for second in [0, 10, 20, 25] {
            assert_eq!(breaker.admit(at(second)), Admission::Closed);
            breaker.failed(at(second));
        }
        let mut later = breaker.clone();
        later.failed(at(30));
        assert_eq!(later.state(at(30)), BreakerState::Closed, "the first is too long ago");
        later.failed(at(39));
        assert_eq!(later.state(at(39)), BreakerState::Open, "10, 20, 25, 30, 39");

        breaker.succeeded(at(28));
        breaker.failed(at(29));
        assert_eq!(breaker.admit(at(29)), Admission::Refused);
        assert!(breaker.is_open(at(29)));
    }

    #[test]
    fn half_of_the_last_twenty_calls_open_it_and_nine_do_not() {
        let mut breaker = Breaker::default();
        for call in 0..20 {
            assert_eq!(breaker.admit(at(call * 60)), Admission::Closed);
            if call < 9 { breaker.failed(at(call * 60)) } else { breaker.succeeded(at(call * 60)) }
        }
        assert_eq!(breaker.state(at(1_200)), BreakerState::Closed);
        // Each pushes out one of the old failures: never more than nine.
        for call in 20..29 {
            breaker.failed(at(call * 60));
            assert_eq!(breaker.state(at(call * 60)), BreakerState::Closed);
        }
        breaker.failed(at(1_740));
        assert_eq!(breaker.state(at(1_740)), BreakerState::Open);
    }

    #[test]
    fn a_few_calls_are_not_judged_by_their_share() {
        let mut breaker = Breaker::default();
        (0..4).for_each(|call| breaker.failed(at(call * 60)));
        assert_eq!(breaker.admit(at(240)), Admission::Closed);
    }

    #[test]
    fn after_a_minute_one_probe_goes_through_and_its_success_closes() {
        let mut breaker = opened();
        assert_eq!(breaker.admit(at(59)), Admission::Refused);
        assert!(!breaker.is_open(at(60)));
        assert_eq!(breaker.state(at(60)), BreakerState::HalfOpen);
        assert!(!breaker.is_open(at(60)), "looking takes no place");
        assert_eq!(breaker.admit(at(60)), Admission::Probe);
        assert_eq!(breaker.admit(at(60)), Admission::Refused);
        assert!(breaker.is_open(at(61)));
        breaker.succeeded(at(62));
        assert_eq!((breaker.admit(at(62)), breaker.opened_at()), (Admission::Closed, None));
        (62..66).for_each(|second| breaker.failed(at(second)));
        assert_eq!(breaker.state(at(66)), BreakerState::Closed, "what was before it opened is forgotten");
    }

    #[test]
    fn a_failed_probe_opens_for_another_minute() {
        let mut breaker = opened();
        assert_eq!(breaker.admit(at(70)), Admission::Probe);
        breaker.failed(at(75));
        assert_eq!(breaker.admit(at(134)), Admission::Refused);
        assert_eq!(breaker.admit(at(135)), Admission::Probe);
    }

    #[test]
    fn a_lost_probe_frees_its_place_after_ten_seconds() {
        let mut breaker = opened();
        assert_eq!(breaker.admit(at(60)), Admission::Probe);
        assert_eq!(breaker.admit(at(69)), Admission::Refused);
        assert_eq!(breaker.admit(at(70)), Admission::Probe);
        assert_eq!(breaker.admit(at(71)), Admission::Refused);
    }

    #[test]
    fn outcomes_of_calls_from_before_it_opened_change_nothing() {
        let mut breaker = opened();
        breaker.succeeded(at(3));
        breaker.failed(at(4));
        assert_eq!(breaker.state(at(59)), BreakerState::Open);
        assert_eq!(breaker.state(at(60)), BreakerState::HalfOpen);
        breaker.succeeded(at(61));
        assert_eq!(breaker.state(at(61)), BreakerState::HalfOpen, "no probe was let through");
    }

    #[test]
    fn a_clock_set_back_frees_it_and_a_moment_back_does_not() {
        let mut breaker = opened();
        assert_eq!(breaker.admit(at(-1)), Admission::Refused);
        assert_eq!(breaker.admit(at(-600)), Admission::Probe);
    }
}
