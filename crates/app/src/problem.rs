//! Problems: every error a client sees is `application/problem+json` (RFC 9457) with a stable `code`.

mod catalog;
mod detail;
mod field_code;
mod from;
mod from_access;
mod from_accounts;
mod from_identity;
mod from_messages;
mod from_messaging;
mod from_sessions;
mod from_templates;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use bonin_domain::access::Scope;
use bonin_domain::codes::{Status, Verification};
use bonin_domain::messages::Locale;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub use catalog::ProblemCode;
pub use detail::{Detail, Measured, Wanted};
pub use field_code::FieldCode;

/// What is wrong with one member of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The member's name, or the header's.
    pub field: String,
    /// The rule it breaks.
    pub code: FieldCode,
    /// What there is to say beyond that.
    pub detail: Option<Detail>,
}

/// An answer that is not what the client hoped for.
#[derive(Clone, Debug)]
pub struct Problem {
    code: ProblemCode,
    details: Box<Details>,
}

/// What a problem tells beside its code.
#[derive(Clone, Debug, Default)]
struct Details {
    errors: Vec<FieldError>,
    verification: Option<Box<Verification>>,
    lock_until: Option<Timestamp>,
    retry_at: Option<Timestamp>,
    scope: Option<Scope>,
}

impl Problem {
    /// A problem that its code says all about.
    pub fn new(code: ProblemCode) -> Self {
        Self { code, details: Box::default() }
    }

    /// Members that are wrong. Where all that is wrong has one code of its own, the whole problem has it.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let mut own = errors.iter().map(|error| error.code.own_problem(&error.field));
        let first = own.next().unwrap_or(ProblemCode::FieldsInvalid);
        let code = if own.all(|code| code == first) { first } else { ProblemCode::FieldsInvalid };
        Self::new(code).with(errors)
    }

    fn with(mut self, errors: Vec<FieldError>) -> Self {
        self.details.errors = errors;
        self
    }

    /// What is wrong.
    pub fn code(&self) -> ProblemCode {
        self.code
    }

    /// The members that are wrong.
    pub fn errors(&self) -> &[FieldError] {
        &self.details.errors
    }

    /// Shows the verification that it is about.
    #[must_use]
    pub fn about(mut self, verification: Box<Verification>) -> Self {
        if verification.status == Status::Locked {
            self.details.lock_until = Some(verification.expires_at);
        }
        self.details.verification = Some(verification);
        self
    }

    /// Tells until when nothing is compared.
    #[must_use]
    pub fn locked_until(mut self, until: Timestamp) -> Self {
        self.details.lock_until = Some(until);
        self
    }

    /// Tells when to try again.
    #[must_use]
    pub fn retry_at(mut self, until: Timestamp) -> Self {
        self.details.retry_at = Some(until);
        self
    }

    /// Names the scope that the key lacks.
    #[must_use]
    pub fn lacking(mut self, scope: Scope) -> Self {
        self.details.scope = Some(scope);
        self
    }

    /// The answer, in `locale`, for the request named `request_id`; `now` is the server's
    /// time.
    pub fn render(&self, locale: Locale, request_id: &str, now: Option<Timestamp>) -> HttpResponse {
        let mut body = Map::new();
        body.insert("type".to_owned(), json!(format!("/problems/{}", self.code.as_str())));
        body.insert("title".to_owned(), json!(self.code.title(locale)));
        body.insert("status".to_owned(), json!(self.code.status().as_u16()));
        body.insert("code".to_owned(), json!(self.code.as_str()));
        body.insert("request_id".to_owned(), json!(request_id));
        if !self.details.errors.is_empty() {
            let errors: Vec<Value> = self.details.errors.iter().map(|error| error.render(locale)).collect();
            body.insert("errors".to_owned(), Value::Array(errors));
        }
        if let Some(verification) = &self.details.verification {
            body.insert("expires_at".to_owned(), json!(verification.expires_at));
            body.insert("resend_at".to_owned(), json!(verification.resend_at));
            body.insert("checks_left".to_owned(), json!(verification.checks_left));
        }
        if let Some(scope) = self.details.scope {
            body.insert("scope".to_owned(), json!(scope.as_str()));
        }
        let times = [
            ("lock_until", self.details.lock_until),
            ("server_time", now),
            ("retry_at", self.details.retry_at),
        ];
        for (name, time) in times {
            if let Some(time) = time {
                body.insert(name.to_owned(), json!(time));
            }
        }
        let mut response = HttpResponse::build(self.code.status());
        response.insert_header((CONTENT_TYPE, "application/problem+json"));
        response.insert_header(("content-language", locale.as_str()));
        if matches!(
            self.code,
            ProblemCode::KeyRequired | ProblemCode::KeyUnknown | ProblemCode::SessionRequired
        ) {
            // `Basic` is understood, too, but a browser that is told so asks people for a password.
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        if let Some(seconds) = self.retry_after(now) {
            response.insert_header((RETRY_AFTER, seconds));
        }
        response.body(Value::Object(body).to_string())
    }

    /// Seconds until it makes sense to try again, rounded up.
    pub fn retry_after(&self, now: Option<Timestamp>) -> Option<i64> {
        let (Some(until), Some(now)) = (self.details.retry_at, now) else {
            return (self.code.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(1);
        };
        let left = until.duration_since(now);
        let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
        Some(seconds.max(1))
    }
}

impl FieldError {
    /// A rule that a member breaks.
    pub fn new(field: impl Into<String>, code: FieldCode) -> Self {
        Self { field: field.into(), code, detail: None }
    }

    /// A member that has another type than it must have.
    pub fn wanted(field: impl Into<String>, wanted: Wanted) -> Self {
        Self::new(field, FieldCode::WrongType).with(Detail::Wanted(wanted))
    }

    /// A list that has more than `most` items.
    pub fn too_many(field: impl Into<String>, most: usize) -> Self {
        Self::new(field, FieldCode::TooMany).with(Detail::Most(most))
    }

    /// Says more.
    #[must_use]
    pub fn with(self, detail: Detail) -> Self {
        Self { detail: Some(detail), ..self }
    }

    fn render(&self, locale: Locale) -> Value {
        let message = match &self.detail {
            Some(detail) => detail.message(locale),
            None => self.code.message(locale).to_owned(),
        };
        let mut error = Map::new();
        error.insert("field".to_owned(), json!(self.field));
        error.insert("code".to_owned(), json!(self.code.as_str()));
        error.insert("message".to_owned(), json!(message));
        if let Some(detail) = &self.detail {
            detail.write(&mut error);
        }
        Value::Object(error)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code.as_str())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// Without language and request id; the middleware `http::problems` renders it again with both.
    fn error_response(&self) -> HttpResponse {
        self.render(Locale::En, "", None)
    }
}
