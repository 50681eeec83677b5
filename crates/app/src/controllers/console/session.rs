//! Who is at the console. [`ConsolePages::show`] and [`ConsolePages::change`] stand before every page of those who are
//! logged in, so that none forgets what to look at first.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::accounts::FormToken;
use bonin_domain::admin::{AdminSession, AdminSessionToken, AuditAction, Subject};
use bonin_services::admin::{Actor, FindAdminSession, Record};
use ipnet::IpNet;

use super::resume::{self, Unfinished};
use super::words::{self, Place};
use super::{failure_words, login};
use crate::http::client;
use crate::http::cookies::{self, Life};
use crate::http::origin::Origins;
use crate::pages::form::Form;
use crate::pages::{Frame, FrameParts, failure_page, see_other};
use crate::problem::{Problem, ProblemCode};

/// The cookie of a session at the console.
const COOKIE: &str = "__Host-bonin-console";

/// Where people log in.
pub const LOG_IN: &str = "/console/login";

/// Where they begin once they are logged in.
pub const HOME: &str = "/console";

/// What all pages of the console share.
pub struct ConsolePages {
    /// What frames are made of.
    pub parts: FrameParts,
    /// Which pages may change something here: those of the admin listener.
    pub origins: Origins,
    /// Tells who is logged in.
    pub find: FindAdminSession,
    /// Records deeds.
    pub record: Record,
    /// Peers whose forwarding headers count.
    pub trusted_proxies: Vec<IpNet>,
}

/// Somebody who is logged in, and the page that they ask for.
pub struct Signed {
    /// The page's frame.
    pub frame: Frame,
    /// Their session.
    pub session: AdminSession,
    /// What forms of the page show.
    pub form_token: String,
    /// Where they are.
    pub address: IpAddr,
}

impl ConsolePages {
    /// The frame of a page that answers `request`.
    pub fn frame(&self, request: &HttpRequest) -> Frame {
        Frame::new(&self.parts, request)
    }

    /// Whether somebody is logged in.
    pub async fn is_signed(&self, request: &HttpRequest) -> bool {
        matches!(self.look(request).await, Ok(Some(_)))
    }

    /// Shows a page to somebody who is logged in; others are led to the log in and back. What fails is a page, too.
    pub async fn show(
        &self,
        request: &HttpRequest,
        page: impl AsyncFnOnce(&Signed) -> Result<HttpResponse, Problem>,
    ) -> HttpResponse {
        match self.look(request).await {
            Ok(Some((signed, _))) => {
                page(&signed).await.unwrap_or_else(|problem| failed(&signed.frame, &problem))
            }
            Ok(None) => see_other(&resume::way_in(&self.frame(request), had_session(request))).finish(),
            Err(answer) => answer,
        }
    }

    /// Does what a form of somebody says who is logged in, once origin and form token are right (security 33). `at` is the
    /// form's page: what the deed answers stands there, since the form's own address is no page's. What somebody typed
    /// whose session is over is kept through the log in. What fails is a page.
    pub async fn change(
        &self,
        request: &HttpRequest,
        payload: web::Payload,
        at: &str,
        deed: impl AsyncFnOnce(&Signed, &Form) -> Result<HttpResponse, Problem>,
    ) -> HttpResponse {
        let form = match Form::read(&self.origins, request, payload).await {
            Ok(form) => form,
            Err(problem) => return failed(&self.frame(request).standing_at(HOME), &problem),
        };
        let (signed, token) = match self.look(request).await {
            Ok(Some(found)) => found,
            Ok(None) => return self.came_too_late(request, &form, at),
            Err(answer) => return answer,
        };
        let signed = Signed { frame: signed.frame.standing_at(at), ..signed };
        let done = match form.check_token(&token) {
            Ok(()) => deed(&signed, &form).await,
            Err(problem) => Err(problem),
        };
        // What is not there has no page: the other language is that of the first one.
        done.unwrap_or_else(|problem| failed(&signed.frame.standing_at(HOME), &problem))
    }

    /// Records a deed of somebody who is logged in. To be called before the deed is done.
    ///
    /// # Errors
    /// 503 or 500: then the deed must not be done.
    pub async fn record(
        &self,
        signed: &Signed,
        action: AuditAction,
        subject: Option<Subject>,
        reason: Option<&str>,
    ) -> Result<(), Problem> {
        let recorded = self.record.execute(&signed.actor(), action, subject, reason).await;
        recorded.map_err(|error| Problem::from(&error))
    }

    /// A form of somebody whose session is over: nothing was done, and nothing typed is lost.
    fn came_too_late(&self, request: &HttpRequest, form: &Form, at: &str) -> HttpResponse {
        match Unfinished::of(request.path(), form) {
            Some(unfinished) => login::interrupted(&self.frame(request).standing_at(LOG_IN), &unfinished),
            None => see_other(&resume::way_in_after(&self.frame(request).standing_at(at))).finish(),
        }
    }

    /// Who is logged in, if anybody is; or the page of what failed.
    async fn look(&self, request: &HttpRequest) -> Result<Option<(Signed, FormToken)>, HttpResponse> {
        let frame = self.frame(request);
        let found = match shown(request) {
            Some(token) => match self.find.execute(&token).await {
                Ok(session) => session.map(|session| (session, FormToken::of(&token))),
                Err(error) => return Err(failed(&frame, &Problem::from(&error))),
            },
            None => None,
        };
        let Some((session, token)) = found else { return Ok(None) };
        match client::ip(request, &self.trusted_proxies) {
            Ok(address) => Ok(Some((Signed { frame, session, form_token: token.reveal(), address }, token))),
            Err(problem) => Err(failed(&frame, &problem)),
        }
    }
}

impl Signed {
    /// Who is recorded.
    pub fn actor(&self) -> Actor {
        Actor::Admin { name: self.session.name.clone(), address: self.address }
    }

    /// The places of the console, for the bar.
    pub fn places(&self) -> Vec<Place> {
        words::places(&self.frame)
    }

    /// A page as an answer.
    pub fn answer(&self, page: &impl Template) -> HttpResponse {
        self.frame.answer(StatusCode::OK, page)
    }

    /// A page with a form whose fields are wrong.
    pub fn answer_faults(&self, page: &impl Template) -> HttpResponse {
        self.frame.answer(StatusCode::UNPROCESSABLE_ENTITY, page)
    }
}

/// What is no page of the console, as a page of it.
pub async fn nothing(pages: web::Data<Arc<ConsolePages>>, request: HttpRequest) -> HttpResponse {
    failed(&pages.frame(&request).standing_at(HOME), &Problem::new(ProblemCode::NotFound))
}

/// A failure as a page of the console.
pub fn failed(frame: &Frame, problem: &Problem) -> HttpResponse {
    failure_page(frame, problem, failure_words::problem(frame, problem.code()), "console", HOME)
}

/// Whether the browser had a session at some time; it need not be live.
fn had_session(request: &HttpRequest) -> bool {
    cookies::value(request.headers(), COOKIE).is_some_and(|value| !value.is_empty())
}

/// The token of the session's cookie.
pub fn shown(request: &HttpRequest) -> Option<AdminSessionToken> {
    AdminSessionToken::parse(cookies::value(request.headers(), COOKIE)?).ok()
}

/// The header that gives a browser its session, until it is closed.
pub fn set_cookie(token: &AdminSessionToken) -> (&'static str, String) {
    cookies::set(COOKIE, &token.reveal(), Life::Browser)
}

/// The header that takes it away.
pub fn clear_cookie() -> (&'static str, String) {
    cookies::clear(COOKIE)
}
