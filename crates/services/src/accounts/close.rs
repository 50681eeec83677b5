use std::sync::Arc;

use bonin_domain::ClientAddress;
use bonin_domain::accounts::{Password, Session};
use bonin_ports::{AccountKey, AccountRepository, RepositoryError};

use crate::accounts::{PasswordCheck, PasswordCheckError};

/// Closes an account at its owner's wish.
pub struct CloseAccount {
    /// Where accounts are stored.
    pub accounts: Arc<dyn AccountRepository>,
    /// Checks the password.
    pub check: PasswordCheck,
}

/// Why an account was not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseAccountError {
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordCheckError),
    /// The account was closed, or got another password, a moment ago: the session is over.
    #[error("the session is over")]
    SessionOver,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl CloseAccount {
    /// Closes the account of a session, where `password` is right. All its sessions end.
    ///
    /// # Errors
    /// [`CloseAccountError`].
    #[tracing::instrument(name = "accounts.close", skip_all)]
    pub async fn execute(
        &self,
        session: &Session,
        password: &Password,
        client: Option<&ClientAddress>,
    ) -> Result<(), CloseAccountError> {
        let (tenant, id) = (&session.tenant, session.account);
        let account = self.accounts.find(tenant, AccountKey::Id(id)).await?;
        let account = account.ok_or(CloseAccountError::SessionOver)?;
        self.check.own(&account, password, client).await?;
        let now = self.check.clock.now();
        let closed = self.accounts.close(tenant, id, &account.password, now).await?;
        if closed { Ok(()) } else { Err(CloseAccountError::SessionOver) }
    }
}
