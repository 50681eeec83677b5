//! `/sandbox/oauth/grants`: taking a permission back, as people do at the provider. How they do it there is not
//! simulated.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::USERS;
use crate::params::Params;
use crate::problem::Problem;
use crate::sandbox::State;

/// `DELETE /sandbox/oauth/grants?email=EMAIL`: ends what this user allowed, or everybody. Access tokens are 401 from
/// now on, refresh tokens 400 `InvalidRefreshToken`, codes 403 `InvalidGrant`.
pub(in super::super) async fn revoke(
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let params = Params::strict(request.query_string(), &["email"])?;
    let user = params
        .get("email")
        .map(|email| {
            let mut users = USERS.iter();
            let user = users.find(|user| user.email == email);
            user.ok_or_else(|| Problem::field("email", "unknown", "is not a user of the sandbox"))
        })
        .transpose()?;
    state.coolsms.logins.revoke(user.map(|user| user.account));
    Ok(HttpResponse::NoContent().finish())
}
