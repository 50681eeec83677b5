use std::net::IpAddr;

use async_trait::async_trait;
use bonin_domain::identity::{IdentityRecord, IdentityReference, OrderId, OtpCode, OtpPerson};

use crate::message_sender::BoxError;

/// A provider that says who somebody is, after that person went through its window.
#[async_trait]
pub trait IdentityVerifier: Send + Sync {
    /// The result of this name, certified or not; `None` where the provider knows none. Never
    /// [`IdentityError::Refused`]. May be asked again after any error.
    async fn fetch(&self, reference: &IdentityReference) -> Result<Option<IdentityRecord>, IdentityError>;

    /// Has the provider erase a result; one that is not there any more is erased. Providers without such a call
    /// answer [`IdentityError::Refused`].
    async fn erase(&self, reference: &IdentityReference) -> Result<(), IdentityError>;
}

/// A provider that sends a one-time password for us, without a window of its own. Only merchants that the carriers
/// approved have these calls.
#[async_trait]
pub trait OtpIdentityVerifier: Send + Sync {
    /// Has a one-time password sent; the name under which the result will be. `client` is the person's address,
    /// by which providers throttle. Not to be repeated after [`IdentityError::Unclear`]: each call costs a message.
    async fn request(
        &self,
        order: &OrderId,
        person: &OtpPerson,
        client: IpAddr,
    ) -> Result<IdentityReference, IdentityError>;

    /// Has the provider compare a one-time password. The record where it was right; [`IdentityError::Refused`] where
    /// it was not, whatever the reason: providers do not tell wrong from late.
    async fn confirm(
        &self,
        reference: &IdentityReference,
        otp: &OtpCode,
    ) -> Result<IdentityRecord, IdentityError>;
}

/// Variants are what the caller can do about it. No variant holds a name, a number, a key or a secret.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The provider does not take what the person typed, or has no such call.
    #[error("the provider refused the request ({code})")]
    Refused {
        /// The provider's own code.
        code: String,
    },
    /// Our keys are wrong: the operator has to mend the settings.
    #[error("the provider did not accept our credentials ({code})")]
    Unauthorized {
        /// The HTTP status or the provider's own code.
        code: String,
    },
    /// Surely nothing was done.
    #[error("the provider is unavailable ({code})")]
    Unavailable {
        /// The HTTP status, or the transport's code.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: Option<BoxError>,
    },
    /// The provider may or may not have done it.
    #[error("the provider's answer is unclear ({code})")]
    Unclear {
        /// The HTTP status, or the transport's code.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: Option<BoxError>,
    },
}
