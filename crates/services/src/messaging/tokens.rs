use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::keys::{KeyRing, Sealed, SealedField};
use bonin_domain::messaging::{AppScope, Connection, ConnectionId, ConnectionState, ProviderTokens};
use bonin_ports::{
    Clock, ConnectionRepository, Entropy, MessagingError, OAuthError, OAuthProvider, OAuthTokens,
    RepositoryError,
};
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};

use super::Renewals;

/// A token that ends so soon is renewed first.
const SOON: SignedDuration = SignedDuration::from_secs(60);

/// Calls the provider with a person's token, and renews that when it ends (security 36).
#[derive(Clone)]
pub struct AccessTokens {
    /// Where tokens are stored.
    pub connections: Arc<dyn ConnectionRepository>,
    /// Renews tokens.
    pub oauth: Arc<dyn OAuthProvider>,
    /// Seals tokens.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws nonces.
    pub entropy: Arc<dyn Entropy>,
    /// Renewals under way.
    pub renewals: Renewals,
}

/// Why nothing came of a call for a person.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The person has not allowed this yet, and is to be asked.
    #[error("the person has not allowed {}", .0.as_str())]
    ScopeMissing(AppScope),
    /// The permission ended or was taken back: the person has to log in again.
    #[error("the permission has ended")]
    Ended,
    /// The provider does not accept our app: the operator has to mend the settings.
    #[error("the provider did not accept our app ({code})")]
    AppRefused {
        /// The provider's own code.
        code: String,
    },
    /// The token could not be renewed now; nothing was done.
    #[error("the permission could not be renewed now")]
    Unrenewed(#[source] OAuthError),
    /// The provider did not do it; never `Unauthorized`.
    #[error(transparent)]
    Provider(MessagingError),
    /// The store failed; nothing was asked of the provider, or its new token is lost.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl AccessTokens {
    /// Calls the provider with the connection's token. A token that it does not take is renewed once. One that is fresh and
    /// still not taken ends the connection where the call needs no more than sending does; else what it needs is not
    /// allowed any more.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call<T, F>(
        &self,
        connection: &Connection,
        scope: AppScope,
        call: impl Fn(SecretString) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, MessagingError>>,
    {
        if connection.state != ConnectionState::Live {
            return Err(CallError::Ended);
        }
        if !connection.scopes.holds(scope) {
            return Err(CallError::ScopeMissing(scope));
        }
        let (access, connection) = self.live_access(connection).await?;
        match call(access).await {
            Err(MessagingError::Unauthorized { code }) => {
                tracing::info!(provider.code = code, "a person's token is not taken; renewing it");
                // One that cannot be renewed may be good for sending still.
                let is_lasting = connection.tokens.as_ref().is_some_and(|tokens| tokens.refresh.is_none());
                if is_lasting && scope != AppScope::SendMessages {
                    return Err(self.not_taken(&connection, scope).await?);
                }
                let (access, connection) = self.renew(&connection).await?;
                match call(access).await {
                    Err(MessagingError::Unauthorized { .. }) => {
                        Err(self.not_taken(&connection, scope).await?)
                    }
                    other => other.map_err(CallError::Provider),
                }
            }
            other => other.map_err(CallError::Provider),
        }
    }

    async fn live_access(&self, connection: &Connection) -> Result<(SecretString, Connection), CallError> {
        let tokens = connection.tokens.as_ref().ok_or(CallError::Ended)?;
        let left = tokens.expires_at.duration_since(self.clock.now());
        if left <= SOON {
            return self.renew(connection).await;
        }
        Ok((self.of(connection, SealedField::AccessToken, &tokens.access)?, connection.clone()))
    }

    /// Gets the next token. Of several that do it at once, the first one's is used by all.
    async fn renew(&self, connection: &Connection) -> Result<(SecretString, Connection), CallError> {
        let _turn = self.renewals.turn(connection.id).await;
        if let Some(newer) = self.newer(connection).await? {
            return self.with_access(newer);
        }
        let refresh = connection.tokens.as_ref().and_then(|tokens| tokens.refresh.as_ref());
        let Some(refresh) = refresh else { return Err(self.end(connection).await?) };
        let refresh = self.of(connection, SealedField::RefreshToken, refresh)?;
        let tokens = match self.oauth.refresh(&refresh).await {
            Ok(tokens) => tokens,
            // Somebody else may have renewed it meanwhile, and the provider takes each of its tokens once.
            Err(OAuthError::Ended { .. }) => return self.renewed_elsewhere(connection).await,
            Err(OAuthError::Unauthorized { code }) => return Err(CallError::AppRefused { code }),
            Err(error @ (OAuthError::Unavailable { .. } | OAuthError::Unclear { .. })) => {
                return Err(CallError::Unrenewed(error));
            }
        };
        let sealed = self.seal(&connection.tenant, connection.id, &tokens);
        let (tenant, id, version) = (&connection.tenant, connection.id, connection.version);
        let now = self.clock.now();
        if self.connections.replace_tokens(tenant, id, version, sealed.clone(), now).await? {
            let renewed = Connection { tokens: Some(sealed), version: version + 1, ..connection.clone() };
            return Ok((tokens.access_token, renewed));
        }
        self.renewed_elsewhere(connection).await
    }

    /// The token that somebody else stored meanwhile; where nobody did, the permission has ended.
    async fn renewed_elsewhere(
        &self,
        connection: &Connection,
    ) -> Result<(SecretString, Connection), CallError> {
        match self.newer(connection).await? {
            Some(newer) => self.with_access(newer),
            None => Err(self.end(connection).await?),
        }
    }

    /// The connection as it is by now, if its tokens changed.
    async fn newer(&self, connection: &Connection) -> Result<Option<Connection>, RepositoryError> {
        let found = self.connections.find_account(&connection.tenant, connection.account).await?;
        Ok(found.filter(|found| found.id == connection.id && found.version != connection.version))
    }

    fn with_access(&self, connection: Connection) -> Result<(SecretString, Connection), CallError> {
        let tokens = connection.tokens.as_ref().ok_or(CallError::Ended)?;
        Ok((self.of(&connection, SealedField::AccessToken, &tokens.access)?, connection))
    }

    /// What it means that a token as fresh as can be is not taken for `scope`.
    async fn not_taken(&self, connection: &Connection, scope: AppScope) -> Result<CallError, CallError> {
        if scope == AppScope::SendMessages {
            return self.end(connection).await;
        }
        let (tenant, id, version) = (&connection.tenant, connection.id, connection.version);
        self.connections.drop_scope(tenant, id, version, scope).await?;
        Ok(CallError::ScopeMissing(scope))
    }

    async fn end(&self, connection: &Connection) -> Result<CallError, CallError> {
        let (tenant, id, version) = (&connection.tenant, connection.id, connection.version);
        self.connections.end(tenant, id, version, ConnectionState::Revoked, self.clock.now()).await?;
        Ok(CallError::Ended)
    }

    /// Seals tokens to a connection.
    pub(super) fn seal(&self, tenant: &TenantId, id: ConnectionId, tokens: &OAuthTokens) -> ProviderTokens {
        let seal = |field, secret: &SecretString| {
            let (row, fill) = (id.as_row(), &mut |bytes: &mut [u8]| self.entropy.fill(bytes));
            self.keys.seal(tenant, field, row, secret.expose_secret().as_bytes(), fill)
        };
        ProviderTokens {
            access: seal(SealedField::AccessToken, &tokens.access_token),
            expires_at: tokens.expires_at,
            refresh: tokens.refresh_token.as_ref().map(|token| seal(SealedField::RefreshToken, token)),
        }
    }

    /// Opens a sealed secret of one row.
    pub(super) fn unseal(
        &self,
        tenant: &TenantId,
        field: SealedField,
        row: &[u8; 16],
        sealed: &Sealed,
    ) -> Result<SecretString, RepositoryError> {
        let opened = self.keys.unseal(tenant, field, row, sealed);
        let bytes = opened.map_err(|error| RepositoryError::Internal(error.to_string()))?;
        let text =
            std::str::from_utf8(&bytes).map_err(|error| RepositoryError::Internal(error.to_string()))?;
        Ok(SecretString::from(text))
    }

    fn of(
        &self,
        connection: &Connection,
        field: SealedField,
        sealed: &Sealed,
    ) -> Result<SecretString, RepositoryError> {
        self.unseal(&connection.tenant, field, connection.id.as_row(), sealed)
    }
}
