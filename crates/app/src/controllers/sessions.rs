//! `/v1/sessions`

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use bonin_domain::access::Scope;
use bonin_domain::accounts::{FormToken, LoginId, Password, SessionId};
use bonin_domain::codes::Proof;
use bonin_ports::SessionEnd;
use bonin_services::accounts::{
    EndSessions, ListSessions, LogIn, LogInRequest, OpenSession, StepUpSession, idle_end,
};

use super::session_views::{ListedSessionView, LogInBody, SessionListView, SessionView, StepUpBody};
use super::views::ProblemView;
use crate::http::body;
use crate::http::origin::is_browser;
use crate::http::session::{Intent, Means, Sessions, Signed, clear_cookie, set_cookie};
use crate::problem::{FieldCode, Problem, ProblemCode};

/// What the routes of sessions share.
pub struct SessionRoutes {
    pub sessions: Arc<Sessions>,
    pub log_in: LogIn,
    pub list: ListSessions,
    pub end: EndSessions,
    pub step_up: StepUpSession,
}

type Shared = web::Data<Arc<SessionRoutes>>;

/// Logs in.
#[utoipa::path(
    post,
    path = "/v1/sessions",
    request_body = LogInBody,
    responses(
        (status = 201, body = SessionView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 429, body = ProblemView, content_type = "application/problem+json"),
        (status = 503, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn log_in(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = shared.sessions.access.caller(&request, Scope::Accounts).await?;
    let keyed = caller.key.is_some();
    if !keyed {
        // Else another site could log people in to an account of its own.
        shared.sessions.origins.check(&request)?;
    }
    let mut body = body::read(&request, payload).await?;
    let login_id = body.fields.required("login_id", LoginId::parse);
    let password = body.fields.required("password", password);
    let client = caller.counted(&mut body.fields);
    body.fields.finish()?;
    let (Some(login_id), Some(password)) = (login_id, password) else {
        return Err(Problem::new(ProblemCode::FieldsInvalid));
    };

    shared.sessions.passwords.check(&caller, shared.log_in.check.clock.now())?;
    let log_in = LogInRequest { tenant: caller.tenant, login_id, password, client };
    let opened = shared.log_in.execute(log_in).await.map_err(|error| Problem::of_log_in(&error))?;

    let mut response = HttpResponse::Created();
    response.insert_header(("location", "/v1/sessions/current"));
    // Where scripts run, the token stays out of their reach.
    let tells_token = keyed || !is_browser(request.headers());
    Ok(hand_over(response, &opened, tells_token, !keyed))
}

/// Tells where the account is logged in.
#[utoipa::path(
    get,
    path = "/v1/sessions",
    responses(
        (status = 200, body = SessionListView),
        (status = 401, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn list(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let signed = shared.sessions.session(&request, Intent::Reads).await?;
    let listed = shared.list.execute(&signed.session).await;
    let listed = listed.map_err(|error| Problem::from(&error))?;
    let sessions = listed.into_iter().map(ListedSessionView::from).collect();
    Ok(HttpResponse::Ok().json(SessionListView { sessions, server_time: shared.list.clock.now() }))
}

/// Tells of the session that asks, and its form token where it stands in a cookie.
#[utoipa::path(
    get,
    path = "/v1/sessions/current",
    responses(
        (status = 200, body = SessionView),
        (status = 401, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn current(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Signed { session, token, means, .. } = shared.sessions.session(&request, Intent::Reads).await?;
    Ok(HttpResponse::Ok().json(SessionView {
        id: session.id.to_string(),
        account_id: session.account.to_string(),
        created_at: session.created_at,
        expires_at: session.expires_at,
        idle_expires_at: idle_end(&session, &shared.list.policy),
        form_token: (means == Means::Cookie).then(|| FormToken::of(&token).reveal()),
        token: None,
        server_time: shared.list.clock.now(),
    }))
}

/// Logs out.
#[utoipa::path(
    delete,
    path = "/v1/sessions/current",
    params(("Form-Token" = Option<String>, Header, description = "With the cookie: the session's form token.")),
    responses(
        (status = 204),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn log_out(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let signed = shared.sessions.session(&request, Intent::Changes).await?;
    shared.end(&signed, SessionEnd::One(signed.session.id)).await?;
    Ok(gone(&signed))
}

/// Ends one session of the account.
#[utoipa::path(
    delete,
    path = "/v1/sessions/{id}",
    params(
        ("id" = String, Path),
        ("Form-Token" = Option<String>, Header, description = "With the cookie: the session's form token.")
    ),
    responses(
        (status = 204),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 404, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn end(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let not_found = || Problem::new(ProblemCode::SessionNotFound);
    let signed = shared.sessions.session(&request, Intent::Changes).await?;
    let id: SessionId = id.parse().map_err(|_| not_found())?;
    if shared.end(&signed, SessionEnd::One(id)).await? == 0 {
        return Err(not_found());
    }
    Ok(if id == signed.session.id { gone(&signed) } else { HttpResponse::NoContent().finish() })
}

/// Ends all other sessions of the account.
#[utoipa::path(
    delete,
    path = "/v1/sessions",
    params(("Form-Token" = Option<String>, Header, description = "With the cookie: the session's form token.")),
    responses(
        (status = 204),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn end_others(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let signed = shared.sessions.session(&request, Intent::Changes).await?;
    shared.end(&signed, SessionEnd::Others(signed.session.id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Steps the session up: the account's number was proved again. It goes on under a new token.
#[utoipa::path(
    post,
    path = "/v1/sessions/current/step-up",
    request_body = StepUpBody,
    params(("Form-Token" = Option<String>, Header, description = "With the cookie: the session's form token.")),
    responses(
        (status = 200, body = SessionView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 410, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn step_up(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let signed = shared.sessions.session(&request, Intent::Changes).await?;
    let mut body = body::read(&request, payload).await?;
    let proof = body.fields.required("proof", Proof::parse);
    body.fields.finish()?;
    let Some(proof) = proof else { return Err(Problem::new(ProblemCode::FieldsInvalid)) };

    let opened = shared.step_up.execute(&signed.session, proof.digest()).await;
    let opened = opened.map_err(|error| Problem::of_step_up(&error))?;

    Ok(renewed(&signed, &opened))
}

impl SessionRoutes {
    async fn end(&self, signed: &Signed, which: SessionEnd) -> Result<usize, Problem> {
        self.end.execute(&signed.session, which).await.map_err(|error| Problem::from(&error))
    }
}

/// The answer when a session goes on under a new token: whoever keeps the token is told it.
pub fn renewed(signed: &Signed, opened: &OpenSession) -> HttpResponse {
    hand_over(HttpResponse::Ok(), opened, signed.means != Means::Cookie, signed.key.is_none())
}

/// The answer when a session is over.
pub fn gone(signed: &Signed) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    if signed.key.is_none() {
        response.insert_header(clear_cookie());
    }
    response.finish()
}

/// A password as typed, right or wrong.
///
/// # Errors
/// One that no password can be: empty, or over 128 characters.
pub fn password(text: &str) -> Result<Password, FieldCode> {
    let bound = if text.is_empty() { FieldCode::TooShort } else { FieldCode::TooLong };
    Password::parse(text).map_err(|_| bound)
}

/// The cookie goes to whoever shows no key: an app that keeps cookies would show a dead one beside its new token.
fn hand_over(
    mut response: HttpResponseBuilder,
    opened: &OpenSession,
    tells_token: bool,
    sets_cookie: bool,
) -> HttpResponse {
    if sets_cookie {
        response.insert_header(set_cookie(&opened.token));
    }
    response.json(SessionView::new(opened, tells_token))
}
