use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::codes::Code;
use bonin_domain::messages::{Brand, Locale, Price, ProviderReference};
use jiff::SignedDuration;

use crate::message_sender::{Accepted, BoxError, SendError};

/// A verification that a provider is asked to run: it draws the code, sends it and compares it.
#[derive(Clone, Debug)]
pub struct VerifyRequest {
    /// The number to prove.
    pub to: PhoneNumber,
    /// The name in the message.
    pub brand: Brand,
    /// The language of the message.
    pub locale: Locale,
    /// Digits of the code.
    pub code_length: u8,
    /// How long the code lives.
    pub life: SignedDuration,
}

/// What a provider says of a typed code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderVerdict {
    /// Right.
    Matched {
        /// The provider's name for the event.
        event: Option<String>,
        /// What the verification cost.
        price: Option<Price>,
    },
    /// Wrong, or the provider compares no more for this request.
    Missed,
}

/// The provider did not say whether the code is right.
#[derive(Debug, thiserror::Error)]
pub enum VerifyCheckError {
    /// Surely not compared.
    #[error("the provider is unavailable ({code})")]
    Unavailable {
        /// The provider's own code, or the transport's.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: BoxError,
    },
    /// It may or may not have been compared.
    #[error("the provider's answer is unclear ({code})")]
    Unclear {
        /// The HTTP status or the transport's code.
        code: String,
        /// What happened, for the log.
        #[source]
        cause: BoxError,
    },
}

/// A provider that owns the code (requirement D04). What became of a request is asked through
/// [`crate::DeliveryReports`].
#[async_trait]
pub trait VerifyProvider: Send + Sync {
    /// Starts a verification, within 5 seconds. `Accepted` says that the provider runs it.
    async fn request(&self, request: &VerifyRequest) -> Result<Accepted, SendError>;

    /// Has a typed code compared, within 5 seconds.
    async fn check(
        &self,
        reference: &ProviderReference,
        code: &Code,
    ) -> Result<ProviderVerdict, VerifyCheckError>;

    /// Ends a running verification; `false` when the provider does not let it be ended now, or it is over.
    async fn cancel(&self, reference: &ProviderReference) -> Result<bool, SendError>;
}
