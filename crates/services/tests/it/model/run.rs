//! One schedule under way: the use cases over a store of its own.
//!
//! Starts and resends go to the store as they were drawn once, which spares the drawing and sealing of codes
//! in each of many thousand runs; checks and cancelling go through their use cases.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;

use bonin_domain::codes::{Code, CodeLength, Policy, Status, Token, Verification};
use bonin_ports::{Clock as _, NewCode, Resend, Resent, Start, Started, VerificationRepository as _};
use bonin_services::codes::{CancelError, CancelVerification, CheckCode, CheckCodeError};
use bonin_services::dispatch::ProviderRuns;
use bonin_testkit::{FixedClock, Holder, InMemoryStore, Scene, SeededEntropy, key_ring};
use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};

use super::actors::{Starter, Step, Typed};
use super::ledger::{Checked, Ledger};

/// Everything that all runs share.
pub struct Cast {
    policy: Arc<Policy>,
    keys: Arc<bonin_domain::keys::KeyRing>,
    entropy: Arc<SeededEntropy>,
    opened: Timestamp,
    parts: [Part; 2],
    stranger: Token,
    wrong: Code,
}

/// What one starter brings.
struct Part {
    start: Start,
    holder: Holder,
    codes: Vec<Code>,
    resends: Vec<Resend>,
}

/// One run.
pub struct Run<'a> {
    cast: &'a Cast,
    store: Arc<InMemoryStore>,
    clock: Arc<FixedClock>,
    check: CheckCode,
    cancel: CancelVerification,
    ledgers: [Option<Ledger>; 2],
}

/// What tells states apart that can have different futures.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State(pub [Option<Standing>; 2]);

/// How a verification stands: its status, comparisons, successes, and the ages of its codes in seconds.
pub type Standing = (Status, u16, u16, Vec<i64>);

fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("memory does not wait")
}

fn code(digits: &str) -> Code {
    Code::parse(digits, CodeLength::SIX).expect("six digits")
}

impl Cast {
    pub fn new(policy: Policy, most_resends: u32) -> Self {
        let scene = Scene::new().with_policy(|of| *of = policy);
        let part = |first: u32, address: &str| {
            let digits: Vec<String> = (first..=first + most_resends).map(|code| code.to_string()).collect();
            let (start, holder) = scene.start().digits(&digits[0]).from_address(address, address).draw();
            let resends = digits[1..].iter().map(|of| scene.resend(&holder, of, scene.at(0))).collect();
            Part { start, holder, codes: digits.iter().map(|of| code(of)).collect(), resends }
        };
        Self {
            parts: [part(111_111, "owner"), part(222_222, "second")],
            policy: scene.policy.clone(),
            keys: Arc::new(key_ring()),
            entropy: Arc::new(SeededEntropy::new(1)),
            opened: scene.at(0),
            stranger: scene.token(),
            wrong: code("999999"),
        }
    }
}

impl<'a> Run<'a> {
    pub fn new(cast: &'a Cast) -> Self {
        let store = Arc::new(InMemoryStore::default());
        let clock = Arc::new(FixedClock::new(cast.opened));
        Self {
            check: CheckCode {
                verifications: store.clone(),
                keys: cast.keys.clone(),
                policy: cast.policy.clone(),
                runs: ProviderRuns::default(),
                clock: clock.clone(),
                entropy: cast.entropy.clone(),
            },
            cancel: CancelVerification {
                verifications: store.clone(),
                runs: ProviderRuns::default(),
                clock: clock.clone(),
            },
            cast,
            store,
            clock,
            ledgers: [None, None],
        }
    }

    pub fn state(&self) -> State {
        let now = self.clock.now();
        State([0, 1].map(|of| {
            let ledger = self.ledgers[of].as_ref()?;
            let status = self.seen(of)?.status;
            let ages = ledger.sent.iter().map(|at| now.duration_since(*at).as_secs()).collect();
            Some((status, ledger.compared, ledger.successes, ages))
        }))
    }

    /// Takes one step; what cannot be done yet is passed over.
    ///
    /// # Panics
    /// When a promise is broken.
    pub fn take(&mut self, step: Step) {
        let before = [0, 1].map(|of| self.seen(of));
        let acting = match step {
            Step::Start(who) | Step::Resend(who) | Step::Check(who, _) | Step::Cancel(who) => {
                Some(who as usize)
            }
            Step::StrangerResends | Step::StrangerChecks(_) | Step::StrangerCancels | Step::Wait(_) => None,
        };
        match step {
            Step::Start(who) => self.start(who as usize),
            Step::Resend(who) => self.resend(who as usize),
            Step::Check(who, typed) => self.type_code(who as usize, typed),
            Step::Cancel(who) => self.give_up(who as usize),
            Step::StrangerResends => self.stranger_resends(),
            Step::StrangerChecks(typed) => self.stranger_types(typed),
            Step::StrangerCancels => self.stranger_gives_up(),
            Step::Wait(seconds) => self.clock.advance(SignedDuration::from_secs(seconds)),
        }
        for of in [0, 1] {
            let after = self.seen(of);
            if let (Some(ledger), Some(after)) = (&self.ledgers[of], &after) {
                ledger.agrees_with(after, &self.cast.policy, self.clock.now());
            }
            if acting != Some(of) && !matches!(step, Step::Wait(_)) {
                assert_eq!(after, before[of], "{step:?} of somebody else changed a verification");
            }
        }
    }

    fn seen(&self, of: usize) -> Option<Verification> {
        self.ledgers[of].as_ref()?;
        let Holder { tenant, id, token, .. } = &self.cast.parts[of].holder;
        at_once(self.store.find(tenant, *id, bonin_ports::Holder::Token(token.digest()), self.clock.now()))
            .expect("memory works")
    }

    fn start(&mut self, of: usize) {
        if self.ledgers[of].is_some() {
            return;
        }
        let now = self.clock.now();
        let started = at_once(self.store.start(Start { now, ..self.cast.parts[of].start.clone() }));
        match started.expect("memory works") {
            Started::Created(_) => {
                self.ledgers[of] = Some(Ledger { sent: vec![now], ..Ledger::default() });
            }
            Started::Refused(_) => {}
            other => unexpected(other),
        }
    }

    fn resend_request(&self, of: usize) -> Option<Resend> {
        let sent = self.ledgers[of].as_ref()?.sent.len();
        let resend = self.cast.parts[of].resends.get(sent - 1)?;
        Some(Resend { now: self.clock.now(), ..resend.clone() })
    }

    fn resend(&mut self, of: usize) {
        let Some(resend) = self.resend_request(of) else { return };
        let now = resend.now;
        let outcome = at_once(self.store.resend(resend)).expect("memory works");
        let ledger = self.ledgers[of].as_mut().expect("it was started");
        let ended = ledger.ended(&self.cast.policy, now);
        match outcome {
            Resent::Sent(_) => {
                assert_eq!(ended, None, "what is over is not sent again");
                ledger.sent.push(now);
            }
            Resent::TooEarly(_) => assert_eq!(ended, None),
            Resent::Over(seen) => assert_eq!(seen.ended(), ended),
            other => unexpected(other),
        }
    }

    fn stranger_resends(&mut self) {
        let Some(resend) = self.resend_request(Starter::Owner as usize) else { return };
        let NewCode { message, .. } = &resend.code;
        assert!(message.lease.is_none());
        let token = self.cast.stranger.digest();
        let outcome = at_once(self.store.resend(Resend { token, ..resend }));
        assert_eq!(outcome, Ok(Resent::NotFound));
    }

    fn typed(&self, of: usize, typed: Typed) -> Option<&'a Code> {
        let sent = self.ledgers[of].as_ref()?.sent.len();
        Some(match typed {
            Typed::Latest => &self.cast.parts[of].codes[sent - 1],
            Typed::First => &self.cast.parts[of].codes[0],
            Typed::Wrong => &self.cast.wrong,
        })
    }

    fn type_code(&mut self, of: usize, typed: Typed) {
        let Some(code) = self.typed(of, typed) else { return };
        let Holder { tenant, id, token, .. } = &self.cast.parts[of].holder;
        let checked = match at_once(self.check.execute(tenant, *id, token, code)) {
            Ok(_) => Checked::Matched,
            Err(CheckCodeError::Incorrect(_)) => Checked::Missed,
            Err(CheckCodeError::Over(_)) => Checked::Over,
            Err(other) => unexpected(other),
        };
        let now = self.clock.now();
        let ledger = self.ledgers[of].as_mut().expect("it was started");
        ledger.check(typed, checked, &self.cast.policy, now);
    }

    fn stranger_types(&mut self, typed: Typed) {
        let Some(code) = self.typed(Starter::Owner as usize, typed) else { return };
        let Holder { tenant, id, .. } = &self.cast.parts[Starter::Owner as usize].holder;
        let checked = at_once(self.check.execute(tenant, *id, &self.cast.stranger, code));
        assert!(matches!(checked, Err(CheckCodeError::NotFound)));
    }

    fn give_up(&mut self, of: usize) {
        let now = self.clock.now();
        let Some(ledger) = self.ledgers[of].as_mut() else { return };
        let Holder { tenant, id, token, .. } = &self.cast.parts[of].holder;
        let ended = ledger.ended(&self.cast.policy, now);
        match at_once(self.cancel.execute(tenant, *id, bonin_ports::Holder::Token(token.digest()))) {
            Ok(()) => {
                assert_eq!(ended, None);
                ledger.cancelled = true;
            }
            Err(CancelError::Over(seen)) => assert_eq!(seen.ended(), ended),
            Err(other) => unexpected(other),
        }
    }

    fn stranger_gives_up(&mut self) {
        let Holder { tenant, id, .. } = &self.cast.parts[Starter::Owner as usize].holder;
        let cancelled = at_once(self.cancel.execute(
            tenant,
            *id,
            bonin_ports::Holder::Token(self.cast.stranger.digest()),
        ));
        assert!(matches!(cancelled, Err(CancelError::NotFound)));
    }
}

fn unexpected(outcome: impl Debug) -> ! {
    panic!("no schedule leads to {outcome:?}")
}
