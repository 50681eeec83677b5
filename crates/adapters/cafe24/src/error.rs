use bonin_domain::messages::FailureClass;
use bonin_http::{Answer, HttpError};
use bonin_ports::BoxError;

use crate::codes::{Verdict, is_about_a_recipient, is_code, verdict};
use crate::invalid::InvalidRequest;

/// Why a call brought nothing. Variants are what the caller can do about it (section 7).
///
/// `code` is Cafe24's own result code, such as `-114`; where the answer had none, the HTTP status; where no
/// answer came, the transport's, such as `connect`. No variant holds a number, a text or a key, nor anything
/// else that the provider wrote.
#[derive(Debug, thiserror::Error)]
pub enum Cafe24Error {
    /// Not sent at all: we refused it ourselves.
    #[error("not sent to Cafe24: {0}")]
    Invalid(#[from] InvalidRequest),
    /// Surely not accepted, and the same request never will be.
    #[error("Cafe24 refused the request ({code})")]
    Refused {
        /// The common class.
        class: FailureClass,
        /// See the type.
        code: String,
    },
    /// Surely not accepted: id or key are wrong.
    #[error("Cafe24 did not accept our id and key ({code})")]
    Unauthorized {
        /// See the type.
        code: String,
    },
    /// Surely not accepted: Cafe24 is out of order or cannot be reached, or a limit of our account is met.
    #[error("Cafe24 is unavailable ({code})")]
    Unavailable {
        /// [`FailureClass::ProviderDown`] or [`FailureClass::Quota`].
        class: FailureClass,
        /// See the type.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: Option<BoxError>,
    },
    /// It may or may not have been accepted: list before sending again.
    #[error("the answer of Cafe24 is unclear ({code})")]
    Unclear {
        /// See the type.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: Option<BoxError>,
    },
}

impl Cafe24Error {
    /// The code; for what was not sent a short stable name.
    pub fn code(&self) -> &str {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::Refused { code, .. }
            | Self::Unauthorized { code }
            | Self::Unavailable { code, .. }
            | Self::Unclear { code, .. } => code,
        }
    }

    /// Reads an answer whose status is not 200. Cafe24 itself always answers 200, so this is something between us.
    pub(crate) fn from_status(answer: &Answer) -> Self {
        let code = answer.status.to_string();
        let unavailable = |class| Self::Unavailable { class, code: code.clone(), cause: None };
        match answer.status {
            401 | 403 => Self::Unauthorized { code },
            429 => unavailable(FailureClass::Quota),
            // 404 and its kin say that there is no such service here, 408 that the request did not arrive in time.
            404 | 405 | 408 | 410 | 503 => unavailable(FailureClass::ProviderDown),
            400..=499 => Self::Refused { class: FailureClass::Other, code },
            _ => Self::Unclear { code, cause: None },
        }
    }

    /// The error that a result code stands for; `None` where it stands for a success.
    pub(crate) fn from_code(raw: &str) -> Option<Self> {
        let raw = raw.trim();
        let code = if is_code(raw) { raw } else { "200" }.to_owned();
        match verdict(raw) {
            Verdict::Taken | Verdict::Tested => None,
            Verdict::Refused(class) => Some(Self::Refused { class, code }),
            Verdict::Unauthorized => Some(Self::Unauthorized { code }),
            Verdict::Unavailable(class) => Some(Self::Unavailable { class, code, cause: None }),
            Verdict::Unclear => {
                Some(Self::Unclear { code, cause: Some("not one of the documented results".into()) })
            }
        }
    }

    /// The same for a call to so many recipients.
    pub(crate) fn among(self, recipients: usize) -> Self {
        match self {
            Self::Refused { code, .. } if recipients > 1 && is_about_a_recipient(&code) => {
                let cause = "it is about one of several recipients, and does not say which";
                Self::Unclear { code, cause: Some(cause.into()) }
            }
            other => other,
        }
    }

    /// An answer with status 200 that does not say what it should.
    pub(crate) fn unreadable(cause: impl Into<BoxError>) -> Self {
        Self::Unclear { code: "200".into(), cause: Some(cause.into()) }
    }
}

impl From<HttpError> for Cafe24Error {
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
