//! What a verification is for.

use std::fmt;
use std::str::FromStr;

/// What a verification is for. A code, a token and a proof count for one purpose only (requirement A11).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Purpose {
    /// Opening an account.
    SignUp,
    /// Being told one's own login id.
    FindId,
    /// Setting a new password.
    ResetPassword,
    /// Changing the phone number of an account, asked for in a session.
    ChangePhone,
    /// Proving the account's own number again, asked for in a session.
    StepUp,
}

/// A text that names no purpose.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a purpose; one of sign_up, find_id, reset_password, change_phone, step_up")]
pub struct UnknownPurpose;

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 5] =
        [Self::SignUp, Self::FindId, Self::ResetPassword, Self::ChangePhone, Self::StepUp];

    /// The name used on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::FindId => "find_id",
            Self::ResetPassword => "reset_password",
            Self::ChangePhone => "change_phone",
            Self::StepUp => "step_up",
        }
    }

    /// Whether a start always sends. The others send only where an account is concerned, and do not let the asker
    /// see whether they did (security 22, requirement G04).
    pub fn always_sends(self) -> bool {
        !matches!(self, Self::FindId | Self::ResetPassword)
    }

    /// Whether it can be asked for in a session only.
    pub fn wants_session(self) -> bool {
        matches!(self, Self::ChangePhone | Self::StepUp)
    }
}

impl FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(raw: &str) -> Result<Self, UnknownPurpose> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == raw).ok_or(UnknownPurpose)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
