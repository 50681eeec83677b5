use bonin_domain::messages::FailureClass;
use bonin_http::{Answer, HttpError};
use bonin_ports::BoxError;
use jiff::Timestamp;

use crate::codes::{Outcome, failure_class};
use crate::request::InvalidRequest;
use crate::wire;

/// Why a call brought nothing. Variants are what the caller can do about it.
///
/// `code` is the HTTP status, with the provider's own code behind a slash where the answer had one, such as
/// `403/InvalidAPIKey`, or its status code alone (`1062`); where no answer came, it is the transport's, such as
/// `connect`. No variant holds a number, a text or a secret, nor anything else that the provider wrote.
#[derive(Debug, thiserror::Error)]
pub enum CoolsmsError {
    /// Not sent at all: we refused it ourselves.
    #[error("not sent to CoolSMS: {0}")]
    Invalid(#[from] InvalidRequest),
    /// Surely not done, and the same request never will be.
    #[error("CoolSMS refused the request ({code})")]
    Refused {
        /// The common class.
        class: FailureClass,
        /// See the type.
        code: String,
    },
    /// Surely not done: key, token, scope, app or clock are wrong.
    #[error("CoolSMS did not accept our credentials ({code})")]
    Unauthorized {
        /// See the type.
        code: String,
    },
    /// Surely not done: there is no such group, message or path.
    #[error("CoolSMS knows no such thing ({code})")]
    NotFound {
        /// See the type.
        code: String,
    },
    /// Surely not done: out of order, out of money, or too many calls.
    #[error("CoolSMS is unavailable ({code})")]
    Unavailable {
        /// The common class: out of order, or a limit of the account.
        class: FailureClass,
        /// See the type.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: Option<BoxError>,
    },
    /// It may or may not have been done: list before sending again.
    #[error("the answer of CoolSMS is unclear ({code})")]
    Unclear {
        /// See the type.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: Option<BoxError>,
    },
}

impl CoolsmsError {
    /// The code; for what was not sent a short stable name. At most 40 bytes.
    pub fn code(&self) -> &str {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::Refused { code, .. }
            | Self::Unauthorized { code }
            | Self::NotFound { code }
            | Self::Unavailable { code, .. }
            | Self::Unclear { code, .. } => code,
        }
    }

    /// Reads an answer that is no success.
    pub(crate) fn from_answer(answer: &Answer) -> Self {
        let problem = wire::problem(&answer.body);
        let name = problem.name.as_deref();
        let code = match name {
            Some(name) => format!("{}/{name}", answer.status),
            None => answer.status.to_string(),
        };
        let unavailable = |class| Self::Unavailable { class, code: code.clone(), cause: None };
        match (answer.status, name) {
            // The message was registered with a failure; which one is in the text (section 4).
            (400, Some("InvalidStatusCode")) => match problem.status_code {
                Some(status_code) => Self::refusal(&status_code),
                None => Self::Refused { class: FailureClass::Other, code },
            },
            (402 | 429, _) | (400, Some("NotEnoughBalance")) => unavailable(FailureClass::Quota),
            // What the app may do is settled with the provider, not by this message.
            (400, Some("InvalidAppId" | "BlockedApp" | "InactiveApp" | "InDevelopment")) | (401 | 403, _) => {
                Self::Unauthorized { code }
            }
            (404, _) => Self::NotFound { code },
            // 408 says that the request did not arrive in time.
            (408 | 503, _) => unavailable(FailureClass::ProviderDown),
            (400..=499, _) => Self::Refused { class: FailureClass::Other, code },
            _ => Self::Unclear { code, cause: None },
        }
    }

    /// A message that was refused with this status code, though perhaps within HTTP 200 (section 4).
    pub(crate) fn refusal(status_code: &str) -> Self {
        let code = status_code.to_owned();
        match (Outcome::of(status_code), failure_class(status_code)) {
            (Outcome::Refused(_) | Outcome::Failed(_), class) if !status_code.starts_with('3') => match class
            {
                FailureClass::Quota | FailureClass::ProviderDown => {
                    Self::Unavailable { class, code, cause: None }
                }
                FailureClass::Credentials => Self::Unauthorized { code },
                _ => Self::Refused { class, code },
            },
            // A code of the carrier, or none at all: it may have gone.
            _ => Self::unclear("status_code", "the status code is not one of a refusal"),
        }
    }

    /// A success that does not say what a success says.
    pub(crate) fn unclear(code: impl Into<String>, cause: impl Into<BoxError>) -> Self {
        Self::Unclear { code: code.into(), cause: Some(cause.into()) }
    }
}

impl From<HttpError> for CoolsmsError {
    fn from(error: HttpError) -> Self {
        let code = error.code().to_owned();
        let may_be_sent = matches!(error, HttpError::Unclear { .. });
        let cause = Some(error.into());
        if may_be_sent {
            Self::Unclear { code, cause }
        } else {
            Self::Unavailable { class: FailureClass::ProviderDown, code, cause }
        }
    }
}

/// The provider's clock, from the header `Date`.
pub(crate) fn server_time(answer: &Answer) -> Option<Timestamp> {
    let date = jiff::fmt::rfc2822::parse(answer.date.as_deref()?).ok()?;
    Some(date.timestamp())
}
