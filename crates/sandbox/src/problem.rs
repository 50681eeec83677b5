//! Errors of the sandbox's own calls, as `application/problem+json` (RFC 9457).

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::json;

/// One member or parameter that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    pub(crate) field: String,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// Why a call was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("the body is not a JSON object")]
    Unreadable,
    #[error("the body is too large")]
    TooLarge,
    #[error("some fields are wrong")]
    Invalid(Vec<FieldError>),
    #[error("no message came in time")]
    TimedOut,
    #[error("there is nothing here")]
    NotFound,
    #[error("this identity verification is verified already")]
    AlreadyVerified,
}

impl Problem {
    /// One wrong field.
    pub(crate) fn field(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.to_owned(), code, message: message.into() }])
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unreadable => "body_unreadable",
            Self::TooLarge => "body_too_large",
            Self::Invalid(_) => "fields_invalid",
            Self::TimedOut => "no_message",
            Self::NotFound => "not_found",
            Self::AlreadyVerified => "already_verified",
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::AlreadyVerified => StatusCode::CONFLICT,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut body = json!({
            "type": format!("/problems/{}", self.code()),
            "title": self.to_string(),
            "status": self.status_code().as_u16(),
            "code": self.code(),
        });
        if let Self::Invalid(errors) = self {
            body["errors"] = json!(errors);
        }
        HttpResponse::build(self.status_code())
            .content_type("application/problem+json")
            .insert_header(("Cache-Control", "no-store"))
            .body(body.to_string())
    }
}
