//! `/console/login`, `/console/logout`

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::accounts::{FormToken, Password};
use bonin_domain::admin::{AdminName, AdminSessionToken, TotpCode};
use bonin_services::admin::{AdminLogIn, LogInAdmin, LogInAdminError, LogOutAdmin};
use jiff::Timestamp;

use super::resume::{self, Field, Unfinished};
use super::session::{ConsolePages, HOME, LOG_IN, clear_cookie, failed, set_cookie, shown};
use crate::http::client;
use crate::http::flood::FloodGuard;
use crate::pages::form::Form;
use crate::pages::{Frame, format, see_other};
use crate::problem::{Problem, ProblemCode};

/// The most bytes of the form: a form that is kept and some more (security 40).
const LARGEST: usize = 24 * 1024;

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
    /// The page that is shown then.
    back: Option<&'a str>,
    /// What goes on then.
    unfinished: Option<&'a Unfinished>,
}

#[derive(Template)]
#[template(path = "console/resume.html")]
struct ResumePage<'a> {
    frame: &'a Frame,
    path: &'a str,
    form_token: String,
    fields: Vec<Field<'a>>,
}

/// What stands over the form.
enum Notice {
    None,
    /// Somebody became an administrator just now.
    Joined,
    /// The session that there was is over.
    Ended,
    /// It was over when something was pressed, which was not done.
    Undone,
    /// It was over when a form was sent, which is kept.
    Interrupted,
    Refused,
    /// Nothing is looked at before this moment.
    Wait(String),
}

/// `GET /console/login`
pub async fn page(shared: Shared, request: HttpRequest) -> HttpResponse {
    let frame = shared.pages.frame(&request);
    let back = frame.parameter("back").and_then(resume::own_page);
    if shared.pages.is_signed(&request).await {
        return see_other(back.unwrap_or(HOME)).finish();
    }
    let has = |name| frame.parameter(name).is_some();
    let notice = match (has("joined"), has("ended"), has("undone")) {
        (true, ..) => Notice::Joined,
        (false, _, true) => Notice::Undone,
        (false, true, false) => Notice::Ended,
        (false, false, false) => Notice::None,
    };
    frame.answer(StatusCode::OK, &Page { frame: &frame, name: "", notice, back, unfinished: None })
}

/// The log in for somebody who sent a form when their session was over.
pub fn interrupted(frame: &Frame, unfinished: &Unfinished) -> HttpResponse {
    let (notice, unfinished) = (Notice::Interrupted, Some(unfinished));
    frame.answer(StatusCode::UNAUTHORIZED, &Page { frame, name: "", notice, back: None, unfinished })
}

/// `POST /console/login`
pub async fn log_in(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let frame = shared.pages.frame(&request);
    let form = match Form::read_within(&shared.pages.origins, &request, payload, LARGEST).await {
        Ok(form) => form,
        Err(problem) => return failed(&frame, &problem),
    };
    let unfinished = Unfinished::kept(&form);
    let (back, unfinished) = (resume::own_page(form.text("back")), unfinished.as_ref());
    let page = |notice| Page { frame: &frame, name: form.text("name"), notice, back, unfinished };
    match try_to(&shared, &request, &frame, &form).await {
        Ok(token) => match unfinished {
            Some(unfinished) => go_on(&frame, &token, unfinished),
            None => see_other(back.unwrap_or(HOME)).append_header(set_cookie(&token)).finish(),
        },
        Err(LogInAdminError::Refused) => frame.answer(StatusCode::UNAUTHORIZED, &page(Notice::Refused)),
        Err(LogInAdminError::TooMany { until }) => {
            let page = page(Notice::Wait(format::moment(until, frame.locale)));
            wait(&frame, &page, until)
        }
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

/// The form that came too late, for somebody who has a session again. They send it themselves: they may be another.
fn go_on(frame: &Frame, token: &AdminSessionToken, unfinished: &Unfinished) -> HttpResponse {
    let (path, fields) = (&unfinished.path, unfinished.going_on(frame));
    let page = ResumePage { frame, path, form_token: FormToken::of(token).reveal(), fields };
    let mut answer = frame.answer(StatusCode::OK, &page);
    let (name, cookie) = set_cookie(token);
    match HeaderValue::from_str(&cookie) {
        Ok(cookie) => answer.headers_mut().append(HeaderName::from_static(name), cookie),
        Err(_) => return failed(frame, &Problem::new(ProblemCode::Internal)),
    }
    answer
}

fn wait(frame: &Frame, page: &Page<'_>, until: Timestamp) -> HttpResponse {
    let mut answer = frame.answer(StatusCode::TOO_MANY_REQUESTS, page);
    let seconds = Problem::new(ProblemCode::TooManyLogins).retry_at(until).retry_after(Some(frame.now));
    answer.headers_mut().insert(RETRY_AFTER, seconds.unwrap_or(1).into());
    answer
}

/// `POST /console/logout`
pub async fn log_out(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    shared
        .pages
        .change(&request, payload, HOME, async |signed, _| {
            let ended = shared.log_out.execute(&signed.session, signed.address).await;
            ended.map_err(|error| Problem::from(&error))?;
            Ok(see_other(LOG_IN).append_header(clear_cookie()).finish())
        })
        .await
}
