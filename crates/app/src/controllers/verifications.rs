//! `/v1/verifications`

use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::access::Scope;
use bonin_domain::accounts::LoginId;
use bonin_domain::codes::{ClientToken, Code, Purpose, Token, VerificationId};
use bonin_domain::messages::Locale;
use bonin_domain::{PhoneNumber, Region, TenantId};
use bonin_ports::Holder;
use bonin_services::codes::{
    CancelVerification, CheckCode, Delivery, IdempotentRequest, ReadVerification, ResendCode, StartRequest,
    StartVerification,
};

use super::message_views::AttemptView;
use super::views::{
    CheckBody, DeliveryView, ProblemView, ResendBody, StartBody, StartedView, VerificationView, VerifiedView,
};
use crate::http::access::{Access, Caller};
use crate::http::fields::Fields;
use crate::http::idempotency::{Flight, InFlight};
use crate::http::session::{Intent, Sessions};
use crate::http::{body, flood, idempotency, problems};
use crate::problem::{FieldCode, Problem, ProblemCode};

/// The longest wait that `Prefer: wait=N` can ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What the routes of verifications share.
pub struct Verifications {
    pub start: StartVerification,
    pub resend: ResendCode,
    pub check: CheckCode,
    pub cancel: CancelVerification,
    pub read: ReadVerification,
    pub clock: Arc<dyn bonin_ports::Clock>,
    pub keys: Arc<bonin_domain::keys::KeyRing>,
    pub policy: Arc<bonin_domain::codes::Policy>,
    pub locale: Locale,
    pub access: Arc<Access>,
    pub sessions: Arc<Sessions>,
    pub flood: flood::FloodGuard,
    pub in_flight: InFlight,
}

type Shared = web::Data<Arc<Verifications>>;

/// Starts a verification: a code is drawn, stored and sent.
#[utoipa::path(
    post,
    path = "/v1/verifications",
    request_body = StartBody,
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats the first answer for 24 hours."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: wait up to N seconds for the first delivery outcome, for purposes that always send."),
        ("Form-Token" = Option<String>, Header, description = "For `change_phone` and `step_up` with a session cookie: the session's form token.")
    ),
    responses(
        (status = 201, body = StartedView),
        (status = 400, body = ProblemView, content_type = "application/problem+json"),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 409, body = ProblemView, content_type = "application/problem+json"),
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
    let caller = shared.access.caller(&request, Scope::Start).await?;
    let mut body = body::read(&request, payload).await?;
    let phone_number = body.fields.required("phone_number", |text| PhoneNumber::parse(text, Region::KR));
    let purpose = body.fields.required("purpose", str::parse);
    let locale = body.fields.optional("locale", str::parse).unwrap_or(shared.locale);
    let login_id = login_id(&mut body.fields, purpose);
    let client_token = body.fields.optional("client_token", ClientToken::parse);
    let keyed = caller.key.is_some();
    let behind = caller.behind(&mut body.fields);
    body.fields.finish()?;
    let (Some(phone_number), Some(purpose)) = (phone_number, purpose) else {
        return Err(Problem::new(ProblemCode::FieldsInvalid));
    };
    let (idempotency, _flight) = shared.enter(&request, &body.bytes, &caller)?;
    let account = if purpose.wants_session() {
        let signed = shared.sessions.of_caller(caller.clone(), &request, Intent::Changes).await?;
        Some(signed.session.account)
    } else {
        None
    };
    // How long the answer takes must not tell whether anything was sent.
    let wait = prefer_wait(&request).filter(|_| purpose.always_sends());

    let start = StartRequest {
        tenant: caller.tenant,
        phone_number,
        purpose,
        login_id,
        account,
        locale,
        client_token,
        // A backend is one address for all its people: without theirs there is nothing to count by.
        counts_address: !keyed || behind.is_some(),
        client: behind.unwrap_or(caller.client),
        idempotency,
    };
    let started = shared.start.execute(start).await;
    let started = started.map_err(|error| Problem::of_start(&error))?;

    let mut view = VerificationView::new(&started.verification, &started.phone_number, started.answered_at);
    if let (Some(wait), Some(outcome)) = (wait, started.first_outcome) {
        let attempt = tokio::time::timeout(wait, outcome).await.ok().and_then(Result::ok);
        let told = problems::locale(&request);
        view.delivery = attempt.as_ref().map(|attempt| DeliveryView::new(Delivery::from(attempt), told));
        view.server_time = shared.clock.now();
    }
    let mut response = HttpResponse::Created();
    response.insert_header(("location", format!("/v1/verifications/{}", started.verification.id)));
    if let Some(wait) = wait {
        response.insert_header(("preference-applied", format!("wait={}", wait.as_secs())));
    }
    if started.repeated {
        response.insert_header(("idempotency-replayed", "true"));
    }
    Ok(response.json(StartedView { token: started.token.reveal(), verification: view }))
}

/// Sends another code. Checks left stay as they are.
#[utoipa::path(
    post,
    path = "/v1/verifications/{id}/resend",
    request_body = ResendBody,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = VerificationView),
        (status = 404, body = ProblemView, content_type = "application/problem+json"),
        (status = 410, body = ProblemView, content_type = "application/problem+json"),
        (status = 429, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn resend(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = shared.access.caller(&request, Scope::Start).await?;
    let mut body = body::read(&request, payload).await?;
    let token = body.fields.required("token", token_text);
    body.fields.finish()?;
    let (id, token) = named(&id, token)?;
    let (idempotency, _flight) = shared.enter(&request, &body.bytes, &caller)?;

    let Caller { tenant, client, .. } = &caller;
    let resent = shared.resend.execute(tenant, id, &token, client, idempotency.as_ref()).await;
    let resent = resent.map_err(Problem::of_resend)?;

    let mut response = HttpResponse::Ok();
    if resent.repeated {
        response.insert_header(("idempotency-replayed", "true"));
    }
    Ok(response.json(VerificationView::new(&resent.verification, &resent.phone_number, resent.answered_at)))
}

/// Checks a typed code; a success yields the proof.
#[utoipa::path(
    post,
    path = "/v1/verifications/{id}/check",
    request_body = CheckBody,
    params(("id" = String, Path)),
    responses(
        (status = 200, body = VerifiedView),
        (status = 404, body = ProblemView, content_type = "application/problem+json"),
        (status = 410, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 429, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn check(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let tenant = shared.access.caller(&request, Scope::Check).await?.tenant;
    let mut body = body::read(&request, payload).await?;
    let token = body.fields.required("token", token_text);
    let code = body.fields.required("code", |text| Code::parse(text, shared.policy.code_length));
    if let Err(problem) = body.fields.finish() {
        return Err(shared.beside(problem, &tenant, &id, token).await);
    }
    let (id, token) = named(&id, token)?;
    let Some(code) = code else { return Err(Problem::new(ProblemCode::CodeMalformed)) };

    let verified = shared.check.execute(&tenant, id, &token, &code).await;
    let now = shared.clock.now();
    let verified = verified.map_err(|error| Problem::of_check(error, now))?;

    Ok(HttpResponse::Ok().json(VerifiedView {
        id: verified.verification.id.to_string(),
        status: verified.verification.status.as_str(),
        purpose: verified.verification.purpose.as_str(),
        proof: verified.proof.reveal(),
        proof_expires_at: verified.proof_expires_at,
        client_token: verified.client_token.reveal(),
        client_token_expires_at: verified.client_token_expires_at,
        checks_left: verified.verification.checks_left,
        expires_at: verified.verification.expires_at,
        resend_at: verified.verification.resend_at,
        server_time: now,
    }))
}

/// Shows a verification and how its message fares: to the holder of its token, or to a key with the scope
/// `read`, which sees the attempts too.
#[utoipa::path(
    get,
    path = "/v1/verifications/{id}",
    params(("id" = String, Path), ("Verification-Token" = String, Header)),
    responses(
        (status = 200, body = VerificationView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 404, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn show(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let caller = shared.access.caller(&request, Scope::Read).await?;
    let (id, holder) = held(&request, &id, &caller)?;

    let seen = shared.read.execute(&caller.tenant, id, holder).await;
    let seen = seen.map_err(|error| Problem::of_read(&error))?;

    let told = problems::locale(&request);
    let mut view = VerificationView::new(&seen.verification, &seen.phone_number, seen.at);
    // Whoever asked for an id or a reset must not see whether anything was sent; a backend keeps that to itself.
    let shows_delivery = caller.key.is_some() || seen.verification.purpose.always_sends();
    let delivery = seen.delivery.filter(|_| shows_delivery);
    view.delivery = delivery.map(|delivery| DeliveryView::new(delivery, told));
    if caller.key.is_some() {
        let attempts = seen.messages.iter().flat_map(|message| &message.attempts);
        view.attempts = Some(attempts.map(|attempt| AttemptView::new(attempt, told)).collect());
    }
    Ok(HttpResponse::Ok().json(view))
}

/// Gives a verification up, for the holder of its token or a key with the scope `check`.
#[utoipa::path(
    delete,
    path = "/v1/verifications/{id}",
    params(("id" = String, Path), ("Verification-Token" = String, Header)),
    responses(
        (status = 204),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 404, body = ProblemView, content_type = "application/problem+json"),
        (status = 410, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn cancel(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let caller = shared.access.caller(&request, Scope::Check).await?;
    let (id, holder) = held(&request, &id, &caller)?;
    let cancelled = shared.cancel.execute(&caller.tenant, id, holder).await;
    cancelled.map_err(Problem::of_cancel)?;
    Ok(HttpResponse::NoContent().finish())
}

impl Verifications {
    /// Shows the verification beside a problem with the request, to whoever names it and holds its token:
    /// nothing was charged, and the answer says so.
    async fn beside(&self, problem: Problem, tenant: &TenantId, id: &str, token: Option<String>) -> Problem {
        let Ok((id, token)) = named(id, token) else { return problem };
        match self.read.find(tenant, id, Holder::Token(token.digest())).await {
            Ok(verification) => problem.about(Box::new(verification)),
            Err(_) => problem,
        }
    }

    /// Reads the idempotency key and marks it as in flight; guards against floods on the way.
    pub(super) fn enter(
        &self,
        request: &HttpRequest,
        body: &[u8],
        caller: &Caller,
    ) -> Result<(Option<IdempotentRequest>, Option<Flight>), Problem> {
        self.flood.check(caller, self.clock.now())?;
        let Caller { tenant, client, key } = caller;
        let caller = key.as_ref().map(|key| key.id.clone());
        let idempotency = idempotency::read(request, body)?;
        let idempotency = idempotency.map(|read| IdempotentRequest { caller, ..read });
        let flight = idempotency
            .as_ref()
            .map(|idempotent| self.in_flight.enter(idempotent.index(&self.keys, tenant, client)))
            .transpose()?;
        Ok((idempotency, flight))
    }
}

/// The verification that a path and a token name. What is no id or no token names none, like any other
/// that does not exist.
fn named(id: &str, token: Option<String>) -> Result<(VerificationId, Token), Problem> {
    let not_found = || Problem::new(ProblemCode::VerificationNotFound);
    let id = id.parse().map_err(|_| not_found())?;
    let token = Token::parse(&token.unwrap_or_default()).map_err(|_| not_found())?;
    Ok((id, token))
}

/// The verification that a path names, and by what right it is asked for: its token where one is shown, else
/// the key.
fn held(request: &HttpRequest, id: &str, caller: &Caller) -> Result<(VerificationId, Holder), Problem> {
    match token_header(request) {
        Err(missing) if caller.key.is_none() => Err(missing),
        Err(_) => {
            let id = id.parse().map_err(|_| Problem::new(ProblemCode::VerificationNotFound))?;
            Ok((id, Holder::Tenant))
        }
        Ok(token) => {
            let (id, token) = named(id, Some(token))?;
            Ok((id, Holder::Token(token.digest())))
        }
    }
}

/// Any text may be a token; one that is none is answered like a wrong one.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a parser")]
fn token_text(text: &str) -> Result<String, FieldCode> {
    Ok(text.to_owned())
}

/// The account whose password is to be reset, where the caller names one. For other purposes any text passes and says
/// nothing.
fn login_id(fields: &mut Fields, purpose: Option<Purpose>) -> Option<LoginId> {
    if purpose == Some(Purpose::ResetPassword) {
        return fields.optional("login_id", LoginId::parse);
    }
    fields.optional("login_id", |text| match text.chars().count() {
        0 => Err(FieldCode::Malformed),
        1..=254 if text.contains(char::is_control) => Err(FieldCode::Malformed),
        1..=254 => Ok(()),
        _ => Err(FieldCode::TooLong),
    });
    None
}

/// The token in the header, where there is no body to hold it.
pub(super) fn token_header(request: &HttpRequest) -> Result<String, Problem> {
    let value = request.headers().get("verification-token");
    let text = value.and_then(|value| value.to_str().ok());
    text.map(str::to_owned).ok_or_else(|| Problem::new(ProblemCode::TokenMissing))
}

/// The wait that the client prefers (RFC 7240).
fn prefer_wait(request: &HttpRequest) -> Option<Duration> {
    let values = request.headers().get_all("prefer").filter_map(|value| value.to_str().ok());
    let mut preferences = values.flat_map(|value| value.split([',', ';']));
    let seconds = preferences.find_map(|preference| preference.trim().strip_prefix("wait="))?;
    let seconds: u64 = seconds.trim().trim_matches('"').parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}
