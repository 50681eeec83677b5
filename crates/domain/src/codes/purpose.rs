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
}

/// A text that names no purpose.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a purpose; one of sign_up, find_id, reset_password")]
pub struct UnknownPurpose;

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 3] = [Self::SignUp, Self::FindId, Self::ResetPassword];

    /// The name used on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::FindId => "find_id",
            Self::ResetPassword => "reset_password",
        }
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
