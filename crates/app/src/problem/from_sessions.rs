//! From the errors of log ins, sessions and what is done in them to problems.

use bonin_domain::accounts::{LoginIdError, PasswordFault};
use bonin_ports::{AnyProof, ProofRefusal};
use bonin_services::accounts::{
    ChangePasswordError, ChangePhoneError, CloseAccountError, FinishResetError, LogInError, LookUpError,
    OpenResetError, PasswordCheckError, StepUpError,
};

use super::{FieldCode, FieldError, Problem, ProblemCode};

impl From<LoginIdError> for FieldCode {
    fn from(error: LoginIdError) -> Self {
        match error {
            LoginIdError::Malformed => Self::Malformed,
            LoginIdError::TooLong => Self::TooLong,
        }
    }
}

impl From<PasswordFault> for FieldCode {
    fn from(fault: PasswordFault) -> Self {
        match fault {
            PasswordFault::TooShort => Self::TooShort,
            PasswordFault::TooLong => Self::TooLong,
            PasswordFault::Composition => Self::PasswordComposition,
            PasswordFault::Common => Self::PasswordCommon,
            PasswordFault::Context => Self::PasswordContext,
            PasswordFault::Unchanged => Self::PasswordUnchanged,
        }
    }
}

impl Problem {
    /// A proof of a number that is not taken.
    pub fn of_proof(refusal: ProofRefusal) -> Self {
        Self::new(match refusal {
            ProofRefusal::Unknown => ProblemCode::ProofUnknown,
            ProofRefusal::Used => ProblemCode::ProofUsed,
            ProofRefusal::Expired => ProblemCode::ProofExpired,
        })
    }

    /// A proof of an identity that is not taken.
    pub fn of_identity_proof(refusal: ProofRefusal) -> Self {
        Self::new(match refusal {
            ProofRefusal::Unknown => ProblemCode::IdentityProofUnknown,
            ProofRefusal::Used => ProblemCode::IdentityProofUsed,
            ProofRefusal::Expired => ProblemCode::IdentityProofExpired,
        })
    }

    fn of_either_proof(proof: AnyProof, refusal: ProofRefusal) -> Self {
        match proof {
            AnyProof::Phone(_) => Self::of_proof(refusal),
            AnyProof::Identity(_) => Self::of_identity_proof(refusal),
        }
    }

    fn of_new_password(fault: PasswordFault) -> Self {
        Self::fields(vec![FieldError::new("new_password", fault.into())])
    }

    /// What a failed log in looks like to the client: the same for login ids that exist and that do not.
    pub fn of_log_in(error: &LogInError) -> Self {
        match error {
            LogInError::Refused => Self::new(ProblemCode::LoginRefused),
            LogInError::TooMany { until } => Self::new(ProblemCode::TooManyLogins).retry_at(*until),
            LogInError::Busy(_) => Self::new(ProblemCode::Unavailable),
            LogInError::Repository(cause) => Self::from(cause),
        }
    }

    /// What somebody who is logged in is told of a password that was not taken.
    pub fn of_password_check(error: &PasswordCheckError) -> Self {
        match error {
            PasswordCheckError::Incorrect => Self::new(ProblemCode::PasswordIncorrect),
            PasswordCheckError::TooMany { until } => Self::new(ProblemCode::TooManyLogins).retry_at(*until),
            PasswordCheckError::Busy(_) => Self::new(ProblemCode::Unavailable),
            PasswordCheckError::Repository(cause) => Self::from(cause),
        }
    }

    /// What a failed step-up looks like to the client.
    pub fn of_step_up(error: &StepUpError) -> Self {
        match error {
            StepUpError::Proof(refusal) => Self::of_proof(*refusal),
            StepUpError::Repository(cause) => Self::from(cause),
        }
    }

    /// Why an account was not closed.
    pub fn of_close(error: &CloseAccountError) -> Self {
        match error {
            CloseAccountError::Password(error) => Self::of_password_check(error),
            CloseAccountError::SessionOver => Self::new(ProblemCode::SessionRequired),
            CloseAccountError::Repository(cause) => Self::from(cause),
        }
    }

    /// Why a password was not changed.
    pub fn of_change_password(error: &ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::Old(error) => Self::of_password_check(error),
            ChangePasswordError::New(fault) => Self::of_new_password(*fault),
            ChangePasswordError::Busy(_) => Self::new(ProblemCode::Unavailable),
            ChangePasswordError::SessionOver => Self::new(ProblemCode::SessionRequired),
            ChangePasswordError::Repository(cause) => Self::from(cause),
        }
    }

    /// Why a number was not changed.
    pub fn of_change_phone(error: &ChangePhoneError) -> Self {
        match error {
            ChangePhoneError::PasswordMissing => {
                Self::fields(vec![FieldError::new("password", FieldCode::Missing)])
            }
            ChangePhoneError::Password(error) => Self::of_password_check(error),
            ChangePhoneError::Proof(refusal) => Self::of_proof(*refusal),
            ChangePhoneError::PhoneTaken => Self::new(ProblemCode::PhoneNumberTaken),
            ChangePhoneError::SessionOver => Self::new(ProblemCode::SessionRequired),
            ChangePhoneError::Repository(cause) => Self::from(cause),
        }
    }

    /// Why no account is told.
    pub fn of_look_up(error: &LookUpError, proof: AnyProof) -> Self {
        match error {
            LookUpError::Proof(refusal) => Self::of_either_proof(proof, *refusal),
            LookUpError::Repository(cause) => Self::from(cause),
        }
    }

    /// Why no reset was opened.
    pub fn of_open_reset(error: &OpenResetError, proof: AnyProof) -> Self {
        match error {
            OpenResetError::Proof(refusal) => Self::of_either_proof(proof, *refusal),
            OpenResetError::Refused => Self::new(ProblemCode::ResetRefused),
            OpenResetError::IdentityRequired => Self::new(ProblemCode::IdentityRequired),
            OpenResetError::Repository(cause) => Self::from(cause),
        }
    }

    /// Why no password was set by a reset.
    pub fn of_finish_reset(error: &FinishResetError) -> Self {
        match error {
            FinishResetError::Over => Self::new(ProblemCode::ResetExpired),
            FinishResetError::Password(fault) => Self::of_new_password(*fault),
            FinishResetError::Busy(_) => Self::new(ProblemCode::Unavailable),
            FinishResetError::Repository(cause) => Self::from(cause),
        }
    }
}
