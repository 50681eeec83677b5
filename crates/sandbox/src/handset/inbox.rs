//! The inboxes, the newest 10,000 messages over all numbers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{broadcast, oneshot};
use uuid::Uuid;

use super::code;
use super::waiting::Waiters;
use crate::ids;
use crate::lock::lock;

/// How many messages are kept.
const CAPACITY: usize = 10_000;
/// How far a slow event stream may fall behind before it starts over.
const BACKLOG: usize = 1024;

/// A message on its way to a handset.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) provider: &'static str,
    pub(crate) from: String,
    /// E.164.
    pub(crate) to: String,
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
    /// `sms`, `lms` or `mms`.
    pub(crate) kind: &'static str,
}

/// A message on a handset, as the JSON calls show it.
#[derive(Debug, Serialize)]
pub(super) struct Message {
    /// A `UUIDv7`: text order is order of arrival.
    pub(super) id: String,
    pub(super) provider: &'static str,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) subject: Option<String>,
    pub(super) text: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) code: Option<String>,
    #[serde(serialize_with = "rfc3339")]
    pub(super) received_at: Timestamp,
}

fn rfc3339<S: serde::Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

/// What open pages are told.
#[derive(Debug, Clone)]
pub(super) enum Event {
    Arrived(Arc<Message>),
    /// The inbox of this number, or all, was emptied.
    Cleared(Option<String>),
    Closed,
}

/// All inboxes.
pub(crate) struct Handset {
    inner: Mutex<Inner>,
    capacity: usize,
}

struct Inner {
    messages: VecDeque<Arc<Message>>,
    by_number: HashMap<String, VecDeque<Arc<Message>>>,
    waiters: Waiters,
    events: broadcast::Sender<Event>,
    arrived: u64,
    /// Ids never run backwards, even when the clock does.
    last_millisecond: u64,
}

/// A message that is there, or the promise of the next one.
pub(super) enum Next {
    Here(Arc<Message>),
    ToCome(oneshot::Receiver<Arc<Message>>),
}

impl Default for Handset {
    fn default() -> Self {
        Self::with_capacity(CAPACITY)
    }
}

impl Handset {
    fn with_capacity(capacity: usize) -> Self {
        let inner = Inner {
            messages: VecDeque::new(),
            by_number: HashMap::new(),
            waiters: Waiters::default(),
            events: broadcast::Sender::new(BACKLOG),
            arrived: 0,
            last_millisecond: 0,
        };
        Self { inner: Mutex::new(inner), capacity }
    }

    /// Delivers messages, in this order.
    pub(crate) fn receive(&self, messages: Vec<Incoming>, now: Timestamp) {
        let mut inner = lock(&self.inner);
        for message in messages {
            inner.receive(message, now);
        }
        inner.shrink(self.capacity);
    }

    /// The messages of one number, or all, newest first.
    pub(super) fn messages(&self, to: Option<&str>) -> Vec<Arc<Message>> {
        lock(&self.inner).of(to).map(|messages| messages.iter().rev().cloned().collect()).unwrap_or_default()
    }

    /// The first message after `after`; without it the newest, or the first to come.
    pub(super) fn next(&self, to: Option<&str>, after: Option<Uuid>) -> Next {
        let mut inner = lock(&self.inner);
        let after = after.map(|id| id.to_string());
        let here = inner.of(to).and_then(|messages| match &after {
            None => messages.back(),
            Some(after) => messages.get(messages.partition_point(|message| message.id <= *after)),
        });
        match here.cloned() {
            Some(message) => Next::Here(message),
            None => Next::ToCome(inner.waiters.join(to, after)),
        }
    }

    /// Forgets the waiters of a number that have gone away.
    pub(super) fn forget_waiters(&self, to: Option<&str>) {
        lock(&self.inner).waiters.forget(to);
    }

    /// Empties one inbox, or all.
    pub(super) fn clear(&self, to: Option<&str>) {
        let mut inner = lock(&self.inner);
        match to {
            None => {
                inner.messages.clear();
                inner.by_number.clear();
            }
            Some(number) => {
                if inner.by_number.remove(number).is_some() {
                    inner.messages.retain(|message| message.to != number);
                }
            }
        }
        inner.tell(Event::Cleared(to.map(str::to_owned)));
    }

    /// The newest messages, newest first, and all events from here on.
    pub(super) fn subscribe(&self, newest: usize) -> (Vec<Arc<Message>>, broadcast::Receiver<Event>) {
        let inner = lock(&self.inner);
        let messages = inner.messages.iter().rev().take(newest).cloned().collect();
        (messages, inner.events.subscribe())
    }

    /// Ends all waiting.
    pub(crate) fn close(&self) {
        let mut inner = lock(&self.inner);
        inner.waiters = Waiters::default();
        inner.tell(Event::Closed);
    }
}

impl Inner {
    fn of(&self, to: Option<&str>) -> Option<&VecDeque<Arc<Message>>> {
        match to {
            None => Some(&self.messages),
            Some(number) => self.by_number.get(number),
        }
    }

    fn tell(&self, event: Event) {
        // Fails when no page is open, which is fine.
        drop(self.events.send(event));
    }

    fn receive(&mut self, incoming: Incoming, now: Timestamp) {
        self.arrived += 1;
        self.last_millisecond = self.last_millisecond.max(ids::millisecond(now));
        let message = Arc::new(Message {
            id: ids::ordered(self.last_millisecond, self.arrived).to_string(),
            provider: incoming.provider,
            from: incoming.from,
            to: incoming.to,
            subject: incoming.subject,
            code: code::find(&incoming.text).map(str::to_owned),
            text: incoming.text,
            kind: incoming.kind,
            received_at: now,
        });
        self.messages.push_back(Arc::clone(&message));
        self.by_number.entry(message.to.clone()).or_default().push_back(Arc::clone(&message));
        self.waiters.tell(&message);
        self.tell(Event::Arrived(message));
    }

    fn shrink(&mut self, capacity: usize) {
        while self.messages.len() > capacity {
            let Some(oldest) = self.messages.pop_front() else { return };
            // The oldest of all is the oldest of its number.
            if let Some(messages) = self.by_number.get_mut(&oldest.to) {
                messages.pop_front();
                if messages.is_empty() {
                    self.by_number.remove(&oldest.to);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "+821011111111";
    const TWO: &str = "+821022222222";

    fn incoming(to: &str, text: &str) -> Incoming {
        Incoming {
            provider: "sens",
            from: "0255550100".to_owned(),
            to: to.to_owned(),
            subject: None,
            text: text.to_owned(),
            kind: "sms",
        }
    }

    fn texts(handset: &Handset, to: Option<&str>) -> Vec<String> {
        handset.messages(to).iter().map(|message| message.text.clone()).collect()
    }

    #[test]
    fn only_the_newest_messages_are_kept() {
        let handset = Handset::with_capacity(2);
        for (to, text) in [(ONE, "a"), (TWO, "b"), (TWO, "c")] {
            handset.receive(vec![incoming(to, text)], Timestamp::UNIX_EPOCH);
        }
        assert_eq!(texts(&handset, None), ["c", "b"]);
        assert!(texts(&handset, Some(ONE)).is_empty());
        assert_eq!(lock(&handset.inner).by_number.len(), 1);
        assert_eq!(Handset::default().capacity, 10_000);
    }

    #[test]
    fn ids_stay_in_order_when_the_clock_runs_backwards() {
        let handset = Handset::default();
        for second in [30, 20, 10] {
            handset.receive(vec![incoming(ONE, "x")], Timestamp::from_second(second).unwrap());
        }
        let ids: Vec<_> = handset.messages(None).iter().rev().map(|message| message.id.clone()).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn clearing_one_inbox_leaves_the_others() {
        let handset = Handset::default();
        handset.receive(vec![incoming(ONE, "a"), incoming(TWO, "b")], Timestamp::UNIX_EPOCH);
        handset.clear(Some(ONE));
        assert_eq!(texts(&handset, None), ["b"]);
        handset.clear(None);
        assert!(texts(&handset, Some(TWO)).is_empty());
    }

    #[test]
    fn a_waiter_that_went_away_leaves_nothing_behind() {
        let handset = Handset::default();
        let Next::ToCome(receiver) = handset.next(Some(ONE), None) else { panic!("nothing is there yet") };
        drop(receiver);
        handset.forget_waiters(Some(ONE));
        assert!(lock(&handset.inner).waiters.is_empty());
    }
}
