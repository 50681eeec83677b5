use bonin_domain::keys::{KeyRing, SealedField};
use bonin_domain::messages::{Attempt, DeliveryState, MessageId, MessageKind};
use bonin_domain::{PhoneNumber, Region, TenantId};
use bonin_ports::{GroupMessage, MessageGroup, RepositoryError};
use jiff::Timestamp;

/// A message of a group as its tenant sees it.
#[derive(Clone, Debug)]
pub struct SeenMessage {
    /// Its name.
    pub id: MessageId,
    /// Its group.
    pub group: MessageGroup,
    /// The recipient.
    pub to: PhoneNumber,
    /// Its kind.
    pub kind: MessageKind,
    /// How it fares.
    pub status: MessageStatus,
    /// The attempts, oldest first.
    pub attempts: Vec<Attempt>,
}

/// How a message fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageStatus {
    /// Its time has not come.
    Scheduled,
    /// Its reservation was cancelled.
    Cancelled,
    /// The state of its last attempt, or `queued` before the first.
    Delivery(DeliveryState),
}

impl MessageStatus {
    /// How a message of `group` whose attempts ended in `last` fares at `now`.
    pub(super) fn of(group: &MessageGroup, last: Option<&Attempt>, now: Timestamp) -> Self {
        match last {
            Some(last) => Self::Delivery(last.state),
            None if group.cancelled_at.is_some() => Self::Cancelled,
            None if group.scheduled_at.is_some_and(|at| at > now) => Self::Scheduled,
            None => Self::Delivery(DeliveryState::Queued),
        }
    }

    /// The name used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Cancelled => "cancelled",
            Self::Delivery(state) => state.as_str(),
        }
    }
}

impl SeenMessage {
    /// A stored message at `now`.
    pub(super) fn unsealed(
        keys: &KeyRing,
        tenant: &TenantId,
        message: GroupMessage,
        now: Timestamp,
    ) -> Result<Self, RepositoryError> {
        let GroupMessage { id, group, kind, phone, attempts } = message;
        let damaged =
            |what: &dyn std::fmt::Display| RepositoryError::Internal(format!("the sealed number: {what}"));
        let bytes =
            keys.unseal(tenant, SealedField::Phone, id.as_row(), &phone).map_err(|error| damaged(&error))?;
        let text = std::str::from_utf8(&bytes).map_err(|error| damaged(&error))?;
        let to = PhoneNumber::parse(text, Region::KR).map_err(|error| damaged(&error))?;
        let status = MessageStatus::of(&group, attempts.last(), now);
        Ok(Self { id, group, to, kind, status, attempts })
    }
}
