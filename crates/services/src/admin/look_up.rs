use std::sync::Arc;

use bonin_domain::PhoneNumber;
use bonin_domain::admin::{AuditAction, Subject};
use bonin_domain::codes::VerificationId;
use bonin_domain::keys::KeyRing;
use bonin_ports::{Clock, FiledDecision, FiledVerification, RepositoryError, StoryRepository};
use futures_util::future::try_join;
use jiff::Timestamp;

use crate::admin::{Actor, Reason, Record};

/// How many verifications, and how many refused starts, are shown at most.
const MOST: u16 = 100;

/// Looks up what was started for a number, over all tenants.
#[derive(Clone)]
pub struct LookUpVerifications {
    /// What is known of verifications.
    pub stories: Arc<dyn StoryRepository>,
    /// Records who looks.
    pub record: Record,
    /// Digests the number.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A start for a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookedUp {
    /// One that was allowed.
    Verification(FiledVerification),
    /// One that was not.
    Refused(FiledDecision),
}

impl LookedUp {
    /// Its name.
    pub fn id(&self) -> VerificationId {
        match self {
            Self::Verification(verification) => verification.id,
            Self::Refused(decision) => decision.id,
        }
    }

    /// When it was.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Verification(verification) => verification.created_at,
            Self::Refused(decision) => decision.created_at,
        }
    }
}

impl LookUpVerifications {
    /// Whether anything is known of a start. Nothing is told of it, so that this is not recorded.
    ///
    /// # Errors
    /// The store's.
    pub async fn knows(&self, id: VerificationId) -> Result<bool, RepositoryError> {
        let live = self.stories.find(id, self.clock.now());
        let (verification, decision) = try_join(live, self.stories.decision(id)).await?;
        Ok(verification.is_some() || decision.is_some())
    }

    /// What was started for `number`, newest first: 100 verifications of the last 90 days and 100 refused starts at most.
    /// The look-up is recorded with its reason before anything is looked at.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "admin.look_up", skip_all)]
    pub async fn execute(
        &self,
        actor: &Actor,
        number: &PhoneNumber,
        reason: &Reason,
    ) -> Result<Vec<LookedUp>, RepositoryError> {
        let phone = self.keys.phone_index(number);
        let subject = Subject::Phone(phone);
        self.record.execute(actor, AuditAction::NumberLookedUp, Some(subject), Some(reason.as_str())).await?;
        let now = self.clock.now();
        let live = self.stories.of_number(phone, MOST, now);
        let (verifications, refused) = try_join(live, self.stories.refused(phone, MOST)).await?;
        let mut found: Vec<LookedUp> = verifications.into_iter().map(LookedUp::Verification).collect();
        found.extend(refused.into_iter().map(LookedUp::Refused));
        found.sort_by_key(|start| std::cmp::Reverse(start.at()));
        Ok(found)
    }
}
