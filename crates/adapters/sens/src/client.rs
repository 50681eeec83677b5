use std::sync::Arc;
use std::time::Duration;

use bonin_domain::messages::SenderId;
use bonin_http::{Answer, Http, Method, Request, Url};
use bonin_ports::Clock;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::config::SensConfig;
use crate::error::{SensError, server_time};
use crate::invalid::{InvalidRequest, check_id};
use crate::query::ListQuery;
use crate::request::SendRequest;
use crate::results::{MessagePage, MessageResult, SendReceipt};
use crate::sign::signature;
use crate::wire;

/// A list of 1000 rows, the largest page, stays well below.
const LIST_LIMIT: usize = 2 * 1024 * 1024;

/// The calls of SENS SMS v2. A clone shares settings and connections.
///
/// Each call is made once, within the time-outs of its [`Http`]; nothing is repeated.
#[derive(Clone)]
pub struct SensClient {
    config: Arc<SensConfig>,
    http: Http,
    clock: Arc<dyn Clock>,
    most: Option<Duration>,
}

impl SensClient {
    /// A client that takes the time of its signatures from `clock`; it may be up to 5 minutes off.
    pub fn new(config: SensConfig, http: Http, clock: Arc<dyn Clock>) -> Self {
        Self { config: Arc::new(config), http, clock, most: None }
    }

    /// The same client with calls that are given up after `most`, where its [`Http`] does not give up sooner.
    #[must_use]
    pub fn within(&self, most: Duration) -> Self {
        Self { most: Some(most), ..self.clone() }
    }

    /// The registered sender numbers, the default first.
    pub fn senders(&self) -> &[SenderId] {
        &self.config.senders
    }

    /// Sends, `POST …/messages` (section 4). `Ok` means accepted, not delivered.
    ///
    /// # Errors
    /// [`SensError`]. There is no idempotency key: after [`SensError::Unclear`], list before sending again.
    #[tracing::instrument(name = "sens.send", skip_all)]
    pub async fn send(&self, request: &SendRequest) -> Result<SendReceipt, SensError> {
        request.check()?;
        let from = self.sender_of(request)?;
        let body = json(&wire::SendBody::new(request, from.as_str()))?;
        let (answer, signed_at) = self.call(Method::POST, self.url("messages"), Some(body)).await?;
        match answer.status {
            202 => wire::receipt(&answer.body),
            _ => Err(SensError::from_answer(&answer, signed_at)),
        }
    }

    /// Lists, `GET …/messages` (section 5). An account without messages answers 404 with an empty body: that
    /// is an empty page.
    ///
    /// # Errors
    /// [`SensError`].
    #[tracing::instrument(name = "sens.list", skip_all)]
    pub async fn list(&self, query: &ListQuery) -> Result<MessagePage, SensError> {
        let mut url = self.url("messages");
        query.write(&mut url);
        let (answer, signed_at) = self.call(Method::GET, url, None).await?;
        let page = match answer.status {
            200 => wire::page(&answer.body)?,
            404 if answer.body.is_empty() => MessagePage {
                messages: Vec::new(),
                pending: false,
                has_more: Some(false),
                next_token: None,
                server_time: None,
            },
            _ => return Err(SensError::from_answer(&answer, signed_at)),
        };
        Ok(MessagePage { server_time: server_time(&answer), ..page })
    }

    /// Reads one message with its text, `GET …/messages/{messageId}` (section 6).
    ///
    /// # Errors
    /// [`SensError`]; an unknown message is [`SensError::NotFound`].
    #[tracing::instrument(name = "sens.get", skip_all)]
    pub async fn get(&self, message_id: &str) -> Result<MessageResult, SensError> {
        check_id(message_id)?;
        let url = self.url(&format!("messages/{message_id}"));
        let (answer, signed_at) = self.call(Method::GET, url, None).await?;
        match answer.status {
            200 => wire::result(&answer.body),
            _ => Err(SensError::from_answer(&answer, signed_at)),
        }
    }

    /// The clock of its signatures.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The configured sender that the request names, or the default.
    fn sender_of(&self, request: &SendRequest) -> Result<&SenderId, InvalidRequest> {
        let senders = &self.config.senders;
        match &request.from {
            Some(from) => senders.iter().find(|sender| sender.as_str() == from),
            None => senders.first(),
        }
        .ok_or(InvalidRequest::Sender)
    }

    pub(crate) fn url(&self, rest: &str) -> Url {
        let mut url = self.config.base_url.clone();
        url.set_path(&format!("/sms/v2/services/{}/{rest}", self.config.service_id));
        url
    }

    /// Signs the request for the present moment, sends it once and says which moment that was.
    pub(crate) async fn call(
        &self,
        method: Method,
        url: Url,
        body: Option<Vec<u8>>,
    ) -> Result<(Answer, Timestamp), SensError> {
        let signed_at = self.clock.now();
        let timestamp = signed_at.as_millisecond();
        let signature = signature(
            self.config.secret_key.expose_secret(),
            method.as_str(),
            &target(&url),
            timestamp,
            &self.config.access_key,
        );
        let mut request = Request::new(method, url)
            .header("x-ncp-apigw-timestamp", timestamp.to_string())
            .header("x-ncp-iam-access-key", &self.config.access_key)
            .header("x-ncp-apigw-signature-v2", signature);
        request = match body {
            Some(body) => request.body("application/json; charset=utf-8", body),
            None => request.answer_limit(LIST_LIMIT),
        };
        if let Some(most) = self.most {
            request = request.time_limit(most);
        }
        let answer = self.http.call(request).await?;
        tracing::debug!(http.status = answer.status, "SENS answered");
        Ok((answer, signed_at))
    }
}

pub(crate) fn json(body: &impl Serialize) -> Result<Vec<u8>, SensError> {
    serde_json::to_vec(body)
        .map_err(|error| SensError::Unavailable { code: "body".into(), cause: Some(error.into()) })
}

/// What is signed: path and query as they go out.
fn target(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}
