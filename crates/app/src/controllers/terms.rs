//! `/v1/terms`

use actix_web::http::header::VARY;
use actix_web::{HttpRequest, HttpResponse};
use bonin_domain::access::Scope;
use bonin_domain::messages::Locale;

use super::account_views::{TermListView, TermView};
use super::accounts::Shared;
use super::views::ProblemView;
use crate::http::fields::Fields;
use crate::http::problems;
use crate::problem::Problem;

/// Shows what people are asked to agree to.
#[utoipa::path(
    get,
    path = "/v1/terms",
    params(
        ("locale" = Option<String>, Query, description = "`ko` or `en`; else `Accept-Language`, else the deployment's."),
        ("Accept-Language" = Option<String>, Header)
    ),
    responses(
        (status = 200, body = TermListView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn list(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    shared.sessions.access.caller(&request, Scope::Accounts).await?;
    let mut query = Fields::of_query(request.query_string())?;
    let asked = query.optional("locale", str::parse);
    query.finish()?;
    let terms = shared.list_terms.execute(asked.unwrap_or_else(|| locale(&request, shared.locale)));
    let terms = terms.into_iter().map(TermView::from).collect();
    Ok(HttpResponse::Ok().insert_header((VARY, "accept-language")).json(TermListView { terms }))
}

/// The language in which texts are shown: what the client prefers, else the deployment's.
pub fn locale(request: &HttpRequest, usual: Locale) -> Locale {
    problems::preferred(request).unwrap_or(usual)
}
