use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::keys::Sealed;
use bonin_domain::messages::{FailureClass, MessageKind};
use bonin_domain::messaging::{
    ConnectionId, FormKeyDigest, GroupFigures, SendingLimits, SendingRoom, WebMessage, WebMessageId, WebSend,
    WebSendId, WebSendState,
};
use jiff::Timestamp;

use crate::{FollowedMessage, PreparedMessage, RepositoryError};

/// One message of a new send.
#[derive(Clone, Debug)]
pub struct NewWebMessage {
    /// Its name; names ascend in the order of recipients.
    pub id: WebMessageId,
    /// The recipient, sealed; its row is `id`.
    pub phone: Sealed,
}

/// What somebody sends with one form.
#[derive(Clone, Debug)]
pub struct NewWebSend {
    /// Its name.
    pub id: WebSendId,
    /// Whose user sends.
    pub tenant: TenantId,
    /// By which connection; sends of one connection are counted together.
    pub connection: ConnectionId,
    /// What tells the form from others.
    pub form: FormKeyDigest,
    /// Its kind.
    pub kind: MessageKind,
    /// Sender, subject and text, sealed; its row is `id`.
    pub content: Sealed,
    /// One a recipient, 1 to 200.
    pub messages: Vec<NewWebMessage>,
    /// When it is to be sent; `None` is now.
    pub scheduled_at: Option<Timestamp>,
    /// How much may be sent.
    pub limits: SendingLimits,
    /// The present moment.
    pub now: Timestamp,
}

/// What became of a new send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebSendBegun {
    /// It is durable, as [`WebSendState::Prepared`], and counts against the limits.
    Stored,
    /// The same form was sent before by this connection: that send.
    Repeated(WebSendId),
    /// The connection may not send so many; nothing was stored.
    TooMany {
        /// What it may send.
        room: SendingRoom,
        /// When this send fits, if nothing else is sent ([`EarlierSends::fits_at`](bonin_domain::messaging::EarlierSends)).
        until: Timestamp,
    },
}

/// What is to be noted of a send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebSendNews {
    /// The provider has prepared the group; messages that it refused are failed.
    Prepared {
        /// The provider's name for the group.
        group: String,
        /// One a message, in their order.
        messages: Vec<PreparedMessage>,
    },
    /// The provider refused all of it: nothing was sent, its messages are failed, and nothing of it counts against the limits
    /// any more. An answer to the first release, or to what comes before, says so; to a later one it says nothing of the
    /// first, and has no effect.
    Refused {
        /// The common class.
        class: FailureClass,
        /// The provider's own code.
        code: String,
    },
    /// It is released, now or for later: [`WebSendState::Sent`] or `Scheduled`; or its release is about to be asked for:
    /// `Unclear`. Messages that were queued are accepted, or unknown.
    Released {
        /// Which.
        state: WebSendState,
        /// What the provider said; `None` where it said nothing.
        figures: Option<GroupFigures>,
    },
    /// Surely nothing came of the release that was asked for: it waits again, as [`WebSendState::Prepared`]. Has no effect
    /// where it was asked for more than once.
    Unreleased,
    /// The group itself says that it ended without going: as [`WebSendNews::Refused`], but also of a send that is `Scheduled`
    /// or was released more than once.
    Ended {
        /// The common class.
        class: FailureClass,
        /// The provider's own code.
        code: String,
    },
    /// Taken back before its time: nothing was sent, and nothing of it counts any more. Has no effect on a send that may
    /// have been sent ([`WebSendState::Unclear`]).
    Cancelled,
    /// What the provider says of it by now. Messages move forward only. Those that are known to have failed count as failed
    /// also where the provider does not count them.
    Followed {
        /// Counts and money.
        figures: GroupFigures,
        /// Those of which something is known, by their references.
        messages: Vec<FollowedMessage>,
    },
}

/// What people send with the app. Each method is one transaction. What another connection sent is not there.
#[async_trait]
pub trait WebSendRepository: Send + Sync {
    /// Stores a send, unless it is one too many. Exact under parallel calls for one connection; a form counts once for
    /// each connection, so that whoever changes the account sends it with the other one. `Conflict`, with no effect, where
    /// one of the names is taken.
    async fn begin(&self, new: NewWebSend) -> Result<WebSendBegun, RepositoryError>;

    /// What the connection may still send at once.
    async fn room(
        &self,
        tenant: &TenantId,
        connection: ConnectionId,
        limits: SendingLimits,
        now: Timestamp,
    ) -> Result<SendingRoom, RepositoryError>;

    /// Notes what became of a send. A send that was refused or cancelled stays so, one that is sent becomes nothing
    /// but sent, and one that is scheduled is not unclear again: news that come too late have no effect.
    async fn note(
        &self,
        tenant: &TenantId,
        id: WebSendId,
        news: WebSendNews,
        now: Timestamp,
    ) -> Result<(), RepositoryError>;

    /// The sends of a connection, newest first, `limit` at most, those before `before`.
    async fn list(
        &self,
        tenant: &TenantId,
        connection: ConnectionId,
        before: Option<WebSendId>,
        limit: u16,
    ) -> Result<Vec<WebSend>, RepositoryError>;

    /// A send of the connection, with its messages in the order of recipients.
    async fn find(
        &self,
        tenant: &TenantId,
        connection: ConnectionId,
        id: WebSendId,
    ) -> Result<Option<(WebSend, Vec<WebMessage>)>, RepositoryError>;
}
