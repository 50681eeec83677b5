//! What answers and failures mean to the caller (security 43).

use bonin_http::HttpError;
use bonin_ports::{BoxError, IdentityError};

/// A call that brought no answer.
pub(crate) fn no_answer(error: HttpError) -> IdentityError {
    let code = error.code().to_owned();
    let may_be_done = matches!(error, HttpError::Unclear { .. });
    let cause = Some(error.into());
    if may_be_done {
        IdentityError::Unclear { code, cause }
    } else {
        IdentityError::Unavailable { code, cause }
    }
}

/// An answer that is neither 200 nor one that the call knows. `name` is the provider's own, if it is documented.
pub(crate) fn failed(status: u16, name: Option<&str>) -> IdentityError {
    let code = name.map_or_else(|| status.to_string(), |name| format!("{status}/{name}"));
    match status {
        401 | 403 => IdentityError::Unauthorized { code },
        // 408 says that the request did not arrive in time.
        408 | 429 | 503 => IdentityError::Unavailable { code, cause: None },
        400..=499 => IdentityError::Refused { code },
        _ => IdentityError::Unclear { code, cause: None },
    }
}

/// A success that does not say what a success says. `cause` must not quote the answer.
pub(crate) fn unreadable(cause: impl Into<BoxError>) -> IdentityError {
    IdentityError::Unclear { code: "200".into(), cause: Some(cause.into()) }
}

/// Time ran out before the call was made.
pub(crate) fn out_of_time() -> IdentityError {
    IdentityError::Unavailable { code: "timeout".into(), cause: None }
}

/// For calls that take nothing which a person typed: what they refuse was not understood.
pub(crate) fn never_refused(error: IdentityError) -> IdentityError {
    match error {
        IdentityError::Refused { code } => IdentityError::Unclear { code, cause: None },
        other => other,
    }
}

/// Whether a question may be answered when it is asked again at once.
pub(crate) fn may_pass(error: &IdentityError) -> bool {
    match error {
        IdentityError::Unavailable { code, .. } => code != "429",
        IdentityError::Unclear { code, .. } => !code.starts_with('4'),
        IdentityError::Refused { .. } | IdentityError::Unauthorized { .. } => false,
    }
}

/// The same error of a call that only prepared the one asked for: surely nothing was done.
pub(crate) fn nothing_done(error: IdentityError) -> IdentityError {
    match error {
        IdentityError::Unclear { code, cause } => IdentityError::Unavailable { code, cause },
        other => other,
    }
}
