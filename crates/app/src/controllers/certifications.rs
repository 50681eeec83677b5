//! `/certifications`: the classic form of I'mport's own guides, `{imp_uid}` with nothing but the browser's cookie to
//! say for which identity verification.

use std::sync::Arc;

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::access::Scope;
use bonin_services::identity::CompletedIdentity;
use serde_json::json;

use super::classic_answer;
use super::identities::Identities;
use super::identity_cookie;
use super::identity_page::{RETURN, came_back};
use crate::http::body;
use crate::problem::{Problem, ProblemCode};

type Shared = web::Data<Arc<Identities>>;

/// `POST /certifications`
pub async fn complete(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    match held(&shared, &request, payload).await {
        Ok(completed) => HttpResponse::Ok().insert_header(identity_cookie::clear()).json(json!({
            "code": 200,
            "message": "본인확인이 완료되었습니다.",
            "identityProof": completed.proof.reveal(),
        })),
        Err(problem) => {
            let better = match problem.code() {
                ProblemCode::TokenMissing => Some("본인확인을 먼저 시작해 주세요."),
                _ => None,
            };
            classic_answer::refused(&problem, better, shared.clock.now())
        }
    }
}

/// `GET /certifications/redirect?imp_uid=&merchant_uid=&success=`: where phones come back to. Leads to our page, which
/// finishes; nothing is done here.
pub async fn redirect(request: HttpRequest) -> HttpResponse {
    let query = came_back(request.query_string());
    HttpResponse::SeeOther().insert_header((LOCATION, format!("{RETURN}{query}"))).finish()
}

/// Completes the identity verification of the browser's cookie.
///
/// # Errors
/// 401 `token_missing` without the cookie, 403 for another site, and those of completing.
pub async fn held(
    shared: &Identities,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<CompletedIdentity, Problem> {
    shared.origins.check(request)?;
    let caller = shared.access.caller(request, Scope::Accounts).await?;
    let offered = shared.offered()?;
    let mut body = body::read(request, payload).await?;
    let imp_uid = offered.imp_uid(&mut body.fields);
    let held = identity_cookie::held(request.headers());
    let (id, token) = held.ok_or_else(|| Problem::new(ProblemCode::TokenMissing))?;
    body.fields.finish()?;
    shared.guard(&caller)?;
    let completed = offered.complete.execute(&caller.tenant, id, &token, imp_uid).await;
    completed.map_err(|error| Problem::of_identity(&error))
}
