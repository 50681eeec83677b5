use std::sync::Arc;

use bonin_domain::codes::{Purpose, RuleMode};
use bonin_domain::identity::{IdentityId, IdentityStatus, IdentityToken, IdentityVerification, OrderId};
use bonin_domain::keys::KeyRing;
use bonin_domain::{ClientAddress, TenantId};
use bonin_ports::{Clock, Entropy, IdentityRepository, IdentityStarted, NewIdentity, RepositoryError};
use jiff::Timestamp;

use crate::identity::IdentityRules;

/// Starts an identity verification: issues the order id under which the provider's window is opened, so that the
/// result counts for this holder only (requirement F02).
pub struct StartIdentity {
    /// Where identity verifications are stored.
    pub identities: Arc<dyn IdentityRepository>,
    /// Which API runs it, and whether starts are counted.
    pub rules: Arc<IdentityRules>,
    /// Digests addresses.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids, tokens and order ids.
    pub entropy: Arc<dyn Entropy>,
}

/// What a start needs.
#[derive(Clone, Debug)]
pub struct StartIdentityRequest {
    /// Whose it becomes.
    pub tenant: TenantId,
    /// Signing up, finding an id or resetting a password.
    pub purpose: Purpose,
    /// Where the request comes from.
    pub client: ClientAddress,
    /// Whether it is counted by that address: not for a backend that calls for many and names none.
    pub counts_address: bool,
}

/// An identity verification that was started.
#[derive(Clone, Debug)]
pub struct StartedIdentity {
    /// As it stands.
    pub verification: IdentityVerification,
    /// The secret that every later call needs.
    pub token: IdentityToken,
}

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum StartIdentityError {
    /// The purpose is none that an identity opens.
    #[error("identities are verified for signing up, finding an id and resetting a password")]
    Purpose,
    /// Too many were started from this address.
    #[error("too many identity verifications were started from here; try again later")]
    TooMany {
        /// The earliest moment to try again.
        until: Timestamp,
    },
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl StartIdentity {
    /// Starts one. It is durable when this returns; the provider is not called.
    ///
    /// # Errors
    /// [`StartIdentityError`]; nothing was stored then.
    #[tracing::instrument(name = "identity.start", skip_all, fields(identity.id, identity.purpose = %request.purpose))]
    pub async fn execute(
        &self,
        request: StartIdentityRequest,
    ) -> Result<StartedIdentity, StartIdentityError> {
        if request.purpose.wants_session() {
            return Err(StartIdentityError::Purpose);
        }
        let now = self.clock.now();
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let id = IdentityId::draw(now, fill);
        tracing::Span::current().record("identity.id", tracing::field::display(id));
        let token = IdentityToken::draw(fill);
        let verification = IdentityVerification {
            id,
            tenant: request.tenant,
            purpose: request.purpose,
            api: self.rules.api,
            order: OrderId::draw(fill),
            status: IdentityStatus::Pending,
            created_at: now,
            expires_at: now.checked_add(IdentityVerification::LIFE).unwrap_or(Timestamp::MAX),
        };
        let new = NewIdentity {
            verification: verification.clone(),
            token: token.digest(),
            address: self.keys.address_index(request.client.address()),
            limit: if request.counts_address { self.rules.address_limit } else { RuleMode::Off },
        };
        match self.identities.start(new).await? {
            IdentityStarted::Created => Ok(StartedIdentity { verification, token }),
            IdentityStarted::TooMany { until } => Err(StartIdentityError::TooMany { until }),
        }
    }
}
