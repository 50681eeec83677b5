//! Forms of pages: bounded in size and time, each field known, each once.

use std::collections::HashSet;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Payload, Query};
use bonin_domain::accounts::FormToken;

use crate::http::body::collect;
use crate::http::origin::Origins;
use crate::problem::{Problem, ProblemCode};

/// The most bytes of a form (security 40).
const LARGEST: usize = 16 * 1024;

/// The most fields of a form.
const MOST: usize = 250;

/// How long it may take.
const LONGEST: Duration = Duration::from_secs(10);

/// The field with the form token (security 33).
pub const TOKEN: &str = "form_token";

/// The fields of a form.
#[derive(Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form (`application/x-www-form-urlencoded`) that one of our own pages sent.
    ///
    /// # Errors
    /// 403 for one that another site's page sent; 415, 413, 408 or 400.
    pub async fn read(origins: &Origins, request: &HttpRequest, payload: Payload) -> Result<Self, Problem> {
        Self::read_within(origins, request, payload, LARGEST).await
    }

    /// The same, of at most `largest` bytes.
    ///
    /// # Errors
    /// Those of [`Form::read`].
    pub async fn read_within(
        origins: &Origins,
        request: &HttpRequest,
        payload: Payload,
        largest: usize,
    ) -> Result<Self, Problem> {
        origins.check(request)?;
        let bytes = tokio::time::timeout(LONGEST, collect(payload, largest))
            .await
            .map_err(|_| Problem::new(ProblemCode::BodyTimeout))??;
        let essence = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = essence.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Problem::new(ProblemCode::UnsupportedMediaType));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| Problem::new(ProblemCode::BadRequest))?;
        let fields = Query::<Vec<(String, String)>>::from_query(text);
        let fields = fields.map_err(|_| Problem::new(ProblemCode::BadRequest))?.into_inner();
        Self::of(fields)
    }

    /// The fields of a form that was read in another way.
    ///
    /// # Errors
    /// 400 where there are more than 250 fields, or one stands twice or holds a NUL.
    pub fn of(fields: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut seen = HashSet::new();
        let is_right = |(name, value): &(String, String)| seen.insert(name.clone()) && !value.contains('\0');
        if fields.len() > MOST || !fields.iter().all(is_right) {
            return Err(Problem::new(ProblemCode::BadRequest));
        }
        Ok(Self(fields))
    }

    /// All fields, in their order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A field; empty where it is missing.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value.as_str())
    }

    /// Whether a box is ticked or a button of this name was pressed.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// Refuses a form that does not show the token of its session.
    ///
    /// # Errors
    /// 403 `form_token_refused`.
    pub fn check_token(&self, token: &FormToken) -> Result<(), Problem> {
        if token.matches(self.text(TOKEN)) {
            Ok(())
        } else {
            Err(Problem::new(ProblemCode::FormTokenRefused))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Result<Form, Problem> {
        Form::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn each_field_stands_once() {
        let read = form(&[("to", "010"), ("text", "")]).unwrap();
        assert_eq!((read.text("to"), read.text("text"), read.text("from")), ("010", "", ""));
        assert!(read.has("text") && !read.has("from"));
        assert!(form(&[("to", "1"), ("to", "2")]).is_err());
        assert!(form(&[("to", "a\0b")]).is_err());
    }

    #[test]
    fn fields_are_bounded_in_number() {
        let numbered =
            |count: usize| Form::of((0..count).map(|place| (place.to_string(), String::new())).collect());
        assert!(numbered(MOST).is_ok() && numbered(MOST + 1).is_err());
    }
}
