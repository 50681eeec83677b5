use async_trait::async_trait;
use bonin_domain::codes::{Purpose, Status, VerificationId};
use bonin_domain::keys::{PhoneIndex, Sealed};
use bonin_domain::messages::ProviderName;
use bonin_domain::{Region, TenantId};
use jiff::Timestamp;

use crate::RepositoryError;

/// A verification of any tenant, as long as anything is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledVerification {
    /// Its name.
    pub id: VerificationId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What it is for.
    pub purpose: Purpose,
    /// The number, digested.
    pub phone_index: PhoneIndex,
    /// The number, sealed, until the verification's row goes; its row is `id`.
    pub phone: Option<Sealed>,
    /// The country of the number.
    pub country: Option<Region>,
    /// How it ended, or stands; where the checks were used up, locked also after the end.
    pub status: Status,
    /// Codes typed.
    pub checks: u16,
    /// Codes that may be typed in all.
    pub max_checks: u16,
    /// Codes sent.
    pub sends: u16,
    /// Whether the number is one for tests.
    pub test_number: bool,
    /// Whether its messages are never sent.
    pub withheld: bool,
    /// The provider that runs it.
    pub run_by: Option<ProviderName>,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it ended, or runs out.
    pub ended_at: Timestamp,
}

/// What a rule found when a start was judged, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledFinding {
    /// The rule's name.
    pub rule: String,
    /// What was counted.
    pub value: u32,
    /// How much is allowed.
    pub threshold: u32,
    /// Over how many seconds.
    pub window_secs: Option<i64>,
    /// When the rule lets a start through again.
    pub until: Option<Timestamp>,
    /// `off`, `record` or `block`.
    pub mode: String,
}

/// The decision on a start, or on a resend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledDecision {
    /// The start, the name of the verification, if one came of it; of a resend the verification.
    pub id: VerificationId,
    /// Whose.
    pub tenant: TenantId,
    /// What it was for.
    pub purpose: Purpose,
    /// The number, digested.
    pub phone_index: PhoneIndex,
    /// Whether the number is one for tests.
    pub test_number: bool,
    /// What came of it, as stored.
    pub outcome: String,
    /// What the rules found.
    pub findings: Vec<FiledFinding>,
    /// When.
    pub created_at: Timestamp,
}

/// Looks up what is known of verifications, of all tenants: for administrators alone.
#[async_trait]
pub trait StoryRepository: Send + Sync {
    /// A verification.
    async fn find(
        &self,
        id: VerificationId,
        now: Timestamp,
    ) -> Result<Option<FiledVerification>, RepositoryError>;

    /// The verifications of a number of the last 90 days, newest first, `limit` at most.
    async fn of_number(
        &self,
        phone: PhoneIndex,
        limit: u16,
        now: Timestamp,
    ) -> Result<Vec<FiledVerification>, RepositoryError>;

    /// The decision on a start.
    async fn decision(&self, id: VerificationId) -> Result<Option<FiledDecision>, RepositoryError>;

    /// Resends of a verification with this number that were not allowed, oldest first.
    async fn refused_resends(
        &self,
        id: VerificationId,
        phone: PhoneIndex,
    ) -> Result<Vec<FiledDecision>, RepositoryError>;

    /// Starts with a number that were not allowed, newest first, `limit` at most.
    async fn refused(&self, phone: PhoneIndex, limit: u16) -> Result<Vec<FiledDecision>, RepositoryError>;
}
