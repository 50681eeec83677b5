//! From the errors of parsing and of use cases to problems.

use bonin_domain::codes::{CodeError, UnknownPurpose};
use bonin_domain::codes::{Ended, Verification, next_budget_day};
use bonin_domain::messages::UnknownLocale;
use bonin_domain::{DestinationRefusal, OpaqueError, PhoneNumberError};
use bonin_ports::RepositoryError;
use bonin_services::codes::{CancelError, CheckCodeError, ReadError, ResendError, StartError};
use jiff::Timestamp;

use super::{FieldCode, FieldError, Problem, ProblemCode};

impl From<PhoneNumberError> for FieldCode {
    fn from(error: PhoneNumberError) -> Self {
        match error {
            PhoneNumberError::Malformed => Self::Malformed,
            PhoneNumberError::Unassigned => Self::Unassigned,
        }
    }
}

impl From<DestinationRefusal> for FieldCode {
    fn from(refusal: DestinationRefusal) -> Self {
        match refusal {
            DestinationRefusal::Country => Self::CountryNotAllowed,
            DestinationRefusal::NotMobile => Self::NotMobile,
        }
    }
}

impl From<UnknownPurpose> for FieldCode {
    fn from(_: UnknownPurpose) -> Self {
        Self::Unsupported
    }
}

impl From<UnknownLocale> for FieldCode {
    fn from(_: UnknownLocale) -> Self {
        Self::Unsupported
    }
}

impl From<OpaqueError> for FieldCode {
    fn from(_: OpaqueError) -> Self {
        Self::Malformed
    }
}

impl From<CodeError> for FieldCode {
    fn from(_: CodeError) -> Self {
        Self::Malformed
    }
}

impl From<&RepositoryError> for Problem {
    /// The cause is logged once, here; the client is told nothing of it.
    fn from(error: &RepositoryError) -> Self {
        match error {
            RepositoryError::Conflict | RepositoryError::Busy | RepositoryError::Unavailable => {
                tracing::warn!(error = %error, "the database could not serve a request");
                Self::new(ProblemCode::Unavailable)
            }
            RepositoryError::Internal(_) => {
                tracing::error!(error = %error, "a request failed");
                Self::new(ProblemCode::Internal)
            }
        }
    }
}

impl Problem {
    fn over(verification: Box<Verification>) -> Self {
        let code = match verification.ended() {
            Some(Ended::Expired) => ProblemCode::VerificationExpired,
            Some(Ended::Used) => ProblemCode::VerificationUsed,
            Some(Ended::Cancelled) => ProblemCode::VerificationCancelled,
            Some(Ended::Exhausted) | None => ProblemCode::ChecksExhausted,
        };
        let until = verification.expires_at;
        let problem = Self::new(code).about(verification);
        if code == ProblemCode::ChecksExhausted { problem.retry_at(until) } else { problem }
    }

    /// What a failed start looks like to the client.
    pub fn of_start(error: &StartError) -> Self {
        match error {
            StartError::TooMany { until } => Self::new(ProblemCode::TooManyRequests).retry_at(*until),
            StartError::Destination(refusal) => {
                Self::fields(vec![FieldError::new("phone_number", (*refusal).into())])
            }
            StartError::SessionRequired => Self::new(ProblemCode::SessionRequired),
            StartError::AnotherNumber => {
                Self::fields(vec![FieldError::new("phone_number", FieldCode::NotOwn)])
            }
            StartError::KeyReused => Self::new(ProblemCode::IdempotencyKeyReused),
            StartError::Repository(cause) => Self::from(cause),
        }
    }

    /// What a failed resend looks like to the client.
    pub fn of_resend(error: ResendError) -> Self {
        match error {
            ResendError::TooEarly(verification) => {
                let until = verification.resend_at;
                Self::new(ProblemCode::ResendTooEarly).about(verification).retry_at(until)
            }
            ResendError::Over(verification) => Self::over(verification),
            ResendError::NotFound => Self::new(ProblemCode::VerificationNotFound),
            ResendError::KeyReused => Self::new(ProblemCode::IdempotencyKeyReused),
            ResendError::Repository(cause) => Self::from(&cause),
        }
    }

    /// What a failed check looks like to the client.
    pub fn of_check(error: CheckCodeError, now: Timestamp) -> Self {
        match error {
            CheckCodeError::Incorrect(verification) => {
                Self::new(ProblemCode::CodeIncorrect).about(verification)
            }
            CheckCodeError::Over(verification) => Self::over(verification),
            CheckCodeError::NumberExhausted(verification) => {
                let until = next_budget_day(now);
                let problem = Self::new(ProblemCode::ChecksExhausted).about(verification);
                problem.locked_until(until).retry_at(until)
            }
            CheckCodeError::NotFound => Self::new(ProblemCode::VerificationNotFound),
            CheckCodeError::NoVerdict(verification) => {
                Self::new(ProblemCode::Unavailable).about(verification)
            }
            CheckCodeError::Repository(cause) => Self::from(&cause),
        }
    }

    /// What a failed cancelling looks like to the client.
    pub fn of_cancel(error: CancelError) -> Self {
        match error {
            CancelError::Over(verification) => Self::over(verification),
            CancelError::NotFound => Self::new(ProblemCode::VerificationNotFound),
            CancelError::Repository(cause) => Self::from(&cause),
        }
    }

    /// What a failed reading looks like to the client.
    pub fn of_read(error: &ReadError) -> Self {
        match error {
            ReadError::NotFound => Self::new(ProblemCode::VerificationNotFound),
            ReadError::Repository(cause) => Self::from(cause),
        }
    }

    /// An `Idempotency-Key` header that is none.
    pub fn idempotency_key_malformed() -> Self {
        Self::fields(vec![FieldError::new("Idempotency-Key", FieldCode::Malformed)])
    }
}
