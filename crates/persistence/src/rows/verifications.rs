//! Verifications, and the answers repeated under idempotency keys.

use bonin_domain::codes::{Status, Verification, VerificationId};
use bonin_domain::keys::{PhoneIndex, Sealed};
use bonin_domain::messages::{ProviderName, ProviderReference};
use diesel::prelude::*;
use jiff::Timestamp;

use super::{count, provider, reference, tenant};
use crate::failure::Failure;
use crate::schema::{idempotency, verifications};
use crate::sql::{Instant, Uid};

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
    pub run_by_provider: Option<String>,
    pub run_by_reference: Option<String>,
    pub withheld: bool,
}

impl VerificationRow {
    /// The verification as it stands at `now`.
    pub fn at(self, now: Timestamp) -> Result<Verification, Failure> {
        let ended_by_time = self.expires_at.0 <= now;
        let status = match self.status.as_str() {
            "pending" | "locked" if ended_by_time => Status::Expired,
            // A provider has yet to decide the last checks.
            "pending" if self.checks >= self.max_checks => Status::Locked,
            "pending" => Status::Pending,
            "locked" => Status::Locked,
            "verified" => Status::Verified,
            "cancelled" => Status::Cancelled,
            _ => return Err(Failure::BadRow("verifications.status")),
        };
        let run_by = self.run_by()?;
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
            run_by,
            withheld: self.withheld,
        })
    }

    /// The provider that runs it, and how it calls it.
    pub fn run_by(&self) -> Result<Option<(ProviderName, ProviderReference)>, Failure> {
        let (Some(name), Some(called)) = (&self.run_by_provider, &self.run_by_reference) else {
            return Ok(None);
        };
        Ok(Some((provider(name)?, reference(called)?)))
    }

    pub fn phone_index(&self) -> Result<PhoneIndex, Failure> {
        PhoneIndex::from_bytes(&self.phone_index).ok_or(Failure::BadRow("verifications.phone_index"))
    }
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
    pub withheld: bool,
    pub country: Option<String>,
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
