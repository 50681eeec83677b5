use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::keys::KeyRing;
use bonin_domain::messages::{GroupId, MessageId};
use bonin_ports::{Clock, MessageGroupRepository, MessageQuery, RepositoryError};
use jiff::Timestamp;

use crate::messages::seen::SeenMessage;

/// Lists a tenant's messages, newest first.
pub struct ListMessages {
    /// Where groups are stored.
    pub groups: Arc<dyn MessageGroupRepository>,
    /// Unseals numbers.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Some of a tenant's messages.
pub struct MessagePage {
    /// The messages, newest first.
    pub messages: Vec<SeenMessage>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<MessageId>,
    /// The moment of reading.
    pub at: Timestamp,
}

impl ListMessages {
    /// At most `limit` messages before the one named `before`; of one group only, where one is named.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "messages.list", skip_all)]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        group: Option<GroupId>,
        before: Option<MessageId>,
        limit: u16,
    ) -> Result<MessagePage, RepositoryError> {
        let at = self.clock.now();
        // One more than asked for tells whether there is another page.
        let query = MessageQuery { group, before, limit: limit.saturating_add(1) };
        let mut found = self.groups.messages(tenant, query).await?;
        let more = found.len() > usize::from(limit);
        found.truncate(usize::from(limit));
        let next = found.last().filter(|_| more).map(|last| last.id);
        let messages =
            found.into_iter().map(|message| SeenMessage::unsealed(&self.keys, tenant, message, at));
        Ok(MessagePage { messages: messages.collect::<Result<_, _>>()?, next, at })
    }
}
