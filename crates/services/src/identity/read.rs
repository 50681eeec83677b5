use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::identity::{IdentityId, IdentityToken, IdentityVerification};
use bonin_ports::{Clock, IdentityRepository, RepositoryError};

/// Tells the holder of a token how an identity verification stands.
pub struct ReadIdentity {
    /// Where identity verifications are stored.
    pub identities: Arc<dyn IdentityRepository>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl ReadIdentity {
    /// As it stands; `None` where there is none of this name, or another token belongs to it.
    ///
    /// # Errors
    /// Those of the store.
    #[tracing::instrument(name = "identity.read", skip_all, fields(identity.id = %id))]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: &IdentityToken,
    ) -> Result<Option<IdentityVerification>, RepositoryError> {
        self.identities.find(tenant, id, token.digest(), self.clock.now()).await
    }
}
