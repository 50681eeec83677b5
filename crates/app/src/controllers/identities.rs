//! `/v1/identity-verifications`

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::access::Scope;
use bonin_domain::codes::Purpose;
use bonin_domain::identity::{
    IdentityApi, IdentityId, IdentityReference, IdentityToken, IdentityVerification,
};
use bonin_domain::messages::{Brand, Locale};
use bonin_services::identity::{
    CompleteIdentity, OtpIdentity, ReadIdentity, StartIdentity, StartIdentityRequest,
};

use super::identity_cookie;
use super::identity_views::{
    CompleteIdentityBody, CompletedIdentityView, Fact, IdentityView, SdkView, StartIdentityBody,
    StartedIdentityView, purpose,
};
use super::verifications::token_header;
use super::views::ProblemView;
use crate::http::access::{Access, Caller};
use crate::http::body;
use crate::http::fields::Fields;
use crate::http::flood::FloodGuard;
use crate::http::origin::Origins;
use crate::problem::{FieldCode, Problem, ProblemCode};

/// What the routes of identity verifications share.
pub struct Identities {
    pub access: Arc<Access>,
    /// What they do; `None` where no provider is configured.
    pub offered: Option<Offered>,
    /// Whose pages may complete one with the cookie, and are told of it by ours.
    pub origins: Origins,
    pub flood: FloodGuard,
    pub clock: Arc<dyn bonin_ports::Clock>,
    pub entropy: Arc<dyn bonin_ports::Entropy>,
    /// The address people see, where it is configured.
    pub public_url: Option<String>,
    /// The language of pages whose reader names none.
    pub locale: Locale,
    /// The name on our page.
    pub brand: Brand,
}

/// What is done where identities are verified.
pub struct Offered {
    pub start: StartIdentity,
    pub complete: CompleteIdentity,
    pub read: ReadIdentity,
    /// One-time passwords, where the carriers approved them.
    pub otp: Option<OtpIdentity>,
    pub sdk: BrowserSdk,
}

/// What the browser SDK is set up with, beside the order id.
#[derive(Clone, Debug)]
pub struct BrowserSdk {
    /// Where its script is.
    pub script_url: String,
    /// The channel of the console.
    pub channel_key: String,
    /// Who we are there.
    pub merchant: Merchant,
    /// Where the provider's windows, frames and calls are, as sources of a content security policy.
    pub sources: String,
}

/// Who we are at the provider.
#[derive(Clone, Debug)]
pub enum Merchant {
    /// I'mport.
    V1 { customer_code: String, company: Option<String>, least_age: Option<u8> },
    /// `PortOne` V2.
    V2 { store_id: String },
}

type Shared = web::Data<Arc<Identities>>;

/// Starts an identity verification: issues the order id under which the provider's window is to be opened. Without a
/// key the answer also sets the cookie that `POST /certifications` and our own page need.
#[utoipa::path(
    post,
    path = "/v1/identity-verifications",
    request_body = StartIdentityBody,
    responses(
        (status = 201, body = StartedIdentityView),
        (status = 404, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 429, body = ProblemView, content_type = "application/problem+json"),
        (status = 503, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn start(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = shared.access.caller(&request, Scope::Accounts).await?;
    let offered = shared.offered()?;
    let mut body = body::read(&request, payload).await?;
    let purpose = body.fields.required("purpose", purpose);
    let behind = caller.behind(&mut body.fields);
    body.fields.finish()?;
    let Some(purpose) = purpose else { return Err(Problem::new(ProblemCode::FieldsInvalid)) };
    shared.guard(&caller)?;

    let keyed = caller.key.is_some();
    let started = offered.start.execute(StartIdentityRequest {
        tenant: caller.tenant,
        purpose,
        // A backend is one address for all its people: without theirs there is nothing to count by.
        counts_address: !keyed || behind.is_some(),
        client: behind.unwrap_or(caller.client),
    });
    let started = started.await.map_err(|error| Problem::of_identity_start(&error))?;

    let verification = &started.verification;
    let mut response = HttpResponse::Created();
    response.insert_header(("location", format!("/v1/identity-verifications/{}", verification.id)));
    if !keyed {
        response.insert_header(identity_cookie::set(&started));
    }
    Ok(response.json(StartedIdentityView {
        id: verification.id.to_string(),
        token: started.token.reveal(),
        merchant_uid: verification.order.to_string(),
        expires_at: verification.expires_at,
        sdk: offered.sdk.view(verification),
        page_url: shared.page_url(purpose),
        server_time: verification.created_at,
    }))
}

/// Shows how an identity verification stands, to the holder of its token.
#[utoipa::path(
    get,
    path = "/v1/identity-verifications/{id}",
    params(("id" = String, Path), ("Verification-Token" = String, Header)),
    responses(
        (status = 200, body = IdentityView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 404, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn show(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let caller = shared.access.caller(&request, Scope::Accounts).await?;
    let offered = shared.offered()?;
    let token = token_header(&request)?;
    let (id, token) = named(&id, Some(&token))?;

    let seen = offered.read.execute(&caller.tenant, id, &token).await;
    let seen = seen.map_err(|error| Problem::from(&error))?;
    let seen = seen.ok_or_else(|| Problem::new(ProblemCode::IdentityNotFound))?;
    Ok(HttpResponse::Ok().json(IdentityView::new(&seen, shared.clock.now())))
}

/// Takes the result: it is fetched from the provider and judged; nothing that the browser says is believed.
#[utoipa::path(
    post,
    path = "/v1/identity-verifications/{id}/complete",
    request_body = CompleteIdentityBody,
    params(("id" = String, Path)),
    responses(
        (status = 200, body = CompletedIdentityView),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 404, body = ProblemView, content_type = "application/problem+json"),
        (status = 409, body = ProblemView, content_type = "application/problem+json"),
        (status = 410, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 502, body = ProblemView, content_type = "application/problem+json"),
        (status = 503, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn complete(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = shared.access.caller(&request, Scope::Accounts).await?;
    let offered = shared.offered()?;
    let mut body = body::read(&request, payload).await?;
    let token = body.fields.required("token", text);
    let imp_uid = offered.imp_uid(&mut body.fields);
    let facts = facts(&mut body.fields);
    body.fields.finish()?;
    let (id, token) = named(&id, token.as_deref())?;
    shared.guard(&caller)?;

    let completed = offered.complete.execute(&caller.tenant, id, &token, imp_uid).await;
    let completed = completed.map_err(|error| Problem::of_identity(&error))?;
    Ok(HttpResponse::Ok().json(CompletedIdentityView::new(&completed, &facts)))
}

impl Identities {
    /// What is done, where identities are verified.
    ///
    /// # Errors
    /// 404 `identity_not_offered`.
    pub fn offered(&self) -> Result<&Offered, Problem> {
        self.offered.as_ref().ok_or_else(|| Problem::new(ProblemCode::IdentityNotOffered))
    }

    /// Guards against floods from callers without a key: each completion is a call of the provider.
    ///
    /// # Errors
    /// 429.
    pub fn guard(&self, caller: &Caller) -> Result<(), Problem> {
        self.flood.check(caller, self.clock.now())
    }

    fn page_url(&self, purpose: Purpose) -> String {
        let base = self.public_url.as_deref().unwrap_or_default().trim_end_matches('/');
        format!("{base}/identity?purpose={purpose}")
    }
}

impl Offered {
    /// The API of the provider that runs new identity verifications.
    pub fn api(&self) -> IdentityApi {
        self.start.rules.api
    }

    /// Reads the provider's name of a result, which V1 needs and V2 does not know.
    pub fn imp_uid(&self, fields: &mut Fields) -> Option<IdentityReference> {
        match self.api() {
            IdentityApi::V1 => fields.required("imp_uid", IdentityReference::parse),
            IdentityApi::V2 => None,
        }
    }
}

impl BrowserSdk {
    /// The provider's API as the page's script knows it.
    pub fn api(&self) -> &'static str {
        match self.merchant {
            Merchant::V1 { .. } => IdentityApi::V1.as_str(),
            Merchant::V2 { .. } => IdentityApi::V2.as_str(),
        }
    }

    /// Where the script comes from, as a source of a content security policy.
    pub fn script_origin(&self) -> &str {
        let host = self.script_url.find("://").map_or(0, |colon| colon + 3);
        let end = self.script_url[host..].find('/').map_or(self.script_url.len(), |path| host + path);
        &self.script_url[..end]
    }

    fn view(&self, verification: &IdentityVerification) -> SdkView {
        let (script_url, channel_key) = (self.script_url.clone(), self.channel_key.clone());
        let order = verification.order.to_string();
        match &self.merchant {
            Merchant::V1 { customer_code, company, least_age } => SdkView::V1 {
                script_url,
                customer_code: customer_code.clone(),
                channel_key,
                merchant_uid: order,
                company: company.clone(),
                min_age: least_age.filter(|_| verification.purpose == Purpose::SignUp),
            },
            Merchant::V2 { store_id } => SdkView::V2 {
                script_url,
                store_id: store_id.clone(),
                channel_key,
                identity_verification_id: order,
            },
        }
    }
}

/// The facts that the answer is to tell.
pub fn facts(fields: &mut Fields) -> Vec<Fact> {
    let asked = fields.optional_list("facts", Fact::ALL.len(), |item| item.text(Fact::parse));
    asked.unwrap_or_else(|| Fact::ALL.to_vec())
}

/// The identity verification that a path and a token name. What is no id or no token names none, like any other that
/// does not exist.
pub fn named(id: &str, token: Option<&str>) -> Result<(IdentityId, IdentityToken), Problem> {
    let not_found = || Problem::new(ProblemCode::IdentityNotFound);
    let id = id.parse().map_err(|_| not_found())?;
    let token = IdentityToken::parse(token.unwrap_or_default()).map_err(|_| not_found())?;
    Ok((id, token))
}

/// Any text may be a token; one that is none is answered like a wrong one.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a parser")]
pub fn text(text: &str) -> Result<String, FieldCode> {
    Ok(text.to_owned())
}
