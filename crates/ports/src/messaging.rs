//! A provider of messages, used with the token of a person who logged in there ([`crate::OAuthProvider`]).

use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::messages::{DeliveryState, FailureClass, Image, MessageKind, ProviderReference, SenderId};
use bonin_domain::messaging::GroupFigures;
use jiff::Timestamp;
use secrecy::SecretString;

use crate::message_sender::BoxError;

/// The balance of an account, as the provider writes it, in KRW.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountBalance {
    /// Money.
    pub balance: String,
    /// Points.
    pub point: String,
}

/// One text to one or many. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct WebContent {
    /// The sender, registered with the person's account.
    pub from: SenderId,
    /// The kind; the text is within its limit.
    pub kind: MessageKind,
    /// The subject of a long message, at most 40 bytes in EUC-KR.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The provider's name of a stored image, for an MMS.
    pub image: Option<String>,
}

impl std::fmt::Debug for WebContent {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("WebContent").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What the provider said of one message when it was put into a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedMessage {
    /// The provider's name for it.
    pub reference: Option<ProviderReference>,
    /// Why it will not be sent, with the provider's code.
    pub refusal: Option<(FailureClass, String)>,
}

/// A group that waits to be released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedGroup {
    /// The provider's name for it.
    pub group: String,
    /// One a recipient, in their order.
    pub messages: Vec<PreparedMessage>,
}

/// What the provider says of one message of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedMessage {
    /// The provider's name for it.
    pub reference: ProviderReference,
    /// How far it came.
    pub state: DeliveryState,
    /// Why it failed.
    pub failure: Option<FailureClass>,
    /// The provider's own code.
    pub provider_code: String,
}

/// Whether a group goes, as far as the provider says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupRelease {
    /// It was released, now or for later.
    Released,
    /// It ended without going: it failed, or its release was taken back.
    Ended,
    /// Neither is said.
    Unknown,
}

/// What the provider says of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupReport {
    /// Whether it goes.
    pub release: GroupRelease,
    /// Counts and money.
    pub figures: GroupFigures,
    /// Its messages, in no order.
    pub messages: Vec<FollowedMessage>,
}

/// Variants are what the caller can do about it. No variant holds a number, a text or a token.
#[derive(Debug, thiserror::Error)]
pub enum MessagingError {
    /// The token is not taken: it ended, was taken back, or does not allow this. Where the provider does not tell these
    /// apart, what is known here of the token does.
    #[error("the provider does not take the token ({code})")]
    Unauthorized {
        /// The provider's own code.
        code: String,
    },
    /// Surely nothing was done: the provider refuses what was asked, and will again.
    #[error("the provider refused ({code})")]
    Refused {
        /// The common class of the refusal.
        class: FailureClass,
        /// The provider's own code.
        code: String,
    },
    /// Surely nothing was done; the same call may be made again.
    #[error("the provider is unavailable ({code})")]
    Unavailable {
        /// The HTTP status, or the transport's code.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: BoxError,
    },
    /// It may or may not have been done. [`MessagingGroups::release`] may be called again all the same.
    #[error("the provider's answer is unclear ({code})")]
    Unclear {
        /// The HTTP status, or the transport's code.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: BoxError,
    },
}

/// A person's account.
#[async_trait]
pub trait MessagingAccount: Send + Sync {
    /// The provider's name for the account that a fresh token stands for; it is the same at each log in. Needs no more
    /// than the permission to send.
    async fn account(&self, access: &SecretString) -> Result<String, MessagingError>;

    /// What the account holds.
    async fn balance(&self, access: &SecretString) -> Result<AccountBalance, MessagingError>;

    /// Stores an image; the answer is what [`WebContent::image`] takes.
    async fn store_image(&self, access: &SecretString, image: &Image) -> Result<String, MessagingError>;
}

/// Groups of messages, sent in two steps so that nothing is ever sent twice: what is prepared costs nothing until it is
/// released, and a second release of one group does nothing more. The app's id goes with each group, so that its
/// maker earns by it.
#[async_trait]
pub trait MessagingGroups: Send + Sync {
    /// Makes a group and puts a message for each recipient into it. A fault leaves at most a group that nobody
    /// releases.
    async fn prepare(
        &self,
        access: &SecretString,
        content: &WebContent,
        to: &[PhoneNumber],
    ) -> Result<PreparedGroup, MessagingError>;

    /// Releases a group, now or at `at`. One that was released before stays as it is, which is no error; what is known of its
    /// figures then may be nothing.
    async fn release(
        &self,
        access: &SecretString,
        group: &str,
        at: Option<Timestamp>,
    ) -> Result<GroupFigures, MessagingError>;

    /// Takes a release for later back. `false` where none waits: the group has gone, or it was taken back before.
    async fn cancel(&self, access: &SecretString, group: &str) -> Result<bool, MessagingError>;

    /// What became of a group.
    async fn follow(&self, access: &SecretString, group: &str) -> Result<GroupReport, MessagingError>;
}
