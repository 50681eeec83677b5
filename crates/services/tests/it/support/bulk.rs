//! A provider that takes many messages in one call.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bonin_domain::messages::{FailureClass, ProviderReference};
use bonin_ports::{Accepted, BatchLimit, BulkSender, Message, SendError};

/// What a [`Bulk`] answers to one call.
#[derive(Clone, Copy, Debug)]
pub enum BulkStep {
    /// The whole call failed: surely nothing was taken.
    Unavailable,
    /// No answer came.
    Unclear,
    /// Taken, but for every message whose place is listed.
    Refuses(&'static [usize]),
}

/// Records its calls and answers by script; without one it takes everything.
pub struct Bulk {
    limit: BatchLimit,
    script: Mutex<(VecDeque<BulkStep>, Vec<Vec<Message>>)>,
}

impl Bulk {
    pub fn new(messages: usize, one_text: bool) -> Arc<Self> {
        Arc::new(Self { limit: BatchLimit { messages, one_text }, script: Mutex::default() })
    }

    pub fn will_answer(&self, steps: impl IntoIterator<Item = BulkStep>) {
        self.script().0.extend(steps);
    }

    /// How many messages each call had, the largest first.
    pub fn calls(&self) -> Vec<usize> {
        let mut calls: Vec<usize> = self.script().1.iter().map(Vec::len).collect();
        calls.sort_unstable_by(|one, other| other.cmp(one));
        calls
    }

    /// All messages that it was given.
    pub fn messages(&self) -> Vec<Message> {
        self.script().1.concat()
    }

    fn script(&self) -> MutexGuard<'_, (VecDeque<BulkStep>, Vec<Vec<Message>>)> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl BulkSender for Bulk {
    fn batch_limit(&self) -> BatchLimit {
        self.limit
    }

    async fn send_many(&self, messages: &[Message]) -> Result<Vec<Result<Accepted, SendError>>, SendError> {
        let mut script = self.script();
        script.1.push(messages.to_vec());
        let call = script.1.len();
        let refused: &[usize] = match script.0.pop_front() {
            Some(BulkStep::Unavailable) => {
                return Err(SendError::Unavailable {
                    class: FailureClass::ProviderDown,
                    code: "503".to_owned(),
                    cause: "the script says unavailable".into(),
                });
            }
            Some(BulkStep::Unclear) => {
                return Err(SendError::Unclear {
                    code: "time_out".to_owned(),
                    cause: "the script says that no answer came".into(),
                });
            }
            Some(BulkStep::Refuses(places)) => places,
            None => &[],
        };
        let verdict = |place: usize| {
            if refused.contains(&place) {
                return Err(SendError::Refused { class: FailureClass::Blocked, code: "1060".to_owned() });
            }
            let reference = ProviderReference::parse(&format!("call-{call}-{place}")).expect("a reference");
            Ok(Accepted { reference, code: "2000".to_owned(), price: None })
        };
        Ok((0..messages.len()).map(verdict).collect())
    }
}
