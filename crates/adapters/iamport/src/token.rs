//! The access token of I'mport (section 3): kept in memory, shared by all calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bonin_http::{Answer, Http, Method};
use bonin_ports::{Clock, IdentityError};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::timeout_at;

use crate::config::IamportConfig;
use crate::error::{failed, nothing_done, out_of_time};
use crate::read::{Envelope, number, text};
use crate::time::Deadline;
use crate::transport::Call;

/// A token with less left is asked for again (security 39). Within its last minute the provider prolongs it;
/// before, it would answer with the same one.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// The longest life that is believed; documented are 30 minutes.
const LONGEST_S: i64 = 60 * 60;

/// A token; which fetch brought it tells it from one with the same text.
#[derive(Clone)]
pub(crate) struct Token {
    secret: SecretString,
    ends_at: Timestamp,
    turn: u64,
}

impl Token {
    /// The value of the header `Authorization`.
    pub(crate) fn authorization(&self) -> String {
        format!("Bearer {}", self.secret.expose_secret())
    }
}

/// Where tokens come from.
pub(crate) struct Tokens {
    clock: Arc<dyn Clock>,
    /// Held while one is fetched, so that whoever needs it at the same time waits for that one.
    kept: Mutex<Option<Token>>,
    /// How many were fetched.
    turn: AtomicU64,
}

impl Tokens {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, kept: Mutex::new(None), turn: AtomicU64::new(0) }
    }

    /// A token that is good for a call now; another one than `refused`, which the provider did not take.
    ///
    /// One that was fetched while we waited is good however short its life: no call fetches twice.
    pub(crate) async fn get(
        &self,
        config: &IamportConfig,
        http: &Http,
        refused: Option<&Token>,
        deadline: Deadline,
    ) -> Result<Token, IdentityError> {
        let seen = self.turn.load(Ordering::Acquire);
        let mut kept = timeout_at(deadline.moment(), self.kept.lock()).await.map_err(|_| out_of_time())?;
        if let (Some(token), Some(refused)) = (&*kept, refused)
            && token.turn == refused.turn
        {
            *kept = None;
        }
        if let Some(token) = &*kept {
            let left = token.ends_at.duration_since(self.clock.now());
            if left >= MARGIN || token.turn > seen {
                return Ok(token.clone());
            }
        }
        // Reckoned from before the call, so that it is never thought to live longer than it does.
        let asked_at = self.clock.now();
        let body = json!({ "imp_key": config.imp_key, "imp_secret": config.imp_secret.expose_secret() });
        let call = Call::new(Method::POST, &config.base_url, &["users", "getToken"]).body(body);
        let answer = call.make(http, None, deadline).await.map_err(nothing_done)?;
        let (secret, life) = read(&answer)?;
        let turn = self.turn.fetch_add(1, Ordering::AcqRel) + 1;
        let ends_at = asked_at.saturating_add(life).unwrap_or(asked_at);
        tracing::debug!(token.life_s = life.as_secs(), "fetched an access token");
        Ok(kept.insert(Token { secret, ends_at, turn }).clone())
    }
}

/// Reads the answer: the token, and how long it lives by the provider's own clock, 0 where it does not say.
fn read(answer: &Answer) -> Result<(SecretString, SignedDuration), IdentityError> {
    match answer.status {
        200 => {}
        // Nothing but our keys is in the request.
        400 => return Err(IdentityError::Unauthorized { code: "400".into() }),
        status => {
            return Err(match failed(status, None) {
                IdentityError::Refused { code } | IdentityError::Unclear { code, .. } => {
                    IdentityError::Unavailable { code, cause: None }
                }
                other => other,
            });
        }
    }
    let response = match Envelope::read(&answer.body).map_err(nothing_done)? {
        Envelope::Success(response) => response,
        Envelope::Failure { code } => return Err(IdentityError::Unauthorized { code }),
    };
    let secret = text(&response, "access_token").filter(|token| bonin_http::check_key(token).is_ok());
    let secret = secret.ok_or_else(|| IdentityError::Unavailable {
        code: "200".into(),
        cause: Some("the answer holds no access token".into()),
    })?;
    let (end, now) = (number(&response, "expired_at"), number(&response, "now"));
    let life = end.zip(now).map_or(0, |(end, now)| end.saturating_sub(now).clamp(0, LONGEST_S));
    Ok((secret.into(), SignedDuration::from_secs(life)))
}
