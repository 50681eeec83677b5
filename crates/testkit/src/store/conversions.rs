//! Which codes led to success.

use async_trait::async_trait;
use bonin_domain::codes::Status;
use bonin_domain::messages::DeliveryState;
use bonin_ports::{ConversionLog, RepositoryError, SentCode};
use jiff::Timestamp;

use super::InMemoryStore;
use super::state::{AttemptRow, MessageRow, State};

impl State {
    /// Whether the code of a message led to success; `None` while that is open, and for what carries no code.
    fn converted(&self, message: &MessageRow, now: Timestamp) -> Option<bool> {
        let id = message.verification()?;
        let row = self.verifications.iter().find(|row| row.verification.id == id && !row.test_number)?;
        let of_verification = self.messages.iter().filter(|row| row.verification() == Some(id));
        let is_last = of_verification.map(|row| row.id.as_uuid()).max() == Some(message.id.as_uuid());
        match row.seen_at(now).status {
            Status::Verified => Some(is_last),
            Status::Pending if is_last => None,
            Status::Pending | Status::Expired | Status::Cancelled | Status::Locked => Some(false),
        }
    }
}

/// A failure with a reference was taken first, and failed on the way: that is what routing must learn from.
pub(super) fn was_taken(row: &AttemptRow) -> bool {
    match row.attempt.state {
        DeliveryState::Accepted | DeliveryState::Sent | DeliveryState::Delivered => true,
        DeliveryState::Failed => row.attempt.reference.is_some(),
        DeliveryState::Queued | DeliveryState::Unknown | DeliveryState::Expired => false,
    }
}

#[async_trait]
impl ConversionLog for InMemoryStore {
    async fn recent(&self, limit: u16, now: Timestamp) -> Result<Vec<SentCode>, RepositoryError> {
        let state = self.state();
        let mut newest_first: Vec<_> = state.messages.iter().collect();
        newest_first.sort_by_key(|row| std::cmp::Reverse(row.id.as_uuid()));
        let decided = newest_first
            .into_iter()
            .filter_map(|message| Some((message, state.converted(message, now)?)))
            .flat_map(|(message, converted)| {
                message.attempts.iter().filter(|row| was_taken(row)).map(move |row| SentCode {
                    provider: row.attempt.provider.clone(),
                    country: row.attempt.country,
                    at: row.attempt.accepted_at,
                    converted,
                })
            });
        Ok(decided.take(usize::from(limit)).collect())
    }
}
