//! What providers push.

use async_trait::async_trait;
use bonin_domain::messages::{ProviderName, ReceiptId};
use bonin_ports::{Receipt, ReceiptRepository, RepositoryError, StoredReceipt};
use jiff::Timestamp;

use super::InMemoryStore;
use super::state::ReceiptRow;

#[async_trait]
impl ReceiptRepository for InMemoryStore {
    async fn store(&self, receipt: StoredReceipt, due_at: Timestamp) -> Result<(), RepositoryError> {
        self.state().receipts.insert(receipt.id, ReceiptRow { receipt, due_at });
        Ok(())
    }

    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<StoredReceipt>, RepositoryError> {
        let mut state = self.state();
        let mut due: Vec<_> = state.receipts.values_mut().filter(|row| row.due_at <= now).collect();
        due.sort_by_key(|row| row.receipt.received_at);
        let taken = due.into_iter().take(usize::from(limit)).map(|row| {
            row.due_at = until;
            row.receipt.clone()
        });
        Ok(taken.collect())
    }

    async fn join(
        &self,
        provider: &ProviderName,
        receipts: Vec<Receipt>,
        now: Timestamp,
    ) -> Result<usize, RepositoryError> {
        let mut state = self.state();
        let mut unknown = 0;
        for receipt in receipts {
            let attempts = state.messages.iter_mut().flat_map(|row| &mut row.attempts);
            let mut meant = attempts.filter(|row| row.is_called(provider, &receipt.reference)).peekable();
            unknown += usize::from(meant.peek().is_none());
            for row in meant.filter(|row| row.attempt.takes_news(now)) {
                row.move_to(receipt.state, receipt.failure, receipt.code.clone(), now);
                row.take_price(receipt.price.clone());
                row.poll_at = row.poll_at.filter(|_| !row.attempt.state.is_final());
            }
        }
        Ok(unknown)
    }

    async fn settle(&self, id: ReceiptId, due_at: Option<Timestamp>) -> Result<(), RepositoryError> {
        let mut state = self.state();
        match due_at {
            None => {
                state.receipts.remove(&id);
            }
            Some(due_at) => {
                if let Some(row) = state.receipts.get_mut(&id) {
                    row.due_at = due_at;
                }
            }
        }
        Ok(())
    }
}
