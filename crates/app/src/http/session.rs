//! Who is logged in: where a request's session comes from, and what a change within it has to show (security
//! 32, 33).
//!
//! | Who | Shows | Tenant |
//! |---|---|---|
//! | an app | `Authorization: Bearer <token>`, 43 characters without a dot | `default` |
//! | a backend, for a person | its API key, and the header `Session-Token` | the key's |
//! | a browser | the cookie `__Host-bonin-session` | `default` |

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use bonin_domain::access::{ApiKey, Scope};
use bonin_domain::accounts::{FormToken, Session, SessionToken};
use bonin_domain::{ClientAddress, TenantId};
use bonin_services::accounts::FindSession;

use crate::http::access::{Access, Caller, bearer_session, behind, counted};
use crate::http::cookies::{self, Life};
use crate::http::fields::Fields;
use crate::http::flood::FloodGuard;
use crate::http::origin::Origins;
use crate::problem::{Problem, ProblemCode};

/// The cookie of browsers' sessions: with this prefix they take it from this host alone, over TLS alone.
const NAME: &str = "__Host-bonin-session";

/// What a request does in its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// It looks.
    Reads,
    /// It changes something: with a cookie it needs the form token and must not come from another site.
    Changes,
}

/// Where a session's token stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// In `Authorization`.
    Bearer,
    /// In `Session-Token`, beside an API key.
    Header,
    /// In the cookie.
    Cookie,
}

/// A live session, and who uses it. What it may touch is its own account's, of its own tenant.
#[derive(Debug)]
pub struct Signed {
    /// The session.
    pub session: Session,
    /// Whose member it is.
    pub tenant: TenantId,
    /// Its token.
    pub token: SessionToken,
    /// Where that stood.
    pub means: Means,
    /// The API key of the backend that calls for the person, if one does.
    pub key: Option<ApiKey>,
    /// Where the call comes from.
    pub client: ClientAddress,
}

/// Tells who is logged in.
pub struct Sessions {
    pub access: Arc<Access>,
    pub find: FindSession,
    pub origins: Origins,
    /// Guards what hashes passwords without a session.
    pub passwords: FloodGuard,
}

impl Signed {
    /// By which address wrong passwords are counted, see [`Caller::counted`].
    pub fn counted(&self, fields: &mut Fields) -> Option<ClientAddress> {
        counted(self.key.as_ref(), &self.client, fields)
    }

    /// Where the person is, see [`Caller::person`].
    pub fn person(&self, fields: &mut Fields) -> ClientAddress {
        behind(self.key.as_ref(), fields).unwrap_or_else(|| self.client.clone())
    }
}

impl Sessions {
    /// The session of a call about an account. A key needs the scope `accounts`.
    ///
    /// # Errors
    /// 401 `session_required`, 403 `cross_site_refused` or `form_token_refused`, and those of [`Access::caller`].
    pub async fn session(&self, request: &HttpRequest, intent: Intent) -> Result<Signed, Problem> {
        let caller = self.access.caller(request, Scope::Accounts).await?;
        self.of_caller(caller, request, intent).await
    }

    /// The session of a call whose caller is known.
    ///
    /// # Errors
    /// Those of [`Sessions::session`], save the caller's.
    pub async fn of_caller(
        &self,
        caller: Caller,
        request: &HttpRequest,
        intent: Intent,
    ) -> Result<Signed, Problem> {
        let headers = request.headers();
        let (token, means) = shown(headers, caller.key.is_some())?;
        // A browser sends the cookie whoever made it call; the other two nobody sends by accident.
        let guarded = means == Means::Cookie && intent == Intent::Changes;
        if guarded {
            self.origins.check(request)?;
        }
        let session = self.find.execute(&caller.tenant, &token).await;
        let session = session.map_err(|error| Problem::from(&error))?.ok_or_else(required)?;
        if guarded && !shows_form_token(headers, &token) {
            return Err(Problem::new(ProblemCode::FormTokenRefused));
        }
        let Caller { tenant, key, client } = caller;
        Ok(Signed { session, tenant, token, means, key, client })
    }
}

/// The header that gives a browser its session, until it is closed.
pub fn set_cookie(token: &SessionToken) -> (&'static str, String) {
    cookies::set(NAME, &token.reveal(), Life::Browser)
}

/// The header that takes it away.
pub fn clear_cookie() -> (&'static str, String) {
    cookies::clear(NAME)
}

fn required() -> Problem {
    Problem::new(ProblemCode::SessionRequired)
}

/// The session's token and where it stands. Where it stands more than once, it is the same each time.
fn shown(headers: &HeaderMap, keyed: bool) -> Result<(SessionToken, Means), Problem> {
    let bearer = bearer_session(headers).filter(|_| !keyed).map(|token| (token, Means::Bearer));
    let named = headers.get_all("session-token");
    let named = named.map(|value| (value.to_str().unwrap_or_default(), Means::Header));
    let cookies = cookies::values(headers, NAME).map(|token| (token, Means::Cookie));
    let all: Vec<(&str, Means)> = bearer.into_iter().chain(named).chain(cookies).collect();
    if !keyed && all.iter().any(|(_, means)| *means == Means::Header) {
        return Err(Problem::new(ProblemCode::KeyRequired));
    }
    let (token, means) = *all.first().ok_or_else(required)?;
    // A backend names the person itself: a cookie in its calls would be one that it forwards unseen.
    if all.iter().any(|(other, _)| *other != token) || (keyed && means == Means::Cookie) {
        return Err(required());
    }
    let token = SessionToken::parse(token).map_err(|_| required())?;
    Ok((token, means))
}

fn shows_form_token(headers: &HeaderMap, session: &SessionToken) -> bool {
    let mut values = headers.get_all("form-token");
    let shown = values.next().and_then(|value| value.to_str().ok());
    values.next().is_none() && shown.is_some_and(|shown| FormToken::of(session).matches(shown))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn token(byte: u8) -> SessionToken {
        SessionToken::draw(&mut |bytes| bytes.fill(byte))
    }

    fn headers(lines: &[(&'static str, String)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn cookie(byte: u8) -> (&'static str, String) {
        ("cookie", format!("theme=dark; {NAME}={}; lang=ko", token(byte).reveal()))
    }

    fn bearer(byte: u8) -> (&'static str, String) {
        ("authorization", format!("Bearer {}", token(byte).reveal()))
    }

    fn named(byte: u8) -> (&'static str, String) {
        ("session-token", token(byte).reveal())
    }

    fn key() -> (&'static str, String) {
        ("authorization", format!("Bearer abcdefgh.{}", token(9).reveal()))
    }

    fn read(lines: &[(&'static str, String)], keyed: bool) -> Result<(String, Means), String> {
        shown(&headers(lines), keyed)
            .map(|(token, means)| (token.reveal(), means))
            .map_err(|problem| problem.to_string())
    }

    fn refused(code: &str) -> Result<(String, Means), String> {
        Err(code.to_owned())
    }

    #[test]
    fn a_session_is_shown_by_app_backend_or_browser() {
        assert_eq!(read(&[bearer(1)], false), Ok((token(1).reveal(), Means::Bearer)));
        assert_eq!(read(&[cookie(1)], false), Ok((token(1).reveal(), Means::Cookie)));
        assert_eq!(read(&[key(), named(1)], true), Ok((token(1).reveal(), Means::Header)));
    }

    #[test]
    fn the_same_session_may_be_shown_twice_and_two_sessions_never() {
        assert_eq!(read(&[cookie(1), bearer(1)], false), Ok((token(1).reveal(), Means::Bearer)));
        assert_eq!(read(&[key(), named(1), cookie(1)], true), Ok((token(1).reveal(), Means::Header)));
        for lines in [
            vec![cookie(1), bearer(2)],
            vec![cookie(1), cookie(2)],
            vec![cookie(1), ("cookie", format!("{NAME}="))],
        ] {
            assert_eq!(read(&lines, false), refused("session_required"), "{lines:?}");
        }
        for lines in [vec![key(), named(1), named(2)], vec![key(), named(1), cookie(2)]] {
            assert_eq!(read(&lines, true), refused("session_required"), "{lines:?}");
        }
    }

    #[test]
    fn what_is_no_session_token_is_no_session() {
        for lines in [
            vec![],
            vec![("cookie", "theme=dark".to_owned())],
            vec![("cookie", format!("x{NAME}={}", token(1).reveal()))],
            vec![("cookie", format!("{NAME}={}x", token(1).reveal()))],
            vec![("authorization", format!("Bearer {}", "!".repeat(43)))],
        ] {
            assert_eq!(read(&lines, false), refused("session_required"), "{lines:?}");
        }
    }

    #[test]
    fn a_key_and_a_session_are_not_taken_for_each_other() {
        assert_eq!(read(&[key()], true), refused("session_required"), "a key is no session");
        assert_eq!(read(&[key(), cookie(1)], true), refused("session_required"), "a cookie is a browser's");
        assert_eq!(read(&[named(1)], false), refused("key_required"), "the header is a backend's");
        assert_eq!(read(&[named(1), bearer(1)], false), refused("key_required"));
    }

    #[test]
    fn a_form_token_is_its_sessions_and_shown_once() {
        let form = |byte| ("form-token", FormToken::of(&token(byte)).reveal());
        assert!(shows_form_token(&headers(&[form(1)]), &token(1)));
        assert!(!shows_form_token(&headers(&[form(2)]), &token(1)));
        assert!(!shows_form_token(&headers(&[form(1), form(1)]), &token(1)));
        assert!(!shows_form_token(&headers(&[]), &token(1)));
        assert!(!shows_form_token(&headers(&[("form-token", token(1).reveal())]), &token(1)));
    }

    #[test]
    fn the_cookie_goes_with_the_browser_and_is_taken_away_by_name() {
        let (_, set) = set_cookie(&token(1));
        let attributes = "Path=/; Secure; HttpOnly; SameSite=Lax";
        assert_eq!(set, format!("__Host-bonin-session={}; {attributes}", token(1).reveal()));
        assert_eq!(clear_cookie().1, format!("__Host-bonin-session=; {attributes}; Max-Age=0"));
    }
}
