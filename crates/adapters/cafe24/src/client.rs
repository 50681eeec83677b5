use std::sync::Arc;

use bonin_domain::messages::{FailureClass, SenderId};
use bonin_http::{Answer, Http, Method, Request, Url};
use bonin_ports::Clock;
use jiff::Timestamp;
use secrecy::ExposeSecret;

use crate::config::Cafe24Config;
use crate::error::Cafe24Error;
use crate::form::Form;
use crate::invalid::InvalidRequest;
use crate::list::{self, MessagePage};
use crate::numbers;
use crate::query::ListQuery;
use crate::request::SendRequest;
use crate::wire::{self, SendReceipt, Taken};

/// Fifty long messages with all their markup stay well below.
const LIST_LIMIT: usize = 1024 * 1024;

/// The calls of Cafe24's SMS hosting. A clone shares settings and connections.
///
/// Each call is made once, within the time-outs of its [`Http`]; nothing is repeated.
#[derive(Clone)]
pub struct Cafe24Client {
    config: Arc<Cafe24Config>,
    http: Http,
    clock: Arc<dyn Clock>,
}

impl Cafe24Client {
    /// A client that compares reservations with the time of `clock`.
    pub fn new(config: Cafe24Config, http: Http, clock: Arc<dyn Clock>) -> Self {
        Self { config: Arc::new(config), http, clock }
    }

    /// The configured senders, the default first.
    pub fn senders(&self) -> &[SenderId] {
        &self.config.senders
    }

    /// Sends, or reserves, `sms_sender.php` (section 4). `Ok` means accepted, not delivered; all recipients share
    /// one answer.
    ///
    /// # Errors
    /// [`Cafe24Error`]. There is no idempotency key: after [`Cafe24Error::Unclear`], list before sending again.
    #[tracing::instrument(name = "cafe24.send", skip_all)]
    pub async fn send(&self, request: &SendRequest) -> Result<SendReceipt, Cafe24Error> {
        request.check(self.now())?;
        let sender = self.sender(request.from.as_ref())?;
        let own = |number| numbers::national(number).as_deref() == Some(sender.as_str());
        if let Some(place) = request.recipients.iter().position(|recipient| own(&recipient.to)) {
            return Err(InvalidRequest::ToSender(place).into());
        }
        let form = wire::send_form(self.signed(Form::in_base64()), request, sender);
        let answer = self.call(post(&self.config.base_url, "/sms_sender.php", form)).await?;
        let receipt = wire::receipt(&answer.body).map_err(|error| error.among(request.recipients.len()))?;
        if receipt.taken == Taken::Tested && !request.is_test {
            let cause = Some("Cafe24 took the request for a test and sent nothing".into());
            return Err(Cafe24Error::Unavailable {
                class: FailureClass::ProviderDown,
                code: Taken::Tested.code().into(),
                cause,
            });
        }
        Ok(receipt)
    }

    /// The credits that are left, `sms_remain.php` (section 8.1).
    ///
    /// # Errors
    /// [`Cafe24Error`].
    #[tracing::instrument(name = "cafe24.remaining", skip_all)]
    pub async fn remaining(&self) -> Result<u64, Cafe24Error> {
        let form = self.signed(Form::in_base64());
        let answer = self.call(post(&self.config.base_url, "/sms_remain.php", form)).await?;
        wire::remaining(&answer.body)
    }

    /// The senders that are registered with Cafe24, `smsSenderPhone.php` (section 8.2).
    ///
    /// # Errors
    /// [`Cafe24Error`].
    #[tracing::instrument(name = "cafe24.registered_senders", skip_all)]
    pub async fn registered_senders(&self) -> Result<Vec<SenderId>, Cafe24Error> {
        let form = Form::plain()
            .with("userId", &self.config.user_id)
            .with("passwd", self.config.secure_key.expose_secret());
        let answer = self.call(post(&self.config.base_url, "/smsSenderPhone.php", form)).await?;
        wire::senders(&answer.body)
    }

    /// Lists sent messages, `sms_list.php` (section 8.3).
    ///
    /// # Errors
    /// [`Cafe24Error`].
    #[tracing::instrument(name = "cafe24.list", skip_all)]
    pub async fn list(&self, query: &ListQuery) -> Result<MessagePage, Cafe24Error> {
        let form = Form::plain()
            .with("user_id", &self.config.user_id)
            .with("secure", self.config.secure_key.expose_secret());
        let request = post(&self.config.list_base_url, "/sms_list.php", query.write(form));
        let answer = self.call(request.answer_limit(LIST_LIMIT)).await?;
        Ok(MessagePage { server_time: server_time(&answer), ..list::page(&answer.body)? })
    }

    /// The clock of its reservations.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The wanted sender, or the default one.
    pub(crate) fn sender(&self, wanted: Option<&SenderId>) -> Result<&SenderId, InvalidRequest> {
        let mut senders = self.config.senders.iter();
        senders.find(|sender| wanted.is_none_or(|wanted| wanted == *sender)).ok_or(InvalidRequest::Sender)
    }

    fn signed(&self, form: Form) -> Form {
        form.with("user_id", &self.config.user_id)
            .with("secure", self.config.secure_key.expose_secret())
            .with("mode", "1")
    }

    /// Takes an answer if its status is 200, which it is whatever the outcome.
    async fn call(&self, request: Request) -> Result<Answer, Cafe24Error> {
        let answer = self.http.call(request).await?;
        tracing::debug!(http.status = answer.status, "Cafe24 answered");
        if answer.status == 200 { Ok(answer) } else { Err(Cafe24Error::from_status(&answer)) }
    }
}

fn post(base_url: &Url, path: &str, form: Form) -> Request {
    let mut url = base_url.clone();
    url.set_path(path);
    Request::new(Method::POST, url)
        .header("accept", "*/*")
        .body("application/x-www-form-urlencoded", form.into_bytes())
}

/// The provider's clock, from the header `Date`.
fn server_time(answer: &Answer) -> Option<Timestamp> {
    let date = jiff::fmt::rfc2822::parse(answer.date.as_deref()?).ok()?;
    Some(date.timestamp())
}
