//! [`WebSendRepository`]: what people send with the messaging app.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::messaging::{
    ConnectionId, EarlierSend, EarlierSends, SendingLimits, SendingRoom, WebMessage, WebSend, WebSendId,
};
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
        self.read(move |c| Ok(earlier(c, &tenant, connection, now, now)?.room(limits, now, now))).await
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
    let leaves_at = new.scheduled_at.unwrap_or(new.now);
    let earlier = earlier(c, &new.tenant, new.connection, new.now, leaves_at)?;
    let room = earlier.room(new.limits, new.now, leaves_at);
    let asked = size(row.size)?;
    if asked > room.now() {
        return Ok(WebSendBegun::TooMany {
            room,
            until: earlier.fits_at(new.limits, asked, new.now, new.scheduled_at),
        });
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

/// What a send that leaves at `leaves_at` counts besides itself.
fn earlier(
    c: &mut Conn,
    tenant: &TenantId,
    connection: ConnectionId,
    now: Timestamp,
    leaves_at: Timestamp,
) -> Result<EarlierSends, Failure> {
    let moved = |at: Timestamp, by: SignedDuration| at.checked_add(by).ok().map(Instant);
    let (day, now) = (SendingLimits::DAY, moved(now, -SendingLimits::DAY));
    // One day behind; ahead one more, for a send that waits at most one day for its turn.
    let (from, to) = (moved(leaves_at, -day), moved(leaves_at, day * 2));
    let leaving = s::counted.eq(true).and(s::scheduled_at.gt(from)).and(s::scheduled_at.lt(to));
    let rows: Vec<(i32, bool, Instant, Option<Instant>)> = s::table
        .filter(s::connection_id.eq(Uid(connection.as_uuid())))
        .filter(s::tenant.eq(tenant.as_str()))
        .filter(s::created_at.nullable().gt(now).or(leaving))
        .select((s::size, s::counted, s::created_at, s::scheduled_at))
        .load(c)?;
    let sends = rows.into_iter().map(|(stored, is_counted, asked, scheduled)| {
        let counted = if is_counted { size(stored)? } else { 0 };
        let leaves_at = scheduled.as_ref().unwrap_or(&asked).0;
        Ok::<_, Failure>(EarlierSend { counted, asked_at: asked.0, leaves_at })
    });
    Ok(EarlierSends::new(&sends.collect::<Result<Vec<_>, _>>()?))
}
