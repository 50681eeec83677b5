use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::identity::{
    IdentityApi, IdentityId, IdentityReference, IdentityRefusal, IdentityStatus, IdentityToken,
    IdentityVerification,
};
use bonin_ports::{IdentityError, IdentityVerifier, RepositoryError};

use crate::identity::{Accept, CompletedIdentity};

/// Takes the result of an identity verification. What the browser says is only a hint where to look: the result is
/// fetched from the provider and judged (security 38, requirements F01, F02).
pub struct CompleteIdentity {
    /// Who knows the results.
    pub verifier: Arc<dyn IdentityVerifier>,
    /// Judges and takes them.
    pub accept: Arc<Accept>,
}

/// Why a result was not taken. Nothing was stored; except where it is over, the identity verification stays
/// pending, and the person may try again.
#[derive(Debug, thiserror::Error)]
pub enum CompleteIdentityError {
    /// No such identity verification, or another token; the provider was not asked.
    #[error("no such identity verification")]
    NotFound,
    /// Its time ran out, or it was started for an API of the provider that is not used any more.
    #[error("the identity verification has expired")]
    Expired,
    /// It was completed before.
    #[error("the identity verification was completed already")]
    Completed,
    /// The browser's `imp_uid`, which names a result of V1, was not shown.
    #[error("the result is not named")]
    ReferenceMissing,
    /// The result was used before, by this or another identity verification.
    #[error("the result was used already")]
    ResultUsed,
    /// The provider knows no such result, or erased it, or it belongs to another merchant.
    #[error("the provider knows no such result")]
    ResultUnknown,
    /// The result belongs to an order that we issued to somebody else.
    #[error("the result belongs to somebody else's identity verification")]
    OtherSession,
    /// The result is not believed.
    #[error(transparent)]
    Refused(IdentityRefusal),
    /// The provider gave no answer that can be used.
    #[error("the identity provider gave no answer")]
    Unavailable(#[source] IdentityError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl CompleteIdentity {
    /// Fetches and judges the result, and completes the identity verification with it. `imp_uid` is what the
    /// browser brought; V2 needs none, since our own order id names the result.
    ///
    /// # Errors
    /// [`CompleteIdentityError`].
    #[tracing::instrument(name = "identity.complete", skip_all, fields(identity.id = %id))]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: &IdentityToken,
        imp_uid: Option<IdentityReference>,
    ) -> Result<CompletedIdentity, CompleteIdentityError> {
        let verification = self.pending(tenant, id, token).await?;
        let asked = match verification.api {
            IdentityApi::V1 => imp_uid.ok_or(CompleteIdentityError::ReferenceMissing)?,
            IdentityApi::V2 => IdentityReference::from(&verification.order),
        };
        // Before the provider is asked: a used result may be erased there, and each call takes a while.
        if self.accept.results.is_used(self.accept.keys.result_index(&asked)).await? {
            return Err(CompleteIdentityError::ResultUsed);
        }
        let record = self.verifier.fetch(&asked).await.map_err(CompleteIdentityError::Unavailable)?;
        let record = record.ok_or(CompleteIdentityError::ResultUnknown)?;
        self.accept.execute(&verification, token, &asked, &record).await
    }

    async fn pending(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: &IdentityToken,
    ) -> Result<IdentityVerification, CompleteIdentityError> {
        let Accept { identities, clock, rules, .. } = &*self.accept;
        let found = identities.find(tenant, id, token.digest(), clock.now()).await?;
        let verification = found.ok_or(CompleteIdentityError::NotFound)?;
        match verification.status {
            IdentityStatus::Pending if verification.api == rules.api => Ok(verification),
            IdentityStatus::Pending | IdentityStatus::Expired => Err(CompleteIdentityError::Expired),
            IdentityStatus::Completed => Err(CompleteIdentityError::Completed),
        }
    }
}
