use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::messages::{FailureClass, Image, MessageKind, Price, ProviderReference, SenderId};

/// Any error, for the log.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// One message to one person. `Debug` shows nothing of its text.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The recipient.
    pub to: PhoneNumber,
    /// The sender; `None` is the provider's default. Checked against [`Abilities::senders`] beforehand.
    pub from: Option<SenderId>,
    /// Its kind; the text is within the kind's limit.
    pub kind: MessageKind,
    /// The subject of a long message, at most 40 bytes in EUC-KR.
    pub subject: Option<String>,
    /// The text.
    pub text: Arc<str>,
    /// The images of an MMS, at most one: what every provider takes.
    pub images: Arc<[Image]>,
}

impl Message {
    /// A short text from the provider's default sender.
    pub fn sms(to: PhoneNumber, text: impl Into<Arc<str>>) -> Self {
        Self {
            to,
            from: None,
            kind: MessageKind::Sms,
            subject: None,
            text: text.into(),
            images: Arc::new([]),
        }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Message")
            .field("to", &self.to)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// How a provider counts and carries text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// EUC-KR, as Korean carriers do: no emoji.
    EucKr,
    /// Any character (GSM-7 or UCS-2), in parts.
    Unicode,
}

/// What a provider can carry; routing asks it nothing else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Abilities {
    /// The kinds it takes.
    pub kinds: &'static [MessageKind],
    /// Whether it reaches Korean numbers alone.
    pub domestic_only: bool,
    /// How it carries text.
    pub encoding: Encoding,
    /// The registered senders from the configuration, the default first.
    pub senders: Vec<SenderId>,
}

/// What a provider says of a message it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The provider's name for it.
    pub reference: ProviderReference,
    /// The provider's own code for having taken it.
    pub code: String,
    /// What it costs, where the provider says so at once.
    pub price: Option<Price>,
}

/// Sends one message.
///
/// `Ok` means the provider accepted the message, not that it was delivered.
#[async_trait]
pub trait MessageSender: Send + Sync {
    /// What it can carry.
    fn abilities(&self) -> &Abilities;

    /// How many short messages it bills for `message`: more than one where long texts go in parts.
    fn billed_parts(&self, _message: &Message) -> u32 {
        1
    }

    /// Hands `message` to the provider once, within 5 seconds.
    async fn send(&self, message: &Message) -> Result<Accepted, SendError>;
}

/// What one call of a [`BulkSender`] takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchLimit {
    /// Messages at the most.
    pub messages: usize,
    /// Whether all must have the same text and subject.
    pub one_text: bool,
}

/// Sends many messages in one call.
#[async_trait]
pub trait BulkSender: Send + Sync {
    /// What one call takes.
    fn batch_limit(&self) -> BatchLimit;

    /// Hands messages of one kind, sender and set of images, within [`BulkSender::batch_limit`], to the
    /// provider in one call (and its uploads). One verdict a message, in their order; the outer error is that
    /// of the whole call and holds for each of them.
    async fn send_many(&self, messages: &[Message]) -> Result<Vec<Result<Accepted, SendError>>, SendError>;
}

/// Variants are what the caller can do about it, not what the provider said. No variant holds the recipient,
/// the text or a secret.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Surely not accepted, and never will be by this provider.
    #[error("the provider refused the message ({code})")]
    Refused {
        /// The common class of the refusal.
        class: FailureClass,
        /// The provider's own code.
        code: String,
    },
    /// Surely not accepted: our credentials are wrong, or its clock and ours disagree.
    #[error("the provider did not accept our credentials ({code})")]
    Unauthorized {
        /// The provider's own code.
        code: String,
    },
    /// Surely not accepted: another provider may be tried at once, or this one later.
    #[error("the provider is unavailable ({code})")]
    Unavailable {
        /// The common class: out of order, or a limit of our account.
        class: FailureClass,
        /// The provider's own code, or the transport's.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: BoxError,
    },
    /// It may or may not have been accepted: nothing is sent elsewhere for a while (security 43).
    #[error("the provider's answer is unclear ({code})")]
    Unclear {
        /// The HTTP status or the transport's code.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: BoxError,
    },
}
