//! The newest 10,000 verifications.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use jiff::Timestamp;

use super::machine::{Event, Machine, State, Verdict};
use super::request::Start;
use crate::faults::Provider;
use crate::handset::Incoming;
use crate::ids;
use crate::lock::lock;

/// How many verifications are kept.
const CAPACITY: usize = 10_000;

/// A typed code.
pub(super) struct Try {
    pub(super) at: Timestamp,
    pub(super) code: String,
    pub(super) right: bool,
}

/// A stored verification.
pub(super) struct Verification {
    pub(super) id: String,
    pub(super) start: Start,
    pub(super) machine: Machine,
    pub(super) tries: Vec<Try>,
    counter: u64,
    /// Whether the handset gets its messages.
    arrives: bool,
    /// How many events the handset knows of.
    told: usize,
}

/// What the simulated Verify remembers.
pub(crate) struct Store {
    inner: Mutex<Inner>,
    capacity: usize,
}

#[derive(Default)]
struct Inner {
    verifications: HashMap<String, Verification>,
    /// Ids, oldest first.
    order: VecDeque<String>,
    /// The newest verification of each number.
    by_number: HashMap<String, String>,
    counter: u64,
    gone_out: Vec<Incoming>,
}

impl Default for Store {
    fn default() -> Self {
        Self { inner: Mutex::default(), capacity: CAPACITY }
    }
}

impl Store {
    /// The verification of a number that runs, if one does.
    pub(super) fn running(&self, number: &str, now: Timestamp) -> Option<String> {
        lock(&self.inner).running(number, now)
    }

    /// Begins a verification and returns its id.
    ///
    /// # Errors
    /// The id of the one that runs for the number.
    pub(super) fn start(&self, start: Start, arrives: bool, now: Timestamp) -> Result<String, String> {
        let mut inner = lock(&self.inner);
        if let Some(running) = inner.running(&start.number, now) {
            return Err(running);
        }
        inner.counter += 1;
        let counter = inner.counter;
        let id = ids::ordered(ids::millisecond(now), counter).simple().to_string();
        let machine = Machine::start(start.plan, counter ^ ids::millisecond(now) << 20, now);
        inner.by_number.insert(start.number.clone(), id.clone());
        inner.order.push_back(id.clone());
        let mut verification =
            Verification { id: id.clone(), start, machine, tries: Vec::new(), counter, arrives, told: 0 };
        let messages = verification.messages();
        inner.gone_out.extend(messages);
        inner.verifications.insert(id.clone(), verification);
        inner.shrink(self.capacity);
        Ok(id)
    }

    /// Lets a verification's time pass until `now`, and then something happen to it.
    pub(super) fn visit<T>(
        &self,
        id: &str,
        now: Timestamp,
        what: impl FnOnce(&mut Verification) -> T,
    ) -> Option<T> {
        lock(&self.inner).visit(id, now, what)
    }

    /// The messages that went out since it was last asked.
    pub(super) fn gone_out(&self) -> Vec<Incoming> {
        std::mem::take(&mut lock(&self.inner).gone_out)
    }
}

impl Inner {
    fn running(&mut self, number: &str, now: Timestamp) -> Option<String> {
        let id = self.by_number.get(number)?.clone();
        let state = self.visit(&id, now, |verification| verification.machine.state)?;
        (state == State::InProgress).then_some(id)
    }

    fn visit<T>(&mut self, id: &str, now: Timestamp, what: impl FnOnce(&mut Verification) -> T) -> Option<T> {
        let verification = self.verifications.get_mut(id)?;
        verification.machine.advance(now);
        let seen = what(verification);
        self.gone_out.extend(verification.messages());
        Some(seen)
    }

    fn shrink(&mut self, capacity: usize) {
        while self.order.len() > capacity {
            let Some(oldest) = self.order.pop_front() else { return };
            let Some(gone) = self.verifications.remove(&oldest) else { continue };
            if self.by_number.get(&gone.start.number) == Some(&oldest) {
                self.by_number.remove(&gone.start.number);
            }
        }
    }
}

impl Verification {
    /// The number as E.164.
    pub(super) fn e164(&self) -> String {
        format!("+{}", self.start.number)
    }

    /// Compares a typed code, and names the event that sent the right one.
    pub(super) fn check(&mut self, code: &str, now: Timestamp) -> (Verdict, String) {
        let verdict = self.machine.check(code, now);
        if matches!(verdict, Verdict::Right | Verdict::Wrong) {
            self.tries.push(Try { at: now, code: code.to_owned(), right: verdict == Verdict::Right });
        }
        (verdict, self.event_id(self.machine.events.len()))
    }

    /// The name of an event, the first of which is 1.
    pub(super) fn event_id(&self, number: usize) -> String {
        format!("1C{:013X}{number:X}", self.counter)
    }

    /// The messages of events that the handset does not know of yet.
    fn messages(&mut self) -> Vec<Incoming> {
        let new = &self.machine.events[self.told..];
        let messages =
            if self.arrives { new.iter().map(|event| self.incoming(event)).collect() } else { Vec::new() };
        self.told = self.machine.events.len();
        messages
    }

    fn incoming(&self, event: &Event) -> Incoming {
        Incoming {
            provider: Provider::NexmoVerify.name(),
            from: self.start.sender.clone(),
            to: self.e164(),
            subject: None,
            text: self.start.text(event.channel, &event.code),
            kind: "sms",
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::machine::Plan;
    use super::super::request::Purpose;
    use super::*;

    fn start(number: &str) -> Start {
        Start {
            number: number.to_owned(),
            purpose: Purpose::Number { brand: "Bonin".to_owned() },
            sender: "VERIFY".to_owned(),
            language: "en-us".to_owned(),
            plan: Plan { workflow: 6, code_length: 4, life: SignedDuration::from_secs(300), wait: None },
        }
    }

    #[test]
    fn only_the_newest_verifications_are_kept() {
        let store = Store { inner: Mutex::default(), capacity: 2 };
        let now = Timestamp::UNIX_EPOCH;
        let ids: Vec<_> = ["1", "2", "3"].map(|n| store.start(start(n), true, now).unwrap()).to_vec();
        assert_eq!(store.running("1", now), None);
        assert_eq!(store.running("3", now).as_ref(), Some(&ids[2]));
        assert!(store.visit(&ids[0], now, |_| ()).is_none() && store.visit(&ids[1], now, |_| ()).is_some());
        let inner = lock(&store.inner);
        assert_eq!((inner.verifications.len(), inner.order.len(), inner.by_number.len()), (2, 2, 2));
        assert_eq!(Store::default().capacity, 10_000);
    }
}
