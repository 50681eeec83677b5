use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::SessionPolicy;
use bonin_domain::keys::{ProviderAccountIndex, Sealed};
use bonin_domain::messaging::{
    AppScope, AppScopes, AppSession, AppSessionId, AppSessionTokenDigest, BrowserDigest, Connection,
    ConnectionId, ConnectionState, LoginStateDigest, OAuthLoginId, ProviderTokens,
};
use jiff::Timestamp;

use crate::RepositoryError;

/// A log in at the provider that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthLogin {
    /// Its name.
    pub id: OAuthLoginId,
    /// Whose user logs in.
    pub tenant: TenantId,
    /// What is stored of its `state`.
    pub state: LoginStateDigest,
    /// The browser that began it.
    pub browser: BrowserDigest,
    /// The PKCE verifier, sealed, where one is used; its row is `id`.
    pub verifier: Option<Sealed>,
    /// What is asked for.
    pub scopes: AppScopes,
    /// The connection that is to be widened, where somebody is logged in already.
    pub connection: Option<ConnectionId>,
    /// The listed page to go to afterwards.
    pub back_to: String,
    /// Until when the code may come back.
    pub expires_at: Timestamp,
}

/// Log ins at the provider that are under way. Each method is one transaction.
#[async_trait]
pub trait OAuthLoginRepository: Send + Sync {
    /// Stores one.
    async fn begin(&self, login: OAuthLogin) -> Result<(), RepositoryError>;

    /// Takes the live one of this `state` and browser, once: of many at the same time, one gets it. Shown by another browser
    /// it is not there, and stays.
    async fn take(
        &self,
        tenant: &TenantId,
        state: LoginStateDigest,
        browser: BrowserDigest,
        now: Timestamp,
    ) -> Result<Option<OAuthLogin>, RepositoryError>;
}

/// An account whose person has logged in at the provider.
#[derive(Clone, Debug)]
pub struct NewConnection {
    /// The name it gets, if the account was never connected; its tokens are sealed to this row all the same, see
    /// [`ConnectionRepository::connect`].
    pub id: ConnectionId,
    /// Whose user it is.
    pub tenant: TenantId,
    /// The account.
    pub account: ProviderAccountIndex,
    /// What is allowed now: all of it, not what is new.
    pub scopes: AppScopes,
    /// The tokens.
    pub tokens: ProviderTokens,
    /// The session that is opened with it; its `connection` is set to the connection's.
    pub session: AppSession,
    /// What is stored of its token.
    pub token: AppSessionTokenDigest,
    /// How many sessions a connection may have; the one used longest ago gives way.
    pub policy: SessionPolicy,
    /// The present moment.
    pub now: Timestamp,
}

/// Connections. Each method is one transaction.
#[async_trait]
pub trait ConnectionRepository: Send + Sync {
    /// The connection of an account, in whatever state.
    async fn find_account(
        &self,
        tenant: &TenantId,
        account: ProviderAccountIndex,
    ) -> Result<Option<Connection>, RepositoryError>;

    /// Makes the account's connection, or renews it with new tokens and scopes, and opens a session. One that stays as it is
    /// ([`Connection::stays_at_log_in`]) keeps its own. `Conflict`, with no
    /// effect, where the account has a connection by another id than `new.id`: tokens are sealed to the id, so the caller
    /// asks again for [`ConnectionRepository::find_account`] and seals anew.
    async fn connect(&self, new: NewConnection) -> Result<Connection, RepositoryError>;

    /// Puts newer tokens in the place of those of `version`; `false`, with no effect, where they are others by now or
    /// the connection is not live.
    async fn replace_tokens(
        &self,
        tenant: &TenantId,
        id: ConnectionId,
        version: i32,
        tokens: ProviderTokens,
        now: Timestamp,
    ) -> Result<bool, RepositoryError>;

    /// Takes a scope off a live connection that has the tokens of `version`, which keeps them; `false` where nothing was to
    /// be done.
    async fn drop_scope(
        &self,
        tenant: &TenantId,
        id: ConnectionId,
        version: i32,
        scope: AppScope,
    ) -> Result<bool, RepositoryError>;

    /// Ends a live connection and erases its tokens. [`ConnectionState::Revoked`] keeps its sessions, so that they can be told,
    /// and takes effect only where the tokens are still those of `version`; [`ConnectionState::Disconnected`] ends them
    /// too. `false` where nothing was to be done.
    async fn end(
        &self,
        tenant: &TenantId,
        id: ConnectionId,
        version: i32,
        state: ConnectionState,
        now: Timestamp,
    ) -> Result<bool, RepositoryError>;
}

/// Browsers in which somebody is logged in to the app. Each method is one transaction. A session that was idle or lived
/// too long is over.
#[async_trait]
pub trait AppSessionRepository: Send + Sync {
    /// The live session of a token, with its connection; notes its use once a minute
    /// ([`SessionPolicy::NOTED_EVERY`]).
    async fn find(
        &self,
        tenant: &TenantId,
        token: AppSessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<(AppSession, Connection)>, RepositoryError>;

    /// The same, without noting a use: for what a page asks by itself.
    async fn peek(
        &self,
        tenant: &TenantId,
        token: AppSessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<(AppSession, Connection)>, RepositoryError>;

    /// Ends a session.
    async fn end(&self, tenant: &TenantId, session: AppSessionId) -> Result<(), RepositoryError>;

    /// Keeps a form that is not sent yet, sealed to the session's row, in place of an earlier one; `None` forgets it.
    async fn keep_draft(
        &self,
        tenant: &TenantId,
        session: AppSessionId,
        draft: Option<Sealed>,
    ) -> Result<(), RepositoryError>;

    /// The form that was kept.
    async fn draft(
        &self,
        tenant: &TenantId,
        session: AppSessionId,
    ) -> Result<Option<Sealed>, RepositoryError>;
}
