use std::sync::Arc;

use bonin_domain::messaging::{AppScope, Connection};
use bonin_ports::{AccountBalance, MessagingAccount};

use super::{AccessTokens, CallError};

/// Reads what a person's account holds.
pub struct ReadBalance {
    /// Calls with the person's token.
    pub tokens: AccessTokens,
    /// The provider.
    pub account: Arc<dyn MessagingAccount>,
}

impl ReadBalance {
    /// The balance, where the person allows it to be seen.
    ///
    /// # Errors
    /// [`CallError`].
    #[tracing::instrument(name = "messaging.balance", skip_all)]
    pub async fn execute(&self, connection: &Connection) -> Result<AccountBalance, CallError> {
        let read = |access| async move { self.account.balance(&access).await };
        self.tokens.call(connection, AppScope::ReadCash, read).await
    }
}
