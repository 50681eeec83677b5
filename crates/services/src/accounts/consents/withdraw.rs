use std::sync::Arc;

use bonin_domain::accounts::{AccountId, Consent, TermId, Terms};
use bonin_domain::keys::KeyRing;
use bonin_domain::messages::Locale;
use bonin_domain::{ClientAddress, TenantId};
use bonin_ports::{Clock, ConsentRepository, RepositoryError};

/// Takes a member's yes back.
pub struct WithdrawConsent {
    /// Where consents are stored.
    pub consents: Arc<dyn ConsentRepository>,
    /// All terms, of all times.
    pub terms: Arc<Terms>,
    /// Digests addresses.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why no withdrawal was stored.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawConsentError {
    /// Nobody may have an account without this term.
    #[error("the term is required")]
    Required,
    /// No such term is in force, and the member never said anything of one.
    #[error("there is no such term")]
    NotFound,
    /// The account is gone.
    #[error("the account is gone")]
    Gone,
    /// The store failed; nothing was stored.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl WithdrawConsent {
    /// Stores the withdrawal, of the version and text that were agreed to. Where no yes stands, nothing is stored.
    ///
    /// # Errors
    /// [`WithdrawConsentError`].
    #[tracing::instrument(name = "accounts.withdraw_consent", skip_all, fields(account.id = %account))]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        account: AccountId,
        term: &TermId,
        client: &ClientAddress,
    ) -> Result<(), WithdrawConsentError> {
        let now = self.clock.now();
        if self.terms.is_required(term, now) {
            return Err(WithdrawConsentError::Required);
        }
        let history = self.consents.history(tenant, account).await?;
        let Some(latest) = history.into_iter().rev().find(|consent| consent.term == *term) else {
            let in_force = self.terms.current(Locale::default(), now);
            let known = in_force.iter().any(|one| one.id == *term);
            return if known { Ok(()) } else { Err(WithdrawConsentError::NotFound) };
        };
        if !latest.given {
            return Ok(());
        }
        let withdrawal = Consent { given: false, at: now, ..latest };
        let address = self.keys.address_index(client.address());
        if self.consents.add(tenant, account, withdrawal, address).await? {
            Ok(())
        } else {
            Err(WithdrawConsentError::Gone)
        }
    }
}
