use std::sync::Arc;

use bonin_domain::accounts::{Account, Password};
use bonin_domain::keys::{AddressIndex, KeyRing, LoginIndex};
use bonin_domain::{ClientAddress, TenantId};
use bonin_ports::{Clock, LoginAttemptRepository, LoginVerdict, RepositoryError};
use jiff::Timestamp;

use crate::accounts::{Hashing, HashingBusy, HashingPlace};

/// Checks passwords within the budget of their login id (security 27): a session that was stolen guesses its password
/// no faster than a stranger does.
#[derive(Clone)]
pub struct PasswordCheck {
    /// Counts failures.
    pub attempts: Arc<dyn LoginAttemptRepository>,
    /// Compares.
    pub hashing: Hashing,
    /// Digests addresses.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why a password is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordCheckError {
    /// It is another, and the attempt was charged.
    #[error("the password is not right")]
    Incorrect,
    /// Too many failed before; nothing was compared.
    #[error("too many failed log ins; try again later")]
    TooMany {
        /// The earliest moment to try again.
        until: Timestamp,
    },
    /// There was no place to compare it, and nothing was charged.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// The store failed; nothing was compared.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl PasswordCheck {
    /// Whether `password` is the account's, asked by somebody who is logged in.
    pub(super) async fn own(
        &self,
        account: &Account,
        password: &Password,
        client: Option<&ClientAddress>,
    ) -> Result<(), PasswordCheckError> {
        let (tenant, login) = (&account.tenant, account.login_index);
        let place = self.charge(tenant, login, client).await?;
        Self::compare(place, password, Some(account)).await?;
        self.forgive(tenant, login, client).await;
        Ok(())
    }

    /// Takes a place for comparing, and charges an attempt, before anything of the account is looked at: who is
    /// turned away because too many come at once has used up nothing.
    pub(crate) async fn charge(
        &self,
        tenant: &TenantId,
        login: LoginIndex,
        client: Option<&ClientAddress>,
    ) -> Result<HashingPlace, PasswordCheckError> {
        let place = self.hashing.reserve()?;
        let address = self.address(client);
        match self.attempts.charge(tenant, login, address, self.clock.now()).await? {
            LoginVerdict::Allowed => Ok(place),
            LoginVerdict::Wait { until } => Err(PasswordCheckError::TooMany { until }),
        }
    }

    /// Compares; where there is no account, that takes as long.
    pub(super) async fn compare(
        place: HashingPlace,
        password: &Password,
        account: Option<&Account>,
    ) -> Result<(), PasswordCheckError> {
        let hash = account.map(|account| &account.password);
        if place.matches(password, hash).await? { Ok(()) } else { Err(PasswordCheckError::Incorrect) }
    }

    /// Forgets failures: the owner was here. A store that cannot do it now keeps limits too tight, not too loose.
    pub(crate) async fn forgive(&self, tenant: &TenantId, login: LoginIndex, client: Option<&ClientAddress>) {
        let address = self.address(client);
        if let Err(error) = self.attempts.forgive(tenant, login, address).await {
            tracing::warn!(error = %error, "failed log ins could not be forgotten");
        }
    }

    fn address(&self, client: Option<&ClientAddress>) -> Option<AddressIndex> {
        client.map(|client| self.keys.address_index(client.address()))
    }
}
