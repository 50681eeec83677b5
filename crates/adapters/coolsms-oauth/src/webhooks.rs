//! Who is called with results (section 10).

use bonin_http::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use crate::client::CoolsmsClient;
use crate::error::CoolsmsError;
use crate::request::{InvalidRequest, check_id};
use crate::wire;

const WEBHOOKS: &str = "/webhook/v1/outgoing";
/// Lists within lists are not documented; this ends the search.
const DEPTH: usize = 3;

/// A webhook that is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its name.
    pub id: String,
    /// What it is called for: `SINGLE-REPORT` (results of messages), `GROUP-REPORT`.
    pub event: String,
    /// Where.
    pub url: String,
    /// `ACTIVE` while it is called.
    pub status: String,
}

impl CoolsmsClient {
    /// Has `url` called at each `event`, `POST /webhook/v1/outgoing`. The provider sends the SHA-1 of `secret`
    /// along.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.create_webhook", skip_all)]
    pub async fn create_webhook(
        &self,
        event: &str,
        url: &str,
        secret: &SecretString,
    ) -> Result<Webhook, CoolsmsError> {
        check_url(url)?;
        let body = json!({ "eventId": event, "url": url, "secret": secret.expose_secret(), "name": "bonin" });
        one(&self.post(WEBHOOKS, &body).await?.body)
    }

    /// Lists the webhooks, `GET /webhook/v1/outgoing`.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.webhooks", skip_all)]
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, CoolsmsError> {
        let answer = self.get(self.url(WEBHOOKS)).await?;
        let mut found = Vec::new();
        collect(&wire::read(&answer.body)?, DEPTH, &mut found);
        Ok(found)
    }

    /// Moves a webhook to another address and secret, `PUT /webhook/v1/outgoing/{id}`.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.change_webhook", skip_all)]
    pub async fn change_webhook(
        &self,
        id: &str,
        url: &str,
        secret: &SecretString,
    ) -> Result<Webhook, CoolsmsError> {
        check_id(id)?;
        check_url(url)?;
        let body = json!({ "url": url, "secret": secret.expose_secret() });
        one(&self.call(Method::PUT, self.url(&format!("{WEBHOOKS}/{id}")), Some(&body), None).await?.body)
    }

    /// Removes a webhook, `DELETE /webhook/v1/outgoing/{id}`.
    ///
    /// # Errors
    /// [`CoolsmsError`].
    #[tracing::instrument(name = "coolsms.delete_webhook", skip_all)]
    pub async fn delete_webhook(&self, id: &str) -> Result<(), CoolsmsError> {
        check_id(id)?;
        self.call::<()>(Method::DELETE, self.url(&format!("{WEBHOOKS}/{id}")), None, None).await.map(drop)
    }
}

fn check_url(url: &str) -> Result<(), InvalidRequest> {
    match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => Ok(()),
        _ => Err(InvalidRequest::Url),
    }
}

fn one(body: &[u8]) -> Result<Webhook, CoolsmsError> {
    let mut found = Vec::new();
    collect(&wire::read(body)?, DEPTH, &mut found);
    found.pop().ok_or_else(|| CoolsmsError::unclear("200", "the answer names no webhook"))
}

/// Every webhook in an answer: how a list of them is wrapped is not documented.
fn collect(value: &Value, depth: usize, found: &mut Vec<Webhook>) {
    match value {
        Value::Object(members) => match webhook(members) {
            Some(webhook) => found.push(webhook),
            None if depth > 0 => members.values().for_each(|value| collect(value, depth - 1, found)),
            None => {}
        },
        Value::Array(items) if depth > 0 => items.iter().for_each(|item| collect(item, depth - 1, found)),
        _ => {}
    }
}

fn webhook(members: &Map<String, Value>) -> Option<Webhook> {
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Webhook {
        id: text("webhookId")?,
        event: text("eventId").unwrap_or_default(),
        url: text("url").unwrap_or_default(),
        status: text("status").unwrap_or_default(),
    })
}
