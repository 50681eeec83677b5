//! Stored rows, and their way from and to domain values. A stored value is parsed again: a bad row is an
//! error, not a panic.

use bonin_domain::TenantId;
use bonin_domain::codes::{Finding, RuleMode, Status, Verification, VerificationId};
use bonin_domain::keys::{PhoneIndex, Sealed};
use bonin_domain::messages::{
    Attempt, DeliveryState, FailureClass, MessageId, ProviderName, ProviderReference,
};
use diesel::prelude::*;
use diesel::query_builder::QueryId;
use jiff::Timestamp;
use serde_json::json;

use crate::failure::Failure;
use crate::schema::{attempts, idempotency, messages, verifications};
use crate::sql::{Document, Instant, Uid};

/// The columns of a verification that its owner's view is made of.
#[derive(Queryable, Selectable, Debug, Clone)]
#[diesel(table_name = verifications)]
pub struct VerificationRow {
    pub id: Uid,
    pub tenant: String,
    pub purpose: String,
    pub locale: String,
    pub status: String,
    pub phone_index: Vec<u8>,
    pub phone: Vec<u8>,
    pub known_client: bool,
    pub checks: i16,
    pub max_checks: i16,
    pub sends: i16,
    pub created_at: Instant,
    pub sent_at: Instant,
    pub resend_at: Instant,
    pub expires_at: Instant,
}

impl VerificationRow {
    /// The verification as it stands at `now`.
    pub fn at(self, now: Timestamp) -> Result<Verification, Failure> {
        let ended_by_time = self.expires_at.0 <= now;
        let status = match self.status.as_str() {
            "pending" | "locked" if ended_by_time => Status::Expired,
            "pending" => Status::Pending,
            "locked" => Status::Locked,
            "verified" => Status::Verified,
            "cancelled" => Status::Cancelled,
            _ => return Err(Failure::BadRow("verifications.status")),
        };
        Ok(Verification {
            id: VerificationId::from_uuid(self.id.0),
            tenant: tenant(&self.tenant)?,
            purpose: self.purpose.parse().map_err(|_| Failure::BadRow("verifications.purpose"))?,
            locale: self.locale.parse().map_err(|_| Failure::BadRow("verifications.locale"))?,
            phone: Sealed::from_bytes(self.phone),
            status,
            checks_left: count(self.max_checks - self.checks)?,
            sends: count(self.sends)?,
            created_at: self.created_at.0,
            expires_at: self.expires_at.0,
            resend_at: self.resend_at.0,
        })
    }

    pub fn phone_index(&self) -> Result<PhoneIndex, Failure> {
        PhoneIndex::from_bytes(&self.phone_index).ok_or(Failure::BadRow("verifications.phone_index"))
    }
}

pub fn tenant(stored: &str) -> Result<TenantId, Failure> {
    TenantId::parse(stored).map_err(|_| Failure::BadRow("tenant"))
}

pub fn count(stored: i16) -> Result<u16, Failure> {
    u16::try_from(stored).map_err(|_| Failure::BadRow("a negative count"))
}

/// A new verification.
pub struct NewVerificationRow<'a> {
    pub id: Uid,
    pub tenant: &'a str,
    pub purpose: &'a str,
    pub locale: &'a str,
    pub status: &'a str,
    pub token: &'a [u8],
    pub phone_index: &'a [u8],
    pub phone: &'a [u8],
    pub known_client: bool,
    pub test_number: bool,
    pub checks: i16,
    pub max_checks: i16,
    pub sends: i16,
    pub code_1: &'a [u8],
    pub code_1_until: Instant,
    pub created_at: Instant,
    pub sent_at: Instant,
    pub resend_at: Instant,
    pub expires_at: Instant,
}

/// A new message in the outbox.
pub struct NewMessageRow<'a> {
    pub id: Uid,
    pub tenant: &'a str,
    pub verification_id: Uid,
    pub phone_index: &'a [u8],
    pub test_number: bool,
    pub payload: &'a [u8],
    pub created_at: Instant,
    pub expires_at: Instant,
    pub due_at: Instant,
    pub lease: Option<Uid>,
}

/// The text that inserts such a row never changes, so that engines keep it prepared; Diesel's own inserts are
/// prepared anew each time.
macro_rules! with_fixed_text {
    ($($row:ident),+) => {
        $(
            impl QueryId for $row<'_> {
                type QueryId = $row<'static>;
                const HAS_STATIC_QUERY_ID: bool = true;
            }
        )+
    };
}
with_fixed_text!(NewVerificationRow, NewMessageRow, DecisionRow);

impl QueryId for AttemptRow {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

/// A due message.
#[derive(Queryable, Selectable)]
#[diesel(table_name = messages)]
pub struct DueMessageRow {
    pub id: Uid,
    pub tenant: String,
    pub verification_id: Uid,
    pub payload: Option<Vec<u8>>,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub lease: Option<Uid>,
}

/// The decision on one start.
pub struct DecisionRow<'a> {
    pub id: Uid,
    pub tenant: &'a str,
    pub purpose: &'a str,
    pub phone_index: &'a [u8],
    pub test_number: bool,
    pub address: Option<&'a [u8]>,
    pub network: Option<&'a [u8]>,
    pub outcome: &'a str,
    pub findings: Document,
    pub created_at: Instant,
}

/// Findings as the document that is stored.
pub fn findings_document(findings: &[Finding]) -> Document {
    let entries: Vec<_> = findings
        .iter()
        .map(|finding| {
            json!({
                "rule": finding.rule.as_str(),
                "value": finding.value,
                "threshold": finding.threshold,
                "window_secs": finding.window_secs,
                "until": finding.until.map(|at| at.to_string()),
                "mode": match finding.mode {
                    RuleMode::Off => "off",
                    RuleMode::Record => "record",
                    RuleMode::Block => "block",
                },
            })
        })
        .collect();
    Document(serde_json::Value::Array(entries))
}

/// The answer that is repeated under an idempotency key.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = idempotency)]
pub struct IdempotencyRow {
    pub key: Vec<u8>,
    pub tenant: String,
    pub request: Vec<u8>,
    pub verification_id: Uid,
    pub token: Option<Vec<u8>>,
    pub checks_left: i16,
    pub sends: i16,
    pub resend_at: Instant,
    pub expires_at: Instant,
    pub created_at: Instant,
}

/// An attempt.
#[derive(Insertable, Queryable, Selectable, Clone)]
#[diesel(table_name = attempts)]
pub struct AttemptRow {
    pub message_id: Uid,
    pub number: i16,
    pub tenant: String,
    pub provider: String,
    pub state: String,
    pub rank: i16,
    pub failure: Option<String>,
    pub provider_code: Option<String>,
    pub reference: Option<String>,
    pub possible_duplicate: bool,
    pub started_at: Instant,
    pub updated_at: Instant,
    pub poll_at: Option<Instant>,
    pub polls: i16,
}

impl AttemptRow {
    pub fn new(tenant: String, attempt: &Attempt, poll_at: Option<Timestamp>) -> Self {
        Self {
            message_id: Uid(attempt.message.as_uuid()),
            number: attempt.number,
            tenant,
            provider: attempt.provider.as_str().to_owned(),
            state: attempt.state.as_str().to_owned(),
            rank: attempt.state.rank(),
            failure: attempt.failure.map(|class| class.as_str().to_owned()),
            provider_code: attempt.provider_code.clone(),
            reference: attempt.reference.as_ref().map(|reference| reference.as_str().to_owned()),
            possible_duplicate: attempt.possible_duplicate,
            started_at: Instant(attempt.started_at),
            updated_at: Instant(attempt.updated_at),
            poll_at: poll_at.filter(|_| !attempt.state.is_final()).map(Instant),
            polls: 0,
        }
    }
}

pub fn provider(stored: &str) -> Result<ProviderName, Failure> {
    ProviderName::parse(stored).ok_or(Failure::BadRow("attempts.provider"))
}

pub fn reference(stored: &str) -> Result<ProviderReference, Failure> {
    ProviderReference::parse(stored).ok_or(Failure::BadRow("attempts.reference"))
}

impl TryFrom<AttemptRow> for Attempt {
    type Error = Failure;

    fn try_from(row: AttemptRow) -> Result<Self, Failure> {
        let class = |name: String| FailureClass::from_name(&name).ok_or(Failure::BadRow("attempts.failure"));
        Ok(Self {
            message: MessageId::from_uuid(row.message_id.0),
            number: row.number,
            provider: provider(&row.provider)?,
            state: DeliveryState::from_name(&row.state).ok_or(Failure::BadRow("attempts.state"))?,
            failure: row.failure.map(class).transpose()?,
            provider_code: row.provider_code,
            reference: row.reference.as_deref().map(reference).transpose()?,
            possible_duplicate: row.possible_duplicate,
            started_at: row.started_at.0,
            updated_at: row.updated_at.0,
        })
    }
}
