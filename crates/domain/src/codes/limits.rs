//! Limits on sending, and the decision that each start records (requirements B01 to B03, B08, B09, B11, B14).

use jiff::{SignedDuration, Timestamp};

use crate::destination::DestinationRefusal;

/// Whether a counting rule is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleMode {
    /// Not looked at.
    Off,
    /// Decided and stored, not applied.
    Record,
    /// Decided, stored and applied.
    Block,
}

/// At most `most` events in any stretch of `length`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The stretch.
    pub length: SignedDuration,
    /// Events allowed in it.
    pub most: u16,
}

impl Window {
    /// A window of so many seconds.
    pub const fn secs(length: i64, most: u16) -> Self {
        Self { length: SignedDuration::from_secs(length), most }
    }
}

/// The limits of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// B01: seconds to wait after the first, second, … send of a verification; the last one repeats.
    pub resend_waits: Vec<SignedDuration>,
    /// Whether B01 applies.
    pub resend: RuleMode,
    /// B02: sends to one number, over all purposes and tenants.
    pub number_windows: Vec<Window>,
    /// Whether B02 applies.
    pub number: RuleMode,
    /// B03: starts from one client address.
    pub address_windows: Vec<Window>,
    /// B03: starts from one IPv4 /24 or IPv6 /48.
    pub network_windows: Vec<Window>,
    /// Whether B03 applies.
    pub address: RuleMode,
    /// B14: wrong checks of one number and kind of client a day, after which no start of that kind is taken.
    pub wrong_checks: u16,
}

impl Limits {
    /// Wrong checks of one number and day, over both kinds of client, beyond which nothing is compared any
    /// more: the most that NIST SP 800-63B 5.2.2 allows. Not a setting.
    pub const WRONG_CHECKS_CEILING: u16 = 100;

    /// The same limits with every counting rule in `mode`.
    #[must_use]
    pub fn in_mode(mut self, mode: RuleMode) -> Self {
        self.resend = mode;
        self.number = mode;
        self.address = mode;
        self
    }

    /// The wait after `sends` sends of one verification.
    fn wait_after(&self, sends: u16) -> SignedDuration {
        let last = self.resend_waits.len().saturating_sub(1);
        let place = usize::from(sends.saturating_sub(1)).min(last);
        self.resend_waits.get(place).copied().unwrap_or(SignedDuration::ZERO)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            resend_waits: [60, 60, 120, 300].map(SignedDuration::from_secs).to_vec(),
            resend: RuleMode::Block,
            number_windows: vec![Window::secs(600, 5), Window::secs(3_600, 8), Window::secs(86_400, 10)],
            number: RuleMode::Block,
            address_windows: vec![Window::secs(600, 10), Window::secs(3_600, 30)],
            network_windows: vec![Window::secs(3_600, 60)],
            address: RuleMode::Block,
            wrong_checks: 20,
        }
    }
}

/// A rule that a start or resend is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// B08: country and kind of line.
    Destination,
    /// B01: waits between the sends of a verification.
    ResendWait,
    /// B02: sends to a number.
    Number,
    /// B03: starts from an address.
    Address,
    /// B03: starts from a network.
    Network,
    /// B14: wrong checks of a number.
    WrongChecks,
    /// B11: what a tenant's messages of a day cost, in won.
    Spending,
}

impl Rule {
    /// The name stored with decisions.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Destination => "destination",
            Self::ResendWait => "resend_wait",
            Self::Number => "number",
            Self::Address => "address",
            Self::Network => "network",
            Self::WrongChecks => "wrong_checks",
            Self::Spending => "spending",
        }
    }
}

/// What one rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// What was counted before this start.
    pub value: u32,
    /// The most that the rule allows.
    pub threshold: u32,
    /// The stretch that was counted, in seconds; `None` for rules without one.
    pub window_secs: Option<i64>,
    /// When the rule would let the start through; `None` when it does now.
    pub until: Option<Timestamp>,
    /// Whether a hit is applied.
    pub mode: RuleMode,
}

/// What happens to a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionOutcome {
    /// It goes ahead.
    Allowed,
    /// It is refused; it may be tried again at this moment.
    Refused {
        /// The earliest moment at which no applied rule stands in the way.
        until: Timestamp,
    },
    /// The number is never sent to.
    Destination(DestinationRefusal),
}

impl Decision {
    /// This decision with one more finding.
    #[must_use]
    pub fn and(mut self, finding: Finding) -> Self {
        self.findings.push(finding);
        let outcome = match self.outcome {
            DecisionOutcome::Destination(refusal) => DecisionOutcome::Destination(refusal),
            DecisionOutcome::Allowed | DecisionOutcome::Refused { .. } => outcome(&self.findings),
        };
        Self { outcome, ..self }
    }
}

/// The findings of all rules and what follows from them. One is stored for every start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// One for each rule and window that was looked at.
    pub findings: Vec<Finding>,
    /// What follows.
    pub outcome: DecisionOutcome,
}

/// What happened before a start, newest first. Each list holds at least as many entries as its largest window
/// allows, where there were so many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// When messages went to the number within the longest window.
    pub number_sends: Vec<Timestamp>,
    /// When starts from the address were allowed.
    pub address_starts: Vec<Timestamp>,
    /// When starts from the network were allowed.
    pub network_starts: Vec<Timestamp>,
    /// Wrong checks of the number today, by the kind of client that starts now.
    pub wrong_checks: u32,
}

impl Limits {
    /// Judges a start.
    pub fn judge_start(
        &self,
        destination: Result<(), DestinationRefusal>,
        history: &History,
        now: Timestamp,
    ) -> Decision {
        let mut findings = vec![Finding {
            rule: Rule::Destination,
            value: u32::from(destination.is_err()),
            threshold: 0,
            window_secs: None,
            until: None,
            mode: RuleMode::Block,
        }];
        if let Err(refusal) = destination {
            return Decision { findings, outcome: DecisionOutcome::Destination(refusal) };
        }
        count(&mut findings, Rule::Number, self.number, &self.number_windows, &history.number_sends, now);
        count(
            &mut findings,
            Rule::Address,
            self.address,
            &self.address_windows,
            &history.address_starts,
            now,
        );
        count(
            &mut findings,
            Rule::Network,
            self.address,
            &self.network_windows,
            &history.network_starts,
            now,
        );
        let spent = history.wrong_checks >= u32::from(self.wrong_checks);
        findings.push(Finding {
            rule: Rule::WrongChecks,
            value: history.wrong_checks,
            threshold: u32::from(self.wrong_checks),
            window_secs: None,
            until: spent.then(|| next_budget_day(now)),
            mode: RuleMode::Block,
        });
        Decision { outcome: outcome(&findings), findings }
    }

    /// Judges a resend of a verification that has sent `sends` codes, the last at `last_sent`.
    pub fn judge_resend(
        &self,
        sends: u16,
        last_sent: Timestamp,
        number_sends: &[Timestamp],
        now: Timestamp,
    ) -> Decision {
        let mut findings = Vec::new();
        if self.resend != RuleMode::Off {
            let due = later(last_sent, self.wait_after(sends));
            findings.push(Finding {
                rule: Rule::ResendWait,
                value: u32::from(sends),
                threshold: u32::from(sends),
                window_secs: Some(self.wait_after(sends).as_secs()),
                until: (due > now).then_some(due),
                mode: self.resend,
            });
        }
        count(&mut findings, Rule::Number, self.number, &self.number_windows, number_sends, now);
        Decision { outcome: outcome(&findings), findings }
    }
}

/// The earliest moment at which a verification that just sent its `sends`-th code at `now` may send another.
/// `number_sends` are the sends before this one, newest first.
pub fn next_resend(limits: &Limits, sends: u16, number_sends: &[Timestamp], now: Timestamp) -> Timestamp {
    let mut at = match limits.resend {
        RuleMode::Block => later(now, limits.wait_after(sends)),
        RuleMode::Off | RuleMode::Record => now,
    };
    if limits.number == RuleMode::Block {
        let with_this: Vec<Timestamp> = std::iter::once(now).chain(number_sends.iter().copied()).collect();
        for window in &limits.number_windows {
            at = at.max(window.free_at(&with_this).unwrap_or(at));
        }
    }
    at
}

impl Window {
    /// When the window lets one more event in, or `None` when it never was full. `events` are newest first.
    fn free_at(&self, events: &[Timestamp]) -> Option<Timestamp> {
        let blocking = usize::from(self.most).checked_sub(1)?;
        events.get(blocking).map(|&oldest| later(oldest, self.length))
    }
}

fn count(
    findings: &mut Vec<Finding>,
    rule: Rule,
    mode: RuleMode,
    windows: &[Window],
    events: &[Timestamp],
    now: Timestamp,
) {
    if mode == RuleMode::Off {
        return;
    }
    for window in windows {
        let inside = events.iter().take_while(|&&at| later(at, window.length) > now).count();
        let full = inside >= usize::from(window.most);
        findings.push(Finding {
            rule,
            value: u32::try_from(inside).unwrap_or(u32::MAX),
            threshold: u32::from(window.most),
            window_secs: Some(window.length.as_secs()),
            until: if full { window.free_at(events).filter(|&at| at > now) } else { None },
            mode,
        });
    }
}

fn outcome(findings: &[Finding]) -> DecisionOutcome {
    let applied = findings.iter().filter(|finding| finding.mode == RuleMode::Block);
    match applied.filter_map(|finding| finding.until).max() {
        Some(until) => DecisionOutcome::Refused { until },
        None => DecisionOutcome::Allowed,
    }
}

/// Saturates instead of failing: a time past the year 9999 is as good as never.
fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Budgets of wrong checks are counted by the Korean calendar day, UTC+9 without daylight saving time.
const KOREA_AHEAD_SECS: i64 = 9 * 3_600;
const DAY_SECS: i64 = 86_400;

/// The number of the budget day that `now` falls into: days since 1970-01-01 in Korea.
pub fn budget_day(now: Timestamp) -> i32 {
    i32::try_from((now.as_second() + KOREA_AHEAD_SECS).div_euclid(DAY_SECS)).unwrap_or(i32::MAX)
}

/// The moment at which the next budget day begins.
pub fn next_budget_day(now: Timestamp) -> Timestamp {
    let next = (i64::from(budget_day(now)) + 1) * DAY_SECS - KOREA_AHEAD_SECS;
    Timestamp::from_second(next).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn the_sixth_send_to_a_number_in_ten_minutes_waits_for_the_first_to_age() {
        let limits = Limits::default();
        let history = History { number_sends: [540, 240, 120, 60, 0].map(at).to_vec(), ..History::default() };
        let decision = limits.judge_start(Ok(()), &history, at(550));
        assert_eq!(decision.outcome, DecisionOutcome::Refused { until: at(600) });
        assert_eq!(limits.judge_start(Ok(()), &history, at(600)).outcome, DecisionOutcome::Allowed);
    }

    #[test]
    fn a_recorded_rule_is_decided_but_not_applied() {
        let limits = Limits::default().in_mode(RuleMode::Record);
        let history = History { number_sends: vec![at(0); 10], ..History::default() };
        let decision = limits.judge_start(Ok(()), &history, at(1));
        assert_eq!(decision.outcome, DecisionOutcome::Allowed);
        assert!(
            decision.findings.iter().any(|finding| finding.rule == Rule::Number && finding.until.is_some())
        );
    }

    #[test]
    fn switching_the_counting_rules_off_leaves_the_budget_of_wrong_checks_on() {
        let limits = Limits::default().in_mode(RuleMode::Off);
        let history = History { number_sends: vec![at(0); 10], wrong_checks: 20, ..History::default() };
        let decision = limits.judge_start(Ok(()), &history, at(1));
        assert_eq!(decision.outcome, DecisionOutcome::Refused { until: next_budget_day(at(1)) });
        assert!(decision.findings.iter().all(|finding| finding.rule != Rule::Number));
    }

    #[test]
    fn resend_waits_grow_and_the_last_one_repeats() {
        let limits = Limits { number: RuleMode::Off, ..Limits::default() };
        for (sends, wait) in [(1, 60), (2, 60), (3, 120), (4, 300), (9, 300)] {
            let early = limits.judge_resend(sends, at(0), &[], at(wait - 1));
            assert_eq!(early.outcome, DecisionOutcome::Refused { until: at(wait) }, "after {sends} sends");
            assert_eq!(limits.judge_resend(sends, at(0), &[], at(wait)).outcome, DecisionOutcome::Allowed);
            assert_eq!(next_resend(&limits, sends, &[], at(0)), at(wait));
        }
    }

    #[test]
    fn the_next_resend_respects_the_numbers_windows_too() {
        let limits = Limits::default();
        let before = [300, 200, 100, 50].map(at);
        assert_eq!(next_resend(&limits, 1, &before, at(400)), at(650));
        assert_eq!(next_resend(&limits.in_mode(RuleMode::Off), 1, &before, at(400)), at(400));
    }

    #[test]
    fn a_budget_day_begins_at_midnight_in_korea() {
        let before_midnight: Timestamp = "2026-11-21T14:59:59Z".parse().unwrap();
        let midnight: Timestamp = "2026-11-21T15:00:00Z".parse().unwrap();
        assert_eq!(next_budget_day(before_midnight), midnight);
        assert_eq!(budget_day(before_midnight) + 1, budget_day(midnight));
    }
}
