//! Log ins at the provider, connections and the sessions of the messaging app.

use bonin_domain::keys::{ProviderAccountIndex, Sealed};
use bonin_domain::messaging::{
    AppSession, AppSessionId, BrowserDigest, Connection, ConnectionId, ConnectionState, LoginStateDigest,
    OAuthLoginId, ProviderTokens,
};
use bonin_ports::OAuthLogin;
use diesel::prelude::*;

use super::tenant;
use crate::failure::Failure;
use crate::schema::{app_sessions, connections, oauth_logins};
use crate::sql::{Instant, Uid};

/// A log in that is under way, without what it is found by.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = oauth_logins)]
pub struct OAuthLoginRow {
    pub id: Uid,
    pub tenant: String,
    pub verifier: Option<Vec<u8>>,
    pub scopes: String,
    pub connection_id: Option<Uid>,
    pub back_to: String,
    pub expires_at: Instant,
}

impl From<&OAuthLogin> for OAuthLoginRow {
    fn from(login: &OAuthLogin) -> Self {
        Self {
            id: Uid(login.id.as_uuid()),
            tenant: login.tenant.as_str().to_owned(),
            verifier: login.verifier.as_ref().map(|verifier| verifier.as_bytes().to_vec()),
            scopes: login.scopes.to_string(),
            connection_id: login.connection.map(|id| Uid(id.as_uuid())),
            back_to: login.back_to.clone(),
            expires_at: Instant(login.expires_at),
        }
    }
}

impl OAuthLoginRow {
    /// The log in that was found by `state` and `browser`.
    pub fn found_by(self, state: LoginStateDigest, browser: BrowserDigest) -> Result<OAuthLogin, Failure> {
        Ok(OAuthLogin {
            id: OAuthLoginId::from_uuid(self.id.0),
            tenant: tenant(&self.tenant)?,
            state,
            browser,
            verifier: self.verifier.map(Sealed::from_bytes),
            scopes: self.scopes.parse().map_err(|_| Failure::BadRow("oauth_logins.scopes"))?,
            connection: self.connection_id.map(|id| ConnectionId::from_uuid(id.0)),
            back_to: self.back_to,
            expires_at: self.expires_at.0,
        })
    }
}

/// A connection.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = connections)]
pub struct ConnectionRow {
    pub id: Uid,
    pub tenant: String,
    pub account: Vec<u8>,
    pub scopes: String,
    pub state: String,
    pub access: Option<Vec<u8>>,
    pub access_until: Option<Instant>,
    pub refresh: Option<Vec<u8>>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl TryFrom<ConnectionRow> for Connection {
    type Error = Failure;

    fn try_from(row: ConnectionRow) -> Result<Self, Failure> {
        let tokens = |(access, until): (Vec<u8>, Instant)| ProviderTokens {
            access: Sealed::from_bytes(access),
            expires_at: until.0,
            refresh: row.refresh.map(Sealed::from_bytes),
        };
        Ok(Self {
            id: ConnectionId::from_uuid(row.id.0),
            tenant: tenant(&row.tenant)?,
            account: ProviderAccountIndex::from_bytes(&row.account)
                .ok_or(Failure::BadRow("connections.account"))?,
            scopes: row.scopes.parse().map_err(|_| Failure::BadRow("connections.scopes"))?,
            state: ConnectionState::from_name(&row.state).ok_or(Failure::BadRow("connections.state"))?,
            tokens: row.access.zip(row.access_until).map(tokens),
            version: row.version,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        })
    }
}

/// A session of the app without its token and its draft.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = app_sessions)]
pub struct AppSessionRow {
    pub id: Uid,
    pub connection_id: Uid,
    pub created_at: Instant,
    pub seen_at: Instant,
    pub expires_at: Instant,
}

impl AppSessionRow {
    /// The session as one of `connection`.
    pub fn of(session: &AppSession, connection: ConnectionId) -> Self {
        Self {
            id: Uid(session.id.as_uuid()),
            connection_id: Uid(connection.as_uuid()),
            created_at: Instant(session.created_at),
            seen_at: Instant(session.seen_at),
            expires_at: Instant(session.expires_at),
        }
    }
}

impl From<AppSessionRow> for AppSession {
    fn from(row: AppSessionRow) -> Self {
        Self {
            id: AppSessionId::from_uuid(row.id.0),
            connection: ConnectionId::from_uuid(row.connection_id.0),
            created_at: row.created_at.0,
            seen_at: row.seen_at.0,
            expires_at: row.expires_at.0,
        }
    }
}
