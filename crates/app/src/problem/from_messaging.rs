//! From the errors of the messaging app to problems.

use bonin_services::messaging::{CallError, FinishLoginError};

use super::{Problem, ProblemCode};

impl From<&CallError> for Problem {
    /// Causes are logged once, here.
    fn from(error: &CallError) -> Self {
        match error {
            CallError::ScopeMissing(_) => Self::new(ProblemCode::PermissionMissing),
            CallError::Ended => Self::new(ProblemCode::PermissionEnded),
            CallError::AppRefused { .. } => {
                tracing::error!(error = %error, "tokens cannot be renewed: look at the app's registration");
                Self::new(ProblemCode::MessagingUnavailable)
            }
            CallError::Unrenewed(_) | CallError::Provider(_) => {
                tracing::warn!(error = %error, "a call for a person failed");
                Self::new(ProblemCode::MessagingUnavailable)
            }
            CallError::Repository(cause) => Self::from(cause),
        }
    }
}

impl From<&FinishLoginError> for Problem {
    fn from(error: &FinishLoginError) -> Self {
        match error {
            FinishLoginError::Lost => Self::new(ProblemCode::LoginNotFinished),
            FinishLoginError::Declined => Self::new(ProblemCode::ConsentRefused),
            FinishLoginError::OtherAccount => Self::new(ProblemCode::OtherAccount),
            FinishLoginError::Provider => Self::new(ProblemCode::MessagingUnavailable),
            FinishLoginError::Repository(cause) => Self::from(cause),
        }
    }
}
