//! Sessions of people who logged in.

use jiff::{SignedDuration, Timestamp};

use crate::accounts::AccountId;
use crate::id::Id;
use crate::opaque::{Digest, Opaque, Role};
use crate::tenant::TenantId;

/// Marks the name of a session.
pub struct SessionRole;
impl Role for SessionRole {
    const NAME: &'static str = "Session";
}
/// The name of a session; no secret.
pub type SessionId = Id<SessionRole>;

/// Marks the secret that stands for a session.
pub struct SessionTokenRole;
impl Role for SessionTokenRole {
    const NAME: &'static str = "SessionToken";
}
/// The secret that stands for a session, in a cookie or as a bearer token (security 32).
pub type SessionToken = Opaque<SessionTokenRole>;
/// What is stored of a [`SessionToken`].
pub type SessionTokenDigest = Digest<SessionTokenRole>;

/// A session that is live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// Whose member logged in.
    pub tenant: TenantId,
    /// Who logged in.
    pub account: AccountId,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When its holder last proved the account's number again within it.
    pub stepped_up_at: Option<Timestamp>,
}

/// How long sessions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionPolicy {
    /// A session that is not used for so long is over: 30 minutes.
    pub idle: SignedDuration,
    /// A session is over after so long, used or not: 12 hours.
    pub absolute: SignedDuration,
    /// Sessions of an account at once; the one that was used longest ago gives way: 10.
    pub most: u16,
    /// For so long a step-up stands for the password: 10 minutes.
    pub step_up: SignedDuration,
}

impl SessionPolicy {
    /// The last use is noted when the one before is this old: a write a minute, not one a request.
    pub const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self {
            idle: SignedDuration::from_mins(30),
            absolute: SignedDuration::from_hours(12),
            most: 10,
            step_up: SignedDuration::from_mins(10),
        }
    }
}

impl Session {
    /// Whether its holder proved the account's number lately enough to need no password.
    pub fn is_stepped_up(&self, policy: &SessionPolicy, now: Timestamp) -> bool {
        self.stepped_up_at.is_some_and(|at| now.duration_since(at) <= policy.step_up)
    }
}
