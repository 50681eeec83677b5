//! `/console/login`, `/console/logout`

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::accounts::Password;
use bonin_domain::admin::{AdminName, AdminSessionToken, TotpCode};
use bonin_services::admin::{AdminLogIn, LogInAdmin, LogInAdminError, LogOutAdmin};
use jiff::Timestamp;

use super::session::{ConsolePages, HOME, LOG_IN, clear_cookie, failed, set_cookie, shown};
use crate::http::client;
use crate::http::flood::FloodGuard;
use crate::pages::form::Form;
use crate::pages::{Frame, format, see_other};
use crate::problem::{Problem, ProblemCode};

/// What logging in and out needs.
pub struct LogIns {
    pub pages: Arc<ConsolePages>,
    pub log_in: LogInAdmin,
    pub log_out: LogOutAdmin,
    /// Refusals are recorded for two years: nobody may fill the record by trying names.
    pub flood: FloodGuard,
}

type Shared = web::Data<Arc<LogIns>>;

#[derive(Template)]
#[template(path = "console/login.html")]
struct Page<'a> {
    frame: &'a Frame,
    name: &'a str,
    notice: Notice,
}

/// What stands over the form.
enum Notice {
    None,
    /// Somebody became an administrator just now.
    Joined,
    Refused,
    /// Nothing is looked at before this moment.
    Wait(String),
}

/// `GET /console/login`
pub async fn page(shared: Shared, request: HttpRequest) -> HttpResponse {
    if shared.pages.signed(&request).await.is_ok() {
        return see_other(HOME).finish();
    }
    let frame = shared.pages.frame(&request);
    let notice = if frame.parameter("joined").is_some() { Notice::Joined } else { Notice::None };
    frame.answer(StatusCode::OK, &Page { frame: &frame, name: "", notice })
}

/// `POST /console/login`
pub async fn log_in(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let frame = shared.pages.frame(&request);
    let form = match Form::read(&shared.pages.origins, &request, payload).await {
        Ok(form) => form,
        Err(problem) => return failed(&frame, &problem),
    };
    let name = form.text("name");
    match try_to(&shared, &request, &frame, &form).await {
        Ok(token) => see_other(HOME).append_header(set_cookie(&token)).finish(),
        Err(LogInAdminError::Refused) => {
            frame.answer(StatusCode::UNAUTHORIZED, &Page { frame: &frame, name, notice: Notice::Refused })
        }
        Err(LogInAdminError::TooMany { until }) => wait(&frame, name, until),
        Err(LogInAdminError::Busy(_)) => failed(&frame, &Problem::new(ProblemCode::Unavailable)),
        Err(LogInAdminError::Repository(error)) => failed(&frame, &Problem::from(&error)),
    }
}

async fn try_to(
    shared: &LogIns,
    request: &HttpRequest,
    frame: &Frame,
    form: &Form,
) -> Result<AdminSessionToken, LogInAdminError> {
    // A socket without a peer is nobody who could be counted.
    let address = client::ip(request, &shared.pages.trusted_proxies).map_err(|_| LogInAdminError::Refused)?;
    shared
        .flood
        .check_address(&address.into(), frame.now)
        .map_err(|until| LogInAdminError::TooMany { until })?;
    let password = Password::parse(form.text("password")).map_err(|_| LogInAdminError::Refused)?;
    let typed = AdminLogIn {
        name: AdminName::parse(form.text("name")).ok(),
        password,
        code: TotpCode::parse(form.text("code")).ok(),
        address,
    };
    shared.log_in.execute(typed, shown(request).as_ref()).await
}

fn wait(frame: &Frame, name: &str, until: Timestamp) -> HttpResponse {
    let notice = Notice::Wait(format::moment(until, frame.locale));
    let mut answer = frame.answer(StatusCode::TOO_MANY_REQUESTS, &Page { frame, name, notice });
    let seconds = Problem::new(ProblemCode::TooManyLogins).retry_at(until).retry_after(Some(frame.now));
    answer.headers_mut().insert(RETRY_AFTER, seconds.unwrap_or(1).into());
    answer
}

/// `POST /console/logout`
pub async fn log_out(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    shared
        .pages
        .change(&request, payload, async |signed, _| {
            let ended = shared.log_out.execute(&signed.session, signed.address).await;
            ended.map_err(|error| Problem::from(&error))?;
            Ok(see_other(LOG_IN).append_header(clear_cookie()).finish())
        })
        .await
}
