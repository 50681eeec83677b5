use async_trait::async_trait;
use bonin_domain::accounts::{PasswordHash, SessionPolicy};
use bonin_domain::admin::{
    Admin, AdminId, AdminName, AdminSession, AdminSessionId, AdminSessionTokenDigest, AuditAction,
    AuditEntry, AuditNumber, Invitation, InvitationDigest, NewAuditEntry, TotpStep,
};
use jiff::Timestamp;

use crate::RepositoryError;

/// What became of an invitation that somebody showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// Somebody became an administrator, or set password and second factor anew; the invitation is spent.
    Done,
    /// The invitation is unknown, spent or over.
    InvitationGone,
    /// The name is taken; the invitation is still good.
    NameTaken,
}

/// Who may use the console. Each method is one transaction.
#[async_trait]
pub trait AdminRepository: Send + Sync {
    /// Stores an invitation.
    async fn invite(
        &self,
        secret: InvitationDigest,
        invitation: Invitation,
        now: Timestamp,
    ) -> Result<(), RepositoryError>;

    /// The live invitation of a secret, without spending it.
    async fn find_invitation(
        &self,
        secret: InvitationDigest,
        now: Timestamp,
    ) -> Result<Option<Invitation>, RepositoryError>;

    /// Spends an invitation, once. One for somebody new stores `admin`; one for an administrator gives the one of that name
    /// `admin`'s password, secret and step (which is sealed to the row of the one that is there: [`AdminRepository::find`]
    /// tells its id) and ends all their sessions.
    async fn join(
        &self,
        secret: InvitationDigest,
        admin: Admin,
        now: Timestamp,
    ) -> Result<Joined, RepositoryError>;

    /// The administrator of this name.
    async fn find(&self, name: &AdminName) -> Result<Option<Admin>, RepositoryError>;

    /// All of them, by name.
    async fn list(&self) -> Result<Vec<Admin>, RepositoryError>;

    /// Removes the administrator of this name with all their sessions, and the invitations to set anew what they had;
    /// `false` when there is nobody.
    async fn remove(&self, name: &AdminName) -> Result<bool, RepositoryError>;
}

/// A session of an administrator that is to be opened.
#[derive(Clone, Debug)]
pub struct NewAdminSession {
    /// The session.
    pub session: AdminSession,
    /// What is stored of its token.
    pub token: AdminSessionTokenDigest,
    /// The hash that the password was checked against.
    pub password: PasswordHash,
    /// The step of the one-time password that was checked.
    pub step: TotpStep,
    /// How many may be open.
    pub policy: SessionPolicy,
}

/// Who is logged in to the console. Each method is one transaction. A session that was idle or lived too long is over.
#[async_trait]
pub trait AdminSessionRepository: Send + Sync {
    /// Opens a session and notes the step as used; beyond `policy.most` the one used longest ago ends. `false`, with no
    /// effect, where the administrator is gone, the password is another by now, or the step is not later than the one
    /// used last: a one-time password opens one session only.
    async fn open(&self, new: NewAdminSession) -> Result<bool, RepositoryError>;

    /// The live session of a token; notes its use once a minute ([`SessionPolicy::NOTED_EVERY`]).
    async fn find(
        &self,
        token: AdminSessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<AdminSession>, RepositoryError>;

    /// Ends a session.
    async fn end(&self, admin: AdminId, session: AdminSessionId) -> Result<(), RepositoryError>;
}

/// Which entries of the record are looked for; all, unless something is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Those before this one.
    pub before: Option<AuditNumber>,
    /// What was done.
    pub action: Option<AuditAction>,
    /// Who did it, as it stands in the record.
    pub actor: Option<String>,
}

/// The record of what administrators did. Entries are only added; the database refuses to change them, and to remove
/// those younger than two years (security 48).
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Adds an entry: gives it the next number and the hash that follows the entry before. Exact under parallel calls.
    async fn append(&self, entry: NewAuditEntry) -> Result<AuditEntry, RepositoryError>;

    /// The entries that the filter lets through, newest first, `limit` at most.
    async fn list(&self, filter: AuditFilter, limit: u16) -> Result<Vec<AuditEntry>, RepositoryError>;
}
