//! [`AdminSessionRepository`]: who is logged in to the console.

use async_trait::async_trait;
use bonin_domain::accounts::SessionPolicy;
use bonin_domain::admin::{AdminId, AdminSession, AdminSessionId, AdminSessionTokenDigest};
use bonin_ports::{AdminSessionRepository, NewAdminSession, RepositoryError};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{Conn, Store};
use super::sessions::{noted_before, seen_after};
use crate::failure::Failure;
use crate::rows::AdminSessionRow;
use crate::schema::{admin_sessions as s, admins as a};
use crate::sql::{Instant, Uid};

#[async_trait]
impl AdminSessionRepository for Store {
    async fn open(&self, new: NewAdminSession) -> Result<bool, RepositoryError> {
        self.write(move |c| open(c, &new)).await
    }

    /// A read, but for the note once a minute.
    async fn find(
        &self,
        token: AdminSessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<AdminSession>, RepositoryError> {
        let live = Live { token, seen_after: seen_after(&policy, now), now };
        match self.read(move |c| live.find(c)).await? {
            Some(session) if session.seen_at <= noted_before(now) => {
                self.write_once(move |c| live.note(c)).await
            }
            found => Ok(found),
        }
    }

    async fn end(&self, admin: AdminId, session: AdminSessionId) -> Result<(), RepositoryError> {
        self.write_once(move |c| {
            let own = s::table.find(Uid(session.as_uuid())).filter(s::admin_id.eq(Uid(admin.as_uuid())));
            diesel::delete(own).execute(c)?;
            Ok(())
        })
        .await
    }
}

/// The look for a live session.
#[derive(Clone, Copy)]
struct Live {
    token: AdminSessionTokenDigest,
    seen_after: Instant,
    now: Timestamp,
}

impl Live {
    fn find(&self, c: &mut Conn) -> Result<Option<AdminSession>, Failure> {
        let row: Option<(AdminSessionRow, String)> = s::table
            .inner_join(a::table.on(a::id.eq(s::admin_id)))
            .filter(s::token.eq(self.token.as_bytes().as_slice()))
            .filter(s::seen_at.gt(self.seen_after))
            .filter(s::expires_at.gt(Instant(self.now)))
            .select((AdminSessionRow::as_select(), a::name))
            .get_result(c)
            .optional()?;
        row.map(|(row, name)| row.of(&name)).transpose()
    }

    /// Notes the use, unless others noted one meanwhile; a session that ended meanwhile is gone.
    fn note(&self, c: &mut Conn) -> Result<Option<AdminSession>, Failure> {
        diesel::update(s::table)
            .filter(s::token.eq(self.token.as_bytes().as_slice()))
            .filter(s::seen_at.gt(self.seen_after))
            .filter(s::seen_at.le(Instant(noted_before(self.now))))
            .set(s::seen_at.eq(Instant(self.now)))
            .execute(c)?;
        self.find(c)
    }
}

fn open(c: &mut Conn, new: &NewAdminSession) -> Result<bool, Failure> {
    let session = &new.session;
    let admin = Uid(session.admin.as_uuid());
    // One statement looks and notes, and holds the administrator until the end: of two with one step one comes late.
    let noted = diesel::update(a::table.find(admin))
        .filter(a::password.eq(new.password.as_str()))
        .filter(a::last_step.lt(new.step.0))
        .set(a::last_step.eq(new.step.0))
        .execute(c)?;
    if noted == 0 {
        return Ok(false);
    }
    let own = s::table.filter(s::admin_id.eq(admin));
    diesel::delete(own.filter(s::expires_at.le(Instant(session.created_at)))).execute(c)?;
    // Whoever logs in stays, so that one place is the new session's.
    let others: Vec<Uid> =
        own.order((s::seen_at.desc(), s::created_at.desc(), s::id.desc())).select(s::id).load(c)?;
    let kept = usize::from(new.policy.most.saturating_sub(1));
    if let Some(beyond) = others.get(kept..).filter(|beyond| !beyond.is_empty()) {
        diesel::delete(s::table.filter(s::id.eq_any(beyond))).execute(c)?;
    }
    diesel::insert_into(s::table)
        .values((&AdminSessionRow::from(session), s::token.eq(new.token.as_bytes().as_slice())))
        .execute(c)?;
    Ok(true)
}

/// Ends all sessions of an administrator.
pub fn end_all(c: &mut Conn, admin: Uid) -> Result<(), Failure> {
    diesel::delete(s::table.filter(s::admin_id.eq(admin))).execute(c)?;
    Ok(())
}
