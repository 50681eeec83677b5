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
    fn over(verification: Box<Verification>, now: Timestamp) -> Self {
        let code = match verification.ended() {
            Some(Ended::Expired) => ProblemCode::VerificationExpired,
            Some(Ended::Used) => ProblemCode::VerificationUsed,
            Some(Ended::Cancelled) => ProblemCode::VerificationCancelled,
            Some(Ended::Exhausted) | None => ProblemCode::ChecksExhausted,
        };
        let until = verification.expires_at;
        let problem = Self::new(code).about(verification, now);
        if code == ProblemCode::ChecksExhausted { problem.retry_at(until, now) } else { problem }
    }

    /// What a failed start looks like to the client.
    pub fn of_start(error: &StartError, now: Timestamp) -> Self {
        match error {
            StartError::TooMany { until } => Self::new(ProblemCode::TooManyRequests).retry_at(*until, now),
            StartError::Destination(refusal) => {
                Self::fields(vec![FieldError::new("phone_number", (*refusal).into())]).at(now)
            }
            StartError::KeyReused => Self::fields_of_key(ProblemCode::IdempotencyKeyReused).at(now),
            StartError::Repository(cause) => Self::from(cause).at(now),
        }
    }

    /// What a failed resend looks like to the client.
    pub fn of_resend(error: ResendError, now: Timestamp) -> Self {
        match error {
            ResendError::TooEarly(verification) => {
                let until = verification.resend_at;
                Self::new(ProblemCode::ResendTooEarly).about(verification, now).retry_at(until, now)
            }
            ResendError::Over(verification) => Self::over(verification, now),
            ResendError::NotFound => Self::new(ProblemCode::VerificationNotFound).at(now),
            ResendError::KeyReused => Self::fields_of_key(ProblemCode::IdempotencyKeyReused).at(now),
            ResendError::Repository(cause) => Self::from(&cause).at(now),
        }
    }

    /// What a failed check looks like to the client.
    pub fn of_check(error: CheckCodeError, now: Timestamp) -> Self {
        match error {
            CheckCodeError::Incorrect(verification) => {
                Self::new(ProblemCode::CodeIncorrect).about(verification, now)
            }
            CheckCodeError::Over(verification) => Self::over(verification, now),
            CheckCodeError::NumberExhausted(verification) => {
                let until = next_budget_day(now);
                let problem = Self::new(ProblemCode::ChecksExhausted).about(verification, now);
                problem.locked_until(until).retry_at(until, now)
            }
            CheckCodeError::NotFound => Self::new(ProblemCode::VerificationNotFound).at(now),
            CheckCodeError::Repository(cause) => Self::from(&cause).at(now),
        }
    }

    /// What a failed cancelling looks like to the client.
    pub fn of_cancel(error: CancelError, now: Timestamp) -> Self {
        match error {
            CancelError::Over(verification) => Self::over(verification, now),
            CancelError::NotFound => Self::new(ProblemCode::VerificationNotFound).at(now),
            CancelError::Repository(cause) => Self::from(&cause).at(now),
        }
    }

    /// What a failed reading looks like to the client.
    pub fn of_read(error: &ReadError, now: Timestamp) -> Self {
        match error {
            ReadError::NotFound => Self::new(ProblemCode::VerificationNotFound).at(now),
            ReadError::Repository(cause) => Self::from(cause).at(now),
        }
    }

    /// A problem with the `Idempotency-Key` header.
    pub fn fields_of_key(code: ProblemCode) -> Self {
        let errors = vec![FieldError::new("Idempotency-Key", FieldCode::Malformed)];
        if code == ProblemCode::FieldsInvalid { Self::new(code).with(errors) } else { Self::new(code) }
    }
}
