//! [`AppSessionRepository`]: browsers in which somebody is logged in to the messaging app.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::SessionPolicy;
use bonin_domain::keys::Sealed;
use bonin_domain::messaging::{AppSession, AppSessionId, AppSessionTokenDigest, Connection};
use bonin_ports::{AppSessionRepository, NewConnection, RepositoryError};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{Conn, Store};
use crate::failure::Failure;
use crate::rows::{AppSessionRow, ConnectionRow};
use crate::schema::{app_sessions as s, connections as k};
use crate::sql::{Instant, Uid};

#[async_trait]
impl AppSessionRepository for Store {
    /// A read, but for the note once a minute.
    async fn find(
        &self,
        tenant: &TenantId,
        token: AppSessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<(AppSession, Connection)>, RepositoryError> {
        let live = Live::of(tenant, token, policy, now);
        let found = self
            .read({
                let live = live.clone();
                move |c| live.find(c)
            })
            .await?;
        match found {
            Some((session, _)) if session.seen_at <= live.noted_before() => {
                self.write(move |c| live.note(c)).await
            }
            found => Ok(found),
        }
    }

    async fn peek(
        &self,
        tenant: &TenantId,
        token: AppSessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<(AppSession, Connection)>, RepositoryError> {
        let live = Live::of(tenant, token, policy, now);
        self.read(move |c| live.find(c)).await
    }

    async fn end(&self, tenant: &TenantId, session: AppSessionId) -> Result<(), RepositoryError> {
        let tenant = tenant.clone();
        self.write_once(move |c| {
            let row = s::table.find(Uid(session.as_uuid())).filter(s::tenant.eq(tenant.as_str()));
            diesel::delete(row).execute(c)?;
            Ok(())
        })
        .await
    }

    async fn keep_draft(
        &self,
        tenant: &TenantId,
        session: AppSessionId,
        draft: Option<Sealed>,
    ) -> Result<(), RepositoryError> {
        let tenant = tenant.clone();
        self.write_once(move |c| {
            diesel::update(s::table.find(Uid(session.as_uuid())))
                .filter(s::tenant.eq(tenant.as_str()))
                .set(s::draft.eq(draft.as_ref().map(Sealed::as_bytes)))
                .execute(c)?;
            Ok(())
        })
        .await
    }

    async fn draft(
        &self,
        tenant: &TenantId,
        session: AppSessionId,
    ) -> Result<Option<Sealed>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| {
            let found: Option<Option<Vec<u8>>> = s::table
                .find(Uid(session.as_uuid()))
                .filter(s::tenant.eq(tenant.as_str()))
                .select(s::draft)
                .get_result(c)
                .optional()?;
            Ok(found.flatten().map(Sealed::from_bytes))
        })
        .await
    }
}

/// The look for a live session.
#[derive(Clone)]
struct Live {
    tenant: TenantId,
    token: AppSessionTokenDigest,
    seen_after: Instant,
    now: Timestamp,
}

impl Live {
    fn of(tenant: &TenantId, token: AppSessionTokenDigest, policy: SessionPolicy, now: Timestamp) -> Self {
        let seen_after = Instant(now.checked_sub(policy.idle).unwrap_or(Timestamp::MIN));
        Self { tenant: tenant.clone(), token, seen_after, now }
    }

    /// Uses that were noted at this moment or before are to be noted again.
    fn noted_before(&self) -> Timestamp {
        self.now.checked_sub(SessionPolicy::NOTED_EVERY).unwrap_or(Timestamp::MIN)
    }

    fn find(&self, c: &mut Conn) -> Result<Option<(AppSession, Connection)>, Failure> {
        let found: Option<(AppSessionRow, ConnectionRow)> = s::table
            .inner_join(k::table.on(k::id.eq(s::connection_id)))
            .filter(s::token.eq(self.token.as_bytes().as_slice()))
            .filter(s::tenant.eq(self.tenant.as_str()))
            .filter(s::seen_at.gt(self.seen_after))
            .filter(s::expires_at.gt(Instant(self.now)))
            .select((AppSessionRow::as_select(), ConnectionRow::as_select()))
            .get_result(c)
            .optional()?;
        found.map(|(session, connection)| Ok((session.into(), connection.try_into()?))).transpose()
    }

    /// Notes the use, unless others noted one meanwhile; a session that ended meanwhile is gone.
    fn note(&self, c: &mut Conn) -> Result<Option<(AppSession, Connection)>, Failure> {
        diesel::update(s::table)
            .filter(s::token.eq(self.token.as_bytes().as_slice()))
            .filter(s::tenant.eq(self.tenant.as_str()))
            .filter(s::seen_at.gt(self.seen_after))
            .filter(s::seen_at.le(Instant(self.noted_before())))
            .set(s::seen_at.eq(Instant(self.now)))
            .execute(c)?;
        self.find(c)
    }
}

/// Opens the session of a connection that was just made or renewed; its row is held, so that others wait.
pub fn open(c: &mut Conn, new: &NewConnection) -> Result<(), Failure> {
    let row = AppSessionRow::of(&new.session, new.id);
    let own = s::table.filter(s::connection_id.eq(row.connection_id));
    diesel::delete(own.filter(s::expires_at.le(Instant(new.now)))).execute(c)?;
    // Whoever logs in stays, so that one place is the new session's.
    let others: Vec<Uid> =
        own.order((s::seen_at.desc(), s::created_at.desc(), s::id.desc())).select(s::id).load(c)?;
    let kept = usize::from(new.policy.most.saturating_sub(1));
    if let Some(beyond) = others.get(kept..).filter(|beyond| !beyond.is_empty()) {
        diesel::delete(s::table.filter(s::id.eq_any(beyond))).execute(c)?;
    }
    diesel::insert_into(s::table)
        .values((&row, s::tenant.eq(new.tenant.as_str()), s::token.eq(new.token.as_bytes().as_slice())))
        .execute(c)?;
    Ok(())
}

/// Ends all sessions of a connection, which is held.
pub fn end_all(c: &mut Conn, connection: Uid) -> Result<(), Failure> {
    diesel::delete(s::table.filter(s::connection_id.eq(connection))).execute(c)?;
    Ok(())
}
