use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::messages::{MessageKind, ProviderReference, SenderId};
use bonin_ports::{Abilities, Accepted, BatchLimit, BulkSender, Encoding, Message, MessageSender, SendError};
use jiff::Timestamp;

use crate::client::Cafe24Client;
use crate::error::Cafe24Error;
use crate::invalid::InvalidRequest;
use crate::numbers;
use crate::request::{MOST_RECIPIENTS, SendRequest};
use crate::time::local;

/// Bonin's sender over Cafe24: [`MessageSender`], [`BulkSender`] and [`bonin_ports::DeliveryReports`].
///
/// Cafe24 gives a message no name. The reference is ours: when it was accepted, a running number and `s` or `l`
/// for its kind; it is looked for by recipient and time.
#[derive(Clone)]
pub struct Cafe24Sender {
    pub(crate) client: Cafe24Client,
    abilities: Abilities,
    accepted: Arc<AtomicU64>,
}

impl Cafe24Sender {
    /// A sender over `client`.
    pub fn new(client: Cafe24Client) -> Self {
        let abilities = Abilities {
            kinds: &[MessageKind::Sms, MessageKind::Lms],
            domestic_only: true,
            encoding: Encoding::EucKr,
            senders: client.senders().to_vec(),
        };
        Self { client, abilities, accepted: Arc::default() }
    }

    /// A name for a message: when it was accepted, in Korea, to the microsecond, a running number and its kind.
    pub(crate) fn reference(&self, kind: MessageKind, at: Timestamp) -> ProviderReference {
        let number = self.accepted.fetch_add(1, Ordering::Relaxed);
        let at = local(at).strftime("%Y%m%d-%H%M%S-%6f");
        let letter = if kind == MessageKind::Sms { 's' } else { 'l' };
        ProviderReference::parse(&format!("{at}-{number}{letter}"))
            .expect("a few digits, hyphens and a letter are a reference")
    }
}

#[async_trait]
impl MessageSender for Cafe24Sender {
    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    async fn send(&self, message: &Message) -> Result<Accepted, SendError> {
        let request = request(message)?.to(message.to.clone());
        let receipt = self.client.send(&request).await?;
        let reference = self.reference(message.kind, self.client.now());
        Ok(Accepted { reference, code: receipt.taken.code().to_owned(), price: None })
    }
}

#[async_trait]
impl BulkSender for Cafe24Sender {
    fn batch_limit(&self) -> BatchLimit {
        BatchLimit { messages: MOST_RECIPIENTS, one_text: true }
    }

    async fn send_many(&self, messages: &[Message]) -> Result<Vec<Result<Accepted, SendError>>, SendError> {
        let Some(first) = messages.first() else {
            return Ok(Vec::new());
        };
        // One text goes to all: another one would reach the wrong people.
        if !messages.iter().all(|message| alike(message, first)) {
            return Err(Cafe24Error::from(InvalidRequest::Different).into());
        }
        let sender = self.client.sender(first.from.as_ref()).map_err(Cafe24Error::from)?;
        // What could never arrive is left out: Cafe24 may refuse all for the sake of one.
        let obstacles: Vec<_> = messages.iter().map(|message| obstacle(&message.to, sender)).collect();
        let reachable = messages.iter().zip(&obstacles).filter(|(_, obstacle)| obstacle.is_none());
        let request = reachable.fold(request(first)?, |request, (message, _)| request.to(message.to.clone()));
        let mut code = "";
        if obstacles.iter().any(Option::is_none) {
            code = self.client.send(&request).await?.taken.code();
        }
        let now = self.client.now();
        let verdicts = obstacles.into_iter().map(|obstacle| match obstacle {
            Some(invalid) => Err(Cafe24Error::from(invalid).into()),
            None => Ok(Accepted {
                reference: self.reference(first.kind, now),
                code: code.to_owned(),
                price: None,
            }),
        });
        Ok(verdicts.collect())
    }
}

/// The call that carries `message`, without recipients yet.
fn request(message: &Message) -> Result<SendRequest, Cafe24Error> {
    if !message.images.is_empty() {
        return Err(InvalidRequest::Mms.into());
    }
    let mut request = SendRequest::new(message.kind, message.text.as_ref().to_owned());
    request.from.clone_from(&message.from);
    request.subject.clone_from(&message.subject);
    Ok(request)
}

/// Whether the two differ in nothing but their recipients.
fn alike(one: &Message, other: &Message) -> bool {
    (one.kind, &one.from, &one.subject, &one.text, &one.images)
        == (other.kind, &other.from, &other.subject, &other.text, &other.images)
}

/// Why a message from `sender` can never reach `to`.
fn obstacle(to: &PhoneNumber, sender: &SenderId) -> Option<InvalidRequest> {
    if numbers::hyphenated(to).is_none() {
        return Some(InvalidRequest::Recipient(0));
    }
    (numbers::national(to).as_deref() == Some(sender.as_str())).then_some(InvalidRequest::ToSender(0))
}

impl From<Cafe24Error> for SendError {
    fn from(error: Cafe24Error) -> Self {
        let code = error.code().to_owned();
        match error {
            Cafe24Error::Invalid(invalid) => Self::Refused { class: invalid.class(), code },
            Cafe24Error::Refused { class, .. } => Self::Refused { class, code },
            Cafe24Error::Unauthorized { .. } => Self::Unauthorized { code },
            Cafe24Error::Unavailable { class, .. } => Self::Unavailable { class, code, cause: error.into() },
            Cafe24Error::Unclear { .. } => Self::Unclear { code, cause: error.into() },
        }
    }
}
