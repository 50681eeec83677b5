//! Who is logged in to the messaging app, and what its pages share (security 32, 33).

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use actix_web::web::Payload;
use bonin_domain::TenantId;
use bonin_domain::accounts::FormToken;
use bonin_domain::messaging::{AppSession, AppSessionToken, Connection, ConnectionState};
use bonin_ports::RepositoryError;
use bonin_services::messaging::AppSessions;
use ipnet::IpNet;

use crate::http::client;
use crate::http::cookies::{self, Life};
use crate::http::flood::FloodGuard;
use crate::http::origin::Origins;
use crate::pages::form::Form;
use crate::pages::{Frame, FrameParts};
use crate::problem::{Problem, ProblemCode};

/// The cookie of the app's sessions.
const COOKIE: &str = "__Host-bonin-app";

/// What the app's pages share.
pub struct AppPages {
    /// What frames are made of.
    pub frames: FrameParts,
    /// The origins whose pages may change something here.
    pub origins: Origins,
    /// Whose users log in.
    pub tenant: TenantId,
    /// Who is logged in.
    pub sessions: AppSessions,
    /// What is asked for here becomes rows and calls to CoolSMS: guards against floods.
    pub flood: FloodGuard,
    /// Proxies that tell who calls.
    pub trusted_proxies: Vec<IpNet>,
}

/// Somebody who is logged in, on one page.
pub struct SignedIn {
    /// The page's frame.
    pub frame: Frame,
    /// The browser's session.
    pub session: AppSession,
    /// The account at CoolSMS for which the app may act; live when the request came, but for [`AppPages::logged_in`].
    pub connection: Connection,
    /// The session's secret.
    pub token: AppSessionToken,
    /// What the page's forms show, in the field [`crate::pages::form::TOKEN`].
    pub form_token: String,
}

impl AppPages {
    /// The frame of a page.
    pub fn frame(&self, request: &HttpRequest) -> Frame {
        Frame::new(&self.frames, request)
    }

    /// Who is logged in.
    ///
    /// # Errors
    /// `session_required`, which leads to `/app`; `permission_ended`, whose page leads to another log in; 503.
    pub async fn signed_in(&self, request: &HttpRequest) -> Result<SignedIn, Problem> {
        self.logged_in(request).await?.live()
    }

    /// Who is logged in, also when the permission has ended.
    ///
    /// # Errors
    /// `session_required`, 503.
    pub async fn logged_in(&self, request: &HttpRequest) -> Result<SignedIn, Problem> {
        let token = shown(request.headers()).ok_or_else(|| Problem::new(ProblemCode::SessionRequired))?;
        let found = self.sessions.find(&self.tenant, &token).await;
        self.of(request, token, found)
    }

    /// The same as [`AppPages::signed_in`] for what a page's script asks: that keeps nobody logged in.
    ///
    /// # Errors
    /// Those of [`AppPages::signed_in`].
    pub async fn looking_on(&self, request: &HttpRequest) -> Result<SignedIn, Problem> {
        let token = shown(request.headers()).ok_or_else(|| Problem::new(ProblemCode::SessionRequired))?;
        let found = self.sessions.peek(&self.tenant, &token).await;
        self.of(request, token, found)?.live()
    }

    fn of(
        &self,
        request: &HttpRequest,
        token: AppSessionToken,
        found: Result<Option<(AppSession, Connection)>, RepositoryError>,
    ) -> Result<SignedIn, Problem> {
        let found = found.map_err(|error| Problem::from(&error))?;
        let (session, connection) = found.ok_or_else(|| Problem::new(ProblemCode::SessionRequired))?;
        let form_token = FormToken::of(&token).reveal();
        Ok(SignedIn { frame: self.frame(request), session, connection, token, form_token })
    }

    /// Who is logged in and sent a form from one of our pages, which holds nothing but its token.
    ///
    /// # Errors
    /// Those of [`AppPages::logged_in_form`], and `permission_ended`.
    pub async fn signed_form(&self, request: &HttpRequest, payload: Payload) -> Result<SignedIn, Problem> {
        self.logged_in_form(request, payload).await?.live()
    }

    /// Who is logged in, also when the permission has ended, and sent a form from one of our pages.
    ///
    /// # Errors
    /// Those of [`AppPages::logged_in`] and [`Form::read`], and 403 `form_token_refused`.
    pub async fn logged_in_form(&self, request: &HttpRequest, payload: Payload) -> Result<SignedIn, Problem> {
        let form = Form::read(&self.origins, request, payload).await?;
        let signed = self.logged_in(request).await?;
        form.check_token(&FormToken::of(&signed.token))?;
        Ok(signed)
    }

    /// Lets an address go on that does not ask faster than people do.
    ///
    /// # Errors
    /// 429 `too_many_requests`.
    pub fn check_flood(&self, request: &HttpRequest) -> Result<(), Problem> {
        let client = client::address(request, &self.trusted_proxies)?;
        let let_through = self.flood.check_address(&client, self.frames.clock.now());
        let_through.map_err(|until| Problem::new(ProblemCode::TooManyRequests).retry_at(until))
    }
}

impl SignedIn {
    /// The same, where the app may act for the account.
    ///
    /// # Errors
    /// `permission_ended`.
    pub fn live(self) -> Result<Self, Problem> {
        if self.connection.state == ConnectionState::Live {
            Ok(self)
        } else {
            Err(Problem::new(ProblemCode::PermissionEnded))
        }
    }

    /// The same, for the answer to a form: its language link leads to the page at `path`.
    #[must_use]
    pub fn standing_at(self, path: &str) -> Self {
        Self { frame: self.frame.standing_at(path), ..self }
    }
}

/// The session's token in a browser's cookie.
pub fn shown(headers: &HeaderMap) -> Option<AppSessionToken> {
    AppSessionToken::parse(cookies::value(headers, COOKIE)?).ok()
}

/// The header that gives a browser its session, until it is closed.
pub fn set_cookie(token: &AppSessionToken) -> (&'static str, String) {
    cookies::set(COOKIE, &token.reveal(), Life::Browser)
}

/// The header that takes it away.
pub fn clear_cookie() -> (&'static str, String) {
    cookies::clear(COOKIE)
}
