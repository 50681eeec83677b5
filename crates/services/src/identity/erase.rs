use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::identity::{IdentityApi, IdentityId, IdentityReference};
use bonin_domain::keys::{KeyRing, SealedField};
use bonin_ports::{Clock, DueErasure, IdentityResultRepository, IdentityVerifier, RepositoryError};
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// When a result is asked for again that could not be erased.
const RETRY: SignedDuration = SignedDuration::from_mins(5);

/// Results that are taken up in one go.
const LIMIT: u16 = 20;

/// Has the provider erase results that were used: at once, and again until it did.
#[derive(Clone)]
pub struct EraseResults {
    /// Where it is noted which are to be erased.
    pub results: Arc<dyn IdentityResultRepository>,
    /// The API of the provider that is asked; results of the other one wait.
    pub api: IdentityApi,
    /// Who erases them.
    pub verifier: Arc<dyn IdentityVerifier>,
    /// Opens the provider's names of results.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where calls run that no request waits for.
    pub runtime: Handle,
}

impl EraseResults {
    /// Has results erased that are due, at most 20; how many were. What fails is due again 5 minutes later.
    ///
    /// # Errors
    /// Those of the store.
    #[tracing::instrument(name = "identity.erase", skip_all)]
    pub async fn execute(&self) -> Result<usize, RepositoryError> {
        let now = self.clock.now();
        let retry_at = now.checked_add(RETRY).unwrap_or(Timestamp::MAX);
        let mut erased = 0;
        for due in self.results.due_erasures(now, retry_at, LIMIT).await? {
            let Some(reference) = self.reference(&due) else { continue };
            if due.api == self.api && self.erase(&due.tenant, due.id, &reference).await? {
                erased += 1;
            }
        }
        Ok(erased)
    }

    /// Has one erased beside the answer to a request.
    pub(super) fn at_once(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        reference: &IdentityReference,
    ) -> JoinHandle<()> {
        let (this, tenant, reference) = (self.clone(), tenant.clone(), reference.clone());
        self.runtime.spawn(async move {
            if let Err(error) = this.erase(&tenant, id, &reference).await {
                tracing::warn!(identity.id = %id, error = %error, "it could not be noted that a result was erased");
            }
        })
    }

    async fn erase(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        reference: &IdentityReference,
    ) -> Result<bool, RepositoryError> {
        if let Err(error) = self.verifier.erase(reference).await {
            tracing::warn!(identity.id = %id, error = %error, "the provider did not erase a result");
            return Ok(false);
        }
        self.results.erased(tenant, id).await?;
        Ok(true)
    }

    fn reference(&self, due: &DueErasure) -> Option<IdentityReference> {
        let opened = self.keys.unseal(&due.tenant, SealedField::Reference, due.id.as_row(), &due.reference);
        let text = opened.ok().and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
        let reference = text.and_then(|text| IdentityReference::parse(&text).ok());
        if reference.is_none() {
            tracing::error!(identity.id = %due.id, "the name of a result that is to be erased cannot be read");
        }
        reference
    }
}
