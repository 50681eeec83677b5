//! `/v1/password-resets`

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::access::Scope;
use bonin_domain::accounts::{LoginId, ResetToken};
use bonin_services::accounts::{FinishPasswordReset, OpenPasswordReset};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::account_lookups::either_proof;
use super::sessions::password;
use super::views::ProblemView;
use crate::http::access::Access;
use crate::http::body;
use crate::problem::{Problem, ProblemCode};

/// What the routes of resets share.
pub struct PasswordResets {
    pub access: Arc<Access>,
    pub open: OpenPasswordReset,
    pub finish: FinishPasswordReset,
}

type Shared = web::Data<Arc<PasswordResets>>;

/// Opens a reset for whoever proved the account's number or person.
#[utoipa::path(
    post,
    path = "/v1/password-resets",
    request_body = OpenResetBody,
    responses(
        (status = 200, body = OpenedResetView),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 410, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 503, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn open(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let tenant = shared.access.caller(&request, Scope::Accounts).await?.tenant;
    let mut body = body::read(&request, payload).await?;
    let login_id = body.fields.required("login_id", LoginId::parse);
    let proof = either_proof(&mut body.fields);
    body.fields.finish()?;
    let (Some(login_id), Some(proof)) = (login_id, proof) else {
        return Err(Problem::new(ProblemCode::FieldsInvalid));
    };

    let opened = shared.open.execute(&tenant, &login_id, proof).await;
    let opened = opened.map_err(|error| Problem::of_open_reset(&error, proof))?;

    Ok(HttpResponse::Ok().json(OpenedResetView {
        reset_token: opened.token.reveal(),
        expires_at: opened.expires_at,
        server_time: opened.answered_at,
    }))
}

/// Sets the password under a reset, once. Nobody is logged in by it.
#[utoipa::path(
    put,
    path = "/v1/password-resets/current",
    request_body = FinishResetBody,
    responses(
        (status = 204),
        (status = 410, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 503, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn finish(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let tenant = shared.access.caller(&request, Scope::Accounts).await?.tenant;
    let mut body = body::read(&request, payload).await?;
    let token = body.fields.required("reset_token", ResetToken::parse);
    let password = body.fields.required("new_password", password);
    body.fields.finish()?;
    let (Some(token), Some(password)) = (token, password) else {
        return Err(Problem::new(ProblemCode::FieldsInvalid));
    };

    let finished = shared.finish.execute(&tenant, &token, &password).await;
    finished.map_err(|error| Problem::of_finish_reset(&error))?;

    Ok(HttpResponse::NoContent().finish())
}

/// The body with which a reset is opened: the login id, and one of both proofs.
#[derive(ToSchema)]
#[schema(example = json!({"login_id": "minsu@example.com", "proof": "…"}))]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct OpenResetBody {
    /// The mail address.
    #[schema(example = "minsu@example.com")]
    login_id: String,
    /// Of the account's number, for the purpose `reset_password`.
    proof: Option<String>,
    /// Of the account's person, for the purpose `reset_password`.
    identity_proof: Option<String>,
}

/// A reset that was opened.
#[derive(Serialize, ToSchema)]
pub struct OpenedResetView {
    /// Sets a new password once, and does nothing else: 256 bits.
    pub reset_token: String,
    /// When it dies.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

/// The body with which a password is set.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct FinishResetBody {
    /// From the reset that was opened.
    reset_token: String,
    /// As typed; what is taken is in docs/api.md.
    new_password: String,
}
