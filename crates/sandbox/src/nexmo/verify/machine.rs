//! One verification over time: which codes go out when, and what a typed one is worth.

use jiff::{SignedDuration, Timestamp};

use crate::ids;

/// How many codes are compared with each that was sent.
const CHECKS: u8 = 3;
/// A verification cannot be cancelled earlier.
const UNTOUCHABLE: SignedDuration = SignedDuration::from_secs(30);

/// How a code goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::nexmo) enum Channel {
    Sms,
    /// A call that reads the code out.
    Tts,
}

/// The events of the workflows 1 to 7, each with the seconds until the next.
const WORKFLOWS: [&[(Channel, i64)]; 7] = [
    &[(Channel::Sms, 125), (Channel::Tts, 180), (Channel::Tts, 0)],
    &[(Channel::Sms, 125), (Channel::Sms, 180), (Channel::Tts, 0)],
    &[(Channel::Tts, 150), (Channel::Tts, 0)],
    &[(Channel::Sms, 120), (Channel::Sms, 0)],
    &[(Channel::Sms, 120), (Channel::Tts, 0)],
    &[(Channel::Sms, 0)],
    &[(Channel::Tts, 0)],
];

/// How a verification is to run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// 1 to 7.
    pub(super) workflow: usize,
    pub(super) code_length: u32,
    /// How long a code lives.
    pub(super) life: SignedDuration,
    /// Between events, in place of the workflow's own waits.
    pub(super) wait: Option<SignedDuration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    InProgress,
    Success,
    Failed,
    Expired,
    Cancelled,
}

impl State {
    /// As a search spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InProgress => "IN PROGRESS",
            Self::Success => "SUCCESS",
            Self::Failed => "FAILED",
            Self::Expired => "EXPIRED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// A code that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) channel: Channel,
    pub(super) code: String,
    pub(super) at: Timestamp,
}

/// What a typed code is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Wrong,
    /// One too many: the verification ends.
    TooMany,
    /// It was over before.
    Over,
}

/// Why a command is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CannotDo {
    Over,
    TooEarly,
    TooLate,
    NothingLeft,
}

/// A verification.
#[derive(Debug)]
pub(super) struct Machine {
    plan: Plan,
    seed: u64,
    pub(super) started: Timestamp,
    pub(super) state: State,
    pub(super) ended: Option<Timestamp>,
    pub(super) events: Vec<Event>,
    code_made: Timestamp,
    codes: u64,
    checks: u8,
}

impl Machine {
    /// Begins, with the first event at `now`; codes follow from `seed`.
    pub(super) fn start(plan: Plan, seed: u64, now: Timestamp) -> Self {
        let mut machine = Self {
            plan,
            seed,
            started: now,
            state: State::InProgress,
            ended: None,
            events: Vec::new(),
            code_made: now,
            codes: 0,
            checks: 0,
        };
        machine.execute(now);
        machine
    }

    /// Lets time pass until `now`.
    pub(super) fn advance(&mut self, now: Timestamp) {
        while let Some(at) = self.next_event_at().filter(|at| *at <= now) {
            self.execute(at);
        }
        if self.state == State::InProgress && self.next_event_at().is_none() && self.expires_at() <= now {
            self.end(State::Expired, self.expires_at());
        }
    }

    /// When the next event is due, if any is left.
    pub(super) fn next_event_at(&self) -> Option<Timestamp> {
        let running = self.state == State::InProgress && self.events.len() < self.workflow().len();
        let last = self.events.last().filter(|_| running)?;
        let (_, seconds) = self.workflow()[self.events.len() - 1];
        Some(later(last.at, self.plan.wait.unwrap_or(SignedDuration::from_secs(seconds))))
    }

    /// Compares a typed code; `now` has been advanced to.
    pub(super) fn check(&mut self, typed: &str, now: Timestamp) -> Verdict {
        if self.state != State::InProgress {
            return Verdict::Over;
        }
        if self.checks == CHECKS {
            self.end(State::Failed, now);
            return Verdict::TooMany;
        }
        // Between two events a code may be dead already.
        let alive = now < self.expires_at();
        if alive && self.events.last().is_some_and(|event| event.code == typed) {
            self.end(State::Success, now);
            return Verdict::Right;
        }
        self.checks += 1;
        Verdict::Wrong
    }

    /// Ends it early.
    pub(super) fn cancel(&mut self, now: Timestamp) -> Result<(), CannotDo> {
        if self.state != State::InProgress {
            return Err(CannotDo::Over);
        }
        if now.duration_since(self.started) < UNTOUCHABLE {
            return Err(CannotDo::TooEarly);
        }
        if self.events.len() > 1 {
            return Err(CannotDo::TooLate);
        }
        self.end(State::Cancelled, now);
        Ok(())
    }

    /// Runs the next event now.
    pub(super) fn trigger(&mut self, now: Timestamp) -> Result<(), CannotDo> {
        if self.state != State::InProgress {
            return Err(CannotDo::Over);
        }
        self.next_event_at().ok_or(CannotDo::NothingLeft)?;
        self.execute(now);
        Ok(())
    }

    fn workflow(&self) -> &'static [(Channel, i64)] {
        WORKFLOWS[self.plan.workflow - 1]
    }

    fn expires_at(&self) -> Timestamp {
        later(self.code_made, self.plan.life)
    }

    fn end(&mut self, state: State, at: Timestamp) {
        self.state = state;
        self.ended = Some(at);
    }

    /// Sends the code, or a new one where it is dead, whose checks then begin anew.
    fn execute(&mut self, at: Timestamp) {
        let (channel, _) = self.workflow()[self.events.len()];
        let alive = self.events.last().filter(|_| at < self.expires_at());
        let code = if let Some(event) = alive {
            event.code.clone()
        } else {
            self.code_made = at;
            self.checks = 0;
            self.draw()
        };
        self.events.push(Event { channel, code, at });
    }

    /// A code that looks drawn at random; nothing in the sandbox is worth guessing.
    fn draw(&mut self) -> String {
        self.codes += 1;
        let letters = ids::scrambled(self.seed.wrapping_mul(31).wrapping_add(self.codes));
        let number =
            letters.bytes().fold(0_u64, |all, letter| all.wrapping_mul(131).wrapping_add(u64::from(letter)));
        let width = self.plan.code_length as usize;
        format!("{:0width$}", number % 10_u64.pow(self.plan.code_length))
    }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: i64 = 300;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn start(workflow: usize, life: i64, wait: Option<i64>) -> Machine {
        let plan = Plan {
            workflow,
            code_length: 4,
            life: SignedDuration::from_secs(life),
            wait: wait.map(SignedDuration::from_secs),
        };
        Machine::start(plan, 7, at(0))
    }

    /// When which event goes out, with the number of its code, and when it all expires.
    fn course(mut machine: Machine) -> (Vec<(i64, Channel, usize)>, i64) {
        machine.advance(at(100_000));
        let mut codes: Vec<String> = Vec::new();
        let mut course = Vec::new();
        for event in &machine.events {
            if codes.last() != Some(&event.code) {
                codes.push(event.code.clone());
            }
            course.push((event.at.as_second(), event.channel, codes.len()));
        }
        assert_eq!(machine.state, State::Expired);
        (course, machine.ended.unwrap().as_second())
    }

    #[test]
    fn workflows_run_as_in_the_guide() {
        use Channel::{Sms, Tts};
        for (workflow, events, end) in [
            (1, &[(0, Sms, 1), (125, Tts, 1), (305, Tts, 2)][..], 605),
            (2, &[(0, Sms, 1), (125, Sms, 1), (305, Tts, 2)], 605),
            (3, &[(0, Tts, 1), (150, Tts, 1)], 300),
            (4, &[(0, Sms, 1), (120, Sms, 1)], 300),
            (5, &[(0, Sms, 1), (120, Tts, 1)], 300),
            (6, &[(0, Sms, 1)], 300),
            (7, &[(0, Tts, 1)], 300),
        ] {
            assert_eq!(course(start(workflow, LIFE, None)), (events.to_vec(), end), "{workflow}");
        }
    }

    #[test]
    fn codes_are_shared_as_long_as_they_live() {
        let codes = |life, wait| {
            let (events, end) = course(start(1, life, Some(wait)));
            (events.iter().map(|(_, _, code)| *code).collect::<Vec<_>>(), end)
        };
        assert_eq!(codes(360, 120), (vec![1, 1, 1], 360));
        assert_eq!(codes(240, 120), (vec![1, 1, 2], 480));
        assert_eq!(codes(120, 120), (vec![1, 2, 3], 360));
    }

    #[test]
    fn three_codes_are_compared_and_a_fourth_ends_it_even_if_right() {
        let mut machine = start(6, LIFE, None);
        let code = machine.events[0].code.clone();
        for _ in 0..3 {
            assert_eq!(machine.check("none", at(1)), Verdict::Wrong);
        }
        assert_eq!(machine.check(&code, at(2)), Verdict::TooMany);
        assert_eq!((machine.state, machine.ended), (State::Failed, Some(at(2))));
        assert_eq!(machine.check(&code, at(3)), Verdict::Over);
    }

    #[test]
    fn a_new_code_has_checks_of_its_own() {
        let mut machine = start(1, 120, Some(120));
        let first = machine.events[0].code.clone();
        for _ in 0..3 {
            assert_eq!(machine.check("none", at(1)), Verdict::Wrong);
        }
        machine.advance(at(120));
        assert_eq!(machine.check(&first, at(121)), Verdict::Wrong, "dead");
        let second = machine.events[1].code.clone();
        assert_eq!(machine.check(&second, at(121)), Verdict::Right);
        machine.advance(at(10_000));
        assert_eq!((machine.events.len(), machine.state), (2, State::Success));
    }

    #[test]
    fn a_code_that_died_before_the_next_event_is_wrong() {
        let mut machine = start(1, 60, None);
        let code = machine.events[0].code.clone();
        machine.advance(at(60));
        assert_eq!((machine.state, machine.check(&code, at(60))), (State::InProgress, Verdict::Wrong));
    }

    #[test]
    fn it_is_cancelled_after_30_seconds_and_before_the_second_event() {
        let mut machine = start(4, LIFE, None);
        assert_eq!(machine.cancel(at(29)), Err(CannotDo::TooEarly));
        assert_eq!(machine.cancel(at(30)), Ok(()));
        assert_eq!((machine.state, machine.cancel(at(31))), (State::Cancelled, Err(CannotDo::Over)));
        let mut machine = start(4, LIFE, None);
        machine.advance(at(120));
        assert_eq!(machine.cancel(at(120)), Err(CannotDo::TooLate));
    }

    #[test]
    fn a_triggered_event_moves_those_after_it() {
        let mut machine = start(1, LIFE, None);
        assert_eq!(machine.trigger(at(40)), Ok(()));
        assert_eq!(machine.next_event_at(), Some(at(220)));
        assert_eq!((machine.trigger(at(50)), machine.trigger(at(60))), (Ok(()), Err(CannotDo::NothingLeft)));
        let codes: Vec<_> = machine.events.iter().map(|event| &event.code).collect();
        assert!(codes.iter().all(|code| *code == codes[0]));
        machine.advance(at(300));
        assert_eq!((machine.state, machine.trigger(at(300))), (State::Expired, Err(CannotDo::Over)));
    }
}
