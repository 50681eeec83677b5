use std::collections::BTreeMap;
use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::messages::{DeliveryState, GroupId};
use bonin_ports::{Clock, MessageGroup, MessageGroupRepository, MessageQuery};
use jiff::Timestamp;

use crate::messages::read::ReadMessageError;
use crate::messages::seen::MessageStatus;

/// Shows a group, and how many of its messages fare how.
pub struct ReadGroup {
    /// Where groups are stored.
    pub groups: Arc<dyn MessageGroupRepository>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A group as it stands.
pub struct SeenGroup {
    /// The group.
    pub group: MessageGroup,
    /// How far it came.
    pub status: GroupStatus,
    /// How many of its messages fare how, by name of their status.
    pub counts: BTreeMap<&'static str, usize>,
    /// The moment of reading.
    pub at: Timestamp,
}

/// How far a group came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupStatus {
    /// Its time has not come.
    Scheduled,
    /// Its reservation was cancelled.
    Cancelled,
    /// Some of its messages were handed to no provider yet.
    Queued,
    /// Each of its messages was handed over, or given up.
    Sent,
}

impl GroupStatus {
    /// The name used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Cancelled => "cancelled",
            Self::Queued => "queued",
            Self::Sent => "sent",
        }
    }
}

impl ReadGroup {
    /// The group `id` of a tenant.
    ///
    /// # Errors
    /// [`ReadMessageError`].
    #[tracing::instrument(name = "messages.read_group", skip_all, fields(group.id = %id))]
    pub async fn execute(&self, tenant: &TenantId, id: GroupId) -> Result<SeenGroup, ReadMessageError> {
        let at = self.clock.now();
        let group = self.groups.find(tenant, id).await?.ok_or(ReadMessageError::NotFound)?;
        let query = MessageQuery { group: Some(id), before: None, limit: group.count };
        let messages = self.groups.messages(tenant, query).await?;
        let statuses: Vec<MessageStatus> = messages
            .iter()
            .map(|message| MessageStatus::of(&message.group, message.attempts.last(), at))
            .collect();
        let mut counts = BTreeMap::new();
        for status in &statuses {
            *counts.entry(status.as_str()).or_default() += 1;
        }
        let any = |wanted: MessageStatus| statuses.contains(&wanted);
        let status = if group.cancelled_at.is_some() {
            GroupStatus::Cancelled
        } else if any(MessageStatus::Scheduled) {
            GroupStatus::Scheduled
        } else if any(MessageStatus::Delivery(DeliveryState::Queued)) {
            GroupStatus::Queued
        } else {
            GroupStatus::Sent
        };
        Ok(SeenGroup { group, status, counts, at })
    }
}
