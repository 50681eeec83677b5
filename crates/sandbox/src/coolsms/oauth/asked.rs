//! What a login asks for (sheet, section 3.1).

use actix_web::http::Uri;

use super::super::errors::{invalid, refusal};
use super::scopes;
use crate::answer::Answer;
use crate::credentials::COOLSMS_CLIENT_ID;
use crate::encode::percent as encoded;
use crate::params::Params;

/// The hosts of the registered redirect address: this machine, and one that exists in tests only.
const HOSTS: [&str; 4] = ["localhost", "127.0.0.1", "[::1]", "bonin.test"];

/// A login that may go on.
pub(super) struct Asked {
    pub(super) redirect_uri: String,
    /// Scheme and host of the redirect address.
    pub(super) origin: String,
    pub(super) host: String,
    pub(super) scopes: Vec<&'static str>,
    pub(super) state: Option<String>,
    /// The S256 challenge (RFC 7636), where the app sends one. The provider documents none.
    pub(super) challenge: Option<String>,
}

impl Asked {
    /// Reads the query of `/authorize`; errors are JSON, never a redirect.
    pub(super) fn read(query: &str) -> Result<Self, Answer> {
        let params = Params::lenient(query);
        let client = params.get("client_id").ok_or_else(|| invalid("client_id"))?;
        if params.get("response_type") != Some("code") {
            return Err(invalid("response_type"));
        }
        let redirect_uri = params.get("redirect_uri").ok_or_else(|| invalid("redirect_uri"))?;
        if client != COOLSMS_CLIENT_ID {
            return Err(refusal(400, "InvalidClientId", "존재하지 않는 앱입니다."));
        }
        let (origin, host) = registered(redirect_uri)
            .ok_or_else(|| refusal(400, "InvalidHostName", "등록된 호스트가 아닙니다."))?;
        let scopes = scopes::read(params.get("scope").unwrap_or_default())
            .ok_or_else(|| refusal(400, "InvalidScope", "존재하지 않는 권한입니다."))?;
        let state = params.get("state").map(str::to_owned);
        let challenge = challenge(&params)?;
        Ok(Self { redirect_uri: redirect_uri.to_owned(), origin, host, scopes, state, challenge })
    }

    /// The same login as a query.
    pub(super) fn query(&self) -> String {
        let mut query = format!(
            "client_id={}&response_type=code&redirect_uri={}&scope={}",
            encoded(COOLSMS_CLIENT_ID),
            encoded(&self.redirect_uri),
            encoded(&self.scopes.join(" "))
        );
        if let Some(state) = &self.state {
            query.push_str("&state=");
            query.push_str(&encoded(state));
        }
        if let Some(challenge) = &self.challenge {
            query.push_str("&code_challenge_method=S256&code_challenge=");
            query.push_str(challenge);
        }
        query
    }

    /// Where the browser goes back to, with `name=value` and the state as it came.
    pub(super) fn back(&self, name: &str, value: &str) -> String {
        let join = if self.redirect_uri.contains('?') { '&' } else { '?' };
        let mut address = format!("{}{join}{name}={}", self.redirect_uri, encoded(value));
        if let Some(state) = &self.state {
            address.push_str("&state=");
            address.push_str(&encoded(state));
        }
        address
    }
}

/// The challenge of a login; a weaker method than S256 is refused.
fn challenge(params: &Params) -> Result<Option<String>, Answer> {
    let method = params.get("code_challenge_method");
    let Some(challenge) = params.get("code_challenge") else {
        return if method.is_some() { Err(invalid("code_challenge")) } else { Ok(None) };
    };
    if method != Some("S256") {
        return Err(invalid("code_challenge_method"));
    }
    let may_hold = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if challenge.len() != 43 || !challenge.bytes().all(may_hold) {
        return Err(invalid("code_challenge"));
    }
    Ok(Some(challenge.to_owned()))
}

/// Origin and host of a redirect address to a registered host.
fn registered(raw: &str) -> Option<(String, String)> {
    if raw.contains(['#', '@', '\\', ' ']) {
        return None;
    }
    let uri: Uri = raw.parse().ok()?;
    let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
    let host = uri.host().filter(|host| HOSTS.contains(host))?;
    Some((format!("{scheme}://{}", uri.authority()?), host.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_registered_hosts_are_sent_back_to() {
        for good in [
            "http://127.0.0.1:8080/app/oauth/callback",
            "http://localhost/cb?x=1",
            "https://bonin.test/cb",
            "http://[::1]:9/cb",
        ] {
            assert!(registered(good).is_some(), "{good}");
        }
        for bad in [
            "https://evil.test/cb",
            "https://bonin.test.evil.test/cb",
            "https://bonin.test@evil.test/cb",
            "https://evil.test#bonin.test",
            "https://evil.test\\@bonin.test",
            "javascript:alert(1)",
            "/cb",
            "localhost",
        ] {
            assert_eq!(registered(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_login_survives_its_own_query() {
        let raw = format!(
            "client_id={COOLSMS_CLIENT_ID}&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%2Fcb%3Fx%3D1\
             &scope=message%3Awrite+cash%3Aread&state=a%26b%20c%0d%0a\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        );
        let asked = Asked::read(&raw).unwrap_or_else(|_| panic!("a good login"));
        let again = Asked::read(&asked.query()).unwrap_or_else(|_| panic!("a good login"));
        assert_eq!(again.state.as_deref(), Some("a&b c\r\n"));
        assert_eq!(again.scopes, ["message:write", "cash:read"]);
        assert_eq!(again.challenge.as_deref(), Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        assert_eq!(again.back("code", "x y"), "http://localhost/cb?x=1&code=x%20y&state=a%26b%20c%0D%0A");
    }
}
