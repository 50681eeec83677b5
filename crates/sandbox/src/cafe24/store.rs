//! What was accepted, the newest 50,000 messages, and the credits that are left.

use std::collections::VecDeque;
use std::sync::Mutex;

use jiff::Timestamp;

use super::outcome::Outcome;
use super::waiting::Waiting;
use crate::handset::Incoming;
use crate::lock::lock;

/// How many messages are kept.
const CAPACITY: usize = 50_000;
const CREDITS: u64 = 1_000_000;

/// A message that was accepted, with its fate.
#[derive(Clone)]
pub(super) struct Record {
    pub(super) is_long: bool,
    pub(super) is_reserved: bool,
    /// The recipient as E.164.
    pub(super) number: String,
    pub(super) text: String,
    pub(super) registered_at: Timestamp,
    /// When it was or will be sent.
    pub(super) sent_at: Timestamp,
    pub(super) outcome: Outcome,
}

impl Record {
    /// The credits that it cost, given back where it failed.
    fn credits(&self) -> u64 {
        if self.is_long { 3 } else { 1 }
    }
}

/// What the simulated Cafe24 remembers.
pub(crate) struct Store {
    inner: Mutex<Inner>,
    capacity: usize,
}

struct Inner {
    records: VecDeque<Record>,
    credits: u64,
    /// Credits that come back, with the time when they do.
    refunds: VecDeque<(Timestamp, u64)>,
    waiting: Waiting,
}

impl Default for Store {
    fn default() -> Self {
        let inner = Inner {
            records: VecDeque::new(),
            credits: CREDITS,
            refunds: VecDeque::new(),
            waiting: Waiting::default(),
        };
        Self { inner: Mutex::new(inner), capacity: CAPACITY }
    }
}

impl Store {
    /// The credits that are left.
    pub(super) fn credits(&self, now: Timestamp) -> u64 {
        let mut inner = lock(&self.inner);
        inner.refund(now);
        inner.credits
    }

    /// Keeps messages and charges them; each with what its handset gets, if it gets anything. Returns what is for
    /// the handset now and the credits that are left.
    pub(super) fn accept(
        &self,
        messages: Vec<(Record, Option<Incoming>)>,
        now: Timestamp,
    ) -> (Vec<Incoming>, u64) {
        let mut inner = lock(&self.inner);
        inner.refund(now);
        let mut arriving = Vec::new();
        for (record, incoming) in messages {
            inner.credits = inner.credits.saturating_sub(record.credits());
            if let Some(known_at) = record.outcome.known_at.filter(|_| record.outcome.has_failed) {
                inner.refunds.push_back((known_at, record.credits()));
            }
            match incoming {
                Some(incoming) if record.sent_at > now => inner.waiting.add(record.sent_at, incoming),
                Some(incoming) => arriving.push(incoming),
                None => {}
            }
            inner.records.push_back(record);
        }
        while inner.records.len() > self.capacity {
            inner.records.pop_front();
        }
        while inner.refunds.len() > self.capacity {
            inner.refunds.pop_front();
        }
        (arriving, inner.credits)
    }

    /// The messages that fit, newest first.
    pub(super) fn find(&self, fits: impl Fn(&Record) -> bool) -> Vec<Record> {
        lock(&self.inner).records.iter().rev().filter(|record| fits(record)).cloned().collect()
    }

    /// What waited and is due, in the order of its times.
    pub(super) fn take_due(&self, now: Timestamp) -> Vec<(Timestamp, Incoming)> {
        lock(&self.inner).waiting.take_due(now)
    }

    /// Whether somebody must begin to look at what waits; true once until nothing waits any more.
    pub(super) fn needs_watch(&self) -> bool {
        lock(&self.inner).waiting.needs_watch()
    }

    /// Whether the watch goes on: something still waits.
    pub(super) fn still_watched(&self) -> bool {
        lock(&self.inner).waiting.still_watched()
    }
}

impl Inner {
    fn refund(&mut self, now: Timestamp) {
        let credits = &mut self.credits;
        self.refunds.retain(|(due, refund)| {
            if *due <= now {
                *credits += refund;
            }
            *due > now
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> (Record, Option<Incoming>) {
        let outcome = Outcome::of("+821012345678", false, None, Timestamp::UNIX_EPOCH);
        let record = Record {
            is_long: false,
            is_reserved: false,
            number: "+821012345678".to_owned(),
            text: text.to_owned(),
            registered_at: Timestamp::UNIX_EPOCH,
            sent_at: Timestamp::UNIX_EPOCH,
            outcome,
        };
        (record, None)
    }

    #[test]
    fn only_the_newest_messages_are_kept() {
        let store = Store { capacity: 3, ..Store::default() };
        for text in ["1", "2", "3", "4", "5"] {
            store.accept(vec![record(text)], Timestamp::UNIX_EPOCH);
        }
        let texts: Vec<_> = store.find(|_| true).into_iter().map(|record| record.text).collect();
        assert_eq!(texts, ["5", "4", "3"]);
        assert_eq!(Store::default().capacity, 50_000);
    }

    #[test]
    fn credits_of_failures_come_back_when_they_are_known() {
        let store = Store::default();
        let known_at = Timestamp::from_second(10).unwrap();
        let (mut failing, _) = record("a");
        failing.is_long = true;
        failing.outcome = Outcome { known_at: Some(known_at), has_failed: true, arrives: false };
        let (_, left) = store.accept(vec![(failing, None), record("b")], Timestamp::UNIX_EPOCH);
        assert_eq!(left, 999_996);
        assert_eq!(store.credits(Timestamp::from_second(9).unwrap()), 999_996);
        assert_eq!(store.credits(known_at), 999_999);
        assert_eq!(store.credits(known_at), 999_999, "once");
    }
}
