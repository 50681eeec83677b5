//! Accepted messages and their results, the newest 50,000.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::files::Files;
use super::request::Message;
use super::reservations::Reservations;
use super::results::Outcome;
use super::time;
use super::unsubscribes::Unsubscribes;
use crate::ids;
use crate::lock::lock;

/// How many results are kept.
const CAPACITY: usize = 50_000;

/// A message that was accepted, with its fate.
pub(super) struct Accepted {
    pub(super) message: Message,
    /// The recipient as E.164, if it is a number at all.
    pub(super) number: Option<String>,
    pub(super) outcome: Outcome,
}

/// A stored message.
pub(super) struct Record {
    pub(super) request_id: Arc<str>,
    pub(super) message_id: String,
    pub(super) accepted_at: Timestamp,
    pub(super) message: Message,
    pub(super) number: Option<String>,
    pub(super) outcome: Outcome,
}

/// What the simulated SENS remembers.
pub(crate) struct Store {
    pub(super) files: Files,
    pub(super) reservations: Reservations,
    pub(super) unsubscribes: Unsubscribes,
    inner: Mutex<Inner>,
    capacity: usize,
}

#[derive(Default)]
struct Inner {
    records: VecDeque<Record>,
    /// The position of the oldest record, counted from the first ever.
    first: u64,
    /// The first position and the size of each request: its messages are neighbours.
    requests: HashMap<Arc<str>, (u64, u64)>,
    messages: HashMap<String, u64>,
    accepted_requests: u64,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            files: Files::default(),
            reservations: Reservations::default(),
            unsubscribes: Unsubscribes::default(),
            inner: Mutex::default(),
            capacity: CAPACITY,
        }
    }
}

impl Store {
    /// Keeps the messages of one request; returns its id.
    pub(super) fn accept(&self, messages: Vec<Accepted>, now: Timestamp) -> Arc<str> {
        let mut inner = lock(&self.inner);
        inner.accepted_requests += 1;
        let suffix = ids::scrambled(inner.accepted_requests ^ ids::millisecond(now) << 20);
        let request_id: Arc<str> = format!("RSLA-{}-{suffix}", time::compact(now)).into();
        inner.accept(&request_id, messages, now);
        inner.shrink(self.capacity);
        request_id
    }

    /// Keeps the messages of a reservation whose time has come.
    pub(super) fn accept_reserved(&self, reserve_id: &Arc<str>, messages: Vec<Accepted>, now: Timestamp) {
        let mut inner = lock(&self.inner);
        inner.accept(reserve_id, messages, now);
        inner.shrink(self.capacity);
    }

    /// Whether nothing was ever accepted.
    pub(super) fn is_empty(&self) -> bool {
        lock(&self.inner).records.is_empty()
    }

    /// Maps one message, if it exists.
    pub(super) fn get<T>(&self, message_id: &str, map: impl FnOnce(&Record) -> T) -> Option<T> {
        let inner = lock(&self.inner);
        let position = *inner.messages.get(message_id)?;
        inner.at(position).map(map)
    }

    /// Whether a request is known.
    pub(super) fn knows(&self, request_id: &str) -> bool {
        lock(&self.inner).requests.contains_key(request_id)
    }

    /// Goes through the records of a request, or all, from position `from` on, oldest first, until
    /// `visit` returns false.
    pub(super) fn visit(
        &self,
        request_id: Option<&str>,
        from: u64,
        mut visit: impl FnMut(u64, &Record) -> bool,
    ) {
        let inner = lock(&self.inner);
        let (start, end) = match request_id {
            None => (inner.first, inner.next()),
            Some(id) => match inner.requests.get(id) {
                Some((start, size)) => (*start, start + size),
                None => return,
            },
        };
        for position in start.max(from).max(inner.first)..end {
            if !inner.at(position).is_some_and(|record| visit(position, record)) {
                return;
            }
        }
    }
}

impl Inner {
    fn accept(&mut self, request_id: &Arc<str>, messages: Vec<Accepted>, now: Timestamp) {
        let start = self.next();
        self.requests.insert(Arc::clone(request_id), (start, messages.len() as u64));
        for Accepted { message, number, outcome } in messages {
            let position = self.next();
            let message_id = ids::ordered(ids::millisecond(now), position).to_string();
            self.messages.insert(message_id.clone(), position);
            self.records.push_back(Record {
                request_id: Arc::clone(request_id),
                message_id,
                accepted_at: now,
                message,
                number,
                outcome,
            });
        }
    }

    /// The position of the next record.
    fn next(&self) -> u64 {
        self.first + self.records.len() as u64
    }

    fn at(&self, position: u64) -> Option<&Record> {
        let index = position.checked_sub(self.first)?;
        self.records.get(usize::try_from(index).ok()?)
    }

    fn shrink(&mut self, capacity: usize) {
        while self.records.len() > capacity {
            let Some(oldest) = self.records.pop_front() else { return };
            self.messages.remove(&oldest.message_id);
            self.first += 1;
            let survives = self.records.front().is_some_and(|next| next.request_id == oldest.request_id);
            if !survives {
                self.requests.remove(&oldest.request_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::request::Kind;
    use super::*;

    fn accepted(to: &str) -> Accepted {
        let message = Message {
            kind: Kind::Sms,
            content_type: "COMM".to_owned(),
            country: "82".to_owned(),
            from: "0255550100".to_owned(),
            to: to.to_owned(),
            subject: None,
            content: "text".to_owned(),
            files: Arc::default(),
        };
        let outcome = Outcome::of(&message, Some("+821012345678"), None, false, Timestamp::UNIX_EPOCH);
        Accepted { message, number: Some("+821012345678".to_owned()), outcome }
    }

    fn recipients(store: &Store, request_id: Option<&str>) -> Vec<String> {
        let mut found = Vec::new();
        store.visit(request_id, 0, |_, record| {
            found.push(record.message.to.clone());
            true
        });
        found
    }

    #[test]
    fn only_the_newest_results_are_kept() {
        let store = Store { capacity: 3, ..Store::default() };
        let first = store.accept(vec![accepted("1"), accepted("2")], Timestamp::UNIX_EPOCH);
        let second = store.accept(vec![accepted("3"), accepted("4")], Timestamp::UNIX_EPOCH);
        assert_eq!(recipients(&store, None), ["2", "3", "4"]);
        assert_eq!(recipients(&store, Some(&first)), ["2"]);
        let third = store.accept(vec![accepted("5"), accepted("6")], Timestamp::UNIX_EPOCH);
        assert!(!store.knows(&first));
        assert_eq!(recipients(&store, Some(&second)), ["4"]);
        assert_eq!(recipients(&store, Some(&third)), ["5", "6"]);
        let inner = lock(&store.inner);
        assert_eq!((inner.records.len(), inner.messages.len(), inner.requests.len()), (3, 3, 2));
        assert_eq!(Store::default().capacity, 50_000);
    }

    #[test]
    fn requests_at_the_same_moment_have_different_ids() {
        let store = Store::default();
        let ids: std::collections::HashSet<_> =
            (0..1000).map(|_| store.accept(vec![accepted("1")], Timestamp::UNIX_EPOCH)).collect();
        assert_eq!(ids.len(), 1000);
        assert_eq!(lock(&store.inner).messages.len(), 1000);
    }
}
