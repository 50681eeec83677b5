//! Groups of messages.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::keys::IdempotencyIndex;
use bonin_domain::messages::{GroupId, MessageId};
use bonin_ports::{
    GroupCancelled, GroupCreated, GroupMessage, MessageGroup, MessageGroupRepository, MessageQuery, NewGroup,
    NewGroupMessage, RepositoryError,
};
use jiff::Timestamp;

use super::InMemoryStore;
use super::idempotency::KEPT;
use super::state::{GroupRow, MessageRow, Owner, State};

impl State {
    fn recall(
        &self,
        key: IdempotencyIndex,
        request: IdempotencyIndex,
        now: Timestamp,
    ) -> Option<GroupCreated> {
        let live = self.groups.iter().filter(|row| row.group.created_at + KEPT > now);
        let (row, known) = live.filter_map(|row| Some((row, row.key?))).find(|(_, known)| known.0 == key)?;
        let same = known.1 == request;
        Some(if same { GroupCreated::Repeated(row.group.id) } else { GroupCreated::KeyReused })
    }

    fn create_group(&mut self, new: NewGroup) -> Result<GroupCreated, RepositoryError> {
        let now = new.now;
        if let Some((key, request)) = new.idempotency
            && let Some(answer) = self.recall(key, request, now)
        {
            return Ok(answer);
        }
        let mut ids: Vec<_> = new.messages.iter().map(|message| message.id.as_uuid()).collect();
        ids.sort_unstable();
        let doubled = ids.windows(2).any(|pair| pair[0] == pair[1]);
        let message_taken = self.messages.iter().any(|row| ids.contains(&row.id.as_uuid()));
        if doubled || message_taken || self.groups.iter().any(|row| row.group.id == new.id) {
            return Err(RepositoryError::Conflict);
        }
        if let Some(reservation) = &new.reservation
            && !self.reserve(&new.tenant, reservation).1
        {
            return Ok(GroupCreated::CeilingReached { until: reservation.until });
        }
        let group = MessageGroup {
            id: new.id,
            count: u16::try_from(ids.len()).unwrap_or(u16::MAX),
            created_at: now,
            scheduled_at: new.scheduled_at,
            cancelled_at: None,
        };
        self.messages.extend(new.messages.into_iter().map(|message: NewGroupMessage| MessageRow {
            id: message.id,
            tenant: new.tenant.clone(),
            owner: Owner::Group { id: new.id, kind: message.kind, phone: message.phone },
            phone_index: message.phone_index,
            payload: Some(message.payload),
            created_at: now,
            expires_at: new.expires_at,
            due_at: new.scheduled_at.unwrap_or(now),
            lease: None,
            attempts: Vec::new(),
            charge: new.reservation.map(|reservation| (reservation.day, message.charge)),
        }));
        self.groups.push(GroupRow { tenant: new.tenant, group, images: new.images, key: new.idempotency });
        Ok(GroupCreated::Created)
    }

    fn group(&self, tenant: &TenantId, id: GroupId) -> Option<usize> {
        self.groups.iter().position(|row| row.group.id == id && row.tenant == *tenant)
    }

    fn cancel_group(&mut self, tenant: &TenantId, id: GroupId, now: Timestamp) -> GroupCancelled {
        let Some(place) = self.group(tenant, id) else {
            return GroupCancelled::NotFound;
        };
        let row = &mut self.groups[place];
        if row.group.cancelled_at.is_some() {
            return GroupCancelled::Already;
        }
        let own = |row: &&mut MessageRow| row.group() == Some(id);
        let taken = |row: &mut MessageRow| row.lease.is_some() || !row.attempts.is_empty();
        if row.group.scheduled_at.is_none() || self.messages.iter_mut().filter(own).any(taken) {
            return GroupCancelled::TooLate;
        }
        row.group.cancelled_at = Some(now);
        row.images = None;
        for message in self.messages.iter_mut().filter(own) {
            message.payload = None;
        }
        self.give_back(id);
        GroupCancelled::Done
    }

    /// A message as a message of its group, for its tenant.
    fn group_message(&self, tenant: &TenantId, row: &MessageRow) -> Option<GroupMessage> {
        let Owner::Group { id, kind, phone } = &row.owner else { return None };
        let group = &self.groups[self.group(tenant, *id)?].group;
        Some(GroupMessage {
            id: row.id,
            group: group.clone(),
            kind: *kind,
            phone: phone.clone(),
            attempts: row.attempts(),
        })
    }
}

#[async_trait]
impl MessageGroupRepository for InMemoryStore {
    async fn recall(
        &self,
        key: IdempotencyIndex,
        request: IdempotencyIndex,
        now: Timestamp,
    ) -> Result<Option<GroupCreated>, RepositoryError> {
        Ok(self.state().recall(key, request, now))
    }

    async fn create(&self, group: NewGroup) -> Result<GroupCreated, RepositoryError> {
        self.state().create_group(group)
    }

    async fn find(&self, tenant: &TenantId, id: GroupId) -> Result<Option<MessageGroup>, RepositoryError> {
        let state = self.state();
        Ok(state.group(tenant, id).map(|place| state.groups[place].group.clone()))
    }

    async fn messages(
        &self,
        tenant: &TenantId,
        query: MessageQuery,
    ) -> Result<Vec<GroupMessage>, RepositoryError> {
        let state = self.state();
        let is_asked_for = |row: &&MessageRow| {
            query.group.is_none_or(|group| row.group() == Some(group))
                && query.before.is_none_or(|before| row.id.as_uuid() < before.as_uuid())
        };
        let rows = state.messages.iter().filter(is_asked_for);
        let mut found: Vec<_> = rows.filter_map(|row| state.group_message(tenant, row)).collect();
        found.sort_by_key(|message| std::cmp::Reverse(message.id.as_uuid()));
        found.truncate(usize::from(query.limit));
        Ok(found)
    }

    async fn message(
        &self,
        tenant: &TenantId,
        id: MessageId,
    ) -> Result<Option<GroupMessage>, RepositoryError> {
        let state = self.state();
        let row = state.messages.iter().find(|row| row.id == id);
        Ok(row.and_then(|row| state.group_message(tenant, row)))
    }

    async fn cancel(
        &self,
        tenant: &TenantId,
        id: GroupId,
        now: Timestamp,
    ) -> Result<GroupCancelled, RepositoryError> {
        Ok(self.state().cancel_group(tenant, id, now))
    }
}
