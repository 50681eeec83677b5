use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::keys::{IdempotencyIndex, PhoneIndex, Sealed};
use bonin_domain::messages::{Attempt, GroupId, MessageId, MessageKind};
use bonin_domain::spending::{Charge, Reservation};
use jiff::Timestamp;

use crate::RepositoryError;

/// One message of a new group.
#[derive(Clone, Debug)]
pub struct NewGroupMessage {
    /// Its name; names ascend in the order of recipients.
    pub id: MessageId,
    /// Its kind; kinds within a group differ where the caller left them open.
    pub kind: MessageKind,
    /// The recipient, digested.
    pub phone_index: PhoneIndex,
    /// The recipient, sealed; its row is `id`.
    pub phone: Sealed,
    /// Recipient and text, sealed; its row is `id`.
    pub payload: Sealed,
    /// Its part of the group's reservation.
    pub charge: Charge,
}

/// Messages asked for in one call.
#[derive(Clone, Debug)]
pub struct NewGroup {
    /// Whose they are.
    pub tenant: TenantId,
    /// The group's name.
    pub id: GroupId,
    /// When they are to be sent; `None` is now.
    pub scheduled_at: Option<Timestamp>,
    /// When it is too late to send them.
    pub expires_at: Timestamp,
    /// The images of all of them, sealed; their row is `id`.
    pub images: Option<Sealed>,
    /// One a recipient, 1 to 1,000.
    pub messages: Vec<NewGroupMessage>,
    /// Tenant and key, digested, and the request, digested: the answer is repeated for 24 hours (I09).
    pub idempotency: Option<(IdempotencyIndex, IdempotencyIndex)>,
    /// What its messages put on the tenant's day, all together, where a ceiling is set.
    pub reservation: Option<Reservation>,
    /// The present moment.
    pub now: Timestamp,
}

/// What became of a new group.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupCreated {
    /// It and its messages are durable, due at once or at their time.
    Created,
    /// The same request came under the same key before: that group's name.
    Repeated(GroupId),
    /// Another request came under the same key before.
    KeyReused,
    /// With all of its messages the tenant's day would pass its ceiling; nothing was stored.
    CeilingReached {
        /// When that day ends.
        until: Timestamp,
    },
}

/// A group.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageGroup {
    /// Its name.
    pub id: GroupId,
    /// How many messages it has.
    pub count: u16,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it is or was to be sent, where it was reserved.
    pub scheduled_at: Option<Timestamp>,
    /// When its reservation was cancelled.
    pub cancelled_at: Option<Timestamp>,
}

/// A message of a group, with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupMessage {
    /// Its name.
    pub id: MessageId,
    /// Its group.
    pub group: MessageGroup,
    /// Its kind.
    pub kind: MessageKind,
    /// The recipient, sealed; its row is `id`.
    pub phone: Sealed,
    /// The attempts, oldest first; none yet while it waits.
    pub attempts: Vec<Attempt>,
}

/// Which messages to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct MessageQuery {
    /// Those of this group only.
    pub group: Option<GroupId>,
    /// Those named before this one only: where the last page ended.
    pub before: Option<MessageId>,
    /// At most so many.
    pub limit: u16,
}

/// What became of the cancelling of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupCancelled {
    /// None of its messages will be sent; their texts are erased.
    Done,
    /// It was sent, or is being sent, or was never reserved.
    TooLate,
    /// It was cancelled before.
    Already,
    /// The tenant has no such group.
    NotFound,
}

/// Groups of messages. Each method is one transaction. Sending goes through the [`crate::Outbox`].
#[async_trait]
pub trait MessageGroupRepository: Send + Sync {
    /// What a key stands for, before anything else is looked at: a request that was answered once is answered
    /// again, also where it would be refused by now. Never `Created`; `None` for a fresh key.
    async fn recall(
        &self,
        key: IdempotencyIndex,
        request: IdempotencyIndex,
        now: Timestamp,
    ) -> Result<Option<GroupCreated>, RepositoryError>;

    /// Stores a group with its messages and outbox rows, all or nothing. `Conflict` when a name is taken.
    async fn create(&self, group: NewGroup) -> Result<GroupCreated, RepositoryError>;

    /// A group.
    async fn find(&self, tenant: &TenantId, id: GroupId) -> Result<Option<MessageGroup>, RepositoryError>;

    /// Messages of groups, newest name first.
    async fn messages(
        &self,
        tenant: &TenantId,
        query: MessageQuery,
    ) -> Result<Vec<GroupMessage>, RepositoryError>;

    /// One message of a group.
    async fn message(
        &self,
        tenant: &TenantId,
        id: MessageId,
    ) -> Result<Option<GroupMessage>, RepositoryError>;

    /// Cancels a reservation, as long as nobody has taken any of its messages to send it.
    async fn cancel(
        &self,
        tenant: &TenantId,
        id: GroupId,
        now: Timestamp,
    ) -> Result<GroupCancelled, RepositoryError>;
}
