use std::net::IpAddr;
use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::identity::{
    IdentityApi, IdentityId, IdentityReference, IdentityStatus, IdentityToken, IdentityVerification, OtpCode,
    OtpPerson,
};
use bonin_domain::keys::{Sealed, SealedField};
use bonin_ports::{
    IdentityError, OtpCharge, OtpCharged, OtpIdentityVerifier, OtpRepository, RepositoryError,
};
use jiff::Timestamp;

use crate::identity::{Accept, CompleteIdentityError, CompletedIdentity};

/// Verifies an identity by one-time password, without a window of the provider. What the person types is passed on
/// and kept nowhere.
pub struct OtpIdentity {
    /// Counts one-time passwords.
    pub otps: Arc<dyn OtpRepository>,
    /// Who sends and compares them.
    pub verifier: Arc<dyn OtpIdentityVerifier>,
    /// Judges and takes what comes of them.
    pub accept: Arc<Accept>,
}

/// Why a one-time password was not sent, or what came of it was not taken.
#[derive(Debug, thiserror::Error)]
pub enum OtpIdentityError {
    /// The provider does not take what the person typed. One request was charged.
    #[error("the provider does not take what the person typed")]
    PersonRefused,
    /// Wrong, late or used. One try was charged.
    #[error("the one-time password is not right")]
    Refused,
    /// The requests or tries of this identity verification are used up.
    #[error("no more one-time passwords for this identity verification")]
    Exhausted,
    /// Too many were sent to this number.
    #[error("too many one-time passwords were sent to this number; try again later")]
    TooMany {
        /// The earliest moment to try again.
        until: Timestamp,
    },
    /// Nothing was requested yet.
    #[error("no one-time password was requested")]
    NotRequested,
    /// As for results of the window. A request or try was charged where the provider was asked.
    #[error(transparent)]
    Identity(#[from] CompleteIdentityError),
}

impl From<RepositoryError> for OtpIdentityError {
    fn from(error: RepositoryError) -> Self {
        Self::Identity(error.into())
    }
}

impl OtpIdentity {
    /// Has a one-time password sent, at most 3 for an identity verification. Charged before the provider is asked;
    /// `client` is the person's address, by which the provider throttles.
    ///
    /// # Errors
    /// [`OtpIdentityError`].
    #[tracing::instrument(name = "identity.otp", skip_all, fields(identity.id = %id))]
    pub async fn request(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: &IdentityToken,
        person: &OtpPerson,
        client: IpAddr,
    ) -> Result<(), OtpIdentityError> {
        let phone_index = self.accept.keys.phone_index(&person.phone);
        let charge = OtpCharge::Request { phone_index, limit: self.accept.rules.number_limit };
        let (verification, _) = self.charge(tenant, id, token, charge).await?;
        let reference = match self.verifier.request(&verification.order, person, client).await {
            Ok(reference) => reference,
            Err(IdentityError::Refused { code }) => {
                tracing::info!(identity.id = %id, provider.code = %code, "the provider refused the person");
                return Err(OtpIdentityError::PersonRefused);
            }
            Err(error) => {
                // In V2 our order id names the result: if the message did go out, its password can be typed.
                if let (IdentityApi::V2, IdentityError::Unclear { .. }) = (verification.api, &error) {
                    self.note(&verification, &IdentityReference::from(&verification.order)).await?;
                }
                return Err(CompleteIdentityError::Unavailable(error).into());
            }
        };
        self.note(&verification, &reference).await?;
        Ok(())
    }

    /// Has the provider compare a one-time password, and takes what it tells of the person, judged like any result.
    /// At most 5 tries, charged before the provider is asked.
    ///
    /// # Errors
    /// [`OtpIdentityError`].
    #[tracing::instrument(name = "identity.otp_confirm", skip_all, fields(identity.id = %id))]
    pub async fn confirm(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: &IdentityToken,
        otp: &OtpCode,
    ) -> Result<CompletedIdentity, OtpIdentityError> {
        let (verification, reference) = self.charge(tenant, id, token, OtpCharge::Try).await?;
        let reference = self.open(&verification, reference.as_ref())?;
        let record = match self.verifier.confirm(&reference, otp).await {
            Ok(record) => record,
            Err(IdentityError::Refused { .. }) => return Err(OtpIdentityError::Refused),
            Err(error) => return Err(CompleteIdentityError::Unavailable(error).into()),
        };
        Ok(self.accept.execute(&verification, token, &reference, &record).await?)
    }

    async fn charge(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: &IdentityToken,
        charge: OtpCharge,
    ) -> Result<(IdentityVerification, Option<Sealed>), OtpIdentityError> {
        let Accept { identities, rules, clock, .. } = &*self.accept;
        let now = clock.now();
        match self.otps.charge(tenant, id, token.digest(), charge, now).await? {
            OtpCharged::Allowed { verification, reference } if verification.api == rules.api => {
                Ok((verification, reference))
            }
            OtpCharged::Allowed { .. } => Err(CompleteIdentityError::Expired.into()),
            OtpCharged::Exhausted => Err(OtpIdentityError::Exhausted),
            OtpCharged::TooMany { until } => Err(OtpIdentityError::TooMany { until }),
            OtpCharged::NotRequested => Err(OtpIdentityError::NotRequested),
            OtpCharged::Over => {
                let found = identities.find(tenant, id, token.digest(), now).await?;
                let completed = found.is_some_and(|found| found.status == IdentityStatus::Completed);
                let over =
                    if completed { CompleteIdentityError::Completed } else { CompleteIdentityError::Expired };
                Err(over.into())
            }
            OtpCharged::NotFound => Err(CompleteIdentityError::NotFound.into()),
        }
    }

    async fn note(
        &self,
        verification: &IdentityVerification,
        reference: &IdentityReference,
    ) -> Result<(), RepositoryError> {
        let Accept { keys, entropy, .. } = &*self.accept;
        let IdentityVerification { id, tenant, .. } = verification;
        let sealed = keys.seal(
            tenant,
            SealedField::Reference,
            id.as_row(),
            reference.as_str().as_bytes(),
            &mut |bytes| entropy.fill(bytes),
        );
        self.otps.note(tenant, *id, sealed).await
    }

    /// The name of the result that was requested last.
    fn open(
        &self,
        verification: &IdentityVerification,
        sealed: Option<&Sealed>,
    ) -> Result<IdentityReference, OtpIdentityError> {
        let sealed = sealed.ok_or(OtpIdentityError::NotRequested)?;
        let IdentityVerification { id, tenant, .. } = verification;
        let opened = self.accept.keys.unseal(tenant, SealedField::Reference, id.as_row(), sealed).ok();
        let text = opened.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
        let reference = text.and_then(|text| IdentityReference::parse(&text).ok());
        let damaged = || RepositoryError::Internal("the sealed name of a result".to_owned());
        Ok(reference.ok_or_else(damaged)?)
    }
}
