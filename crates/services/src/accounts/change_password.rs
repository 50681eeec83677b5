use std::sync::Arc;

use bonin_domain::ClientAddress;
use bonin_domain::accounts::{Password, PasswordFault, Session, SessionPolicy, SessionToken};
use bonin_ports::{Entropy, PasswordChange, PasswordRepository, RepositoryError};

use crate::accounts::{
    HashingBusy, NewPasswords, OpenSession, PasswordCheck, PasswordCheckError, ReadAccount, idle_end,
};

/// Sets a new password for somebody who knows the old one.
pub struct ChangePassword {
    /// Reads the account.
    pub read: ReadAccount,
    /// Where passwords are changed.
    pub passwords: Arc<dyn PasswordRepository>,
    /// Checks the old one.
    pub check: PasswordCheck,
    /// Judges and hashes the new one.
    pub new_passwords: NewPasswords,
    /// How long sessions live.
    pub policy: SessionPolicy,
    /// Draws the session's new token.
    pub entropy: Arc<dyn Entropy>,
}

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The old password is not taken.
    #[error(transparent)]
    Old(#[from] PasswordCheckError),
    /// The new one is not taken; the old one was not looked at.
    #[error(transparent)]
    New(#[from] PasswordFault),
    /// The new one could not be hashed now.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// The session ended, or the password became another, a moment ago.
    #[error("the session is over")]
    SessionOver,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl ChangePassword {
    /// Changes the password of a session's account. The session goes on under a new token, all others end, and the
    /// owner is told by a message.
    ///
    /// # Errors
    /// [`ChangePasswordError`]; everything is as it was then.
    #[tracing::instrument(name = "accounts.change_password", skip_all)]
    pub async fn execute(
        &self,
        session: &Session,
        old: &Password,
        new: &Password,
        client: Option<&ClientAddress>,
    ) -> Result<OpenSession, ChangePasswordError> {
        let own = self.read.execute(session).await?.ok_or(ChangePasswordError::SessionOver)?;
        self.new_passwords.judge(&own, new)?;
        if old.reveal() == new.reveal() {
            return Err(PasswordFault::Unchanged.into());
        }
        self.check.own(&own.account, old, client).await?;
        let to = self.new_passwords.hash(new).await?;
        let now = self.check.clock.now();
        let token = SessionToken::draw(&mut |bytes| self.entropy.fill(bytes));
        let change = PasswordChange {
            tenant: session.tenant.clone(),
            account: session.account,
            notice: self.new_passwords.notice(&own, now),
            from: own.account.password,
            to,
            session: session.id,
            token: token.digest(),
            now,
        };
        if !self.passwords.change(change).await? {
            return Err(ChangePasswordError::SessionOver);
        }
        let idle_expires_at = idle_end(session, &self.policy);
        Ok(OpenSession { session: session.clone(), token, idle_expires_at, answered_at: now })
    }
}
