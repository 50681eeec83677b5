use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::{Password, PasswordFault, ResetToken};
use bonin_domain::keys::KeyRing;
use bonin_ports::{Clock, FinishReset, PasswordRepository, RepositoryError};

use crate::accounts::{HashingBusy, NewPasswords, me};

/// Sets the password under a reset, once.
pub struct FinishPasswordReset {
    /// Where resets are stored.
    pub passwords: Arc<dyn PasswordRepository>,
    /// Judges and hashes the password.
    pub new_passwords: NewPasswords,
    /// Opens what is sealed.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why no password was set.
#[derive(Debug, thiserror::Error)]
pub enum FinishResetError {
    /// The reset is over, was used, or never was: alike.
    #[error("the reset is over")]
    Over,
    /// The password is not taken; the reset lives on.
    #[error(transparent)]
    Password(#[from] PasswordFault),
    /// The password could not be hashed now; the reset lives on.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl FinishPasswordReset {
    /// Sets the password. All sessions and resets of the account end, the owner is told by a message, and nobody is
    /// logged in by it.
    ///
    /// # Errors
    /// [`FinishResetError`].
    #[tracing::instrument(name = "accounts.finish_reset", skip_all)]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        token: &ResetToken,
        password: &Password,
    ) -> Result<(), FinishResetError> {
        let token = token.digest();
        let account = self.passwords.find_reset(tenant, token, self.clock.now()).await?;
        let own = me::open(&self.keys, account.ok_or(FinishResetError::Over)?)?;
        self.new_passwords.judge(&own, password)?;
        let hash = self.new_passwords.hash(password).await?;
        let now = self.clock.now();
        let notice = self.new_passwords.notice(&own, now);
        let finish = FinishReset { tenant: tenant.clone(), token, password: hash, notice, now };
        if self.passwords.finish_reset(finish).await? { Ok(()) } else { Err(FinishResetError::Over) }
    }
}
