use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::admin::{AuditAction, Subject};
use bonin_domain::codes::VerificationId;
use bonin_domain::keys::{KeyRing, PhoneIndex};
use bonin_ports::{
    Clock, FiledDecision, FiledVerification, MessageHistory, Outbox, RepositoryError, StoryRepository,
};
use futures_util::future::try_join;

use crate::admin::{Actor, Record};
use crate::codes::unsealed;

/// Tells what became of a start, of whichever tenant.
#[derive(Clone)]
pub struct ReadStory {
    /// What is known of verifications.
    pub stories: Arc<dyn StoryRepository>,
    /// What is known of messages.
    pub outbox: Arc<dyn Outbox>,
    /// Records who looks.
    pub record: Record,
    /// Unseals the number, to mask it.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What became of a start. It holds neither code nor token nor text, and no whole number.
#[derive(Clone, Debug)]
pub struct Story {
    /// The start.
    pub id: VerificationId,
    /// Whose.
    pub tenant: TenantId,
    /// The number's digest.
    pub phone_index: PhoneIndex,
    /// The number, masked, as long as the row has it.
    pub masked: Option<String>,
    /// The verification; `None` where the start was not allowed.
    pub verification: Option<FiledVerification>,
    /// The decision; kept for 180 days.
    pub decision: Option<FiledDecision>,
    /// Resends that were not allowed, oldest first; kept for 180 days.
    pub refused_resends: Vec<FiledDecision>,
    /// Its messages with all attempts, oldest first; kept for 90 days.
    pub messages: Vec<MessageHistory>,
}

impl ReadStory {
    /// The story of a start; `None` where nothing is known of it. That it is read is recorded before it is told.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "admin.story", skip_all, fields(code.id = %id))]
    pub async fn execute(&self, actor: &Actor, id: VerificationId) -> Result<Option<Story>, RepositoryError> {
        let now = self.clock.now();
        let (verification, decision) =
            try_join(self.stories.find(id, now), self.stories.decision(id)).await?;
        let known = verification.as_ref().map(|of| (of.tenant.clone(), of.phone_index));
        let known = known.or_else(|| decision.as_ref().map(|of| (of.tenant.clone(), of.phone_index)));
        let Some((tenant, phone_index)) = known else { return Ok(None) };
        let subject = Subject::Verification(id);
        self.record.execute(actor, AuditAction::VerificationViewed, Some(subject), None).await?;
        let messages = self.outbox.messages(&tenant, id);
        let (messages, refused_resends) =
            try_join(messages, self.stories.refused_resends(id, phone_index)).await?;
        let phone = verification.as_ref().and_then(|of| of.phone.as_ref());
        let number = phone.map(|phone| unsealed(&self.keys, &tenant, id, phone)).transpose()?;
        let masked = number.map(|number| number.masked());
        Ok(Some(Story { id, tenant, phone_index, masked, verification, decision, refused_resends, messages }))
    }
}
