//! Sessions.

use bonin_domain::accounts::{AccountId, Session, SessionId};
use diesel::prelude::*;

use super::tenant;
use crate::failure::Failure;
use crate::schema::sessions;
use crate::sql::{Instant, Uid};

/// A session without its token.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    pub id: Uid,
    pub tenant: String,
    pub account_id: Uid,
    pub created_at: Instant,
    pub seen_at: Instant,
    pub expires_at: Instant,
    pub stepped_up_at: Option<Instant>,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        Self {
            id: Uid(session.id.as_uuid()),
            tenant: session.tenant.as_str().to_owned(),
            account_id: Uid(session.account.as_uuid()),
            created_at: Instant(session.created_at),
            seen_at: Instant(session.seen_at),
            expires_at: Instant(session.expires_at),
            stepped_up_at: session.stepped_up_at.map(Instant),
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = Failure;

    fn try_from(row: SessionRow) -> Result<Self, Failure> {
        Ok(Self {
            id: SessionId::from_uuid(row.id.0),
            tenant: tenant(&row.tenant)?,
            account: AccountId::from_uuid(row.account_id.0),
            created_at: row.created_at.0,
            seen_at: row.seen_at.0,
            expires_at: row.expires_at.0,
            stepped_up_at: row.stepped_up_at.map(|at| at.0),
        })
    }
}
