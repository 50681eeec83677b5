use std::sync::Arc;

use bonin_domain::PhoneNumber;
use bonin_domain::accounts::{Account, LoginId, Nickname, Session};
use bonin_domain::keys::KeyRing;
use bonin_ports::{AccountKey, AccountRepository, RepositoryError};

use crate::accounts::opened::{login_id_of, nickname_of, phone_of};

/// Tells people what is known of their account.
pub struct ReadAccount {
    /// Where accounts are stored.
    pub accounts: Arc<dyn AccountRepository>,
    /// Opens what is sealed.
    pub keys: Arc<KeyRing>,
}

/// An account, opened for its owner.
pub struct OwnAccount {
    /// As stored.
    pub account: Account,
    /// The login id.
    pub login_id: LoginId,
    /// What it is called.
    pub nickname: Nickname,
    /// The phone number.
    pub phone_number: PhoneNumber,
}

impl ReadAccount {
    /// The account of a session; `None` where it was closed a moment ago.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "accounts.me", skip_all)]
    pub async fn execute(&self, session: &Session) -> Result<Option<OwnAccount>, RepositoryError> {
        let found = self.accounts.find(&session.tenant, AccountKey::Id(session.account)).await?;
        found.map(|account| open(&self.keys, account)).transpose()
    }
}

pub(super) fn open(keys: &KeyRing, account: Account) -> Result<OwnAccount, RepositoryError> {
    Ok(OwnAccount {
        login_id: login_id_of(keys, &account)?,
        nickname: nickname_of(keys, &account)?,
        phone_number: phone_of(keys, &account)?,
        account,
    })
}
