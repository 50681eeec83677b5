//! Who may use the console.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::accounts::{PasswordHash, SessionPolicy};
use crate::id::Id;
use crate::keys::Sealed;
use crate::opaque::{Digest, Opaque, Role};

/// Marks the name of an administrator's row.
pub struct AdminRole;
impl Role for AdminRole {
    const NAME: &'static str = "Admin";
}
/// The name of an administrator's row; no secret.
pub type AdminId = Id<AdminRole>;

/// Marks the secret that lets somebody become an administrator.
pub struct InvitationRole;
impl Role for InvitationRole {
    const NAME: &'static str = "InvitationSecret";
}
/// What the terminal prints: whoever types it into the console becomes an administrator, once (security 51).
pub type InvitationSecret = Opaque<InvitationRole>;
/// What is stored of an [`InvitationSecret`].
pub type InvitationDigest = Digest<InvitationRole>;

/// Marks the name of an administrator's session.
pub struct AdminSessionRole;
impl Role for AdminSessionRole {
    const NAME: &'static str = "AdminSession";
}
/// The name of an administrator's session; no secret.
pub type AdminSessionId = Id<AdminSessionRole>;

/// Marks the secret that stands for an administrator's session.
pub struct AdminSessionTokenRole;
impl Role for AdminSessionTokenRole {
    const NAME: &'static str = "AdminSessionToken";
}
/// The secret that stands for an administrator's session, in a cookie (security 32).
pub type AdminSessionToken = Opaque<AdminSessionTokenRole>;
/// What is stored of an [`AdminSessionToken`].
pub type AdminSessionTokenDigest = Digest<AdminSessionTokenRole>;

/// The name under which an administrator logs in and stands in the record: 2 to 32 lower-case letters, digits, dots,
/// hyphens and underscores, the first of them a letter; not [`AdminName::TERMINAL`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdminName(String);

/// Why a text is no administrator's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a name has 2 to 32 lower-case letters, digits, dots, hyphens and underscores and starts with a letter"
)]
pub struct AdminNameError;

impl AdminName {
    /// What stands in the record for commands: nobody has this name.
    pub const TERMINAL: &'static str = "terminal";

    /// Reads a name; blanks around it and capital letters are folded.
    ///
    /// # Errors
    /// [`AdminNameError`].
    pub fn parse(raw: &str) -> Result<Self, AdminNameError> {
        let folded = raw.trim().to_ascii_lowercase();
        let starts_well = folded.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
        let reserved = folded == Self::TERMINAL;
        if starts_well && !reserved && (2..=32).contains(&folded.len()) && folded.bytes().all(allowed) {
            Ok(Self(folded))
        } else {
            Err(AdminNameError)
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AdminName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A step of 30 seconds since 1970 (RFC 6238). A one-time password counts once: only for a later step than the one that
/// was used last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TotpStep(pub i64);

impl TotpStep {
    /// The step of a moment.
    pub fn at(now: Timestamp) -> Self {
        Self(now.as_second().div_euclid(30))
    }
}

/// Somebody who may use the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin {
    /// The row's name.
    pub id: AdminId,
    /// The name that is typed and recorded.
    pub name: AdminName,
    /// The password's hash.
    pub password: PasswordHash,
    /// The secret of the one-time passwords, sealed; its row is `id`.
    pub totp: Sealed,
    /// The step that was used last.
    pub last_step: TotpStep,
    /// Since when.
    pub created_at: Timestamp,
}

/// Lets somebody become an administrator, or an administrator set password and second factor anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Who is to set them anew; `None` for somebody new.
    pub admin: Option<AdminName>,
    /// Until when.
    pub expires_at: Timestamp,
}

impl Invitation {
    /// How long an invitation holds: 30 minutes.
    pub const LIFE: SignedDuration = SignedDuration::from_mins(30);
}

/// A live session of an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminSession {
    /// Its name.
    pub id: AdminSessionId,
    /// Who.
    pub admin: AdminId,
    /// The name of who.
    pub name: AdminName,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

impl AdminSession {
    /// How long administrators' sessions live: 15 minutes without use, 8 hours in all (security 32).
    pub fn policy() -> SessionPolicy {
        SessionPolicy {
            idle: SignedDuration::from_mins(15),
            absolute: SignedDuration::from_hours(8),
            ..SessionPolicy::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        assert_eq!(AdminName::parse(" Min.Seo ").unwrap().as_str(), "min.seo");
        for wrong in ["", "a", "1min", "Terminal", "민서", "a b", "a\0", &"a".repeat(33)] {
            assert_eq!(AdminName::parse(wrong), Err(AdminNameError), "{wrong:?}");
        }
    }

    #[test]
    fn steps_have_thirty_seconds() {
        let step = |second| TotpStep::at(Timestamp::from_second(second).unwrap()).0;
        assert_eq!((step(0), step(29), step(30), step(59), step(1_111_111_109)), (0, 0, 1, 1, 37_037_036));
    }
}
