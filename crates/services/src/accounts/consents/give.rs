use std::sync::Arc;

use bonin_domain::accounts::{AccountId, Agreed, Consent, ConsentFault, Terms};
use bonin_domain::keys::KeyRing;
use bonin_domain::{ClientAddress, TenantId};
use bonin_ports::{Clock, ConsentRepository, RepositoryError};

/// Takes a member's yes to the current version of a term: an optional one, or one that is newer than what the
/// member agreed to.
pub struct GiveConsent {
    /// Where consents are stored.
    pub consents: Arc<dyn ConsentRepository>,
    /// All terms, of all times.
    pub terms: Arc<Terms>,
    /// Digests addresses.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A yes that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GaveConsent {
    /// What was agreed to, and when.
    pub consent: Consent,
    /// Whether it stood before, so that nothing was stored.
    pub stood: bool,
}

/// Why no consent was stored.
#[derive(Debug, thiserror::Error)]
pub enum GiveConsentError {
    /// The term, version or language is not in force, or the version is not the current one any more; its place is 0.
    #[error("the consent is to nothing that is in force")]
    Fault(ConsentFault),
    /// The account is gone.
    #[error("the account is gone")]
    Gone,
    /// The store failed; nothing was stored.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl GiveConsent {
    /// Stores the yes of an account. One that stands already, to this very version, stays as it is.
    ///
    /// # Errors
    /// [`GiveConsentError`].
    #[tracing::instrument(name = "accounts.give_consent", skip_all, fields(account.id = %account))]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        account: AccountId,
        agreed: &Agreed,
        client: &ClientAddress,
    ) -> Result<GaveConsent, GiveConsentError> {
        let consent = self.terms.judge_one(agreed, self.clock.now()).map_err(GiveConsentError::Fault)?;
        let history = self.consents.history(tenant, account).await?;
        let latest = history.into_iter().rev().find(|earlier| earlier.term == consent.term);
        if let Some(standing) = latest.filter(|latest| latest.given && latest.version == consent.version) {
            return Ok(GaveConsent { consent: standing, stood: true });
        }
        let address = self.keys.address_index(client.address());
        if self.consents.add(tenant, account, consent.clone(), address).await? {
            Ok(GaveConsent { consent, stood: false })
        } else {
            Err(GiveConsentError::Gone)
        }
    }
}
