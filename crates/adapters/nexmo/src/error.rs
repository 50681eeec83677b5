use bonin_http::{Answer, HttpError};
use bonin_ports::{BoxError, SendError};

use bonin_domain::messages::FailureClass;

use crate::codes::Verdict;
use crate::invalid::InvalidRequest;

/// Why a call brought nothing. Variants are what the caller can do about it.
///
/// `code` is Nexmo's own status where it answered with one, such as `10` (sections 2.7 and 3.1); else the HTTP
/// status, or, where no answer came, the transport's, such as `connect`. No variant holds a number, a code, a
/// text or a key, nor anything else that the provider wrote.
#[derive(Debug, thiserror::Error)]
pub enum NexmoError {
    /// Not sent at all: we refused it ourselves.
    #[error("not sent to Nexmo: {0}")]
    Invalid(#[from] InvalidRequest),
    /// Nexmo said no with a status of its own; what it means depends on the call.
    #[error("Nexmo answered with status {code}")]
    Status {
        /// See the type.
        code: String,
    },
    /// Surely not accepted: another 4xx.
    #[error("Nexmo refused the request ({code})")]
    Refused {
        /// See the type.
        code: String,
    },
    /// Surely not accepted: 401 or 403.
    #[error("Nexmo did not accept our key ({code})")]
    Unauthorized {
        /// See the type.
        code: String,
    },
    /// Surely not accepted: 429.
    #[error("Nexmo is throttling us ({code})")]
    Throttled {
        /// See the type.
        code: String,
    },
    /// Surely not accepted: Nexmo is out of order or cannot be reached.
    #[error("Nexmo is unavailable ({code})")]
    Unavailable {
        /// See the type.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: Option<BoxError>,
    },
    /// It may or may not have been accepted.
    #[error("the answer of Nexmo is unclear ({code})")]
    Unclear {
        /// See the type.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: Option<BoxError>,
    },
}

impl NexmoError {
    /// The code; for what was not sent a short stable name.
    pub fn code(&self) -> &str {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::Status { code }
            | Self::Refused { code }
            | Self::Unauthorized { code }
            | Self::Throttled { code }
            | Self::Unavailable { code, .. }
            | Self::Unclear { code, .. } => code,
        }
    }

    /// Reads an answer that is no 200.
    pub(crate) fn from_answer(answer: &Answer) -> Self {
        let code = answer.status.to_string();
        match answer.status {
            401 | 403 => Self::Unauthorized { code },
            429 => Self::Throttled { code },
            // 404 and its kin say that there is no such service here, 408 that the request did not arrive in time.
            404 | 405 | 408 | 410 | 503 => Self::Unavailable { code, cause: None },
            400..=499 => Self::Refused { code },
            _ => Self::Unclear { code, cause: None },
        }
    }

    /// A 200 that does not say what an answer says.
    pub(crate) fn unclear(cause: impl Into<BoxError>) -> Self {
        Self::Unclear { code: "200".into(), cause: Some(cause.into()) }
    }

    /// As the error of a port; `verdict` reads the statuses of the call.
    pub(crate) fn into_send_error(self, verdict: fn(&str) -> Verdict) -> SendError {
        let code = self.code().to_owned();
        let unavailable =
            |class, cause: Self| SendError::Unavailable { class, code: code.clone(), cause: cause.into() };
        match &self {
            Self::Invalid(invalid) => SendError::Refused { class: invalid.class(), code },
            Self::Status { code: status } => match verdict(status) {
                Verdict::Refused(class) => SendError::Refused { class, code },
                Verdict::Unauthorized => SendError::Unauthorized { code },
                Verdict::Unavailable(class) => unavailable(class, self),
                Verdict::Undocumented => SendError::Unclear { code, cause: self.into() },
            },
            Self::Refused { .. } => SendError::Refused { class: FailureClass::Other, code },
            Self::Unauthorized { .. } => SendError::Unauthorized { code },
            Self::Throttled { .. } => unavailable(FailureClass::Quota, self),
            Self::Unavailable { .. } => unavailable(FailureClass::ProviderDown, self),
            Self::Unclear { .. } => SendError::Unclear { code, cause: self.into() },
        }
    }
}

impl From<HttpError> for NexmoError {
    fn from(error: HttpError) -> Self {
        let code = error.code().to_owned();
        let may_be_sent = matches!(error, HttpError::Unclear { .. });
        let cause = Some(error.into());
        if may_be_sent { Self::Unclear { code, cause } } else { Self::Unavailable { code, cause } }
    }
}
