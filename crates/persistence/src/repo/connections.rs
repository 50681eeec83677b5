//! [`ConnectionRepository`]: people's accounts at the provider of messages.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::keys::{ProviderAccountIndex, Sealed};
use bonin_domain::messaging::{AppScope, Connection, ConnectionId, ConnectionState, ProviderTokens};
use bonin_ports::{ConnectionRepository, NewConnection, RepositoryError};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{Conn, Store};
use super::app_sessions;
use crate::failure::Failure;
use crate::rows::ConnectionRow;
use crate::schema::connections as k;
use crate::sql::{Instant, Uid};

#[async_trait]
impl ConnectionRepository for Store {
    async fn find_account(
        &self,
        tenant: &TenantId,
        account: ProviderAccountIndex,
    ) -> Result<Option<Connection>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| {
            let row: Option<ConnectionRow> = k::table
                .filter(k::tenant.eq(tenant.as_str()))
                .filter(k::account.eq(account.as_bytes()))
                .select(ConnectionRow::as_select())
                .get_result(c)
                .optional()?;
            row.map(Connection::try_from).transpose()
        })
        .await
    }

    async fn connect(&self, new: NewConnection) -> Result<Connection, RepositoryError> {
        self.write(move |c| connect(c, &new)).await
    }

    async fn replace_tokens(
        &self,
        tenant: &TenantId,
        id: ConnectionId,
        version: i32,
        tokens: ProviderTokens,
        _: Timestamp,
    ) -> Result<bool, RepositoryError> {
        let tenant = tenant.clone();
        self.write_once(move |c| {
            let replaced = diesel::update(k::table.find(Uid(id.as_uuid())))
                .filter(k::tenant.eq(tenant.as_str()))
                .filter(k::state.eq(ConnectionState::Live.as_str()))
                .filter(k::version.eq(version))
                .set((
                    k::access.eq(tokens.access.as_bytes()),
                    k::access_until.eq(Instant(tokens.expires_at)),
                    k::refresh.eq(tokens.refresh.as_ref().map(Sealed::as_bytes)),
                    k::version.eq(k::version + 1),
                ))
                .execute(c)?;
            Ok(replaced == 1)
        })
        .await
    }

    async fn drop_scope(
        &self,
        tenant: &TenantId,
        id: ConnectionId,
        version: i32,
        scope: AppScope,
    ) -> Result<bool, RepositoryError> {
        let tenant = tenant.clone();
        self.write(move |c| drop_scope(c, &tenant, id, version, scope)).await
    }

    async fn end(
        &self,
        tenant: &TenantId,
        id: ConnectionId,
        version: i32,
        state: ConnectionState,
        now: Timestamp,
    ) -> Result<bool, RepositoryError> {
        let tenant = tenant.clone();
        self.write(move |c| end(c, &tenant, id, version, state, now)).await
    }
}

fn connect(c: &mut Conn, new: &NewConnection) -> Result<Connection, Failure> {
    // Either way the row is held from here on: who connects the same account waits, and the index refuses a second row.
    let row = match hold(c, new)? {
        Some(row) => {
            let known = Connection::try_from(row)?;
            if known.stays_at_log_in(new.scopes, new.now) { known } else { renew(c, new)?.try_into()? }
        }
        None => insert(c, new)?.try_into()?,
    };
    app_sessions::open(c, new)?;
    Ok(row)
}

fn hold(c: &mut Conn, new: &NewConnection) -> Result<Option<ConnectionRow>, Failure> {
    Ok(diesel::update(k::table.find(Uid(new.id.as_uuid())))
        .filter(k::tenant.eq(new.tenant.as_str()))
        .filter(k::account.eq(new.account.as_bytes()))
        .set(k::updated_at.eq(Instant(new.now)))
        .returning(ConnectionRow::as_returning())
        .get_result(c)
        .optional()?)
}

fn renew(c: &mut Conn, new: &NewConnection) -> Result<ConnectionRow, Failure> {
    Ok(diesel::update(k::table.find(Uid(new.id.as_uuid())))
        .set((
            k::scopes.eq(new.scopes.to_string()),
            k::state.eq(ConnectionState::Live.as_str()),
            k::access.eq(new.tokens.access.as_bytes()),
            k::access_until.eq(Instant(new.tokens.expires_at)),
            k::refresh.eq(new.tokens.refresh.as_ref().map(Sealed::as_bytes)),
            k::version.eq(k::version + 1),
            k::updated_at.eq(Instant(new.now)),
        ))
        .returning(ConnectionRow::as_returning())
        .get_result(c)?)
}

fn insert(c: &mut Conn, new: &NewConnection) -> Result<ConnectionRow, Failure> {
    let row = ConnectionRow {
        id: Uid(new.id.as_uuid()),
        tenant: new.tenant.as_str().to_owned(),
        account: new.account.as_bytes().to_vec(),
        scopes: new.scopes.to_string(),
        state: ConnectionState::Live.as_str().to_owned(),
        access: Some(new.tokens.access.as_bytes().to_vec()),
        access_until: Some(Instant(new.tokens.expires_at)),
        refresh: new.tokens.refresh.as_ref().map(|token| token.as_bytes().to_vec()),
        version: 1,
        created_at: Instant(new.now),
        updated_at: Instant(new.now),
    };
    diesel::insert_into(k::table).values(&row).execute(c)?;
    Ok(row)
}

fn drop_scope(
    c: &mut Conn,
    tenant: &TenantId,
    id: ConnectionId,
    version: i32,
    scope: AppScope,
) -> Result<bool, Failure> {
    // Setting what is there holds the row, so that two scopes that are taken off at once are both gone.
    let held: Option<ConnectionRow> = diesel::update(k::table.find(Uid(id.as_uuid())))
        .filter(k::tenant.eq(tenant.as_str()))
        .filter(k::state.eq(ConnectionState::Live.as_str()))
        .filter(k::version.eq(version))
        .set(k::version.eq(version))
        .returning(ConnectionRow::as_returning())
        .get_result(c)
        .optional()?;
    let Some(row) = held else { return Ok(false) };
    let scopes = Connection::try_from(row)?.scopes;
    diesel::update(k::table.find(Uid(id.as_uuid())))
        .set(k::scopes.eq(scopes.without(scope).to_string()))
        .execute(c)?;
    Ok(scopes.holds(scope))
}

fn end(
    c: &mut Conn,
    tenant: &TenantId,
    id: ConnectionId,
    version: i32,
    state: ConnectionState,
    now: Timestamp,
) -> Result<bool, Failure> {
    let row = Uid(id.as_uuid());
    let erased = (
        k::state.eq(state.as_str()),
        k::access.eq(None::<Vec<u8>>),
        k::access_until.eq(None::<Instant>),
        k::refresh.eq(None::<Vec<u8>>),
        k::version.eq(k::version + 1),
        k::updated_at.eq(Instant(now)),
    );
    let live = diesel::update(k::table.find(row))
        .filter(k::tenant.eq(tenant.as_str()))
        .filter(k::state.eq(ConnectionState::Live.as_str()));
    let ended = match state {
        ConnectionState::Live => 0,
        // Tokens that came meanwhile may be good.
        ConnectionState::Revoked => live.filter(k::version.eq(version)).set(erased).execute(c)?,
        ConnectionState::Disconnected => live.set(erased).execute(c)?,
    };
    if ended == 1 && state == ConnectionState::Disconnected {
        app_sessions::end_all(c, row)?;
    }
    Ok(ended == 1)
}
