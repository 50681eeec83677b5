use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_domain::Amount;
use bonin_http::{Answer, Http, Method, Request, Url};
use secrecy::ExposeSecret;

use crate::config::NexmoConfig;
use crate::error::NexmoError;
use crate::form;
use crate::invalid::{InvalidRequest, check_request_id};
use crate::sms::{SmsPart, SmsRequest};
use crate::verify::{CheckedCode, VerifyRecord, VerifyStart};
use crate::wire;

const FORM: &str = "application/x-www-form-urlencoded";

/// The calls of the SMS API and of Verify v1. A clone shares settings and connections.
///
/// Each call is made once, within the time-outs of its [`Http`]; nothing is repeated. Fields travel in a form
/// body and the key pair in the `Authorization` header, which both APIs document: so no number, code or secret
/// is part of an address, and the secret is in none of the places where bodies are kept. [`NexmoClient::balance`]
/// alone is documented with the key pair in its address only.
#[derive(Clone)]
pub struct NexmoClient {
    pub(crate) config: Arc<NexmoConfig>,
    http: Http,
}

impl NexmoClient {
    /// A client with these settings.
    pub fn new(config: NexmoConfig, http: Http) -> Self {
        Self { config: Arc::new(config), http }
    }

    /// Sends a text, `POST /sms/json` (section 3). `Ok` tells of each part whether it was accepted.
    ///
    /// # Errors
    /// [`NexmoError`]. There is no idempotency key, nor a list of what was sent.
    #[tracing::instrument(name = "nexmo.send_sms", skip_all)]
    pub async fn send_sms(&self, request: &SmsRequest) -> Result<Vec<SmsPart>, NexmoError> {
        request.check()?;
        let ttl = request.ttl.map(|ttl| ttl.as_millis().to_string());
        let callback = request.callback.as_ref().or(self.config.callback.as_ref());
        let mut fields = vec![
            ("from", request.from.as_str()),
            ("to", &request.to),
            ("text", &request.text),
            ("type", request.encoding().wire_name()),
        ];
        fields.extend(request.client_ref.as_deref().map(|reference| ("client-ref", reference)));
        fields.extend(ttl.as_deref().map(|ttl| ("ttl", ttl)));
        fields.extend(callback.map(|callback| ("callback", callback.as_str())));
        wire::sms(&self.call(&self.config.sms_base_url, "/sms/json", &fields).await?)
    }

    /// Begins a verification, `POST /verify/json` (section 2.1), and returns its request id.
    ///
    /// # Errors
    /// [`NexmoError`]. With status `10` Nexmo names the verification that runs for this number already; that
    /// id is not passed on, because whoever began it may be waiting for the code.
    #[tracing::instrument(name = "nexmo.start", skip_all)]
    pub async fn start(&self, start: &VerifyStart) -> Result<String, NexmoError> {
        start.check()?;
        let [length, workflow, expiry] =
            [u16::from(start.code_length), u16::from(start.workflow), start.pin_expiry]
                .map(|n| n.to_string());
        let mut fields = vec![
            ("number", start.number.as_str()),
            ("brand", &start.brand),
            ("code_length", &length),
            ("workflow_id", &workflow),
            ("pin_expiry", &expiry),
        ];
        fields.extend(start.language.as_deref().map(|language| ("lg", language)));
        wire::started(&self.verify("/verify/json", &fields).await?)
    }

    /// Has a typed code compared, `POST /verify/check/json` (section 2.2). `Ok` means right.
    ///
    /// # Errors
    /// [`NexmoError`]; status `16` is a wrong code, `17` one too many, `6` an unknown or finished request.
    #[tracing::instrument(name = "nexmo.check", skip_all)]
    pub async fn check(&self, request_id: &str, code: &str) -> Result<CheckedCode, NexmoError> {
        check_request_id(request_id)?;
        if !(4..=6).contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidRequest::Code.into());
        }
        let body = self.verify("/verify/check/json", &[("request_id", request_id), ("code", code)]).await?;
        wire::checked(&body, request_id)
    }

    /// Looks a verification up, `POST /verify/search/json` (section 2.3).
    ///
    /// # Errors
    /// [`NexmoError`]; status `101` says that it is unknown, or ended within the last minute.
    #[tracing::instrument(name = "nexmo.search", skip_all)]
    pub async fn search(&self, request_id: &str) -> Result<VerifyRecord, NexmoError> {
        check_request_id(request_id)?;
        let body = self.verify("/verify/search/json", &[("request_id", request_id)]).await?;
        wire::found(&body, request_id)
    }

    /// Looks up to 10 verifications up in one call; unknown ones are left out.
    ///
    /// # Errors
    /// [`NexmoError`]; status `101` where none is known.
    #[tracing::instrument(name = "nexmo.search_many", skip_all)]
    pub async fn search_many(&self, request_ids: &[&str]) -> Result<Vec<VerifyRecord>, NexmoError> {
        if !(1..=10).contains(&request_ids.len()) {
            return Err(InvalidRequest::IdCount.into());
        }
        request_ids.iter().try_for_each(|id| check_request_id(id))?;
        let fields: Vec<_> = request_ids.iter().map(|id| ("request_ids", *id)).collect();
        wire::found_many(&self.verify("/verify/search/json", &fields).await?)
    }

    /// Ends a verification, `POST /verify/control/json` (section 2.4): not within its first 30 seconds, and not
    /// after its second event.
    ///
    /// # Errors
    /// [`NexmoError`]; status `19` says that it cannot be ended now, `6` that it is unknown or finished.
    #[tracing::instrument(name = "nexmo.cancel", skip_all)]
    pub async fn cancel(&self, request_id: &str) -> Result<(), NexmoError> {
        self.control(request_id, "cancel").await
    }

    /// Runs the next event of the workflow at once.
    ///
    /// # Errors
    /// [`NexmoError`]; status `19` says that none is left.
    #[tracing::instrument(name = "nexmo.trigger_next_event", skip_all)]
    pub async fn trigger_next_event(&self, request_id: &str) -> Result<(), NexmoError> {
        self.control(request_id, "trigger_next_event").await
    }

    async fn control(&self, request_id: &str, command: &str) -> Result<(), NexmoError> {
        check_request_id(request_id)?;
        let fields = [("request_id", request_id), ("cmd", command)];
        wire::controlled(&self.verify("/verify/control/json", &fields).await?, command)
    }

    /// What is left on the account, in euros, `GET /account/get-balance` of the SMS API's host. It costs nothing and
    /// tells whether the key pair is good.
    ///
    /// The provider's documentation of its account API has it, our sheet does not: the key pair is part of the
    /// address, wrong ones are answered 401. The address is written to no log, and [`Http`]'s errors do not hold it.
    ///
    /// # Errors
    /// [`NexmoError`].
    #[tracing::instrument(name = "nexmo.balance", skip_all)]
    pub async fn balance(&self) -> Result<Amount, NexmoError> {
        let mut url = self.config.sms_base_url.clone();
        url.set_path("/account/get-balance");
        let secret = self.config.api_secret.expose_secret();
        url.query_pairs_mut().append_pair("api_key", &self.config.api_key).append_pair("api_secret", secret);
        let answer = self.http.call(Request::new(Method::GET, url)).await?;
        tracing::debug!(http.status = answer.status, "Nexmo answered");
        if answer.status == 200 { wire::balance(&answer.body) } else { Err(NexmoError::from_answer(&answer)) }
    }

    async fn verify(&self, path: &str, fields: &[(&str, &str)]) -> Result<Vec<u8>, NexmoError> {
        self.call(&self.config.base_url, path, fields).await
    }

    /// Makes one call; business errors come with status 200 too.
    async fn call(&self, base: &Url, path: &str, fields: &[(&str, &str)]) -> Result<Vec<u8>, NexmoError> {
        let mut url = base.clone();
        url.set_path(path);
        let body = form::write(base, fields.iter().copied());
        let request = Request::new(Method::POST, url)
            .header("authorization", self.basic())
            .body(FORM, body.into_bytes());
        let answer: Answer = self.http.call(request).await?;
        tracing::debug!(http.status = answer.status, "Nexmo answered");
        if answer.status == 200 { Ok(answer.body) } else { Err(NexmoError::from_answer(&answer)) }
    }

    fn basic(&self) -> String {
        let pair = format!("{}:{}", self.config.api_key, self.config.api_secret.expose_secret());
        format!("Basic {}", STANDARD.encode(pair))
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::messages::SenderId;

    use super::*;

    #[test]
    fn the_key_pair_is_written_as_in_the_vector() {
        let senders = vec![SenderId::parse("Bonin").unwrap()];
        let api = "https://api.nexmo.com";
        let config = NexmoConfig::new(api, api, "aaa012", "abc123456789".into(), senders, None, None);
        let client = NexmoClient::new(config.unwrap(), Http::default());
        assert_eq!(client.basic(), "Basic YWFhMDEyOmFiYzEyMzQ1Njc4OQ==");
    }
}
