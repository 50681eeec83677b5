//! Connections with people's accounts at the provider, and the browsers that use them.

use jiff::Timestamp;

use crate::id::Id;
use crate::keys::{ProviderAccountIndex, Sealed};
use crate::messaging::AppScopes;
use crate::opaque::{Digest, Opaque, Role};
use crate::tenant::TenantId;

/// Marks the name of a connection.
pub struct ConnectionRole;
impl Role for ConnectionRole {
    const NAME: &'static str = "Connection";
}
/// The name of a connection; no secret.
pub type ConnectionId = Id<ConnectionRole>;

/// Marks the name of a log in at the provider that is under way.
pub struct OAuthLoginRole;
impl Role for OAuthLoginRole {
    const NAME: &'static str = "OAuthLogin";
}
/// The name of a log in at the provider that is under way.
pub type OAuthLoginId = Id<OAuthLoginRole>;

/// Marks the value that comes back from the provider with a code.
pub struct LoginStateRole;
impl Role for LoginStateRole {
    const NAME: &'static str = "LoginState";
}
/// The `state` of a log in: 256 random bits, one use (security 35).
pub type LoginState = Opaque<LoginStateRole>;
/// What is stored of a [`LoginState`].
pub type LoginStateDigest = Digest<LoginStateRole>;

/// Marks what a browser is known by while it logs in.
pub struct BrowserRole;
impl Role for BrowserRole {
    const NAME: &'static str = "BrowserSecret";
}
/// What a browser is known by while it logs in at the provider: a cookie's value.
pub type BrowserSecret = Opaque<BrowserRole>;
/// What is stored of a [`BrowserSecret`].
pub type BrowserDigest = Digest<BrowserRole>;

/// Marks the name of a session of the app.
pub struct AppSessionRole;
impl Role for AppSessionRole {
    const NAME: &'static str = "AppSession";
}
/// The name of a session of the app; no secret.
pub type AppSessionId = Id<AppSessionRole>;

/// Marks the secret that stands for a session of the app.
pub struct AppSessionTokenRole;
impl Role for AppSessionTokenRole {
    const NAME: &'static str = "AppSessionToken";
}
/// The secret that stands for a session of the app, in a cookie (security 32).
pub type AppSessionToken = Opaque<AppSessionTokenRole>;
/// What is stored of an [`AppSessionToken`].
pub type AppSessionTokenDigest = Digest<AppSessionTokenRole>;

/// How a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Its tokens are good as far as is known.
    Live,
    /// The provider takes its tokens no more: the person took the permission back, or it ended.
    Revoked,
    /// The person ended it here. Its tokens are erased.
    Disconnected,
}

impl ConnectionState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Live, Self::Revoked, Self::Disconnected];

    /// The name used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Revoked => "revoked",
            Self::Disconnected => "disconnected",
        }
    }

    /// Reads the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// The tokens of a connection, sealed; their row is the connection's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderTokens {
    /// Stands for the person in calls ([`SealedField::AccessToken`](crate::keys::SealedField)).
    pub access: Sealed,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Brings the next one ([`SealedField::RefreshToken`](crate::keys::SealedField)).
    pub refresh: Option<Sealed>,
}

/// A person's account at the provider, for which the app may act. There is one for each account and tenant: who logs in
/// again renews it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its name.
    pub id: ConnectionId,
    /// Whose users are counted together.
    pub tenant: TenantId,
    /// The account at the provider, digested.
    pub account: ProviderAccountIndex,
    /// What the person allows.
    pub scopes: AppScopes,
    /// How it stands.
    pub state: ConnectionState,
    /// Its tokens; `None` unless it is live.
    pub tokens: Option<ProviderTokens>,
    /// Raised whenever the tokens change.
    pub version: i32,
    /// When the account was first connected.
    pub created_at: Timestamp,
    /// When the state was reached, or the person last logged in.
    pub updated_at: Timestamp,
}

impl Connection {
    /// Whether a log in that allows `scopes` leaves tokens and scopes as they are: a second browser that asks for less takes
    /// nothing from the first. Whether the provider still takes the tokens is asked before.
    pub fn stays_at_log_in(&self, scopes: AppScopes, now: Timestamp) -> bool {
        let lives = |tokens: &ProviderTokens| tokens.refresh.is_some() || tokens.expires_at > now;
        let is_live = self.state == ConnectionState::Live && self.tokens.as_ref().is_some_and(lives);
        is_live && self.scopes.exceeds(scopes)
    }
}

/// A browser in which somebody is logged in to the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSession {
    /// Its name.
    pub id: AppSessionId,
    /// The connection that it uses.
    pub connection: ConnectionId,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}
