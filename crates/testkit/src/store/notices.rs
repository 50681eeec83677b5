//! Messages that tell owners of accounts what was done with them.

use bonin_domain::TenantId;
use bonin_ports::{Notice, RepositoryError};
use jiff::Timestamp;

use super::state::{MessageRow, Owner, State};

impl State {
    /// Puts a notice into the outbox, unless its number was told often enough; or fails and changes nothing.
    pub fn notify(
        &mut self,
        tenant: TenantId,
        notice: Notice,
        now: Timestamp,
    ) -> Result<(), RepositoryError> {
        let told = self.messages.iter().filter(|row| {
            row.owner == Owner::Notice
                && row.phone_index == notice.phone_index
                && row.created_at + Notice::WITHIN > now
        });
        if told.count() >= usize::from(Notice::MOST) {
            return Ok(());
        }
        if self.message_exists(&notice.message) {
            return Err(RepositoryError::Conflict);
        }
        self.messages.push(MessageRow {
            id: notice.message.id,
            tenant,
            owner: Owner::Notice,
            phone_index: notice.phone_index,
            payload: Some(notice.message.payload),
            created_at: now,
            expires_at: notice.expires_at,
            due_at: now,
            lease: notice.message.lease,
            attempts: Vec::new(),
            charge: None,
        });
        Ok(())
    }
}
