use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::LoginId;
use bonin_domain::keys::KeyRing;
use bonin_ports::{AccountQuery, AccountRepository, AnyProof, Clock, ProofRefusal, RepositoryError};
use jiff::Timestamp;

use crate::accounts::opened::login_id_of;

/// Tells people their login ids, by a proof of their number or of themselves (requirement G03).
pub struct LookUpAccounts {
    /// Where accounts are stored.
    pub accounts: Arc<dyn AccountRepository>,
    /// Opens what is sealed.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// An account that was found.
#[derive(Debug)]
pub struct FoundAccount {
    /// Its login id, to be told masked.
    pub login_id: LoginId,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// Why nothing is told.
#[derive(Debug, thiserror::Error)]
pub enum LookUpError {
    /// The proof is not taken.
    #[error(transparent)]
    Proof(ProofRefusal),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl LookUpAccounts {
    /// Spends `proof` and tells whose accounts there are: none, or up to five, oldest first.
    ///
    /// # Errors
    /// [`LookUpError`].
    #[tracing::instrument(name = "accounts.look_up", skip_all)]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        proof: AnyProof,
    ) -> Result<Vec<FoundAccount>, LookUpError> {
        let query = AccountQuery { proof, now: self.clock.now() };
        let found = self.accounts.look_up(tenant, query).await?.map_err(LookUpError::Proof)?;
        let opened = found.iter().map(|account| {
            let login_id = login_id_of(&self.keys, account)?;
            Ok(FoundAccount { login_id, created_at: account.created_at })
        });
        opened.collect()
    }
}
