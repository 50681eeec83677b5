//! [`MessageGroupRepository`]: messages that were asked for in one call.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::keys::{IdempotencyIndex, Sealed};
use bonin_domain::messages::{GroupId, MessageId, MessageKind};
use bonin_ports::{
    GroupCancelled, GroupCreated, GroupMessage, MessageGroup, MessageGroupRepository, MessageQuery, NewGroup,
    RepositoryError,
};
use diesel::dsl::{AsSelect, exists, not};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{self, Backend, Conn, Store};
use super::attempts::attempts_of;
use super::idempotency::KEPT;
use super::spending::{Reserved, give_back, reserve};
use crate::failure::Failure;
use crate::rows::{GroupRow, NewGroupMessageRow};
use crate::schema::{attempts as a, message_groups as g, messages as m};
use crate::sql::{Instant, Uid};

/// Messages that one statement inserts: thirteen values each, of which SQLite takes 32,766 at a time.
const MESSAGES_AT_ONCE: usize = 1_000;

#[async_trait]
impl MessageGroupRepository for Store {
    async fn recall(
        &self,
        key: IdempotencyIndex,
        request: IdempotencyIndex,
        now: Timestamp,
    ) -> Result<Option<GroupCreated>, RepositoryError> {
        self.read(move |c| recall(c, &key, &request, now)).await
    }

    async fn create(&self, group: NewGroup) -> Result<GroupCreated, RepositoryError> {
        self.write(move |c| create(c, &group)).await
    }

    async fn find(&self, tenant: &TenantId, id: GroupId) -> Result<Option<MessageGroup>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| find(c, &tenant, id)?.map(MessageGroup::try_from).transpose()).await
    }

    async fn messages(
        &self,
        tenant: &TenantId,
        query: MessageQuery,
    ) -> Result<Vec<GroupMessage>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| {
            let mut asked =
                of_groups().filter(m::tenant.eq(tenant.as_str())).limit(i64::from(query.limit)).into_boxed();
            if let Some(group) = query.group {
                asked = asked.filter(m::group_id.eq(Uid(group.as_uuid())));
            }
            if let Some(before) = query.before {
                asked = asked.filter(m::id.lt(Uid(before.as_uuid())));
            }
            let rows = asked.load(c)?;
            with_attempts(c, rows)
        })
        .await
    }

    async fn message(
        &self,
        tenant: &TenantId,
        id: MessageId,
    ) -> Result<Option<GroupMessage>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| {
            let asked = of_groups().filter(m::tenant.eq(tenant.as_str()));
            let rows = asked.filter(m::id.eq(Uid(id.as_uuid()))).load(c)?;
            Ok(with_attempts(c, rows)?.pop())
        })
        .await
    }

    async fn cancel(
        &self,
        tenant: &TenantId,
        id: GroupId,
        now: Timestamp,
    ) -> Result<GroupCancelled, RepositoryError> {
        let tenant = tenant.clone();
        self.write(move |c| cancel(c, &tenant, id, now)).await
    }
}

fn create(c: &mut Conn, group: &NewGroup) -> Result<GroupCreated, Failure> {
    if let Some((key, request)) = &group.idempotency {
        // Calls under one key take turns, so that the later ones see the first one's group.
        engine::lock_subjects(c, vec![key.lock_key()])?;
        if let Some(answer) = recall(c, key, request, group.now)? {
            return Ok(answer);
        }
        forget_key(c, key)?;
    }
    if let Some(reservation) = &group.reservation
        && let Reserved::Refused(_) = reserve(c, &group.tenant, reservation)?
    {
        return Ok(GroupCreated::CeilingReached { until: reservation.until });
    }
    let size = i16::try_from(group.messages.len());
    let (id, created_at) = (Uid(group.id.as_uuid()), Instant(group.now));
    diesel::insert_into(g::table)
        .values((
            g::id.eq(id),
            g::tenant.eq(group.tenant.as_str()),
            g::size.eq(size.map_err(|_| Failure::BadRow("a group of too many messages"))?),
            g::images.eq(group.images.as_ref().map(Sealed::as_bytes)),
            g::idempotency_key.eq(group.idempotency.as_ref().map(|(key, _)| key.as_bytes())),
            g::idempotency_request.eq(group.idempotency.as_ref().map(|(_, request)| request.as_bytes())),
            g::created_at.eq(created_at),
            g::scheduled_at.eq(group.scheduled_at.map(Instant)),
            g::expires_at.eq(Instant(group.expires_at)),
        ))
        .execute(c)?;
    let due_at = Instant(group.scheduled_at.unwrap_or(group.now));
    for messages in group.messages.chunks(MESSAGES_AT_ONCE) {
        let rows: Vec<NewGroupMessageRow> = messages
            .iter()
            .map(|message| NewGroupMessageRow {
                id: Uid(message.id.as_uuid()),
                tenant: group.tenant.as_str(),
                group_id: id,
                kind: message.kind.as_str(),
                phone_index: message.phone_index.as_bytes(),
                phone: message.phone.as_bytes(),
                test_number: false,
                payload: message.payload.as_bytes(),
                created_at,
                expires_at: Instant(group.expires_at),
                due_at,
                charge: group.reservation.map(|_| message.charge.units()),
                charge_day: group.reservation.map(|reservation| reservation.day),
            })
            .collect();
        diesel::insert_into(m::table).values(&rows).execute(c)?;
    }
    Ok(GroupCreated::Created)
}

/// The answer that a key stands for; a key is forgotten when its day is over.
fn recall(
    c: &mut Conn,
    key: &IdempotencyIndex,
    request: &IdempotencyIndex,
    now: Timestamp,
) -> Result<Option<GroupCreated>, Failure> {
    let found: Option<(Uid, Option<Vec<u8>>, Instant)> = g::table
        .filter(g::idempotency_key.eq(key.as_bytes()))
        .select((g::id, g::idempotency_request, g::created_at))
        .get_result(c)
        .optional()?;
    let Some((id, kept, at)) = found else { return Ok(None) };
    if at.0.checked_add(KEPT).is_ok_and(|end| end <= now) {
        return Ok(None);
    }
    let same = kept.as_deref() == Some(request.as_bytes());
    let repeated = GroupCreated::Repeated(GroupId::from_uuid(id.0));
    Ok(Some(if same { repeated } else { GroupCreated::KeyReused }))
}

/// Takes a key whose day is over from its group, so that another may have it.
fn forget_key(c: &mut Conn, key: &IdempotencyIndex) -> Result<(), Failure> {
    let held = g::table.filter(g::idempotency_key.eq(key.as_bytes()));
    let ids: Vec<Uid> = held.select(g::id).load(c)?;
    forget_keys(c, &ids)?;
    Ok(())
}

/// Takes the idempotency keys from groups.
pub fn forget_keys(c: &mut Conn, groups: &[Uid]) -> Result<usize, Failure> {
    let none = None::<Vec<u8>>;
    Ok(diesel::update(g::table.filter(g::id.eq_any(groups)))
        .set((g::idempotency_key.eq(&none), g::idempotency_request.eq(&none)))
        .execute(c)?)
}

fn find(c: &mut Conn, tenant: &TenantId, id: GroupId) -> Result<Option<GroupRow>, Failure> {
    Ok(g::table
        .find(Uid(id.as_uuid()))
        .filter(g::tenant.eq(tenant.as_str()))
        .select(GroupRow::as_select())
        .get_result(c)
        .optional()?)
}

/// The messages of groups, newest first.
#[diesel::dsl::auto_type]
fn of_groups() -> _ {
    let group: AsSelect<GroupRow, Backend> = GroupRow::as_select();
    m::table
        .inner_join(g::table.on(m::group_id.eq(g::id.nullable())))
        .filter(m::group_id.is_not_null())
        .order(m::id.desc())
        .select((m::id, m::kind, m::phone, group))
}

type MessageRow = (Uid, Option<String>, Option<Vec<u8>>, GroupRow);

fn with_attempts(c: &mut Conn, rows: Vec<MessageRow>) -> Result<Vec<GroupMessage>, Failure> {
    let ids: Vec<Uid> = rows.iter().map(|row| row.0).collect();
    let mut attempts = attempts_of(c, &ids)?;
    rows.into_iter()
        .map(|(id, kind, phone, group)| {
            let kind = kind.as_deref().and_then(MessageKind::from_name);
            Ok(GroupMessage {
                id: MessageId::from_uuid(id.0),
                group: group.try_into()?,
                kind: kind.ok_or(Failure::BadRow("messages.kind"))?,
                phone: Sealed::from_bytes(phone.ok_or(Failure::BadRow("messages.phone"))?),
                attempts: attempts.remove(&id.0).unwrap_or_default(),
            })
        })
        .collect()
}

fn cancel(c: &mut Conn, tenant: &TenantId, id: GroupId, now: Timestamp) -> Result<GroupCancelled, Failure> {
    let group = Uid(id.as_uuid());
    engine::lock_group(c, group)?;
    let Some(row) = find(c, tenant, id)? else { return Ok(GroupCancelled::NotFound) };
    if row.cancelled_at.is_some() {
        return Ok(GroupCancelled::Already);
    }
    // One that is under a lease, or was closed, is missing here. One that was put off is told by its attempts.
    let waiting = engine::waiting_messages(c, group)?;
    let own = m::table.filter(m::group_id.eq(group)).select(m::id);
    let tried = a::table.filter(a::message_id.eq_any(own));
    let untouched = usize::try_from(row.size).is_ok_and(|size| size == waiting)
        && !diesel::select(exists(tried)).get_result(c)?;
    if row.scheduled_at.is_none() || !untouched {
        return Ok(GroupCancelled::TooLate);
    }
    give_back(c, group)?;
    diesel::update(m::table.filter(m::group_id.eq(group)))
        .set((m::due_at.eq(None::<Instant>), m::payload.eq(None::<Vec<u8>>)))
        .execute(c)?;
    diesel::update(g::table.find(group))
        .set((g::cancelled_at.eq(Instant(now)), g::images.eq(None::<Vec<u8>>)))
        .execute(c)?;
    Ok(GroupCancelled::Done)
}

/// The images of a group.
pub fn images(c: &mut Conn, group: Uid) -> Result<Option<Sealed>, Failure> {
    let found: Option<Option<Vec<u8>>> = g::table.find(group).select(g::images).get_result(c).optional()?;
    Ok(found.flatten().map(Sealed::from_bytes))
}

/// Erases the images of groups whose messages are all closed, and says of how many. Transactions that close the
/// last messages side by side do not see each other; the purge looks again.
pub fn erase_images(c: &mut Conn, groups: &[Uid]) -> Result<usize, Failure> {
    let open = m::table.filter(m::group_id.eq(g::id.nullable())).filter(m::due_at.is_not_null());
    Ok(diesel::update(g::table)
        .filter(g::id.eq_any(groups))
        .filter(g::images.is_not_null())
        .filter(not(exists(open)))
        .set(g::images.eq(None::<Vec<u8>>))
        .execute(c)?)
}
