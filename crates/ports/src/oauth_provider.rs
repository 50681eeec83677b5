use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;

use crate::message_sender::BoxError;

/// What a provider hands out to act for one of its users. `Debug` shows no token.
#[derive(Clone, Debug)]
pub struct OAuthTokens {
    /// Stands for the user in calls.
    pub access_token: SecretString,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What [`OAuthProvider::refresh`] takes; the provider may hand it out at the first issue only, so a new
    /// set of tokens carries the old one on. `None` where it never gave one.
    pub refresh_token: Option<SecretString>,
}

/// What a log in asks for. `Debug` shows no secret.
pub struct Authorization<'a> {
    /// Comes back unchanged with the code.
    pub state: &'a str,
    /// Where the browser comes back to.
    pub redirect_uri: &'a str,
    /// What the person is asked to allow, by the provider's names parted by blanks.
    pub scopes: &'a str,
    /// The PKCE verifier (RFC 7636), where [`OAuthProvider::offers_pkce`]; its S256 challenge goes into the address.
    pub verifier: Option<&'a str>,
}

impl std::fmt::Debug for Authorization<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Authorization").field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// A provider where a person logs in and lets us act for them (RFC 6749, authorization code).
#[async_trait]
pub trait OAuthProvider: Send + Sync {
    /// Whether the provider binds a code to whoever asked for it (PKCE, S256).
    fn offers_pkce(&self) -> bool;

    /// Where the browser is sent. It comes back with the state and a code.
    fn authorize_url(&self, authorization: &Authorization<'_>) -> String;

    /// Trades the code that came back for tokens; `redirect_uri` and `verifier` are those of the same log in.
    async fn exchange(
        &self,
        code: &SecretString,
        redirect_uri: &str,
        verifier: Option<&SecretString>,
    ) -> Result<OAuthTokens, OAuthError>;

    /// Gets the next access token.
    async fn refresh(&self, refresh_token: &SecretString) -> Result<OAuthTokens, OAuthError>;
}

/// Variants are what the caller can do about it. No variant holds a code, a token or a secret.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    /// The code or refresh token is unknown, used, ended or revoked: the person has to log in again.
    #[error("the provider does not take the code or refresh token ({code})")]
    Ended {
        /// The provider's own code.
        code: String,
    },
    /// Our client id, secret, scopes or redirect address are wrong: the operator has to mend the settings.
    #[error("the provider did not accept our OAuth client ({code})")]
    Unauthorized {
        /// The provider's own code.
        code: String,
    },
    /// Surely nothing was done; the same call may be made again.
    #[error("the provider is unavailable ({code})")]
    Unavailable {
        /// The HTTP status, or the transport's code.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: Option<BoxError>,
    },
    /// The code may or may not be spent; a refresh may be made again.
    #[error("the provider's answer is unclear ({code})")]
    Unclear {
        /// The HTTP status, or the transport's code.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: Option<BoxError>,
    },
}
