use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::messages::{DeliveryState, FailureClass, Price, ProviderReference};
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
    /// What it cost, where the provider says so.
    pub price: Option<Price>,
}

impl DeliveryReport {
    /// A report of the state alone.
    pub fn of(state: DeliveryState) -> Self {
        Self { state, failure: None, code: None, price: None }
    }
}

/// A message that a provider took, as it is asked about.
#[derive(Clone, Copy, Debug)]
pub struct TakenMessage<'a> {
    /// What the provider calls it, or the call that held it.
    pub reference: &'a ProviderReference,
    /// The recipient: some references stand for many messages.
    pub to: &'a PhoneNumber,
    /// When it was taken.
    pub accepted_at: Timestamp,
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

/// Asks a provider what became of messages.
#[async_trait]
pub trait DeliveryReports: Send + Sync {
    /// What became of a message that it took.
    async fn report(&self, taken: &TakenMessage<'_>) -> Result<DeliveryReport, ReportError>;

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
