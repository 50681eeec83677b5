//! [`WebSendRepository`]: what people send with the messaging app.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::messaging::{ConnectionId, SendingLimits, SendingRoom, WebMessage, WebSend, WebSendId};
use bonin_ports::{NewWebSend, RepositoryError, WebSendBegun, WebSendNews, WebSendRepository};
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use super::super::engine::{self, Conn, Store};
use super::web_send_news;
use crate::failure::Failure;
use crate::rows::{WebMessageRow, WebSendRow, size};
use crate::schema::{web_messages as m, web_sends as s};
use crate::sql::{Instant, Uid};

#[async_trait]
impl WebSendRepository for Store {
    async fn begin(&self, new: NewWebSend) -> Result<WebSendBegun, RepositoryError> {
        self.write(move |c| begin(c, &new)).await
    }

    async fn room(
        &self,
        tenant: &TenantId,
        connection: ConnectionId,
        limits: SendingLimits,
        now: Timestamp,
    ) -> Result<SendingRoom, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| Ok(Counted::load(c, &tenant, connection, now)?.room(limits))).await
    }

    async fn note(
        &self,
        tenant: &TenantId,
        id: WebSendId,
        news: WebSendNews,
        now: Timestamp,
    ) -> Result<(), RepositoryError> {
        let tenant = tenant.clone();
        self.write(move |c| web_send_news::note(c, &tenant, id, &news, now)).await
    }

    async fn list(
        &self,
        tenant: &TenantId,
        connection: ConnectionId,
        before: Option<WebSendId>,
        limit: u16,
    ) -> Result<Vec<WebSend>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| {
            let mut asked = s::table
                .filter(s::connection_id.eq(Uid(connection.as_uuid())))
                .filter(s::tenant.eq(tenant.as_str()))
                .order(s::id.desc())
                .limit(i64::from(limit))
                .select(WebSendRow::as_select())
                .into_boxed();
            if let Some(before) = before {
                asked = asked.filter(s::id.lt(Uid(before.as_uuid())));
            }
            asked.load(c)?.into_iter().map(WebSend::try_from).collect()
        })
        .await
    }

    async fn find(
        &self,
        tenant: &TenantId,
        connection: ConnectionId,
        id: WebSendId,
    ) -> Result<Option<(WebSend, Vec<WebMessage>)>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| {
            let row: Option<WebSendRow> = s::table
                .find(Uid(id.as_uuid()))
                .filter(s::connection_id.eq(Uid(connection.as_uuid())))
                .filter(s::tenant.eq(tenant.as_str()))
                .select(WebSendRow::as_select())
                .get_result(c)
                .optional()?;
            let Some(row) = row else { return Ok(None) };
            let messages = messages_of(c, row.id)?.into_iter().map(WebMessage::try_from);
            Ok(Some((row.try_into()?, messages.collect::<Result<_, _>>()?)))
        })
        .await
    }
}

/// The messages of a send, in the order of recipients.
pub fn messages_of(c: &mut Conn, send: Uid) -> Result<Vec<WebMessageRow>, Failure> {
    let own = m::table.filter(m::send_id.eq(send)).order(m::id);
    Ok(own.select(WebMessageRow::as_select()).load(c)?)
}

fn begin(c: &mut Conn, new: &NewWebSend) -> Result<WebSendBegun, Failure> {
    // Sends of one connection take turns: each one counts those before it.
    engine::lock_subjects(c, vec![lock_key(new.connection)])?;
    let before: Option<Uid> = s::table
        .filter(s::form.eq(new.form.as_bytes().as_slice()))
        .filter(s::connection_id.eq(Uid(new.connection.as_uuid())))
        .filter(s::tenant.eq(new.tenant.as_str()))
        .select(s::id)
        .get_result(c)
        .optional()?;
    if let Some(id) = before {
        return Ok(WebSendBegun::Repeated(WebSendId::from_uuid(id.0)));
    }
    let row = WebSendRow::try_from(new)?;
    let counted = Counted::load(c, &new.tenant, new.connection, new.now)?;
    let room = counted.room(new.limits);
    let asked = size(row.size)?;
    if asked > room.now() {
        return Ok(WebSendBegun::TooMany { room, until: counted.fits_at(new.limits, asked) });
    }
    diesel::insert_into(s::table)
        .values((
            &row,
            s::tenant.eq(new.tenant.as_str()),
            s::form.eq(new.form.as_bytes().as_slice()),
            s::counted.eq(true),
        ))
        .execute(c)?;
    let messages: Vec<_> = new.messages.iter().map(|message| WebMessageRow::new(new, message)).collect();
    diesel::insert_into(m::table).values(&messages).execute(c)?;
    Ok(WebSendBegun::Stored)
}

/// Sixty-four random bits of a connection's id, for advisory locks.
fn lock_key(connection: ConnectionId) -> i64 {
    let mut last = [0; 8];
    last.copy_from_slice(&connection.as_row()[8..]);
    i64::from_be_bytes(last)
}

/// What counts against the limits of a connection.
struct Counted {
    now: Timestamp,
    /// Messages and moment of each send, newest first.
    sends: Vec<(u32, Timestamp)>,
}

impl Counted {
    fn load(
        c: &mut Conn,
        tenant: &TenantId,
        connection: ConnectionId,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let since = now.checked_sub(SendingLimits::DAY).unwrap_or(Timestamp::MIN);
        let rows: Vec<(i32, Instant)> = s::table
            .filter(s::connection_id.eq(Uid(connection.as_uuid())))
            .filter(s::tenant.eq(tenant.as_str()))
            .filter(s::counted.eq(true))
            .filter(s::created_at.gt(Instant(since)))
            .order(s::created_at.desc())
            .select((s::size, s::created_at))
            .load(c)?;
        let sends = rows.into_iter().map(|(stored, at)| Ok::<_, Failure>((size(stored)?, at.0)));
        Ok(Self { now, sends: sends.collect::<Result<_, _>>()? })
    }

    fn room(&self, limits: SendingLimits) -> SendingRoom {
        let within = |window: SignedDuration| {
            let counts = |(_, at): &&(u32, Timestamp)| left_at(*at, window) > self.now;
            self.sends.iter().filter(counts).fold(0, |sum: u32, (size, _)| sum.saturating_add(*size))
        };
        limits.room(within(SendingLimits::HOUR), within(SendingLimits::DAY))
    }

    /// When `asked` more messages fit into both windows, if nothing else is sent; where they are more than a window ever
    /// holds, the end of the wider window that begins now.
    fn fits_at(&self, limits: SendingLimits, asked: u32) -> Timestamp {
        let fits_at = |most: u32, window| {
            let room = most.checked_sub(asked)?;
            let mut sum: u32 = 0;
            // The newest send that must leave the window, with all before it.
            let too_many = self.sends.iter().find(|(size, _)| {
                sum = sum.saturating_add(*size);
                sum > room
            });
            Some(too_many.map_or(self.now, |(_, at)| left_at(*at, window)))
        };
        let both = fits_at(limits.hour, SendingLimits::HOUR).zip(fits_at(limits.day, SendingLimits::DAY));
        both.map_or_else(|| left_at(self.now, SendingLimits::DAY), |(hour, day)| hour.max(day))
    }
}

/// When what was sent at `at` counts no more.
fn left_at(at: Timestamp, window: SignedDuration) -> Timestamp {
    at.checked_add(window).unwrap_or(Timestamp::MAX)
}
