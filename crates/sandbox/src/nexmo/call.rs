//! One call: its fields from query, form or JSON, and whose it is.

use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE};
use actix_web::web::{Bytes, Query};
use actix_web::{Error, HttpRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::format::Format;
use crate::credentials::{NEXMO_API_KEY, NEXMO_API_SECRET};

/// A call as it came. Clients put fields into the query, a form or JSON, and the key pair beside them or into
/// the header.
pub(super) struct Call {
    pub(super) format: Format,
    fields: Vec<(String, String)>,
    basic: Option<(String, String)>,
}

/// Why a call is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotAdmitted {
    /// This part of the key pair is missing.
    Missing(&'static str),
    Wrong,
}

impl Call {
    /// Reads a call; what cannot be read has no fields.
    pub(super) fn read(request: &HttpRequest, payload: Result<Bytes, Error>) -> Self {
        let format = Format::of(request.match_info().get("format").unwrap_or_default());
        let mut fields = form(request.query_string());
        let body = payload.unwrap_or_default();
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let json = header(CONTENT_TYPE).is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
        if json {
            fields.extend(members(&body));
        } else {
            fields.extend(form(&String::from_utf8_lossy(&body)));
        }
        Self { format, fields, basic: header(AUTHORIZATION).and_then(basic) }
    }

    /// The value of `name`; an empty one counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.fields.iter().find(|(known, value)| known == name && !value.is_empty())?;
        Some(value)
    }

    /// Every value of `name`.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All fields, for the signature.
    pub(super) fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The API key, wherever it is.
    pub(super) fn key(&self) -> Option<&str> {
        self.get("api_key").or(self.basic.as_ref().map(|(key, _)| key.as_str()))
    }

    /// The API secret, wherever it is.
    pub(super) fn secret(&self) -> Option<&str> {
        self.get("api_secret").or(self.basic.as_ref().map(|(_, secret)| secret.as_str()))
    }

    /// Lets in whoever has the published key pair.
    pub(super) fn admit(&self) -> Result<(), NotAdmitted> {
        let key = self.key().ok_or(NotAdmitted::Missing("api_key"))?;
        let secret = self.secret().ok_or(NotAdmitted::Missing("api_secret"))?;
        if key == NEXMO_API_KEY && secret == NEXMO_API_SECRET { Ok(()) } else { Err(NotAdmitted::Wrong) }
    }
}

fn form(text: &str) -> Vec<(String, String)> {
    Query::<Vec<(String, String)>>::from_query(text).map(Query::into_inner).unwrap_or_default()
}

/// Flat members; a list is a field that is given several times.
fn members(body: &[u8]) -> Vec<(String, String)> {
    let members: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    let mut fields = Vec::new();
    for (name, value) in members {
        match value {
            Value::Array(items) => {
                fields.extend(items.iter().filter_map(scalar).map(|item| (name.clone(), item)));
            }
            single => fields.extend(scalar(&single).map(|text| (name, text))),
        }
    }
    fields
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, pair) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(pair.trim()).ok()?).ok()?;
    let (key, secret) = pair.split_once(':')?;
    Some((key.to_owned(), secret.to_owned()))
}
