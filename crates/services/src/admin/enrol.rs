use std::sync::Arc;

use bonin_domain::accounts::{Password, PasswordFault, PasswordRule};
use bonin_domain::admin::{AdminName, InvitationSecret, TotpSecret};
use bonin_domain::keys::{KeyRing, Sealed};
use bonin_domain::messages::Brand;
use bonin_ports::{AdminRepository, Clock, Entropy, RepositoryError};

use crate::accounts::{Hashing, HashingBusy};
use crate::admin::Enrolment;

/// The first half of becoming an administrator: name and password, for which a second factor is drawn.
pub struct EnrolAdmin {
    /// The administrators.
    pub admins: Arc<dyn AdminRepository>,
    /// Hashes the password.
    pub hashing: Hashing,
    /// A word that passwords must not be built around.
    pub brand: Brand,
    /// Seals what was chosen.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws the second factor.
    pub entropy: Arc<dyn Entropy>,
}

/// What was chosen, to be shown once and brought back sealed.
pub struct Enrolled {
    /// The choice, with the second factor's secret.
    pub enrolment: Enrolment,
    /// The same, sealed.
    pub sealed: Sealed,
}

/// Why it goes no further.
#[derive(Debug, thiserror::Error)]
pub enum EnrolAdminError {
    /// The invitation is unknown, spent or over: alike.
    #[error("the invitation does not count")]
    InvitationGone,
    /// Another administrator has the name.
    #[error("the name is taken")]
    NameTaken,
    /// The invitation is for setting anew what this administrator has.
    #[error("the invitation is for {0}")]
    ForAnother(AdminName),
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordFault),
    /// So many passwords are being hashed that this one was not.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl EnrolAdmin {
    /// Looks at what was chosen under an invitation; stores nothing.
    ///
    /// # Errors
    /// [`EnrolAdminError`]; the invitation is as good as before.
    #[tracing::instrument(name = "admin.enrol", skip_all)]
    pub async fn execute(
        &self,
        invitation: &InvitationSecret,
        name: AdminName,
        password: &Password,
    ) -> Result<Enrolled, EnrolAdminError> {
        let found = self.admins.find_invitation(invitation.digest(), self.clock.now()).await?;
        match found.ok_or(EnrolAdminError::InvitationGone)?.admin {
            Some(other) if other != name => return Err(EnrolAdminError::ForAnother(other)),
            None if self.admins.find(&name).await?.is_some() => return Err(EnrolAdminError::NameTaken),
            Some(_) | None => {}
        }
        PasswordRule::Standard.judge(password, &[name.as_str(), self.brand.as_str(), "bonin"])?;
        let password = self.hashing.hash(password).await?;
        let totp = TotpSecret::draw(&mut |bytes| self.entropy.fill(bytes));
        let enrolment = Enrolment { name, password, totp };
        let sealed = enrolment.seal(&self.keys, &*self.entropy, invitation);
        Ok(Enrolled { enrolment, sealed })
    }
}
