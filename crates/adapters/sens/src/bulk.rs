//! Many messages in one call (section 4).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use bonin_domain::messages::FailureClass;
use bonin_ports::{Accepted, BatchLimit, BulkSender, Message, SendError};
use jiff::SignedDuration;

use crate::error::SensError;
use crate::invalid::InvalidRequest;
use crate::request::MOST_RECIPIENTS;
use crate::sender::{SensSender, accepted, request, shared};

/// No request of a batch begins later than this after the first one, so that it is known when all have ended.
const MOST_WAIT: SignedDuration = SignedDuration::from_secs(1);

type Verdict = Result<Accepted, SendError>;

/// The messages of one request, by their places.
type Groups = BTreeMap<(u16, usize), Vec<usize>>;

#[async_trait]
impl BulkSender for SensSender {
    fn batch_limit(&self) -> BatchLimit {
        BatchLimit { messages: MOST_RECIPIENTS, one_text: false }
    }

    /// One call, save where messages go to several countries or twice to one number: a call takes one country,
    /// and its messages are told apart by their numbers. A message that SENS would not take is refused here
    /// and the others go without it.
    #[tracing::instrument(name = "sens.send_many", skip_all)]
    async fn send_many(&self, messages: &[Message]) -> Result<Vec<Verdict>, SendError> {
        // One kind, sender and picture goes to all: another's would reach the wrong people.
        if !messages.iter().all(|message| alike(message, &messages[0])) {
            return Err(SensError::from(InvalidRequest::Different).into());
        }
        let mut verdicts: Vec<Option<Verdict>> =
            messages.iter().map(|message| self.check(message).err().map(|error| Err(error.into()))).collect();
        let groups = groups(messages, |place| verdicts[place].is_none());
        let images = groups.values().flatten().next().map(|&place| &messages[place].images);
        let (client, files) = match images {
            Some(images) => self.upload(images).await?,
            None => (self.client.clone(), Vec::new()),
        };
        let began = client.now();
        for places in groups.into_values() {
            if client.now().duration_since(began) >= MOST_WAIT {
                break;
            }
            let group: Vec<_> = places.iter().map(|&place| &messages[place]).collect();
            let answer = client.send(&request(&group, &files)).await.map_err(Arc::new);
            for place in places {
                verdicts[place] = Some(match &answer {
                    Ok(receipt) => accepted(receipt),
                    Err(error) => Err(shared(error)),
                });
            }
        }
        Ok(verdicts.into_iter().map(|verdict| verdict.unwrap_or_else(|| Err(not_tried()))).collect())
    }
}

fn alike(one: &Message, other: &Message) -> bool {
    (one.kind, &one.from, &one.images) == (other.kind, &other.from, &other.images)
}

/// Messages by country, and by how often their number came before.
fn groups(messages: &[Message], wanted: impl Fn(usize) -> bool) -> Groups {
    let mut seen = HashMap::new();
    let mut groups = Groups::new();
    for (place, message) in messages.iter().enumerate().filter(|(place, _)| wanted(*place)) {
        let times = seen.entry(&message.to).or_insert(0);
        groups.entry((message.to.country_code(), *times)).or_default().push(place);
        *times += 1;
    }
    groups
}

/// The calls before took all the time there was.
fn not_tried() -> SendError {
    SendError::Unavailable {
        class: FailureClass::ProviderDown,
        code: "not_tried".into(),
        cause: "no time was left for this message".into(),
    }
}
