//! What is known of verifications and of the decisions on their starts, for administrators.

use bonin_domain::Region;
use bonin_domain::codes::{Status, VerificationId};
use bonin_domain::keys::{PhoneIndex, Sealed};
use bonin_ports::{FiledDecision, FiledFinding, FiledVerification};
use diesel::prelude::*;
use jiff::Timestamp;
use serde_json::Value;

use super::{count, provider, tenant};
use crate::failure::Failure;
use crate::schema::{past_verifications, verifications};
use crate::sql::{Document, Instant, Uid};

/// A verification whose row is still there.
#[derive(Queryable, Selectable)]
#[diesel(table_name = verifications)]
pub struct LiveStoryRow {
    pub id: Uid,
    pub tenant: String,
    pub purpose: String,
    pub phone_index: Vec<u8>,
    pub phone: Vec<u8>,
    pub country: Option<String>,
    pub run_by_provider: Option<String>,
    pub status: String,
    pub checks: i16,
    pub max_checks: i16,
    pub sends: i16,
    pub test_number: bool,
    pub withheld: bool,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub ended_at: Option<Instant>,
}

/// What is left of a verification.
#[derive(Queryable, Selectable)]
#[diesel(table_name = past_verifications)]
pub struct PastStoryRow {
    pub id: Uid,
    pub tenant: String,
    pub purpose: String,
    pub phone_index: Vec<u8>,
    pub country: Option<String>,
    pub run_by_provider: Option<String>,
    pub status: String,
    pub checks: i16,
    pub max_checks: i16,
    pub sends: i16,
    pub test_number: bool,
    pub withheld: bool,
    pub created_at: Instant,
    pub ended_at: Instant,
}

impl LiveStoryRow {
    /// The verification as it stands at `now`.
    pub fn at(self, now: Timestamp) -> Result<FiledVerification, Failure> {
        let ended_at = self.ended_at.unwrap_or(self.expires_at);
        let status = match self.status.as_str() {
            "pending" if self.checks >= self.max_checks => "locked",
            "pending" if self.expires_at.0 <= now => "expired",
            stored => stored,
        };
        let status = status.to_owned();
        let left = PastStoryRow {
            id: self.id,
            tenant: self.tenant,
            purpose: self.purpose,
            phone_index: self.phone_index,
            country: self.country,
            run_by_provider: self.run_by_provider,
            status,
            checks: self.checks,
            max_checks: self.max_checks,
            sends: self.sends,
            test_number: self.test_number,
            withheld: self.withheld,
            created_at: self.created_at,
            ended_at,
        };
        Ok(FiledVerification { phone: Some(Sealed::from_bytes(self.phone)), ..left.try_into()? })
    }
}

impl TryFrom<PastStoryRow> for FiledVerification {
    type Error = Failure;

    fn try_from(row: PastStoryRow) -> Result<Self, Failure> {
        let country = |code: String| code.parse::<Region>().map_err(|_| Failure::BadRow("country"));
        Ok(Self {
            id: VerificationId::from_uuid(row.id.0),
            tenant: tenant(&row.tenant)?,
            purpose: row.purpose.parse().map_err(|_| Failure::BadRow("purpose"))?,
            phone_index: phone_index(&row.phone_index)?,
            phone: None,
            country: row.country.map(country).transpose()?,
            status: filed_status(&row.status)?,
            checks: count(row.checks)?,
            max_checks: count(row.max_checks)?,
            sends: count(row.sends)?,
            test_number: row.test_number,
            withheld: row.withheld,
            run_by: row.run_by_provider.as_deref().map(provider).transpose()?,
            created_at: row.created_at.0,
            ended_at: row.ended_at.0,
        })
    }
}

/// A decision as it is read: id, tenant, purpose, number, whether for tests, outcome, findings, moment.
pub type FiledDecisionRow = (Uid, String, String, Vec<u8>, bool, String, Document, Instant);

/// Reads a decision.
pub fn filed_decision(row: FiledDecisionRow) -> Result<FiledDecision, Failure> {
    let (id, tenant_name, purpose, phone, test_number, outcome, Document(findings), created_at) = row;
    let read = || findings.as_array()?.iter().map(finding).collect::<Option<Vec<_>>>();
    Ok(FiledDecision {
        id: VerificationId::from_uuid(id.0),
        tenant: tenant(&tenant_name)?,
        purpose: purpose.parse().map_err(|_| Failure::BadRow("decisions.purpose"))?,
        phone_index: phone_index(&phone)?,
        test_number,
        outcome,
        findings: read().ok_or(Failure::BadRow("decisions.findings"))?,
        created_at: created_at.0,
    })
}

fn finding(stored: &Value) -> Option<FiledFinding> {
    let counted = |name| u32::try_from(stored.get(name)?.as_u64()?).ok();
    let until = match stored.get("until")? {
        Value::Null => None,
        at => Some(at.as_str()?.parse().ok()?),
    };
    Some(FiledFinding {
        rule: stored.get("rule")?.as_str()?.to_owned(),
        value: counted("value")?,
        threshold: counted("threshold")?,
        window_secs: stored.get("window_secs")?.as_i64(),
        until,
        mode: stored.get("mode")?.as_str()?.to_owned(),
    })
}

fn phone_index(stored: &[u8]) -> Result<PhoneIndex, Failure> {
    PhoneIndex::from_bytes(stored).ok_or(Failure::BadRow("phone_index"))
}

/// The status of a verification, ended or not.
pub fn filed_status(stored: &str) -> Result<Status, Failure> {
    let all = [Status::Pending, Status::Verified, Status::Expired, Status::Cancelled, Status::Locked];
    all.into_iter().find(|status| status.as_str() == stored).ok_or(Failure::BadRow("status"))
}
