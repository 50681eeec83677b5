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

use super::words::{self, Place};
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

    /// Who is logged in; or the answer to somebody who is not: the way to the log in.
    pub async fn signed(&self, request: &HttpRequest) -> Result<Signed, HttpResponse> {
        self.look(request).await.map(|(signed, _)| signed)
    }

    /// Shows a page to somebody who is logged in. What fails is a page, too.
    pub async fn show(
        &self,
        request: &HttpRequest,
        page: impl AsyncFnOnce(&Signed) -> Result<HttpResponse, Problem>,
    ) -> HttpResponse {
        match self.look(request).await {
            Ok((signed, _)) => page(&signed).await.unwrap_or_else(|problem| failed(&signed.frame, &problem)),
            Err(answer) => answer,
        }
    }

    /// Does what a form of somebody says who is logged in, once origin and form token are right (security 33). What
    /// fails is a page.
    pub async fn change(
        &self,
        request: &HttpRequest,
        payload: web::Payload,
        deed: impl AsyncFnOnce(&Signed, &Form) -> Result<HttpResponse, Problem>,
    ) -> HttpResponse {
        let form = match Form::read(&self.origins, request, payload).await {
            Ok(form) => form,
            Err(problem) => return failed(&self.frame(request).standing_at(HOME), &problem),
        };
        let (signed, token) = match self.look(request).await {
            Ok(found) => found,
            Err(answer) => return answer,
        };
        let done = match form.check_token(&token) {
            Ok(()) => deed(&signed, &form).await,
            Err(problem) => Err(problem),
        };
        // Not every address of a form is one of a page: the other language is that of the first page.
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

    async fn look(&self, request: &HttpRequest) -> Result<(Signed, FormToken), HttpResponse> {
        let frame = self.frame(request);
        let found = match shown(request) {
            Some(token) => match self.find.execute(&token).await {
                Ok(session) => session.map(|session| (session, FormToken::of(&token))),
                Err(error) => return Err(failed(&frame, &Problem::from(&error))),
            },
            None => None,
        };
        let Some((session, token)) = found else { return Err(see_other(LOG_IN).finish()) };
        match client::ip(request, &self.trusted_proxies) {
            Ok(address) => Ok((Signed { frame, session, form_token: token.reveal(), address }, token)),
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
    failure_page(frame, problem, "console", HOME)
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
