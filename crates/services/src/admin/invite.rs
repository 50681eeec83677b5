use std::sync::Arc;

use bonin_domain::admin::{AdminName, AuditAction, Invitation, InvitationSecret, Subject};
use bonin_ports::{AdminRepository, Clock, Entropy, RepositoryError};
use jiff::Timestamp;

use crate::admin::{Actor, Record};

/// Lets somebody become an administrator, or an administrator set password and second factor anew: whoever runs
/// commands on the server says so (security 51).
pub struct InviteAdmin {
    /// The administrators.
    pub admins: Arc<dyn AdminRepository>,
    /// Records it.
    pub record: Record,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws secrets.
    pub entropy: Arc<dyn Entropy>,
}

/// An invitation that is to be handed over.
pub struct Invited {
    /// What is typed into the console; it is nowhere else.
    pub secret: InvitationSecret,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteAdminError {
    /// There is nobody to set anything anew for.
    #[error("there is no administrator {0}")]
    NoAdmin(AdminName),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl InviteAdmin {
    /// Invites somebody new, or the administrator `reset`.
    ///
    /// # Errors
    /// [`InviteAdminError`]; nobody was invited then.
    #[tracing::instrument(name = "admin.invite", skip_all)]
    pub async fn execute(&self, reset: Option<AdminName>) -> Result<Invited, InviteAdminError> {
        if let Some(name) = &reset
            && self.admins.find(name).await?.is_none()
        {
            return Err(InviteAdminError::NoAdmin(name.clone()));
        }
        let subject = reset.as_ref().map(|name| Subject::Named(name.to_string()));
        self.record.execute(&Actor::Terminal, AuditAction::AdminInvited, subject, None).await?;
        let now = self.clock.now();
        let expires_at = now.checked_add(Invitation::LIFE).unwrap_or(now);
        let secret = InvitationSecret::draw(&mut |bytes| self.entropy.fill(bytes));
        self.admins.invite(secret.digest(), Invitation { admin: reset, expires_at }, now).await?;
        Ok(Invited { secret, expires_at })
    }
}
