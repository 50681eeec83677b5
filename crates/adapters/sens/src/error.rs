use bonin_http::{Answer, HttpError};
use bonin_ports::BoxError;
use jiff::{SignedDuration, Timestamp};

use crate::invalid::InvalidRequest;
use crate::wire;

/// From this much on the gateway refuses our timestamp (section 2).
const MOST_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Why a call brought nothing. Variants are what the caller can do about it (section 9).
///
/// `code` is the HTTP status, with the provider's own code behind a slash where the answer had one, such as
/// `429/410`; where no answer came, it is the transport's, such as `connect`. No variant holds a number, a
/// text or a key, nor anything else that the provider wrote.
#[derive(Debug, thiserror::Error)]
pub enum SensError {
    /// Not sent at all: we refused it ourselves.
    #[error("not sent to SENS: {0}")]
    Invalid(#[from] InvalidRequest),
    /// Surely not accepted, and the same request never will be.
    #[error("SENS refused the request ({code})")]
    Refused {
        /// See the type.
        code: String,
    },
    /// Surely not accepted: access key, secret key or the key's rights are wrong.
    #[error("SENS did not accept our keys ({code})")]
    Unauthorized {
        /// See the type.
        code: String,
    },
    /// Surely not accepted: our clock is 5 minutes or more off, so no signature holds.
    #[error("SENS did not accept our time: our clock is {seconds} s ahead of its own")]
    ClockSkew {
        /// Our clock minus theirs, so negative where ours is behind.
        seconds: i64,
    },
    /// Surely not accepted: the keys are good but may not use this service id.
    #[error("the keys may not use this SENS service id ({code})")]
    Service {
        /// See the type.
        code: String,
    },
    /// To a send: surely not accepted, there is no such service. To a question: there is no such message.
    #[error("SENS knows no such service or message ({code})")]
    NotFound {
        /// See the type.
        code: String,
    },
    /// Surely not accepted: too many calls just now.
    #[error("SENS is throttling us ({code})")]
    Throttled {
        /// See the type.
        code: String,
    },
    /// Surely not accepted: the account's quota is used up.
    #[error("our SENS quota is used up ({code})")]
    Quota {
        /// See the type.
        code: String,
    },
    /// Surely not accepted: SENS is out of order or cannot be reached.
    #[error("SENS is unavailable ({code})")]
    Unavailable {
        /// See the type.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: Option<BoxError>,
    },
    /// It may or may not have been accepted: list before sending again.
    #[error("the answer of SENS is unclear ({code})")]
    Unclear {
        /// See the type.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: Option<BoxError>,
    },
}

impl SensError {
    /// The code; for what was not sent and for the clock a short stable name.
    pub fn code(&self) -> &str {
        match self {
            Self::Invalid(invalid) => invalid.code(),
            Self::ClockSkew { .. } => "clock_skew",
            Self::Refused { code }
            | Self::Unauthorized { code }
            | Self::Service { code }
            | Self::NotFound { code }
            | Self::Throttled { code }
            | Self::Quota { code }
            | Self::Unavailable { code, .. }
            | Self::Unclear { code, .. } => code,
        }
    }

    /// Reads an answer that is no success; `signed_at` is the time that its request was signed with.
    pub(crate) fn from_answer(answer: &Answer, signed_at: Timestamp) -> Self {
        let detail = wire::problem_code(&answer.body);
        let code = match &detail {
            Some(detail) => format!("{}/{detail}", answer.status),
            None => answer.status.to_string(),
        };
        // The gateway's code numbers collide with HTTP's: within 429, `400` is the quota.
        match (answer.status, detail.as_deref()) {
            (401, Some("200")) => match skew(answer, signed_at) {
                Some(seconds) => Self::ClockSkew { seconds },
                None => Self::Unauthorized { code },
            },
            (401, _) => Self::Unauthorized { code },
            (403, _) => Self::Service { code },
            (404, _) => Self::NotFound { code },
            (429, Some("400")) => Self::Quota { code },
            (429, _) => Self::Throttled { code },
            // 408 says that the request did not arrive in time.
            (408 | 503, _) => Self::Unavailable { code, cause: None },
            (400..=499, _) => Self::Refused { code },
            _ => Self::Unclear { code, cause: None },
        }
    }

    /// A success that does not say what a success says.
    pub(crate) fn unclear(code: String, cause: impl Into<BoxError>) -> Self {
        Self::Unclear { code, cause: Some(cause.into()) }
    }
}

impl From<HttpError> for SensError {
    fn from(error: HttpError) -> Self {
        let code = error.code().to_owned();
        let may_be_sent = matches!(error, HttpError::Unclear { .. });
        let cause = Some(error.into());
        if may_be_sent { Self::Unclear { code, cause } } else { Self::Unavailable { code, cause } }
    }
}

/// Seconds that our clock is ahead of the answer's, where that alone explains a refusal.
fn skew(answer: &Answer, signed_at: Timestamp) -> Option<i64> {
    let ahead = signed_at.duration_since(server_time(answer)?);
    (ahead.abs() >= MOST_SKEW).then_some(ahead.as_secs())
}

/// The gateway's clock, from the header `Date`.
pub(crate) fn server_time(answer: &Answer) -> Option<Timestamp> {
    let date = jiff::fmt::rfc2822::parse(answer.date.as_deref()?).ok()?;
    Some(date.timestamp())
}
