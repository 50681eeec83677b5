//! The pages of a login: who one is, and what one allows. They work without a script.

use actix_web::http::StatusCode;
use actix_web::http::header::{COOKIE, LOCATION};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;

use super::super::body::Payload;
use super::super::errors::refusal;
use super::asked::Asked;
use super::logins::{Grant, Session};
use super::{USERS, User, scopes, user_of};
use crate::answer::Answer;
use crate::params::Params;
use crate::sandbox::State;

const COOKIE_NAME: &str = "coolsms_sandbox";
const APP: &str = "본인 메시지";

#[derive(Template)]
#[template(path = "coolsms_login.html")]
struct LoginPage {
    query: String,
    email: String,
    failed: bool,
    users: &'static [User],
}

#[derive(Template)]
#[template(path = "coolsms_consent.html")]
struct ConsentPage {
    app: &'static str,
    host: String,
    user: &'static User,
    scopes: Vec<(&'static str, &'static str)>,
    query: String,
    form: String,
}

/// `GET /oauth2/v1/authorize`
pub(super) async fn authorize(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let asked = match Asked::read(request.query_string()) {
        Ok(asked) => asked,
        Err(refusal) => return refusal.into_response(),
    };
    let Some((_, session)) = session(&state, &request) else {
        return login_page(&asked, String::new(), false);
    };
    let page = ConsentPage {
        app: APP,
        host: asked.host.clone(),
        user: user_of(session.account),
        scopes: asked.scopes.iter().map(|scope| (*scope, scopes::meaning(scope))).collect(),
        query: asked.query(),
        form: session.form,
    };
    show(&page, StatusCode::OK, &asked)
}

/// `POST /oauth2/v1/login`
pub(super) async fn login(state: Data<State>, payload: Payload) -> HttpResponse {
    let (form, asked) = match read(payload) {
        Ok(read) => read,
        Err(refusal) => return refusal.into_response(),
    };
    let email = form.get("email").unwrap_or_default().trim().to_ascii_lowercase();
    let password = form.get("password").unwrap_or_default();
    match USERS.iter().find(|user| user.email == email && user.password == password) {
        Some(user) => {
            let cookie = state.coolsms.logins.log_in(user.account, state.now());
            see(&authorize_address(&asked))
                .insert_header((
                    "Set-Cookie",
                    format!("{COOKIE_NAME}={cookie}; Path=/oauth2; Max-Age=3600; HttpOnly; SameSite=Lax"),
                ))
                .finish()
        }
        None => login_page(&asked, email, true),
    }
}

/// `POST /oauth2/v1/consent`
pub(super) async fn consent(state: Data<State>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let (form, asked) = match read(payload) {
        Ok(read) => read,
        Err(refusal) => return refusal.into_response(),
    };
    let Some((_, session)) = session(&state, &request) else {
        return see(&authorize_address(&asked)).finish();
    };
    if form.get("form") != Some(&session.form) {
        return refusal(403, "Forbidden", "이 화면에서 보낸 요청이 아닙니다.").into_response();
    }
    match form.get("answer") {
        Some("allow") => {
            let grant = Grant { account: session.account, scopes: asked.scopes.clone() };
            let code = state.coolsms.logins.code(grant, &asked, state.now());
            see(&asked.back("code", &code)).finish()
        }
        // How the provider tells of a refusal is not documented; this is what RFC 6749 says.
        _ => see(&asked.back("error", "access_denied")).finish(),
    }
}

/// `POST /oauth2/v1/logout`
pub(super) async fn logout(state: Data<State>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let asked = match read(payload) {
        Ok((_, asked)) => asked,
        Err(refusal) => return refusal.into_response(),
    };
    if let Some((name, _)) = session(&state, &request) {
        state.coolsms.logins.log_out(&name);
    }
    see(&authorize_address(&asked)).finish()
}

/// `GET /oauth2/v1/style.css`
pub(super) async fn style() -> HttpResponse {
    guarded(StatusCode::OK, "'none'")
        .content_type("text/css; charset=utf-8")
        .insert_header(("Cache-Control", "no-cache"))
        .body(include_str!("../../../assets/coolsms.css"))
}

fn login_page(asked: &Asked, email: String, failed: bool) -> HttpResponse {
    let status = if failed { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    show(&LoginPage { query: asked.query(), email, failed, users: &USERS }, status, asked)
}

fn show(page: &impl Template, status: StatusCode, asked: &Asked) -> HttpResponse {
    let Ok(html) = page.render() else { return HttpResponse::InternalServerError().finish() };
    // Browsers hold the redirect after a form to this rule too.
    guarded(status, &format!("'self' {}", asked.origin))
        .content_type("text/html; charset=utf-8")
        .insert_header(("Cache-Control", "no-store"))
        .body(html)
}

fn guarded(status: StatusCode, forms: &str) -> HttpResponseBuilder {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action {forms}; \
         frame-ancestors 'none'"
    );
    let mut response = HttpResponse::build(status);
    response
        .insert_header(("Content-Security-Policy", policy))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Referrer-Policy", "no-referrer"));
    response
}

/// Reads a form and the login that it belongs to.
fn read(payload: Payload) -> Result<(Params, Asked), Answer> {
    let bytes = payload.unwrap_or_default();
    let form = Params::lenient(&String::from_utf8_lossy(&bytes));
    let asked = Asked::read(form.get("query").unwrap_or_default());
    asked.map(|asked| (form, asked))
}

fn authorize_address(asked: &Asked) -> String {
    format!("/oauth2/v1/authorize?{}", asked.query())
}

fn see(address: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((LOCATION, address)).insert_header(("Cache-Control", "no-store"));
    response
}

fn session(state: &State, request: &HttpRequest) -> Option<(String, Session)> {
    let cookies = request.headers().get(COOKIE)?.to_str().ok()?;
    let pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    let (_, name) = pairs.into_iter().find(|(found, _)| *found == COOKIE_NAME)?;
    state.coolsms.logins.session(name, state.now()).map(|session| (name.to_owned(), session))
}
