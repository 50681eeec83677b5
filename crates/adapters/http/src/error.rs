use std::error::Error;
use std::io;

/// Any error, for the log.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Why a call has no answer. Variants are what surely happened, not what went wrong first.
///
/// Neither these nor their causes hold the URL, a header or a body.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No byte of the request was written: the name was not resolved, the connection not opened or TLS not
    /// agreed on.
    #[error("the server could not be reached ({code})")]
    NotSent {
        /// `dns`, `connect`, `connect_timeout` or `tls`.
        code: &'static str,
        /// What happened, for the log.
        #[source]
        cause: BoxError,
    },
    /// The request may have been written, whole or in part; no whole answer came. A kept connection that the
    /// server closed meanwhile counts as this too, unless the request was surely still in our hands.
    #[error("the server's answer did not come or could not be read ({code})")]
    Unclear {
        /// `timeout`, `reset` (ended before the answer began), `cut` (within it) or `too_large`.
        code: &'static str,
        /// What happened, for the log.
        #[source]
        cause: BoxError,
    },
    /// The request cannot be written as HTTP, or the client not be built; nothing was tried.
    #[error("the request is not valid HTTP ({code})")]
    Invalid {
        /// `header`, `request` or `setup`.
        code: &'static str,
        /// What is wrong, for the log.
        #[source]
        cause: BoxError,
    },
}

impl HttpError {
    /// A short stable name of what happened, for logs and stored attempts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSent { code, .. } | Self::Unclear { code, .. } | Self::Invalid { code, .. } => code,
        }
    }

    /// Reads an error that came before the answer began.
    pub(crate) fn before_answer(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_builder() {
            return Self::Invalid { code: "request", cause: error.into() };
        }
        if error.is_connect() {
            let code = if error.is_timeout() {
                "connect_timeout"
            } else if error.is_dns() {
                "dns"
            } else if is_tls(&error) {
                "tls"
            } else {
                "connect"
            };
            return Self::NotSent { code, cause: error.into() };
        }
        let code = if error.is_timeout() { "timeout" } else { "reset" };
        Self::Unclear { code, cause: error.into() }
    }

    /// Reads an error that came within the answer.
    pub(crate) fn within_answer(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let code = if error.is_timeout() { "timeout" } else { "cut" };
        Self::Unclear { code, cause: error.into() }
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        Self::Unclear { code: "too_large", cause: format!("the answer is longer than {limit} bytes").into() }
    }
}

/// Whether TLS failed: rustls reports through `io::Error`, whose `source` skips the error it wraps.
fn is_tls(error: &(dyn Error + 'static)) -> bool {
    if error.is::<rustls::Error>() {
        return true;
    }
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let inner = wrapped.map(|inner| inner as &(dyn Error + 'static));
    inner.or_else(|| error.source()).is_some_and(is_tls)
}
