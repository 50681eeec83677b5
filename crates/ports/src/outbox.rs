use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::VerificationId;
use bonin_domain::keys::Sealed;
use bonin_domain::messages::{
    Attempt, DeliveryState, FailureClass, GroupId, LeaseId, MessageId, Price, ProviderName, ProviderReference,
};
use jiff::Timestamp;

use crate::RepositoryError;

/// A message that this process alone may send until its lease ends.
#[derive(Clone, Debug, PartialEq)]
pub struct LeasedMessage {
    /// Its name.
    pub id: MessageId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Recipient and text, sealed; its row is `id`.
    pub payload: Sealed,
    /// The group it belongs to; `None` for a verification's and for a notice.
    pub group: Option<GroupId>,
    /// When it was put into the outbox.
    pub created_at: Timestamp,
    /// When it became due; of an interrupted one, when the lease that ran out ended.
    pub due_at: Timestamp,
    /// When its code dies, with its verification at the latest: nothing is sent from then on.
    pub expires_at: Timestamp,
    /// Whether an earlier lease ran out with nothing recorded: its holder may have been killed before, during
    /// or after the call.
    pub interrupted: bool,
    /// The attempts so far, oldest first.
    pub attempts: Vec<Attempt>,
}

/// What follows after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing more is sent; the sealed text is erased.
    Close,
    /// The message is due again at this moment.
    Again(Timestamp),
}

/// What the holder of a lease did with a message.
#[derive(Clone, Debug, PartialEq)]
pub struct DispatchOutcome {
    /// The lease.
    pub lease: LeaseId,
    /// The message.
    pub message: MessageId,
    /// The attempts, oldest first: several where one provider after the other surely did not take it. One with
    /// the number of an earlier attempt moves that one forward. Where another process holds the message by now,
    /// they are recorded all the same (they happened), but `next` is not applied: that process decides.
    pub attempts: Vec<Attempt>,
    /// What follows.
    pub next: Next,
    /// When to ask the provider of the last attempt what became of it.
    pub poll_at: Option<Timestamp>,
    /// Whether the provider of the last attempt runs the verification from now on: it owns the code and
    /// compares it. Where the lease still holds, our own code of this message never left, and counts no more.
    pub runs_verification: bool,
}

/// An attempt whose provider is to be asked what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolledAttempt {
    /// The message.
    pub message: MessageId,
    /// The attempt's number.
    pub number: i16,
    /// Whom to ask.
    pub provider: ProviderName,
    /// What to ask for.
    pub reference: ProviderReference,
    /// Whose it is.
    pub tenant: TenantId,
    /// The recipient, sealed.
    pub phone: Sealed,
    /// The row to which that seal is bound: the verification, or the message of a group.
    pub phone_row: [u8; 16],
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// How often it was asked before.
    pub polls: i16,
}

/// What a provider said of an attempt, or that it said nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The message.
    pub message: MessageId,
    /// The attempt's number.
    pub number: i16,
    /// The state to move to, where it lies ahead.
    pub state: DeliveryState,
    /// Why it failed.
    pub failure: Option<FailureClass>,
    /// The provider's own code.
    pub provider_code: Option<String>,
    /// What it cost, where the provider says so.
    pub price: Option<Price>,
    /// When to ask again; `None` ends the asking.
    pub poll_at: Option<Timestamp>,
}

/// A message and its attempts.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageHistory {
    /// The message.
    pub id: MessageId,
    /// When it was put into the outbox.
    pub created_at: Timestamp,
    /// The attempts, oldest first; none yet while it waits.
    pub attempts: Vec<Attempt>,
}

/// The messages that wait to be sent, and what became of those that were. Each method is one transaction.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Takes up to `limit` messages that are due and that no live lease covers: codes before notices, these before the
    /// messages of groups, then oldest first. No two calls
    /// get the same message while its lease lives, over all processes.
    async fn lease(
        &self,
        lease: LeaseId,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<LeasedMessage>, RepositoryError>;

    /// Records what was done, all or nothing.
    async fn record(&self, outcomes: Vec<DispatchOutcome>) -> Result<(), RepositoryError>;

    /// Takes up to `limit` attempts whose provider is due to be asked; they are not due again before `until`.
    async fn lease_polls(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<PolledAttempt>, RepositoryError>;

    /// The images of a group, sealed for its tenant; their row is the group.
    async fn images(&self, group: GroupId) -> Result<Option<Sealed>, RepositoryError>;

    /// Records reports. States move forward only, in whatever order reports come and however often; a price is
    /// taken whenever one comes.
    async fn record_reports(&self, reports: Vec<Report>, now: Timestamp) -> Result<(), RepositoryError>;

    /// The messages of a verification with their attempts, oldest first.
    async fn messages(
        &self,
        tenant: &TenantId,
        verification: VerificationId,
    ) -> Result<Vec<MessageHistory>, RepositoryError>;
}
