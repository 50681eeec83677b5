//! Callers that wait for the next message of a number, or of any.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::inbox::Message;

struct Waiter {
    after: Option<String>,
    sender: oneshot::Sender<Arc<Message>>,
}

/// Waiters by number, so that a message wakes only those whom it concerns.
#[derive(Default)]
pub(super) struct Waiters {
    by_number: HashMap<Option<String>, Vec<Waiter>>,
}

impl Waiters {
    /// Adds one who wants the next message after `after`.
    pub(super) fn join(
        &mut self,
        to: Option<&str>,
        after: Option<String>,
    ) -> oneshot::Receiver<Arc<Message>> {
        let (sender, receiver) = oneshot::channel();
        self.by_number.entry(to.map(str::to_owned)).or_default().push(Waiter { after, sender });
        receiver
    }

    /// Gives a message to everybody who waits for it.
    pub(super) fn tell(&mut self, message: &Arc<Message>) {
        for key in [None, Some(message.to.clone())] {
            let Some(waiters) = self.by_number.remove(&key) else { continue };
            let (ready, patient): (Vec<_>, Vec<_>) = waiters
                .into_iter()
                .partition(|waiter| waiter.after.as_ref().is_none_or(|after| message.id > *after));
            for waiter in ready {
                // Whoever left in this moment does not need it.
                drop(waiter.sender.send(Arc::clone(message)));
            }
            if !patient.is_empty() {
                self.by_number.insert(key, patient);
            }
        }
    }

    /// Forgets those of a number who have gone away.
    pub(super) fn forget(&mut self, to: Option<&str>) {
        let key = to.map(str::to_owned);
        if let Some(waiters) = self.by_number.get_mut(&key) {
            waiters.retain(|waiter| !waiter.sender.is_closed());
            if waiters.is_empty() {
                self.by_number.remove(&key);
            }
        }
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.by_number.is_empty()
    }
}
