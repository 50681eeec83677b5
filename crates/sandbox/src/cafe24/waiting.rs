//! Messages that wait for their time, and who looks after them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use jiff::Timestamp;

use crate::handset::Incoming;
use crate::sandbox::State;

/// How many messages may wait; those that would wait longest are given up first.
const CAPACITY: usize = 50_000;
/// How often a look is taken.
const TICK: Duration = Duration::from_secs(1);

/// The messages that wait.
#[derive(Default)]
pub(super) struct Waiting {
    messages: BTreeMap<(Timestamp, u64), Incoming>,
    added: u64,
    is_watched: bool,
}

impl Waiting {
    pub(super) fn add(&mut self, due: Timestamp, incoming: Incoming) {
        self.added += 1;
        self.messages.insert((due, self.added), incoming);
        if self.messages.len() > CAPACITY {
            self.messages.pop_last();
        }
    }

    pub(super) fn take_due(&mut self, now: Timestamp) -> Vec<(Timestamp, Incoming)> {
        let mut due = Vec::new();
        while let Some(first) = self.messages.first_entry()
            && first.key().0 <= now
        {
            let ((time, _), incoming) = first.remove_entry();
            due.push((time, incoming));
        }
        due
    }

    pub(super) fn needs_watch(&mut self) -> bool {
        let needed = !self.is_watched && !self.messages.is_empty();
        self.is_watched |= needed;
        needed
    }

    pub(super) fn still_watched(&mut self) -> bool {
        self.is_watched = !self.messages.is_empty();
        self.is_watched
    }
}

/// Hands to the handset what is due, as of the time when it was.
pub(super) fn deliver_due(state: &State) {
    for (time, incoming) in state.cafe24.take_due(state.now()) {
        state.handset.receive(vec![incoming], time);
    }
}

/// Sees to it that what waits is delivered though nobody asks. Must be called from a handler.
pub(super) fn watch(state: &Data<State>) {
    if !state.cafe24.needs_watch() {
        return;
    }
    let state = Arc::downgrade(state);
    actix_web::rt::spawn(async move {
        loop {
            tokio::time::sleep(TICK).await;
            // A sandbox that is gone needs no deliveries.
            let Some(state) = state.upgrade() else { return };
            deliver_due(&state);
            if !state.cafe24.still_watched() {
                return;
            }
        }
    });
}
