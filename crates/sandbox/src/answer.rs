//! A provider's answer before faults had their way with it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use serde_json::Value;

/// What a simulated provider wants to answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
}

const JSON: &str = "application/json; charset=utf-8";

impl Answer {
    /// An answer with a JSON body.
    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::text(status, JSON, body.to_string())
    }

    /// An answer of another type than JSON.
    pub(crate) fn text(status: StatusCode, content_type: &'static str, body: String) -> Self {
        Self { status, content_type, body: Bytes::from(body) }
    }

    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, content_type: JSON, body: Bytes::new() }
    }

    /// The answer as it is.
    pub(crate) fn into_response(self) -> HttpResponse {
        if self.body.is_empty() {
            return HttpResponse::new(self.status);
        }
        HttpResponse::build(self.status).content_type(self.content_type).body(self.body)
    }
}
