//! Log ins at the provider, connections and the sessions of the messaging app.

use std::cmp::Reverse;

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::SessionPolicy;
use bonin_domain::keys::{ProviderAccountIndex, Sealed};
use bonin_domain::messaging::{
    AppScope, AppSession, AppSessionId, AppSessionTokenDigest, BrowserDigest, Connection, ConnectionId,
    ConnectionState, LoginStateDigest, ProviderTokens,
};
use bonin_ports::{
    AppSessionRepository, ConnectionRepository, NewConnection, OAuthLogin, OAuthLoginRepository,
    RepositoryError,
};
use jiff::Timestamp;

use super::InMemoryStore;
use super::state::State;

pub(super) struct AppSessionRow {
    pub tenant: TenantId,
    pub session: AppSession,
    pub token: AppSessionTokenDigest,
    pub draft: Option<Sealed>,
}

impl State {
    fn connect(&mut self, new: NewConnection) -> Result<Connection, RepositoryError> {
        let same_account = |row: &Connection| row.tenant == new.tenant && row.account == new.account;
        let others = |row: &Connection| same_account(row) != (row.id == new.id);
        let session_taken =
            self.app_sessions.iter().any(|row| row.session.id == new.session.id || row.token == new.token);
        if session_taken || self.connections.iter().any(others) {
            return Err(RepositoryError::Conflict);
        }
        let known = self.connections.iter().position(|row| row.id == new.id);
        let before = known.map(|place| self.connections.swap_remove(place));
        let connection = match before {
            Some(before) if before.stays_at_log_in(new.scopes, new.now) => {
                Connection { updated_at: new.now, ..before }
            }
            before => Connection {
                id: new.id,
                tenant: new.tenant.clone(),
                account: new.account,
                scopes: new.scopes,
                state: ConnectionState::Live,
                tokens: Some(new.tokens),
                version: before.as_ref().map_or(1, |before| before.version + 1),
                created_at: before.map_or(new.now, |before| before.created_at),
                updated_at: new.now,
            },
        };
        self.connections.push(connection.clone());

        self.app_sessions.retain(|row| row.session.connection != new.id || row.session.expires_at > new.now);
        let own = self.app_sessions.iter().map(|row| &row.session).filter(|one| one.connection == new.id);
        let mut own: Vec<_> = own.map(|one| (one.seen_at, one.created_at, one.id.as_uuid())).collect();
        own.sort_by_key(|one| Reverse(*one));
        // Whoever logs in stays, so that one place is the new session's.
        let beyond = own.split_off(own.len().min(usize::from(new.policy.most.saturating_sub(1))));
        self.app_sessions.retain(|row| beyond.iter().all(|(.., id)| *id != row.session.id.as_uuid()));
        let session = AppSession { connection: new.id, ..new.session };
        self.app_sessions.push(AppSessionRow { tenant: new.tenant, session, token: new.token, draft: None });
        Ok(connection)
    }

    fn live_connection(&mut self, tenant: &TenantId, id: ConnectionId) -> Option<&mut Connection> {
        let live = |row: &&mut Connection| row.state == ConnectionState::Live;
        self.connections.iter_mut().filter(live).find(|row| row.id == id && row.tenant == *tenant)
    }

    fn end_connection(
        &mut self,
        tenant: &TenantId,
        id: ConnectionId,
        version: i32,
        state: ConnectionState,
        now: Timestamp,
    ) -> bool {
        let Some(row) = self.live_connection(tenant, id) else { return false };
        let takes_effect = match state {
            ConnectionState::Live => false,
            ConnectionState::Revoked => row.version == version,
            ConnectionState::Disconnected => true,
        };
        if takes_effect {
            row.state = state;
            row.tokens = None;
            row.version += 1;
            row.updated_at = now;
        }
        if takes_effect && state == ConnectionState::Disconnected {
            self.app_sessions.retain(|row| row.session.connection != id);
        }
        takes_effect
    }

    fn app_session(&mut self, tenant: &TenantId, id: AppSessionId) -> Option<&mut AppSessionRow> {
        self.app_sessions.iter_mut().find(|row| row.session.id == id && row.tenant == *tenant)
    }

    fn find_app_session(
        &mut self,
        tenant: &TenantId,
        token: AppSessionTokenDigest,
        policy: &SessionPolicy,
        now: Timestamp,
        is_use: bool,
    ) -> Option<(AppSession, Connection)> {
        let row = self.app_sessions.iter_mut().find(|row| row.token == token && row.tenant == *tenant)?;
        let session = &mut row.session;
        if session.seen_at + policy.idle <= now || session.expires_at <= now {
            return None;
        }
        if is_use && now.duration_since(session.seen_at) >= SessionPolicy::NOTED_EVERY {
            session.seen_at = now;
        }
        let connection = self.connections.iter().find(|row| row.id == session.connection)?;
        Some((session.clone(), connection.clone()))
    }
}

#[async_trait]
impl OAuthLoginRepository for InMemoryStore {
    async fn begin(&self, login: OAuthLogin) -> Result<(), RepositoryError> {
        let mut state = self.state();
        if state.oauth_logins.iter().any(|row| row.id == login.id || row.state == login.state) {
            return Err(RepositoryError::Conflict);
        }
        state.oauth_logins.push(login);
        Ok(())
    }

    async fn take(
        &self,
        tenant: &TenantId,
        state: LoginStateDigest,
        browser: BrowserDigest,
        now: Timestamp,
    ) -> Result<Option<OAuthLogin>, RepositoryError> {
        let logins = &mut self.state().oauth_logins;
        let meant = |row: &OAuthLogin| {
            row.state == state && row.browser == browser && row.tenant == *tenant && row.expires_at > now
        };
        Ok(logins.iter().position(meant).map(|place| logins.swap_remove(place)))
    }
}

#[async_trait]
impl ConnectionRepository for InMemoryStore {
    async fn find_account(
        &self,
        tenant: &TenantId,
        account: ProviderAccountIndex,
    ) -> Result<Option<Connection>, RepositoryError> {
        let state = self.state();
        let meant = |row: &&Connection| row.tenant == *tenant && row.account == account;
        Ok(state.connections.iter().find(meant).cloned())
    }

    async fn connect(&self, new: NewConnection) -> Result<Connection, RepositoryError> {
        self.state().connect(new)
    }

    async fn replace_tokens(
        &self,
        tenant: &TenantId,
        id: ConnectionId,
        version: i32,
        tokens: ProviderTokens,
        _: Timestamp,
    ) -> Result<bool, RepositoryError> {
        let mut state = self.state();
        let row = state.live_connection(tenant, id).filter(|row| row.version == version);
        Ok(row.is_some_and(|row| {
            row.tokens = Some(tokens);
            row.version += 1;
            true
        }))
    }

    async fn drop_scope(
        &self,
        tenant: &TenantId,
        id: ConnectionId,
        version: i32,
        scope: AppScope,
    ) -> Result<bool, RepositoryError> {
        let mut state = self.state();
        let row = state.live_connection(tenant, id).filter(|row| row.version == version);
        Ok(row.filter(|row| row.scopes.holds(scope)).is_some_and(|row| {
            row.scopes = row.scopes.without(scope);
            true
        }))
    }

    async fn end(
        &self,
        tenant: &TenantId,
        id: ConnectionId,
        version: i32,
        state: ConnectionState,
        now: Timestamp,
    ) -> Result<bool, RepositoryError> {
        Ok(self.state().end_connection(tenant, id, version, state, now))
    }
}

#[async_trait]
impl AppSessionRepository for InMemoryStore {
    async fn find(
        &self,
        tenant: &TenantId,
        token: AppSessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<(AppSession, Connection)>, RepositoryError> {
        Ok(self.state().find_app_session(tenant, token, &policy, now, true))
    }

    async fn peek(
        &self,
        tenant: &TenantId,
        token: AppSessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<(AppSession, Connection)>, RepositoryError> {
        Ok(self.state().find_app_session(tenant, token, &policy, now, false))
    }

    async fn end(&self, tenant: &TenantId, session: AppSessionId) -> Result<(), RepositoryError> {
        self.state().app_sessions.retain(|row| row.session.id != session || row.tenant != *tenant);
        Ok(())
    }

    async fn keep_draft(
        &self,
        tenant: &TenantId,
        session: AppSessionId,
        draft: Option<Sealed>,
    ) -> Result<(), RepositoryError> {
        if let Some(row) = self.state().app_session(tenant, session) {
            row.draft = draft;
        }
        Ok(())
    }

    async fn draft(
        &self,
        tenant: &TenantId,
        session: AppSessionId,
    ) -> Result<Option<Sealed>, RepositoryError> {
        Ok(self.state().app_session(tenant, session).and_then(|row| row.draft.clone()))
    }
}
