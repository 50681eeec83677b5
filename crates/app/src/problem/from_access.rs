//! From the errors of API keys to problems.

use bonin_domain::access::Scope;
use bonin_services::access::AuthenticateError;

use super::{Problem, ProblemCode};

impl Problem {
    /// What a caller with a bad key is told.
    pub fn of_authenticate(error: &AuthenticateError) -> Self {
        match error {
            AuthenticateError::Refused => Self::new(ProblemCode::KeyUnknown),
            AuthenticateError::TooMany { until } => Self::new(ProblemCode::TooManyBadKeys).retry_at(*until),
            AuthenticateError::Repository(cause) => Self::from(cause),
        }
    }

    /// What a caller is told whose key may not do this.
    pub fn scope_missing(scope: Scope) -> Self {
        Self::new(ProblemCode::ScopeMissing).lacking(scope)
    }
}
