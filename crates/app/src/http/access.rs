//! Who calls: the API key of a request, and the tenant for which it acts (requirement J06).

use std::collections::BTreeSet;
use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_domain::access::{ApiKey, Scope};
use bonin_domain::{ClientAddress, TenantId};
use bonin_services::access::Authenticate;
use ipnet::IpNet;

use crate::http::client;
use crate::http::fields::Fields;
use crate::problem::{FieldCode, Problem, ProblemCode};

/// The longest header that is looked at; both halves of a key take less than 60 characters.
const LONGEST: usize = 256;

/// Characters of a session's token: 256 bits in base64 without padding.
const SESSION_TOKEN: usize = 43;

/// Whether calls without a key act for the tenant `default`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeylessAllowed(pub bool);

/// Tells who calls.
pub struct Access {
    pub authenticate: Authenticate,
    pub keyless_allowed: KeylessAllowed,
    /// The tenants of the configuration: a key of one that was taken out of it is not known any more.
    pub tenants: BTreeSet<String>,
    pub trusted_proxies: Vec<IpNet>,
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// For whom.
    pub tenant: TenantId,
    /// The key that was shown, if any was.
    pub key: Option<ApiKey>,
    /// From where.
    pub client: ClientAddress,
}

impl Caller {
    /// The address of the person for whom a backend calls, where it names one in `client_address`. From anybody
    /// without a key that is an unknown member.
    pub fn behind(&self, fields: &mut Fields) -> Option<ClientAddress> {
        behind(self.key.as_ref(), fields)
    }

    /// By which address wrong passwords are counted: the person's. A backend that names none has none: ten wrong ones
    /// of somebody else's would keep out all its people.
    pub fn counted(&self, fields: &mut Fields) -> Option<ClientAddress> {
        counted(self.key.as_ref(), &self.client, fields)
    }

    /// Where the person is: behind the backend, as far as it says, else where the call comes from.
    pub fn person(&self, fields: &mut Fields) -> ClientAddress {
        self.behind(fields).unwrap_or_else(|| self.client.clone())
    }
}

/// See [`Caller::counted`].
pub fn counted(key: Option<&ApiKey>, client: &ClientAddress, fields: &mut Fields) -> Option<ClientAddress> {
    if key.is_some() { behind(key, fields) } else { Some(client.clone()) }
}

/// See [`Caller::behind`].
pub fn behind(key: Option<&ApiKey>, fields: &mut Fields) -> Option<ClientAddress> {
    key.and_then(|_| fields.optional("client_address", address))
}

fn address(text: &str) -> Result<ClientAddress, FieldCode> {
    text.parse::<IpAddr>().map(ClientAddress::from).map_err(|_| FieldCode::Malformed)
}

impl Access {
    /// Who calls, with a key that has this scope or, where the settings allow it, without one. A key that is
    /// shown is never ignored; a session's token in its place is none.
    ///
    /// # Errors
    /// 401, 403 or 429.
    pub async fn caller(&self, request: &HttpRequest, scope: Scope) -> Result<Caller, Problem> {
        let client = client::address(request, &self.trusted_proxies)?;
        if shows_key(request.headers()) {
            let key = self.key(request, &client, scope).await?;
            return Ok(Caller { tenant: key.tenant.clone(), key: Some(key), client });
        }
        match self.keyless_allowed {
            KeylessAllowed(true) => Ok(Caller { tenant: TenantId::default_tenant(), key: None, client }),
            KeylessAllowed(false) => Err(Problem::new(ProblemCode::KeyRequired)),
        }
    }

    /// The key with which a call comes that is never answered without one.
    ///
    /// # Errors
    /// 401, 403 or 429.
    pub async fn keyed(&self, request: &HttpRequest, scope: Scope) -> Result<ApiKey, Problem> {
        let client = client::address(request, &self.trusted_proxies)?;
        if !shows_key(request.headers()) {
            return Err(Problem::new(ProblemCode::KeyRequired));
        }
        self.key(request, &client, scope).await
    }

    async fn key(
        &self,
        request: &HttpRequest,
        client: &ClientAddress,
        scope: Scope,
    ) -> Result<ApiKey, Problem> {
        // What is written like no key counts as a bad one: it could be a guess as well.
        let (api_key, api_secret) = halves(request.headers()).unwrap_or_default();
        let key = self.authenticate.execute(&api_key, &api_secret, client).await;
        let key = key.map_err(|error| Problem::of_authenticate(&error))?;
        if !self.tenants.contains(key.tenant.as_str()) {
            return Err(Problem::new(ProblemCode::KeyUnknown));
        }
        if key.may(scope) { Ok(key) } else { Err(Problem::scope_missing(scope)) }
    }
}

/// Whether there is a key, right or wrong: everything in `Authorization` but a session's token.
fn shows_key(headers: &HeaderMap) -> bool {
    headers.contains_key(AUTHORIZATION) && bearer_session(headers).is_none()
}

/// What stands in `Authorization` in the form of a session's token: `Bearer` and 43 characters, none of them the dot
/// that every key has.
pub fn bearer_session(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION);
    let (scheme, token) = values.next()?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    let formed =
        scheme.eq_ignore_ascii_case("bearer") && token.len() == SESSION_TOKEN && !token.contains('.');
    (formed && values.next().is_none()).then_some(token)
}

/// Both halves of the key: `Basic api_key:api_secret` in base64, or `Bearer <api_key>.<api_secret>`.
fn halves(headers: &HeaderMap) -> Option<(String, String)> {
    let mut values = headers.get_all(AUTHORIZATION);
    let value = values.next()?.to_str().ok().filter(|value| value.len() <= LONGEST)?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, credentials) = value.split_once(' ')?;
    let credentials = credentials.trim();
    let (api_key, api_secret) = if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
        let (api_key, api_secret) = decoded.split_once(':')?;
        (api_key.to_owned(), api_secret.to_owned())
    } else if scheme.eq_ignore_ascii_case("bearer") {
        let (api_key, api_secret) = credentials.split_once('.')?;
        (api_key.to_owned(), api_secret.to_owned())
    } else {
        return None;
    };
    Some((api_key, api_secret))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn read(values: &[&str]) -> Option<(String, String)> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        halves(&headers)
    }

    #[test]
    fn both_ways_of_showing_a_key_are_read() {
        let both = Some(("akey0000".to_owned(), "s3cret-_".to_owned()));
        assert_eq!(read(&["Bearer akey0000.s3cret-_"]), both);
        assert_eq!(read(&["bearer  akey0000.s3cret-_"]), both);
        let basic = STANDARD.encode("akey0000:s3cret-_");
        assert_eq!(read(&[&format!("Basic {basic}")]), both);
        assert_eq!(read(&[&format!("basic {basic}")]), both);
    }

    #[test]
    fn only_the_form_of_a_sessions_token_is_not_taken_for_a_key() {
        let shows = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            }
            shows_key(&headers)
        };
        let token = "t".repeat(SESSION_TOKEN);
        let session = format!("Bearer {token}");
        assert!(!shows(&[&session]) && !shows(&[&format!("bearer  {token}")]));
        assert!(!shows(&[]));
        let dotted = format!("Bearer abcdefgh.{}", "s".repeat(SESSION_TOKEN - 9));
        for key in ["", "Bearer", &format!("{session}t"), &format!("Basic {token}"), &token, &dotted] {
            assert!(shows(&[key]), "{key}");
        }
        assert!(shows(&[&session, &session]), "a header given twice is a bad key");
    }

    #[test]
    fn what_is_written_otherwise_is_no_key() {
        let long = format!("Bearer akey0000.{}", "s".repeat(LONGEST));
        for value in ["", "Bearer", "Bearer akey0000", "Basic akey0000:s", "Digest akey0000.s", &long] {
            assert_eq!(read(&[value]), None, "{value}");
        }
        let no_colon = STANDARD.encode("akey0000");
        assert_eq!(read(&[&format!("Basic {no_colon}")]), None);
        let no_text = STANDARD.encode([0xff, 0xfe, b':', 0xff]);
        assert_eq!(read(&[&format!("Basic {no_text}")]), None);
        assert_eq!(read(&[]), None);
        assert_eq!(read(&["Bearer a.b", "Bearer a.b"]), None, "a header given twice");
    }
}
