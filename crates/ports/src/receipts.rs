use async_trait::async_trait;
use bonin_domain::keys::Sealed;
use bonin_domain::messages::{ProviderName, ReceiptId};
use jiff::Timestamp;

use crate::{Receipt, RepositoryError};

/// A provider's call to us, as stored before it is read (requirement E02).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredReceipt {
    /// Its name.
    pub id: ReceiptId,
    /// Who called.
    pub provider: ProviderName,
    /// The call without its headers, sealed for the default tenant; its row is `id`.
    pub call: Sealed,
    /// When it came.
    pub received_at: Timestamp,
}

/// Receipts that providers push. Each method is one transaction.
#[async_trait]
pub trait ReceiptRepository: Send + Sync {
    /// Stores a call; it is due to be read at `due_at` unless it is settled before: whoever stores it reads it
    /// at once, and another process only if that one died.
    async fn store(&self, receipt: StoredReceipt, due_at: Timestamp) -> Result<(), RepositoryError>;

    /// Takes up to `limit` calls that are due; they are not due again before `until`.
    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<StoredReceipt>, RepositoryError>;

    /// Moves the attempts that the receipts speak of forward, whatever their order and number, and says how
    /// many speak of attempts that are not known (yet). A price is taken whenever one comes.
    async fn join(
        &self,
        provider: &ProviderName,
        receipts: Vec<Receipt>,
        now: Timestamp,
    ) -> Result<usize, RepositoryError>;

    /// Puts a call off until `due_at`, or ends it: its sealed text is erased.
    async fn settle(&self, id: ReceiptId, due_at: Option<Timestamp>) -> Result<(), RepositoryError>;
}
