//! `/v1/accounts/me/consents`

use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::accounts::TermId;

use super::account_views::{ConsentBody, ConsentListView, ConsentView};
use super::accounts::{Shared, consent};
use super::terms::locale;
use super::views::ProblemView;
use crate::http::body;
use crate::http::session::Intent;
use crate::problem::{Problem, ProblemCode};

/// Shows what the account agreed to, and everything it said of terms before.
#[utoipa::path(
    get,
    path = "/v1/accounts/me/consents",
    params(("Accept-Language" = Option<String>, Header)),
    responses(
        (status = 200, body = ConsentListView),
        (status = 401, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn list(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let signed = shared.sessions.session(&request, Intent::Reads).await?;
    let told = locale(&request, shared.locale);
    let seen = shared.read_consents.execute(&signed.tenant, signed.session.account, told).await;
    let seen = seen.map_err(|error| Problem::from(&error))?;
    Ok(HttpResponse::Ok().json(ConsentListView::from(seen)))
}

/// Agrees to the current version of a term: an optional one, or a new version. 200 where that stands already.
#[utoipa::path(
    post,
    path = "/v1/accounts/me/consents",
    request_body = ConsentBody,
    params(("Form-Token" = Option<String>, Header, description = "With the cookie: the session's form token.")),
    responses(
        (status = 200, body = ConsentView),
        (status = 201, body = ConsentView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn give(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let signed = shared.sessions.session(&request, Intent::Changes).await?;
    let body::JsonBody { mut fields, .. } = body::read(&request, payload).await?;
    let written = consent(&mut fields);
    let client = signed.person(&mut fields);
    fields.finish()?;
    let agreed = shared.agreed(&request, written.into_iter().collect());
    let [agreed] = agreed.as_slice() else { return Err(Problem::new(ProblemCode::FieldsInvalid)) };

    let given = shared.give_consent.execute(&signed.tenant, signed.session.account, agreed, &client).await;
    let given = given.map_err(|error| Problem::of_give_consent(&error))?;

    let mut response = if given.stood { HttpResponse::Ok() } else { HttpResponse::Created() };
    Ok(response.json(ConsentView::from(&given.consent)))
}

/// Withdraws the account's consent to an optional term.
#[utoipa::path(
    delete,
    path = "/v1/accounts/me/consents/{term_id}",
    params(
        ("term_id" = String, Path),
        ("Form-Token" = Option<String>, Header, description = "With the cookie: the session's form token.")
    ),
    responses(
        (status = 204),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 404, body = ProblemView, content_type = "application/problem+json"),
        (status = 409, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn withdraw(
    shared: Shared,
    request: HttpRequest,
    term_id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let signed = shared.sessions.session(&request, Intent::Changes).await?;
    let term = TermId::parse(&term_id).map_err(|_| Problem::new(ProblemCode::NotFound))?;
    let withdraw = &shared.withdraw_consent;
    let done = withdraw.execute(&signed.tenant, signed.session.account, &term, &signed.client).await;
    done.map_err(|error| Problem::of_withdraw_consent(&error))?;
    Ok(HttpResponse::NoContent().finish())
}
