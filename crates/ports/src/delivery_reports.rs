use async_trait::async_trait;
use bonin_domain::messages::{DeliveryState, FailureClass, ProviderReference};
use jiff::Timestamp;

use crate::message_sender::{BoxError, Message};

/// What a provider reports of a message it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReport {
    /// How far it came; `Accepted` when the provider knows nothing newer.
    pub state: DeliveryState,
    /// Why it failed.
    pub failure: Option<FailureClass>,
    /// The provider's own code for the state.
    pub code: Option<String>,
}

/// A message that is looked for at a provider whose answer did not come.
pub struct SentMessage<'a> {
    /// What was sent.
    pub message: &'a Message,
    /// When sending began.
    pub since: Timestamp,
    /// When it must have ended.
    pub until: Timestamp,
}

/// Asks a provider that does not push what became of messages.
#[async_trait]
pub trait DeliveryReports: Send + Sync {
    /// What became of the message that the provider calls `reference`.
    async fn report(&self, reference: &ProviderReference) -> Result<DeliveryReport, ReportError>;

    /// Looks for a message whose acceptance is unclear; `None` says that the provider surely has none such.
    async fn find(&self, sent: &SentMessage<'_>) -> Result<Option<ProviderReference>, ReportError>;
}

/// The provider could not say; ask again later.
#[derive(Debug, thiserror::Error)]
#[error("the provider gave no report ({code})")]
pub struct ReportError {
    /// The HTTP status, the provider's or the transport's code.
    pub code: String,
    /// What happened, for the log.
    #[source]
    pub cause: Option<BoxError>,
}
