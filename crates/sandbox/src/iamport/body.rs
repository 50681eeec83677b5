//! Bodies, which are JSON or forms alike (sheet, section 2).

use actix_web::web::{Bytes, Query};
use actix_web::{Error, HttpRequest};
use serde_json::{Map, Value};

/// The fields of a body; what cannot be read has none.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn read(request: &HttpRequest, payload: Result<Bytes, Error>) -> Self {
        let payload = payload.unwrap_or_default();
        let kind = request.headers().get("content-type").and_then(|value| value.to_str().ok());
        let json = match kind.map(str::to_ascii_lowercase) {
            Some(kind) if kind.contains("json") => true,
            Some(kind) if kind.contains("form-urlencoded") => false,
            _ => payload.trim_ascii_start().starts_with(b"{"),
        };
        if json {
            let members: Map<String, Value> = serde_json::from_slice(&payload).unwrap_or_default();
            let fields = members.into_iter().filter_map(|(name, value)| Some((name, scalar(&value)?)));
            return Self(fields.collect());
        }
        let text = String::from_utf8_lossy(&payload);
        Self(Query::<Vec<(String, String)>>::from_query(&text).map(Query::into_inner).unwrap_or_default())
    }

    /// The value of `name`; an empty one counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        (!value.trim().is_empty()).then_some(value.as_str())
    }

    /// The digits of `name`, whatever stands between them.
    pub(super) fn digits(&self, name: &str) -> Option<String> {
        Some(self.get(name)?.chars().filter(char::is_ascii_digit).collect())
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        // `bypass`: a JSON string by the schema, an object in some samples.
        Value::Object(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) => None,
    }
}
