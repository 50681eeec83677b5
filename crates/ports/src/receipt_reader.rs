use bonin_domain::messages::{DeliveryState, FailureClass, Price, ProviderReference};
use jiff::Timestamp;

/// A call of a provider to us, as it came.
#[derive(Clone, Copy)]
pub struct Inbound<'a> {
    /// The query string, without `?`; empty when there is none.
    pub query: &'a str,
    /// The header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// All headers, names in lower case.
    pub headers: &'a [(String, String)],
    /// The body, at most 1 MiB.
    pub body: &'a [u8],
    /// When it came.
    pub at: Timestamp,
}

/// What a provider says later of a message it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What the provider calls the message.
    pub reference: ProviderReference,
    /// How far it came.
    pub state: DeliveryState,
    /// Why it failed.
    pub failure: Option<FailureClass>,
    /// The provider's own code.
    pub code: Option<String>,
    /// What it cost.
    pub price: Option<Price>,
}

/// The call is not the provider's, or repeats one from long ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the receipt is not authentic: {0}")]
pub struct NotAuthentic(pub &'static str);

/// The call is the provider's, but cannot be read; it is logged, and let go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the receipt cannot be read: {0}")]
pub struct UnreadableReceipt(pub &'static str);

/// Reads what a provider pushes to `/hooks/{provider}` (requirement E02).
pub trait ReceiptReader: Send + Sync {
    /// Whether the call is the provider's.
    fn authenticate(&self, inbound: &Inbound<'_>) -> Result<(), NotAuthentic>;

    /// The receipts in it; none for calls that speak of something else. `inbound.headers` may be empty by then:
    /// a call is stored without its headers before it is read.
    fn read(&self, inbound: &Inbound<'_>) -> Result<Vec<Receipt>, UnreadableReceipt>;
}
