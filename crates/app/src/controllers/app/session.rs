//! Who is logged in to the messaging app, and what its pages share (security 32, 33).

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use actix_web::web::Payload;
use bonin_domain::TenantId;
use bonin_domain::accounts::FormToken;
use bonin_domain::messaging::{AppSession, AppSessionToken, Connection, ConnectionState};
use bonin_services::messaging::AppSessions;

use crate::http::cookies::{self, Life};
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
    /// Scheme and host of CoolSMS's pages, where log ins lead: what a page's forms may redirect to.
    pub provider_origin: String,
}

/// Somebody who is logged in, on one page.
pub struct SignedIn {
    /// The page's frame.
    pub frame: Frame,
    /// The browser's session.
    pub session: AppSession,
    /// The account at CoolSMS for which the app may act; live when the request came.
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
        let token = shown(request.headers()).ok_or_else(|| Problem::new(ProblemCode::SessionRequired))?;
        let found = self.sessions.find(&self.tenant, &token).await;
        let found = found.map_err(|error| Problem::from(&error))?;
        let (session, connection) = found.ok_or_else(|| Problem::new(ProblemCode::SessionRequired))?;
        if connection.state != ConnectionState::Live {
            return Err(Problem::new(ProblemCode::PermissionEnded));
        }
        let form_token = FormToken::of(&token).reveal();
        Ok(SignedIn { frame: self.frame(request), session, connection, token, form_token })
    }

    /// Who is logged in, and the form that they sent from one of our pages.
    ///
    /// # Errors
    /// Those of [`AppPages::signed_in`] and [`Form::read`], and 403 `form_token_refused`.
    pub async fn signed_form(
        &self,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<(SignedIn, Form), Problem> {
        let form = Form::read(&self.origins, request, payload).await?;
        let signed = self.signed_in(request).await?;
        form.check_token(&FormToken::of(&signed.token))?;
        Ok((signed, form))
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
