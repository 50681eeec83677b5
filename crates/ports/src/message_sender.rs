use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::messages::{FailureClass, ProviderReference};

/// Any error, for the log.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// One text message to one person.
#[derive(Clone)]
pub struct Message {
    /// The recipient.
    pub to: PhoneNumber,
    /// The text, already checked against the provider's limit.
    pub text: String,
}

/// What a provider says of a message it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The provider's name for it.
    pub reference: ProviderReference,
    /// The provider's own code for having taken it.
    pub code: String,
}

/// Sends one text message.
///
/// `Ok` means the provider accepted the message, not that it was delivered.
#[async_trait]
pub trait MessageSender: Send + Sync {
    /// Hands `message` to the provider once, within 5 seconds.
    async fn send(&self, message: &Message) -> Result<Accepted, SendError>;
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
