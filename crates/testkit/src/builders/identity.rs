use bonin_domain::TenantId;
use bonin_domain::accounts::PersonLink;
use bonin_domain::codes::{Purpose, RuleMode};
use bonin_domain::identity::{
    IdentityApi, IdentityId, IdentityProof, IdentityProofDigest, IdentityReference, IdentityStatus,
    IdentityToken, IdentityVerification, OrderId,
};
use bonin_domain::keys::{ResultIndex, Sealed, SealedField};
use bonin_ports::{
    Entropy as _, IdentityCompleted, IdentityRepository, IdentityResult, IdentityStarted, NewIdentity,
};
use jiff::Timestamp;

use super::Scene;

/// What the holder of an identity verification knows.
#[derive(Clone, Debug)]
pub struct IdentityHolder {
    /// As it was started.
    pub verification: IdentityVerification,
    /// Its token.
    pub token: IdentityToken,
}

/// An identity verification in the making, see [`Scene::identity`].
#[derive(Clone)]
#[must_use]
pub struct IdentityBuilder<'a> {
    scene: &'a Scene,
    tenant: TenantId,
    purpose: Purpose,
    api: IdentityApi,
    address: String,
    limit: RuleMode,
    now: Timestamp,
}

impl Scene {
    /// An identity verification for sign-up with the first API, as the scene opens; counted as the policy says of
    /// starts by address.
    pub fn identity(&self) -> IdentityBuilder<'_> {
        IdentityBuilder {
            scene: self,
            tenant: self.tenant.clone(),
            purpose: Purpose::SignUp,
            api: IdentityApi::V1,
            address: self.address.clone(),
            limit: self.policy.limits.address,
            now: self.at(0),
        }
    }

    /// The provider's name of a fresh result, digested.
    ///
    /// # Panics
    /// Never: the name is right.
    pub fn result_index(&self) -> ResultIndex {
        let order = OrderId::draw(&mut |bytes| self.entropy.fill(bytes));
        let reference = IdentityReference::parse(&format!("imp_{order}")).expect("the name of a result");
        self.keys.result_index(&reference)
    }

    /// The provider's name of a result, sealed for an identity verification.
    pub fn reference(&self, holder: &IdentityHolder, name: &str) -> Sealed {
        let IdentityVerification { tenant, id, .. } = &holder.verification;
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        self.keys.seal(tenant, SealedField::Reference, id.as_row(), name.as_bytes(), &mut fill)
    }

    /// A fresh result of `person` without a number, not to be erased, with a fresh proof.
    pub fn result(&self, holder: &IdentityHolder, person: &PersonLink, now: Timestamp) -> IdentityResult {
        let IdentityVerification { tenant, id, .. } = &holder.verification;
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        let proof = IdentityProof::draw(&mut fill).digest();
        let identified = "a name".as_bytes();
        let identified = self.keys.seal(tenant, SealedField::Identified, id.as_row(), identified, &mut fill);
        IdentityResult {
            tenant: tenant.clone(),
            id: *id,
            token: holder.token.digest(),
            result: self.result_index(),
            identified,
            ci: person.ci,
            di: person.di,
            phone_index: None,
            proof: (proof, now + IdentityVerification::PROOF_LIFE),
            erase: None,
            now,
        }
    }
}

impl IdentityBuilder<'_> {
    /// For another tenant.
    pub fn tenant(self, tenant: TenantId) -> Self {
        Self { tenant, ..self }
    }

    /// For another purpose.
    pub fn purpose(self, purpose: Purpose) -> Self {
        Self { purpose, ..self }
    }

    /// With another API.
    pub fn api(self, api: IdentityApi) -> Self {
        Self { api, ..self }
    }

    /// From another address.
    pub fn from_address(self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self }
    }

    /// Counted otherwise.
    pub fn limit(self, limit: RuleMode) -> Self {
        Self { limit, ..self }
    }

    /// At another moment.
    pub fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }

    /// Draws id, order id and token. Each call draws another identity verification.
    pub fn draw(&self) -> (NewIdentity, IdentityHolder) {
        let mut fill = |bytes: &mut [u8]| self.scene.entropy.fill(bytes);
        let verification = IdentityVerification {
            id: IdentityId::draw(self.now, &mut fill),
            tenant: self.tenant.clone(),
            purpose: self.purpose,
            api: self.api,
            order: OrderId::draw(&mut fill),
            status: IdentityStatus::Pending,
            created_at: self.now,
            expires_at: self.now + IdentityVerification::LIFE,
        };
        let token = IdentityToken::draw(&mut fill);
        let new = NewIdentity {
            verification: verification.clone(),
            token: token.digest(),
            address: self.scene.keys.address_index(&self.address),
            limit: self.limit,
        };
        (new, IdentityHolder { verification, token })
    }

    /// Draws and starts one.
    ///
    /// # Panics
    /// When it is not created.
    pub async fn open<R: IdentityRepository + ?Sized>(&self, store: &R) -> IdentityHolder {
        let (new, holder) = self.draw();
        let started = store.start(new).await;
        assert_eq!(started, Ok(IdentityStarted::Created), "the identity verification is created");
        holder
    }

    /// Draws, starts and completes one, uncounted: `person` is identified.
    ///
    /// # Panics
    /// When that does not go through.
    pub async fn prove<R: IdentityRepository + ?Sized>(
        &self,
        store: &R,
        person: &PersonLink,
    ) -> IdentityProofDigest {
        let holder = self.clone().limit(RuleMode::Off).open(store).await;
        let result = self.scene.result(&holder, person, self.now);
        let (proof, _) = result.proof;
        let completed = store.complete(result).await;
        assert_eq!(completed, Ok(IdentityCompleted::Completed), "the result is taken");
        proof
    }
}
