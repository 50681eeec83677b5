//! From the errors of identity verification to problems.

use bonin_domain::identity::{
    GenderDigitError, IdentityReferenceError, IdentityRefusal, OtpCodeError, UnknownCarrier,
};
use bonin_ports::IdentityError;
use bonin_services::identity::{CompleteIdentityError, OtpIdentityError, StartIdentityError};

use super::{FieldCode, FieldError, Problem, ProblemCode};

impl From<IdentityReferenceError> for FieldCode {
    fn from(_: IdentityReferenceError) -> Self {
        Self::Malformed
    }
}

impl From<OtpCodeError> for FieldCode {
    fn from(_: OtpCodeError) -> Self {
        Self::Malformed
    }
}

impl From<GenderDigitError> for FieldCode {
    fn from(_: GenderDigitError) -> Self {
        Self::Malformed
    }
}

impl From<UnknownCarrier> for FieldCode {
    fn from(_: UnknownCarrier) -> Self {
        Self::Unsupported
    }
}

impl Problem {
    /// What a failed start of an identity verification looks like to the client.
    pub fn of_identity_start(error: &StartIdentityError) -> Self {
        match error {
            StartIdentityError::Purpose => {
                Self::fields(vec![FieldError::new("purpose", FieldCode::Unsupported)])
            }
            StartIdentityError::TooMany { until } => Self::new(ProblemCode::TooManyRequests).retry_at(*until),
            StartIdentityError::Repository(cause) => Self::from(cause),
        }
    }

    /// What a result that was not taken looks like to the client.
    pub fn of_identity(error: &CompleteIdentityError) -> Self {
        Self::new(match error {
            CompleteIdentityError::NotFound => ProblemCode::IdentityNotFound,
            CompleteIdentityError::Expired => ProblemCode::IdentityExpired,
            CompleteIdentityError::Completed => ProblemCode::IdentityCompleted,
            CompleteIdentityError::ReferenceMissing => {
                return Self::fields(vec![FieldError::new("imp_uid", FieldCode::Missing)]);
            }
            CompleteIdentityError::ResultUsed => ProblemCode::IdentityResultUsed,
            CompleteIdentityError::ResultUnknown => ProblemCode::IdentityResultUnknown,
            CompleteIdentityError::OtherSession => ProblemCode::IdentityOtherSession,
            CompleteIdentityError::Refused(refusal) => refused(*refusal),
            CompleteIdentityError::Unavailable(cause) => unavailable(cause),
            CompleteIdentityError::Repository(cause) => return Self::from(cause),
        })
    }

    /// What a one-time password that was not sent or not taken looks like to the client.
    pub fn of_otp(error: &OtpIdentityError) -> Self {
        Self::new(match error {
            OtpIdentityError::PersonRefused => ProblemCode::OtpPersonRefused,
            OtpIdentityError::Refused => ProblemCode::OtpRefused,
            OtpIdentityError::Exhausted => ProblemCode::OtpExhausted,
            OtpIdentityError::TooMany { until } => {
                return Self::new(ProblemCode::TooManyRequests).retry_at(*until);
            }
            OtpIdentityError::NotRequested => ProblemCode::OtpNotRequested,
            OtpIdentityError::Identity(error) => return Self::of_identity(error),
        })
    }
}

fn refused(refusal: IdentityRefusal) -> ProblemCode {
    match refusal {
        IdentityRefusal::OtherResult => {
            tracing::error!("the identity provider told of another result than the one that was asked for");
            ProblemCode::IdentityUnavailable
        }
        IdentityRefusal::OtherOrder => ProblemCode::IdentityOtherOrder,
        IdentityRefusal::NotCertified => ProblemCode::IdentityNotCertified,
        IdentityRefusal::Stale => ProblemCode::IdentityStale,
        IdentityRefusal::Channel => {
            tracing::warn!(
                "an identity came through a channel that does not count; look at the provider's console"
            );
            ProblemCode::IdentityChannelRefused
        }
        IdentityRefusal::Incomplete => {
            tracing::error!(
                "the identity provider left out name, birth date or both person keys; mend the contract"
            );
            ProblemCode::IdentityIncomplete
        }
        IdentityRefusal::TooYoung => ProblemCode::TooYoung,
    }
}

/// The cause is logged once, here; the client is told nothing of it.
fn unavailable(cause: &IdentityError) -> ProblemCode {
    if let IdentityError::Unauthorized { .. } = cause {
        tracing::error!(error = %cause, "the identity provider refuses our keys; mend the settings");
    } else {
        tracing::warn!(error = %cause, "the identity provider gave no answer");
    }
    ProblemCode::IdentityUnavailable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_fault_it_is_decides_the_status() {
        let status = |refusal: IdentityRefusal| {
            let problem = Problem::of_identity(&CompleteIdentityError::Refused(refusal));
            (problem.code().as_str(), problem.code().status().as_u16())
        };
        assert_eq!(status(IdentityRefusal::OtherOrder), ("identity_other_order", 422));
        assert_eq!(status(IdentityRefusal::NotCertified), ("identity_not_certified", 422));
        assert_eq!(status(IdentityRefusal::Stale), ("identity_stale", 410));
        assert_eq!(status(IdentityRefusal::Channel), ("identity_channel_refused", 422));
        assert_eq!(status(IdentityRefusal::Incomplete), ("identity_incomplete", 502));
        assert_eq!(status(IdentityRefusal::OtherResult), ("identity_unavailable", 503));
        assert_eq!(status(IdentityRefusal::TooYoung), ("too_young", 403));
    }

    #[test]
    fn a_result_that_is_not_named_is_a_missing_field() {
        let problem = Problem::of_identity(&CompleteIdentityError::ReferenceMissing);
        assert_eq!(problem.code(), ProblemCode::FieldsInvalid);
        assert_eq!(problem.errors(), [FieldError::new("imp_uid", FieldCode::Missing)]);
    }
}
