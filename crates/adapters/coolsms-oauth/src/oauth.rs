//! Acting for users who log in with CoolSMS (section 3).

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bonin_http::{Answer, Http, HttpError, Method, Request, Url};
use bonin_ports::{Authorization, BoxError, Clock, OAuthError, OAuthProvider, OAuthTokens};
use jiff::SignedDuration;
use ring::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::config::ConfigError;
use crate::wire;

/// How long an access token lives where the answer does not say (section 3.2).
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Our registration with the provider. `Debug` leaves out the secret.
#[derive(Clone)]
pub struct OAuthConfig {
    base_url: Url,
    client_id: String,
    client_secret: SecretString,
    pkce: bool,
}

impl OAuthConfig {
    /// Checks the settings.
    ///
    /// - `pkce`: whether the provider binds codes by PKCE. CoolSMS does not document it, so say `true` only where
    ///   it is known to; a verifier that the provider ignores guards nothing.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn new(
        base_url: &str,
        client_id: &str,
        client_secret: SecretString,
        pkce: bool,
    ) -> Result<Self, ConfigError> {
        let base_url = bonin_http::base_url(base_url).map_err(ConfigError::BaseUrl)?;
        bonin_http::check_key(client_id).map_err(ConfigError::ClientId)?;
        bonin_http::check_key(client_secret.expose_secret()).map_err(ConfigError::ClientSecret)?;
        Ok(Self { base_url, client_id: client_id.to_owned(), client_secret, pkce })
    }
}

impl fmt::Debug for OAuthConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OAuthConfig")
            .field("base_url", &self.base_url.as_str())
            .field("client_id", &self.client_id)
            .field("pkce", &self.pkce)
            .finish_non_exhaustive()
    }
}

/// The OAuth2 calls. They bring the tokens that [`crate::Credential::Bearer`] takes.
#[derive(Clone)]
pub struct OAuthClient {
    config: Arc<OAuthConfig>,
    http: Http,
    clock: Arc<dyn Clock>,
}

impl OAuthClient {
    /// A client that reckons the ends of tokens by `clock`.
    pub fn new(config: OAuthConfig, http: Http, clock: Arc<dyn Clock>) -> Self {
        Self { config: Arc::new(config), http, clock }
    }

    async fn token(&self, body: &Value) -> Result<OAuthTokens, OAuthError> {
        let mut url = self.config.base_url.clone();
        url.set_path("/oauth2/v1/access_token");
        // Reckoned from before the call, so that a token is never thought to live longer than it does.
        let asked_at = self.clock.now();
        let request = Request::new(Method::POST, url).body("application/json", body.to_string());
        let answer = self.http.call(request).await.map_err(transport)?;
        tracing::debug!(http.status = answer.status, "CoolSMS answered");
        if answer.status != 200 {
            return Err(refusal(&answer));
        }
        let tokens: TokenBody = wire::read(&answer.body)
            .map_err(|error| OAuthError::Unclear { code: "200".into(), cause: Some(error.into()) })?;
        let seconds = tokens.expires_in.and_then(|seconds| seconds.parse::<u32>().ok());
        let life = seconds.map_or(LIFE, |seconds| SignedDuration::from_secs(seconds.into()));
        Ok(OAuthTokens {
            access_token: tokens.access_token,
            expires_at: asked_at.saturating_add(life).unwrap_or(asked_at),
            refresh_token: tokens.refresh_token,
        })
    }
}

#[async_trait]
impl OAuthProvider for OAuthClient {
    fn offers_pkce(&self) -> bool {
        self.config.pkce
    }

    fn authorize_url(&self, authorization: &Authorization<'_>) -> String {
        // A text that is none goes out as it is: the provider refuses it in front of the person.
        debug_assert!(are_scopes(authorization.scopes), "scopes are names such as message:write");
        let mut url = self.config.base_url.clone();
        url.set_path("/oauth2/v1/authorize");
        url.query_pairs_mut().extend_pairs([
            ("client_id", self.config.client_id.as_str()),
            ("redirect_uri", authorization.redirect_uri),
            ("response_type", "code"),
            ("scope", authorization.scopes),
            ("state", authorization.state),
        ]);
        if let Some(verifier) = authorization.verifier.filter(|_| self.config.pkce) {
            url.query_pairs_mut()
                .append_pair("code_challenge", &challenge(verifier))
                .append_pair("code_challenge_method", "S256");
        }
        url.into()
    }

    #[tracing::instrument(name = "coolsms.exchange", skip_all)]
    async fn exchange(
        &self,
        code: &SecretString,
        redirect_uri: &str,
        verifier: Option<&SecretString>,
    ) -> Result<OAuthTokens, OAuthError> {
        let mut body = json!({
            "grant_type": "authorization_code",
            "code": code.expose_secret(),
            "client_id": self.config.client_id,
            "client_secret": self.config.client_secret.expose_secret(),
            "redirect_uri": redirect_uri,
        });
        if let Some(verifier) = verifier.filter(|_| self.config.pkce) {
            body["code_verifier"] = json!(verifier.expose_secret());
        }
        self.token(&body).await
    }

    #[tracing::instrument(name = "coolsms.refresh", skip_all)]
    async fn refresh(&self, refresh_token: &SecretString) -> Result<OAuthTokens, OAuthError> {
        let body = json!({ "grant_type": "refresh_token", "refresh_token": refresh_token.expose_secret() });
        let tokens = self.token(&body).await?;
        // It is handed out at the first issue only.
        let refresh_token = tokens.refresh_token.unwrap_or_else(|| refresh_token.clone());
        Ok(OAuthTokens { refresh_token: Some(refresh_token), ..tokens })
    }
}

/// Names of section 3.4, such as `message:write`, parted by blanks.
fn are_scopes(text: &str) -> bool {
    let may_hold = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b":.-_".contains(&b);
    text.split(' ').all(|name| !name.is_empty() && name.bytes().all(may_hold))
}

/// The S256 challenge of a verifier (RFC 7636, section 4.2).
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

#[derive(Deserialize)]
struct TokenBody {
    #[serde(deserialize_with = "secret")]
    access_token: SecretString,
    #[serde(default, deserialize_with = "optional_secret")]
    refresh_token: Option<SecretString>,
    #[serde(default, deserialize_with = "wire::lenient")]
    expires_in: Option<String>,
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    let text = String::deserialize(deserializer)?;
    // It becomes part of a header.
    if bonin_http::check_key(&text).is_err() {
        return Err(serde::de::Error::custom("not a token"));
    }
    Ok(text.into())
}

fn optional_secret<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SecretString>, D::Error> {
    // One that cannot be read is no reason to lose the access token: the code that brought it is spent.
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) if !text.is_empty() => Some(text.into()),
        _ => None,
    })
}

/// These are not the bodies of RFC 6749 (section 3.2).
fn refusal(answer: &Answer) -> OAuthError {
    let name = wire::problem(&answer.body).name;
    let code = match &name {
        Some(name) => format!("{}/{name}", answer.status),
        None => answer.status.to_string(),
    };
    match (answer.status, name.as_deref()) {
        (_, Some("InvalidGrant" | "InvalidRefreshToken")) => OAuthError::Ended { code },
        (408 | 429 | 503, _) => OAuthError::Unavailable { code, cause: None },
        (400..=499, _) => OAuthError::Unauthorized { code },
        _ => OAuthError::Unclear { code, cause: None },
    }
}

fn transport(error: HttpError) -> OAuthError {
    let code = error.code().to_owned();
    let may_be_sent = matches!(error, HttpError::Unclear { .. });
    let cause: Option<BoxError> = Some(error.into());
    if may_be_sent { OAuthError::Unclear { code, cause } } else { OAuthError::Unavailable { code, cause } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_of_rfc_7636_comes_out() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn scopes_are_names_parted_by_single_blanks() {
        assert!(are_scopes("message:write") && are_scopes("message:write users.profile:read"));
        for text in ["", " ", "a  b", "a ", "A", "a\nb", "a&b"] {
            assert!(!are_scopes(text), "{text:?}");
        }
    }
}
