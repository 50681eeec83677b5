use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_domain::messages::{FailureClass, Image};
use bonin_http::{Answer, Http, Method, Request, Url};
use bonin_ports::{Clock, Entropy};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::json;

use crate::config::{ConfigError, CoolsmsConfig, Credential, check_credential};
use crate::error::{CoolsmsError, server_time};
use crate::query::{ListQuery, iso};
use crate::request::{InvalidRequest, OutgoingMessage, SendMany};
use crate::results::{Balance, MessagePage, SendReceipt, SentMany};
use crate::sign::{authorization, hex};
use crate::wire;

/// A list of 500 long messages stays below.
const LIST_LIMIT: usize = 2 * 1024 * 1024;
/// What each message adds to the longest answer to many of them.
const VERDICT_LIMIT: usize = 800;
/// What an answer may have at the least.
const ANSWER_LIMIT: usize = 64 * 1024;
/// What one call may bring (section 5.3).
const BODY_LIMIT: usize = 15_000_000;

/// The calls of CoolSMS, whichever the credential. A clone shares settings and connections.
///
/// Each call is made once, within the time-outs of its [`Http`]; nothing is repeated.
#[derive(Clone)]
pub struct CoolsmsClient {
    config: Arc<CoolsmsConfig>,
    http: Http,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    most: Option<Duration>,
}

impl CoolsmsClient {
    /// A client that takes the time of its signatures from `clock`, which may be up to 15 minutes off, and
    /// their salts from `entropy`.
    pub fn new(config: CoolsmsConfig, http: Http, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { config: Arc::new(config), http, clock, entropy, most: None }
    }

    /// The same client with calls that are given up after `most`, where its [`Http`] does not give up sooner.
    #[must_use]
    pub fn within(&self, most: Duration) -> Self {
        Self { most: Some(most), ..self.clone() }
    }

    /// The same client for somebody else, such as the user of an access token.
    ///
    /// # Errors
    /// [`ConfigError`] of the credential.
    pub fn with_credential(&self, credential: Credential) -> Result<Self, ConfigError> {
        check_credential(&credential)?;
        let config = CoolsmsConfig { credential, ..CoolsmsConfig::clone(&self.config) };
        Ok(Self { config: Arc::new(config), ..self.clone() })
    }

    /// Sends one message, `POST /messages/v4/send` (section 4). `Ok` means accepted, not delivered.
    ///
    /// # Errors
    /// [`CoolsmsError`]. There is no idempotency key: after [`CoolsmsError::Unclear`], list before sending
    /// again.
    #[tracing::instrument(name = "coolsms.send", skip_all)]
    pub async fn send(&self, message: &OutgoingMessage) -> Result<SendReceipt, CoolsmsError> {
        message.check()?;
        let body = wire::SendBody::new(message, self.app_id());
        wire::receipt(&self.post("/messages/v4/send", &body).await?.body)
    }

    /// Sends or schedules up to 10,000 messages, `POST /messages/v4/send-many/detail` (section 5.1).
    ///
    /// # Errors
    /// [`CoolsmsError`] of the whole call; messages that were refused are in [`SentMany::failed`].
    #[tracing::instrument(name = "coolsms.send_many", skip_all)]
    pub async fn send_many(&self, request: &SendMany) -> Result<SentMany, CoolsmsError> {
        request.check(self.now())?;
        let body = wire::SendManyBody::new(request, self.app_id());
        let url = self.url("/messages/v4/send-many/detail");
        let limit = many_limit(request.messages.len());
        wire::sent_many(&self.call(Method::POST, url, Some(&body), Some(limit)).await?.body)
    }

    /// Lists messages with their results, `GET /messages/v4/list` (section 7).
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.list", skip_all)]
    pub async fn list(&self, query: &ListQuery) -> Result<MessagePage, CoolsmsError> {
        let mut url = self.url("/messages/v4/list");
        query.write(&mut url);
        let answer = self.get(url).await?;
        wire::messages(&answer.body, server_time(&answer))
    }

    /// Uploads the picture of an MMS, `POST /storage/v1/files` (section 6); what
    /// [`OutgoingMessage::image`] takes.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.upload", skip_all)]
    pub async fn upload(&self, image: &Image) -> Result<String, CoolsmsError> {
        let body = json!({ "file": STANDARD.encode(image.bytes()), "name": "image.jpg", "type": "MMS" });
        wire::file_id(&self.post("/storage/v1/files", &body).await?.body)
    }

    /// What money is left, `GET /cash/v1/balance` (section 9).
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.balance", skip_all)]
    pub async fn balance(&self) -> Result<Balance, CoolsmsError> {
        let answer = self.get(self.url("/cash/v1/balance")).await?;
        wire::balance(&answer.body)
    }

    /// The account that the caller belongs to, `GET /users/v1/member` (section 3.3); `None` where the answer names
    /// none.
    ///
    /// # Errors
    /// [`CoolsmsError`]; a token needs the scope `users:read`.
    #[tracing::instrument(name = "coolsms.member_account", skip_all)]
    pub async fn member_account(&self) -> Result<Option<String>, CoolsmsError> {
        let answer = self.get(self.url("/users/v1/member")).await?;
        wire::member_account(&answer.body)
    }

    /// The clock of its signatures.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn app_id(&self) -> Option<&str> {
        self.config.app_id.as_deref()
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        let mut url = self.config.base_url.clone();
        url.set_path(path);
        url
    }

    /// Asks for something, perhaps for a long list.
    pub(crate) async fn get(&self, url: Url) -> Result<Answer, CoolsmsError> {
        self.call::<()>(Method::GET, url, None, Some(LIST_LIMIT)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &impl Serialize) -> Result<Answer, CoolsmsError> {
        self.call(Method::POST, self.url(path), Some(body), None).await
    }

    /// Makes a call once; every documented success is 200 (section 1). The answer may be as long as the
    /// [`Http`] has it, or `limit`.
    pub(crate) async fn call<T: Serialize>(
        &self,
        method: Method,
        url: Url,
        body: Option<&T>,
        limit: Option<usize>,
    ) -> Result<Answer, CoolsmsError> {
        let mut request = Request::new(method, url).header("authorization", self.authorization());
        if let Some(body) = body {
            let body = serde_json::to_vec(body).map_err(|error| CoolsmsError::Unavailable {
                class: FailureClass::Other,
                code: "body".into(),
                cause: Some(error.into()),
            })?;
            if body.len() > BODY_LIMIT {
                return Err(InvalidRequest::BodyTooLarge.into());
            }
            request = request.body("application/json", body);
        }
        if let Some(limit) = limit {
            request = request.answer_limit(limit);
        }
        if let Some(most) = self.most {
            request = request.time_limit(most);
        }
        let answer = self.http.call(request).await?;
        tracing::debug!(http.status = answer.status, "CoolSMS answered");
        if answer.status == 200 { Ok(answer) } else { Err(CoolsmsError::from_answer(&answer)) }
    }

    fn authorization(&self) -> String {
        match &self.config.credential {
            Credential::ApiKey { key, secret } => {
                // A signature is taken once, so each call has a salt of its own.
                let mut salt = [0; 16];
                self.entropy.fill(&mut salt);
                authorization(key, secret.expose_secret(), &iso(self.now()), &hex(&salt))
            }
            Credential::Bearer(token) => format!("Bearer {}", token.expose_secret()),
        }
    }
}

/// The longest answer to a call with so many messages.
pub(crate) fn many_limit(messages: usize) -> usize {
    ANSWER_LIMIT.max(messages * VERDICT_LIMIT)
}
