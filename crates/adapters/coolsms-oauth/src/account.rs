//! The account of a person who logged in.

use async_trait::async_trait;
use bonin_domain::messages::Image;
use bonin_ports::{AccountBalance, MessagingAccount, MessagingError};
use secrecy::SecretString;

use crate::app::{CoolsmsApp, unsent};
use crate::client::CoolsmsClient;
use crate::error::CoolsmsError;

#[async_trait]
impl MessagingAccount for CoolsmsApp {
    #[tracing::instrument(name = "coolsms.account", skip_all)]
    async fn account(&self, access: &SecretString) -> Result<String, MessagingError> {
        let client = self.client(access)?;
        match client.member_account().await {
            Ok(Some(account)) => Ok(account),
            // It wants the scope `users:read`, which people are not asked for.
            Ok(None) | Err(CoolsmsError::Unauthorized { .. } | CoolsmsError::NotFound { .. }) => {
                account_of_a_group(&client).await
            }
            Err(error) => Err(unsent(error)),
        }
    }

    #[tracing::instrument(name = "coolsms.account_balance", skip_all)]
    async fn balance(&self, access: &SecretString) -> Result<AccountBalance, MessagingError> {
        let balance = self.client(access)?.balance().await.map_err(unsent)?;
        Ok(AccountBalance { balance: balance.balance, point: balance.point })
    }

    #[tracing::instrument(name = "coolsms.store_image", skip_all)]
    async fn store_image(&self, access: &SecretString, image: &Image) -> Result<String, MessagingError> {
        self.client(access)?.upload(image).await.map_err(unsent)
    }
}

/// Whose groups the caller makes: the permission to send is enough to make one. It costs nothing, and goes again.
async fn account_of_a_group(client: &CoolsmsClient) -> Result<String, MessagingError> {
    let group = client.create_group(false).await.map_err(unsent)?;
    if let Err(error) = client.delete_group(&group.group_id).await {
        tracing::warn!(provider.code = error.code(), "an empty group is left behind");
    }
    group.account_id.ok_or_else(|| unsent(CoolsmsError::unclear("account", "the answer names no account")))
}
