use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::SessionPolicy;
use bonin_domain::keys::{ProviderAccountIndex, SealedField};
use bonin_domain::messaging::{
    AppScope, AppScopes, AppSession, AppSessionId, AppSessionToken, BrowserSecret, Connection, ConnectionId,
    LoginState,
};
use bonin_ports::{
    AppSessionRepository, MessagingAccount, MessagingError, NewConnection, OAuthError, OAuthLogin,
    OAuthLoginRepository, OAuthTokens, RepositoryError,
};
use jiff::Timestamp;
use secrecy::SecretString;

use super::{AccessTokens, AppPage, CallError, Drafts};

/// The name under which accounts of this provider are digested.
const PROVIDER: &str = "coolsms";

/// How often a new connection is tried while others connect the same account.
const TRIES: usize = 3;

/// Takes a browser that comes back from the provider: trades the code, and logs the person in.
pub struct FinishLogin {
    /// Log ins under way.
    pub logins: Arc<dyn OAuthLoginRepository>,
    /// Tells whose tokens these are.
    pub account: Arc<dyn MessagingAccount>,
    /// The sessions.
    pub sessions: Arc<dyn AppSessionRepository>,
    /// How long they live.
    pub policy: SessionPolicy,
    /// What was being written.
    pub drafts: Drafts,
    /// The provider's OAuth, the connections, keys, clock and entropy.
    pub tokens: AccessTokens,
    /// Where the provider sent the browser back to: that of [`super::BeginLogin`].
    pub redirect_uri: String,
}

/// What a browser brings back. `Debug` shows no secret.
#[derive(Debug)]
pub struct CameBack {
    /// The state.
    pub state: LoginState,
    /// What the browser is known by.
    pub browser: BrowserSecret,
    /// The code, or the provider's word for why there is none.
    pub code: Result<SecretString, String>,
    /// The session that the browser has already; it ends.
    pub session: Option<AppSessionToken>,
}

/// Somebody who is logged in.
pub struct LoginFinished {
    /// The new session's secret.
    pub token: AppSessionToken,
    /// What is allowed.
    pub scopes: AppScopes,
    /// Where to go on.
    pub back_to: AppPage,
}

/// Why nobody is logged in by it. What was there before stays.
#[derive(Debug, thiserror::Error)]
pub enum FinishLoginError {
    /// The state is unknown, another browser's, used or too old; or the provider does not take its code.
    #[error("the log in is not known, or over")]
    Lost,
    /// The person did not allow it.
    #[error("the person did not allow it")]
    Declined,
    /// What is to be widened is another account's connection.
    #[error("the permission is another account's")]
    OtherAccount,
    /// The provider gave no answer that is of use; the cause is logged.
    #[error("the provider gave no usable answer")]
    Provider,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl FinishLogin {
    /// Finishes the log in that `came` belongs to. No code is traded unless the browser began it.
    ///
    /// # Errors
    /// [`FinishLoginError`].
    #[tracing::instrument(name = "messaging.finish_login", skip_all)]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        came: &CameBack,
    ) -> Result<LoginFinished, FinishLoginError> {
        let now = self.tokens.clock.now();
        let found = self.logins.take(tenant, came.state.digest(), came.browser.digest(), now).await?;
        let login = found.ok_or(FinishLoginError::Lost)?;
        let code = match &came.code {
            Ok(code) => code,
            Err(word) => return Err(declined(word)),
        };
        let issued = self.trade(&login, code).await?;
        let account = self.account.account(&issued.access_token).await.map_err(|error| unnamed(&error))?;
        let account = self.tokens.keys.provider_account_index(PROVIDER, &account);
        let old = match &came.session {
            Some(token) => self.sessions.find(tenant, token.digest(), self.policy, now).await?,
            None => None,
        };
        let (session, token, connection) = self.connect(&login, account, &issued).await?;
        if let Some((old, of)) = old {
            if of.id == connection.id {
                // A message that was being written goes on in the new session.
                self.drafts.carry(tenant, old.id, session.id).await?;
            }
            self.sessions.end(tenant, old.id).await?;
        }
        let back_to = AppPage::from_name(&login.back_to).unwrap_or(AppPage::Send);
        Ok(LoginFinished { token, scopes: connection.scopes, back_to })
    }

    async fn trade(&self, login: &OAuthLogin, code: &SecretString) -> Result<OAuthTokens, FinishLoginError> {
        let verifier = match &login.verifier {
            Some(sealed) => {
                let row = login.id.as_row();
                Some(self.tokens.unseal(&login.tenant, SealedField::PkceVerifier, row, sealed)?)
            }
            None => None,
        };
        let traded = self.tokens.oauth.exchange(code, &self.redirect_uri, verifier.as_ref()).await;
        traded.map_err(|error| match &error {
            OAuthError::Ended { code } => {
                tracing::info!(provider.code = code, "the provider does not take its code");
                FinishLoginError::Lost
            }
            OAuthError::Unauthorized { .. } => {
                tracing::error!(error = %error, "people cannot log in: look at client id and secret");
                FinishLoginError::Provider
            }
            OAuthError::Unavailable { .. } | OAuthError::Unclear { .. } => {
                tracing::warn!(error = %error, "a code could not be traded");
                FinishLoginError::Provider
            }
        })
    }

    /// Makes or renews the account's connection, and opens a session.
    async fn connect(
        &self,
        login: &OAuthLogin,
        account: ProviderAccountIndex,
        issued: &OAuthTokens,
    ) -> Result<(AppSession, AppSessionToken, Connection), FinishLoginError> {
        let fill = &mut |bytes: &mut [u8]| self.tokens.entropy.fill(bytes);
        let token = AppSessionToken::draw(fill);
        for _ in 0..TRIES {
            let now = self.tokens.clock.now();
            let found = self.tokens.connections.find_account(&login.tenant, account).await?;
            let known = found.as_ref().map(|found| found.id);
            if login.connection.is_some() && login.connection != known {
                return Err(FinishLoginError::OtherAccount);
            }
            let found = match found {
                Some(found) if found.stays_at_log_in(login.scopes, now) => self.probe(found).await?,
                other => other,
            };
            let id = known.unwrap_or_else(|| ConnectionId::draw(now, fill));
            let mut sealed = self.tokens.seal(&login.tenant, id, issued);
            // The provider hands it out at the first log in only.
            let earlier = found.and_then(|found| found.tokens).and_then(|tokens| tokens.refresh);
            sealed.refresh = sealed.refresh.or(earlier);
            let session = AppSession {
                id: AppSessionId::draw(now, fill),
                connection: id,
                created_at: now,
                seen_at: now,
                expires_at: now.checked_add(self.policy.absolute).unwrap_or(Timestamp::MAX),
            };
            let new = NewConnection {
                id,
                tenant: login.tenant.clone(),
                account,
                scopes: login.scopes,
                tokens: sealed,
                session: session.clone(),
                token: token.digest(),
                policy: self.policy,
                now,
            };
            match self.tokens.connections.connect(new).await {
                // Somebody else connected the account first: its id is another, to which the tokens are to be sealed.
                Err(RepositoryError::Conflict) => {}
                connected => return Ok((session, token, connected?)),
            }
        }
        Err(RepositoryError::Conflict.into())
    }

    /// The connection as it is after a call with its own tokens: where the provider takes them no more it has ended, and
    /// is renewed with those that came now. A provider that does not answer says nothing of them.
    async fn probe(&self, known: Connection) -> Result<Option<Connection>, FinishLoginError> {
        let ask = |access| async move { self.account.account(&access).await };
        match self.tokens.call(&known, AppScope::SendMessages, ask).await {
            Ok(_) => Ok(Some(known)),
            Err(CallError::Ended) => {
                Ok(self.tokens.connections.find_account(&known.tenant, known.account).await?)
            }
            Err(CallError::Repository(error)) => Err(error.into()),
            Err(error) => {
                tracing::warn!(error = %error, "it could not be asked whether a permission still stands");
                Ok(Some(known))
            }
        }
    }
}

/// `access_denied` is the person's no (RFC 6749, 4.1.2.1); every other word is about us or the provider.
fn declined(word: &str) -> FinishLoginError {
    if word == "access_denied" {
        return FinishLoginError::Declined;
    }
    tracing::warn!("the provider sent a browser back with an error instead of a code");
    FinishLoginError::Provider
}

/// Without the account's name nobody is logged in.
fn unnamed(error: &MessagingError) -> FinishLoginError {
    tracing::warn!(error = %error, "the provider did not say whose token it gave");
    FinishLoginError::Provider
}
