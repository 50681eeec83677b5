//! `/v1/accounts/me`

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::accounts::Password;
use bonin_domain::codes::Proof;
use bonin_services::accounts::{ChangePassword, ChangePhone, CloseAccount, ReadAccount};

use super::me_views::{ChangePasswordBody, ChangePhoneBody, CloseAccountBody, OwnAccountView};
use super::session_views::SessionView;
use super::sessions::{gone, password, renewed};
use super::views::ProblemView;
use crate::http::body;
use crate::http::session::{Intent, Sessions, Signed};
use crate::problem::{Problem, ProblemCode};

/// What the routes of one's own account share.
pub struct OwnAccounts {
    pub sessions: Arc<Sessions>,
    pub read: ReadAccount,
    pub close: CloseAccount,
    pub change_password: ChangePassword,
    pub change_phone: ChangePhone,
    pub clock: Arc<dyn bonin_ports::Clock>,
}

type Shared = web::Data<Arc<OwnAccounts>>;

/// Shows the account.
#[utoipa::path(
    get,
    path = "/v1/accounts/me",
    responses(
        (status = 200, body = OwnAccountView),
        (status = 401, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn show(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let signed = shared.sessions.session(&request, Intent::Reads).await?;
    shared.account(&signed).await
}

/// Closes the account, for good.
#[utoipa::path(
    delete,
    path = "/v1/accounts/me",
    request_body = CloseAccountBody,
    params(("Form-Token" = Option<String>, Header, description = "With the cookie: the session's form token.")),
    responses(
        (status = 204),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 429, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn close(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let signed = shared.sessions.session(&request, Intent::Changes).await?;
    let mut body = body::read(&request, payload).await?;
    let password = body.fields.required("password", password);
    let client = signed.counted(&mut body.fields);
    body.fields.finish()?;
    let Some(password) = password else { return Err(Problem::new(ProblemCode::FieldsInvalid)) };

    let closed = shared.close.execute(&signed.session, &password, client.as_ref()).await;
    closed.map_err(|error| Problem::of_close(&error))?;

    Ok(gone(&signed))
}

/// Changes the password. The session goes on under a new token, all others end.
#[utoipa::path(
    put,
    path = "/v1/accounts/me/password",
    request_body = ChangePasswordBody,
    params(("Form-Token" = Option<String>, Header, description = "With the cookie: the session's form token.")),
    responses(
        (status = 200, body = SessionView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 429, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn change_password(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let signed = shared.sessions.session(&request, Intent::Changes).await?;
    let mut body = body::read(&request, payload).await?;
    let old = body.fields.required("current_password", password);
    let new = body.fields.required("new_password", password);
    let client = signed.counted(&mut body.fields);
    body.fields.finish()?;
    let (Some(old), Some(new)) = (old, new) else {
        return Err(Problem::new(ProblemCode::FieldsInvalid));
    };

    let opened = shared.change_password.execute(&signed.session, &old, &new, client.as_ref()).await;
    let opened = opened.map_err(|error| Problem::of_change_password(&error))?;

    Ok(renewed(&signed, &opened))
}

/// Changes the phone number; the old one is told.
#[utoipa::path(
    put,
    path = "/v1/accounts/me/phone-number",
    request_body = ChangePhoneBody,
    params(("Form-Token" = Option<String>, Header, description = "With the cookie: the session's form token.")),
    responses(
        (status = 200, body = OwnAccountView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 409, body = ProblemView, content_type = "application/problem+json"),
        (status = 410, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 429, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn change_phone(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let signed = shared.sessions.session(&request, Intent::Changes).await?;
    let mut body = body::read(&request, payload).await?;
    let proof = body.fields.required("proof", Proof::parse);
    let password: Option<Password> = body.fields.optional("password", password);
    let client = signed.counted(&mut body.fields);
    body.fields.finish()?;
    let Some(proof) = proof else { return Err(Problem::new(ProblemCode::FieldsInvalid)) };

    let changed = shared
        .change_phone
        .execute(&signed.session, proof.digest(), password.as_ref(), client.as_ref())
        .await;
    changed.map_err(|error| Problem::of_change_phone(&error))?;

    shared.account(&signed).await
}

impl OwnAccounts {
    async fn account(&self, signed: &Signed) -> Result<HttpResponse, Problem> {
        let own = self.read.execute(&signed.session).await.map_err(|error| Problem::from(&error))?;
        let own = own.ok_or_else(|| Problem::new(ProblemCode::SessionRequired))?;
        Ok(HttpResponse::Ok().json(OwnAccountView::new(&own, self.clock.now())))
    }
}
