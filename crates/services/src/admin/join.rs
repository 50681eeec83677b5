use std::net::IpAddr;
use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::admin::{
    Admin, AdminId, AdminName, AuditAction, InvitationSecret, Subject, TotpCode, TotpStep,
};
use bonin_domain::keys::{KeyRing, Sealed, SealedField};
use bonin_ports::{AdminRepository, Clock, Entropy, Joined, RepositoryError};

use crate::admin::{Actor, Enrolment, Record};

/// The second half of becoming an administrator: the first one-time password shows that the app has the secret.
pub struct JoinAdmins {
    /// The administrators.
    pub admins: Arc<dyn AdminRepository>,
    /// Records it.
    pub record: Record,
    /// Opens what was chosen, and seals the second factor.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids and nonces.
    pub entropy: Arc<dyn Entropy>,
}

/// Why nobody became an administrator.
#[derive(Debug, thiserror::Error)]
pub enum JoinAdminsError {
    /// The invitation is unknown, spent or over, or what was chosen was not chosen under it: alike.
    #[error("the invitation does not count")]
    InvitationGone,
    /// Another administrator took the name meanwhile.
    #[error("the name is taken")]
    NameTaken,
    /// The one-time password is not right; it may be typed again.
    #[error("the one-time password is not right")]
    CodeIncorrect(Box<Enrolment>),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl JoinAdmins {
    /// Makes somebody an administrator, or gives an administrator a new password and second factor and ends their
    /// sessions. The one-time password counts as used.
    ///
    /// # Errors
    /// [`JoinAdminsError`]; nothing was stored then, save a line in the record where another was faster by moments.
    #[tracing::instrument(name = "admin.join", skip_all)]
    pub async fn execute(
        &self,
        invitation: &InvitationSecret,
        chosen: &Sealed,
        code: Option<TotpCode>,
        address: IpAddr,
    ) -> Result<AdminName, JoinAdminsError> {
        let now = self.clock.now();
        let found = self.admins.find_invitation(invitation.digest(), now).await?;
        let found = found.ok_or(JoinAdminsError::InvitationGone)?;
        let chosen = Enrolment::unseal(&self.keys, invitation, chosen);
        let chosen = chosen.ok_or(JoinAdminsError::InvitationGone)?;
        let step = code.and_then(|code| chosen.totp.step_of(&code, now, TotpStep(0)));
        let Some(step) = step else { return Err(JoinAdminsError::CodeIncorrect(Box::new(chosen))) };

        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let there = self.admins.find(&chosen.name).await?;
        let (id, action) = match (&found.admin, there) {
            (Some(_), Some(there)) => (there.id, AuditAction::AdminReset),
            (Some(_), None) => return Err(JoinAdminsError::InvitationGone),
            (None, Some(_)) => return Err(JoinAdminsError::NameTaken),
            (None, None) => (AdminId::draw(now, fill), AuditAction::AdminJoined),
        };
        let tenant = TenantId::default_tenant();
        let row = id.as_row();
        let totp = self.keys.seal(&tenant, SealedField::TotpSecret, row, chosen.totp.as_bytes(), fill);
        let actor = Actor::Admin { name: chosen.name.clone(), address };
        let subject = Subject::Named(chosen.name.to_string());
        self.record.execute(&actor, action, Some(subject), None).await?;
        let name = chosen.name.clone();
        let admin = Admin {
            id,
            name: chosen.name,
            password: chosen.password,
            totp,
            last_step: step,
            created_at: now,
        };
        match self.admins.join(invitation.digest(), admin, now).await? {
            Joined::Done => Ok(name),
            Joined::InvitationGone => Err(JoinAdminsError::InvitationGone),
            Joined::NameTaken => Err(JoinAdminsError::NameTaken),
        }
    }
}
