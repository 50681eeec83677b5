//! The way in: the first page, the log in at CoolSMS, and the way out (security 35).

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::messaging::{AppScope, AppScopes, BrowserSecret, LoginState};
use bonin_services::messaging::{AppPage, BeginLogin, CameBack, FinishLogin, LoginAim, LoginBegun};
use secrecy::SecretString;

use super::session::{self, AppPages};
use super::words::{self, Both};
use crate::http::cookies::{self, Life};
use crate::pages::form::Form;
use crate::pages::{Frame, see_other};
use crate::problem::{Problem, ProblemCode};

/// What a browser is known by while it logs in.
const BROWSER: &str = "__Host-bonin-app-login";

/// What this browser's person allowed the last time: a later log in asks for it again. No secret.
const ALLOWED: &str = "__Host-bonin-app-allowed";

/// Half a year, in seconds.
const HALF_A_YEAR: i64 = 15_552_000;

/// The longest code and the longest address of an issuer that are looked at.
const LONGEST: usize = 2_048;

/// Logging in at CoolSMS.
pub struct LogIns {
    pub begin: BeginLogin,
    pub finish: FinishLogin,
    /// CoolSMS's address: what it may call itself in `iss` (RFC 9207).
    pub issuer: String,
}

#[derive(Template)]
#[template(path = "app/welcome.html")]
struct Welcome<'a> {
    frame: &'a Frame,
    /// What is asked for.
    sending: (Both, Both),
    later: [(Both, Both); 3],
    button: Both,
    /// Whether somebody is led here whose log in is over.
    is_over: bool,
}

#[derive(Template)]
#[template(path = "app/leaving.html")]
struct Leaving<'a> {
    frame: &'a Frame,
    /// CoolSMS's page.
    address: &'a str,
}

/// `GET /app`; `over` says that a log in is over.
pub async fn welcome(pages: web::Data<Arc<AppPages>>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let frame = pages.frame(&request);
    match pages.signed_in(&request).await {
        // Only pages remember a language that the address chose.
        Ok(_) => {
            let language = frame.chosen_language().map(|tag| format!("?lang={tag}")).unwrap_or_default();
            return Ok(see_other(&format!("/app/send{language}")).finish());
        }
        Err(problem) if problem.code() == ProblemCode::SessionRequired => {}
        Err(problem) => return Err(problem),
    }
    let page = Welcome {
        frame: &frame,
        sending: words::scope(AppScope::SendMessages),
        later: [AppScope::ReadMessages, AppScope::ReadCash, AppScope::StoreFiles].map(words::scope),
        button: words::CONTINUE,
        is_over: frame.parameter("over").is_some(),
    };
    Ok(frame.answer(StatusCode::OK, &page))
}

/// `POST /app/login`
pub async fn log_in(
    pages: web::Data<Arc<AppPages>>,
    log_ins: web::Data<Arc<LogIns>>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    // Nobody is logged in whose token could be shown: that the page is ours, and the browser the same, is what counts.
    Form::read(&pages.origins, &request, payload).await?;
    let aim = LoginAim::Enter(allowed_before(request.headers()));
    let begun = log_ins.begin(&pages, &request, aim, AppPage::Send).await?;
    Ok(leave(pages.frame(&request), &begun))
}

/// What a log in may fail by, and `/app/problem` tells.
const FAILURES: [ProblemCode; 5] = [
    ProblemCode::LoginNotFinished,
    ProblemCode::ConsentRefused,
    ProblemCode::OtherAccount,
    ProblemCode::MessagingUnavailable,
    ProblemCode::Unavailable,
];

/// `GET /app/oauth/callback?code=&state=`: back from CoolSMS. Wherever it leads on, the address with the code is left.
pub async fn callback(
    pages: web::Data<Arc<AppPages>>,
    log_ins: web::Data<Arc<LogIns>>,
    request: HttpRequest,
) -> HttpResponse {
    let problem = match finish(&pages, &log_ins, &request).await {
        Ok(finished) => return finished,
        Err(problem) => problem,
    };
    let code = FAILURES.into_iter().find(|code| *code == problem.code()).unwrap_or(ProblemCode::Unavailable);
    let mut response = see_other(&format!("/app/problem?what={}", code.as_str()));
    if code == ProblemCode::ConsentRefused {
        // Asked for less, the person may say yes.
        response.append_header(forget_allowed());
    }
    response.finish()
}

/// `GET /app/problem?what=`: why a log in failed.
pub async fn problem(pages: web::Data<Arc<AppPages>>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let frame = pages.frame(&request);
    let named = FAILURES.into_iter().find(|code| frame.parameter("what") == Some(code.as_str()));
    Err(Problem::new(named.unwrap_or(ProblemCode::NotFound)))
}

async fn finish(pages: &AppPages, log_ins: &LogIns, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let lost = || Problem::new(ProblemCode::LoginNotFinished);
    let brought = Brought::read(request.query_string(), &log_ins.issuer).ok_or_else(lost)?;
    let browser = cookies::value(request.headers(), BROWSER).and_then(|text| BrowserSecret::parse(text).ok());
    let came = CameBack {
        state: brought.state,
        browser: browser.ok_or_else(lost)?,
        code: brought.code,
        session: session::shown(request.headers()),
    };
    let finished = log_ins.finish.execute(&pages.tenant, &came).await;
    let finished = finished.map_err(|error| Problem::from(&error))?;
    let mut response = see_other(match finished.back_to {
        AppPage::Send => "/app/send",
        AppPage::Messages => "/app/messages",
        AppPage::Account => "/app/account",
    });
    response.append_header(session::set_cookie(&finished.token)).append_header(cookies::clear(BROWSER));
    let allowed = finished.scopes.to_string().replace(' ', ".");
    response.append_header(cookies::set(ALLOWED, &allowed, Life::Seconds(HALF_A_YEAR)));
    Ok(response.finish())
}

/// `POST /app/logout`
pub async fn log_out(
    pages: web::Data<Arc<AppPages>>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let signed = pages.logged_in_form(&request, payload).await?;
    let ended = pages.sessions.end(&pages.tenant, &signed.session).await;
    ended.map_err(|error| Problem::from(&error))?;
    Ok(see_other("/app").append_header(session::clear_cookie()).finish())
}

impl LogIns {
    /// Begins a log in.
    ///
    /// # Errors
    /// 429, 503.
    pub async fn begin(
        &self,
        pages: &AppPages,
        request: &HttpRequest,
        aim: LoginAim<'_>,
        back_to: AppPage,
    ) -> Result<LoginBegun, Problem> {
        // Each begun log in is a row.
        pages.check_flood(request)?;
        let begun = self.begin.execute(&pages.tenant, aim, back_to).await;
        begun.map_err(|error| Problem::from(&error))
    }
}

/// Sends the browser to CoolSMS, by a page: browsers hold each redirect that follows a form against `form-action`, and
/// where CoolSMS redirects to is its own affair.
pub fn leave(frame: Frame, begun: &LoginBegun) -> HttpResponse {
    let frame = frame.standing_at("/app");
    let mut answer = frame.answer(StatusCode::OK, &Leaving { frame: &frame, address: &begun.address });
    let life = Life::Seconds(BeginLogin::LIFE.as_secs());
    give_cookie(&mut answer, cookies::set(BROWSER, &begun.browser.reveal(), life));
    answer
}

fn give_cookie(answer: &mut HttpResponse, (_, cookie): (&'static str, String)) {
    // What we write into a cookie is ASCII.
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// The header that forgets what this browser's person allowed.
pub fn forget_allowed() -> (&'static str, String) {
    cookies::clear(ALLOWED)
}

fn allowed_before(headers: &HeaderMap) -> Option<AppScopes> {
    cookies::value(headers, ALLOWED)?.replace('.', " ").parse().ok()
}

/// What stands in the address that CoolSMS sent the browser back to.
struct Brought {
    state: LoginState,
    /// The code, or CoolSMS's word for why there is none.
    code: Result<SecretString, String>,
}

impl Brought {
    /// `None` where anything is not as the provider writes it: the person begins anew.
    fn read(query: &str, issuer: &str) -> Option<Self> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(query).ok()?.into_inner();
        let named = |name: &str| pairs.iter().filter(|(other, _)| other == name).count();
        let twice = pairs.iter().any(|(name, _)| named(name) > 1);
        let formed = |text: &str| text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
        if twice || !pairs.iter().all(|(_, value)| value.len() <= LONGEST) {
            return None;
        }
        let one = |name: &str| pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let ours = |said: &str| said.trim_end_matches('/') == issuer.trim_end_matches('/');
        if !one("iss").is_none_or(ours) {
            return None;
        }
        let code = match (one("code"), one("error")) {
            (Some(code), None) if !code.is_empty() && formed(code) => Ok(SecretString::from(code)),
            (None, Some(word)) if formed(word) => Err(word.to_owned()),
            _ => return None,
        };
        Some(Self { state: LoginState::parse(one("state")?).ok()?, code })
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{COOKIE, HeaderValue};
    use secrecy::ExposeSecret as _;

    use super::*;

    const ISSUER: &str = "https://api.coolsms.co.kr";

    fn state() -> String {
        LoginState::draw(&mut |bytes| bytes.fill(7)).reveal()
    }

    fn read(rest: &str) -> Option<Brought> {
        Brought::read(&format!("state={}{rest}", state()), ISSUER)
    }

    #[test]
    fn a_code_or_an_error_comes_with_its_state() {
        let code = read("&code=a.b-c&lang=ko").unwrap().code.unwrap();
        assert_eq!(code.expose_secret(), "a.b-c");
        assert_eq!(read("&error=access_denied").unwrap().code.unwrap_err(), "access_denied");
        assert!(read("&code=a&iss=https%3A%2F%2Fapi.coolsms.co.kr").is_some());
        assert!(read("&code=a&iss=https%3A%2F%2Fapi.coolsms.co.kr%2F").is_some());
    }

    #[test]
    fn what_is_not_as_the_provider_writes_it_is_refused() {
        let long = format!("&code={}", "a".repeat(LONGEST + 1));
        let more = format!("&code=a&more={}", "a".repeat(LONGEST + 1));
        let twice = format!("&code=a&state={}", state());
        for rest in [
            "",
            "&code=",
            "&code=a&code=b",
            "&code=a&error=b",
            "&code=a%20b",
            "&code=a%0d%0ab",
            "&code=%EA%B0%80",
            "&error=a%00",
            "&code=a&iss=https%3A%2F%2Fevil.example",
            "&code=a&iss=",
            "&code=a&more=1&more=2",
            &long,
            &more,
            &twice,
        ] {
            assert!(read(rest).is_none(), "{rest}");
        }
        for query in ["", "code=a", "code=a&state=", "code=a&state=x", "code=a&state=%FF"] {
            assert!(Brought::read(query, ISSUER).is_none(), "{query}");
        }
    }

    #[test]
    fn what_was_allowed_before_is_read_as_scopes_or_not_at_all() {
        let before = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_static(value));
            allowed_before(&headers).map(|scopes| scopes.to_string())
        };
        let written = "__Host-bonin-app-allowed=message:write.cash:read";
        assert_eq!(before(written).as_deref(), Some("message:write cash:read"));
        assert_eq!(before("__Host-bonin-app-allowed=role-oauth2"), None);
        assert_eq!(before("other=message:write"), None);
    }
}
