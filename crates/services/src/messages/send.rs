use std::sync::Arc;

use bonin_domain::keys::{KeyRing, SealedField};
use bonin_domain::messages::{DeliveryState, GroupId, MessageId, MessageKind};
use bonin_domain::spending::Charge;
use bonin_domain::{Destinations, PhoneNumber, TenantId};
use bonin_ports::{
    Clock, Entropy, GroupCreated, MessageGroup, MessageGroupRepository, MessageQuery, NewGroup,
    NewGroupMessage, RepositoryError,
};
use jiff::{SignedDuration, Timestamp};

use crate::dispatch::{Dispatcher, Router, Waiting};
use crate::messages::faults::Fault;
use crate::messages::judge::{Judge, SendRequest};
use crate::messages::seen::{MessageStatus, SeenMessage};
use crate::spending::Budget;

/// How long after its due time a message may still be sent.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Sends one message to each of many recipients, or reserves that for later.
pub struct SendMessages {
    /// Where groups are stored.
    pub groups: Arc<dyn MessageGroupRepository>,
    /// Who sends them.
    pub dispatcher: Dispatcher,
    /// Knows what providers can carry.
    pub router: Arc<Router>,
    /// Reckons what messages may cost.
    pub budget: Arc<Budget>,
    /// The numbers that are sent to.
    pub destinations: Destinations,
    /// Seals numbers, texts and images.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws names.
    pub entropy: Arc<dyn Entropy>,
}

/// A group that was taken, or the repeated answer to an earlier call.
pub struct SentGroup {
    /// The group as it was when it was taken.
    pub group: MessageGroup,
    /// Its messages, in the order of recipients.
    pub messages: Vec<SentMessage>,
    /// What all of them wait for: to be handed over, or for their time.
    pub status: MessageStatus,
    /// When the answer was given: now, or when it was first given.
    pub answered_at: Timestamp,
    /// Whether this repeats an earlier answer.
    pub repeated: bool,
}

/// A message that was taken.
pub struct SentMessage {
    /// Its name.
    pub id: MessageId,
    /// The recipient.
    pub to: PhoneNumber,
    /// Its kind.
    pub kind: MessageKind,
}

/// Why nothing was taken.
#[derive(Debug, thiserror::Error)]
pub enum SendMessagesError {
    /// Rules are broken: all of them are named.
    #[error("{} rules are broken", .0.len())]
    Faults(Vec<Fault>),
    /// Another request came under the same idempotency key.
    #[error("another request came under this idempotency key")]
    KeyReused,
    /// All of them would pass what the tenant's messages of the day may cost.
    #[error("the tenant's messages of that day would cost more than they may")]
    CeilingReached {
        /// When that day ends.
        until: Timestamp,
    },
    /// The store failed; nothing was stored.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl SendMessages {
    /// Takes messages. They are durable when this returns; sending goes on beside, at once or at their time.
    ///
    /// # Errors
    /// [`SendMessagesError`]; nothing was stored or sent then.
    #[tracing::instrument(
        name = "messages.send", skip_all,
        fields(group.id, group.count = request.recipients.len(), group.scheduled = request.scheduled_at.is_some())
    )]
    pub async fn execute(&self, request: SendRequest) -> Result<SentGroup, SendMessagesError> {
        let now = self.clock.now();
        if let Some(group) = self.recall(&request, now).await? {
            return Ok(group);
        }
        let judge = Judge { destinations: &self.destinations, router: &self.router, now };
        let judged = judge.judge(&request).map_err(SendMessagesError::Faults)?;

        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let id = GroupId::draw(now, fill);
        tracing::Span::current().record("group.id", tracing::field::display(id));
        let messages: Vec<(MessageId, Waiting)> = self.names(judged.len(), now).zip(judged).collect();
        let due_at = request.scheduled_at.unwrap_or(now);
        let tenant = &request.tenant;
        let reserved = self.budget.reserve(tenant, messages.iter().map(|(_, waiting)| waiting), due_at);
        let (charges, reservation) = reserved.unzip();
        let charges = charges.unwrap_or_else(|| vec![Charge::ZERO; messages.len()]);
        let new = NewGroup {
            tenant: tenant.clone(),
            id,
            scheduled_at: request.scheduled_at,
            expires_at: due_at.checked_add(LIFE).unwrap_or(Timestamp::MAX),
            images: request
                .images
                .first()
                .map(|image| self.keys.seal(tenant, SealedField::Images, id.as_row(), image.bytes(), fill)),
            messages: messages
                .iter()
                .zip(charges)
                .map(|((id, waiting), charge)| self.sealed(tenant, *id, waiting, charge))
                .collect(),
            reservation,
            idempotency: request.idempotency.as_ref().map(|key| key.stored(&self.keys, tenant)),
            now,
        };
        match self.store(new).await? {
            GroupCreated::Created => {}
            GroupCreated::Repeated(id) => return Ok(self.repeat(tenant, id).await?),
            GroupCreated::KeyReused => return Err(SendMessagesError::KeyReused),
            GroupCreated::CeilingReached { until } => {
                return Err(SendMessagesError::CeilingReached { until });
            }
        }
        if request.scheduled_at.is_none() {
            self.dispatcher.look_soon();
        }
        let group = MessageGroup {
            id,
            count: u16::try_from(messages.len()).unwrap_or(u16::MAX),
            created_at: now,
            scheduled_at: request.scheduled_at,
            cancelled_at: None,
        };
        let messages = messages.into_iter().map(|(id, waiting)| {
            let message = waiting.message;
            SentMessage { id, to: message.to, kind: message.kind }
        });
        let messages = messages.collect();
        Ok(SentGroup { status: at_first(&group), group, messages, answered_at: now, repeated: false })
    }

    /// The answer to the same request under the same key, whatever has become of its rules since.
    async fn recall(
        &self,
        request: &SendRequest,
        now: Timestamp,
    ) -> Result<Option<SentGroup>, SendMessagesError> {
        let Some(idempotency) = &request.idempotency else { return Ok(None) };
        let (key, asked) = idempotency.stored(&self.keys, &request.tenant);
        match self.groups.recall(key, asked, now).await? {
            Some(GroupCreated::Repeated(id)) => Ok(Some(self.repeat(&request.tenant, id).await?)),
            Some(GroupCreated::KeyReused) => Err(SendMessagesError::KeyReused),
            Some(GroupCreated::Created | GroupCreated::CeilingReached { .. }) | None => Ok(None),
        }
    }

    /// Names for so many messages, ascending.
    fn names(&self, count: usize, now: Timestamp) -> impl Iterator<Item = MessageId> {
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let mut names: Vec<MessageId> = (0..count).map(|_| MessageId::draw(now, fill)).collect();
        names.sort_unstable_by_key(MessageId::as_uuid);
        names.into_iter()
    }

    fn sealed(&self, tenant: &TenantId, id: MessageId, waiting: &Waiting, charge: Charge) -> NewGroupMessage {
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let Waiting { message, .. } = waiting;
        let phone = message.to.e164().as_bytes();
        NewGroupMessage {
            id,
            kind: message.kind,
            phone_index: self.keys.phone_index(&message.to),
            phone: self.keys.seal(tenant, SealedField::Phone, id.as_row(), phone, fill),
            payload: waiting.seal(&self.keys, tenant, id, fill),
            charge,
        }
    }

    /// Two requests under one idempotency key at once: the loser finds the winner's group on a second look.
    async fn store(&self, group: NewGroup) -> Result<GroupCreated, RepositoryError> {
        if group.idempotency.is_none() {
            return self.groups.create(group).await;
        }
        match self.groups.create(group.clone()).await {
            Err(RepositoryError::Conflict) => self.groups.create(group).await,
            other => other,
        }
    }

    /// The answer that was given when the group was taken.
    async fn repeat(&self, tenant: &TenantId, id: GroupId) -> Result<SentGroup, RepositoryError> {
        let gone = || RepositoryError::Internal("the group of a repeated answer".to_owned());
        let group = self.groups.find(tenant, id).await?.ok_or_else(gone)?;
        let query = MessageQuery { group: Some(id), before: None, limit: group.count };
        let mut messages = Vec::with_capacity(usize::from(group.count));
        for message in self.groups.messages(tenant, query).await?.into_iter().rev() {
            let SeenMessage { id, to, kind, .. } =
                SeenMessage::unsealed(&self.keys, tenant, message, group.created_at)?;
            messages.push(SentMessage { id, to, kind });
        }
        let group = MessageGroup { cancelled_at: None, ..group };
        Ok(SentGroup {
            status: at_first(&group),
            messages,
            answered_at: group.created_at,
            repeated: true,
            group,
        })
    }
}

/// How every message of a group fares when it was just taken.
fn at_first(group: &MessageGroup) -> MessageStatus {
    match group.scheduled_at {
        Some(_) => MessageStatus::Scheduled,
        None => MessageStatus::Delivery(DeliveryState::Queued),
    }
}
