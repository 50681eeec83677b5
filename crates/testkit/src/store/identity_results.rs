//! Results of identity verifications, and one-time passwords.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{RuleMode, Window};
use bonin_domain::identity::{
    IdentityId, IdentityStatus, IdentityTokenDigest, IdentityVerification, OrderId,
};
use bonin_domain::keys::{ResultIndex, Sealed};
use bonin_ports::{
    DueErasure, IdentityResultRepository, OtpCharge, OtpCharged, OtpRepository, RepositoryError,
};
use jiff::Timestamp;

use super::InMemoryStore;
use super::identities::full_until;
use super::state::State;

/// One-time passwords to one number.
const TO_NUMBER: [Window; 2] = [Window::secs(600, 5), Window::secs(86_400, 10)];

/// One-time passwords for one identity verification.
const REQUESTS: u16 = 3;

impl State {
    pub fn result_is_used(&self, result: ResultIndex) -> bool {
        let results = self.identities.iter().filter_map(|row| row.completed.as_ref());
        results.into_iter().any(|completed| completed.result.result == result)
    }

    fn due_erasures(&mut self, now: Timestamp, retry_at: Timestamp, limit: u16) -> Vec<DueErasure> {
        let due = self.identities.iter_mut().filter_map(|row| {
            let completed = row.completed.as_mut().filter(|completed| completed.erase_at <= now)?;
            let reference = completed.result.erase.clone()?;
            let IdentityVerification { id, tenant, api, .. } = row.verification.clone();
            Some((&mut completed.erase_at, DueErasure { id, tenant, api, reference }))
        });
        due.take(usize::from(limit))
            .map(|(erase_at, erasure)| {
                *erase_at = retry_at;
                erasure
            })
            .collect()
    }

    fn charge_otp(
        &mut self,
        tenant: &TenantId,
        id: IdentityId,
        token: IdentityTokenDigest,
        charge: OtpCharge,
        now: Timestamp,
    ) -> OtpCharged {
        let full = match charge {
            OtpCharge::Request { phone_index, limit: RuleMode::Block } => {
                let to_number = self.otp_requests.iter().filter(|(number, _)| *number == phone_index);
                let mut requests: Vec<_> = to_number.map(|(_, at)| *at).collect();
                requests.sort_unstable_by(|a, b| b.cmp(a));
                full_until(&TO_NUMBER, &requests, now)
            }
            OtpCharge::Request { .. } | OtpCharge::Try => None,
        };
        let Some(row) = self.held_identity(tenant, id, token) else { return OtpCharged::NotFound };
        let verification = row.seen_at(now);
        if verification.status != IdentityStatus::Pending {
            return OtpCharged::Over;
        }
        match charge {
            OtpCharge::Request { .. } if row.otp_requests >= REQUESTS => return OtpCharged::Exhausted,
            OtpCharge::Request { .. } => {
                if let Some(until) = full {
                    return OtpCharged::TooMany { until };
                }
                row.otp_requests += 1;
            }
            OtpCharge::Try if row.reference.is_none() => return OtpCharged::NotRequested,
            OtpCharge::Try if row.otp_tries >= IdentityVerification::OTP_TRIES => {
                return OtpCharged::Exhausted;
            }
            OtpCharge::Try => row.otp_tries += 1,
        }
        let allowed = OtpCharged::Allowed { verification, reference: row.reference.clone() };
        if let OtpCharge::Request { phone_index, limit: RuleMode::Block | RuleMode::Record } = charge {
            self.otp_requests.push((phone_index, now));
        }
        allowed
    }
}

#[async_trait]
impl IdentityResultRepository for InMemoryStore {
    async fn is_used(&self, result: ResultIndex) -> Result<bool, RepositoryError> {
        Ok(self.state().result_is_used(result))
    }

    async fn is_issued(&self, order: &OrderId) -> Result<bool, RepositoryError> {
        Ok(self.state().identities.iter().any(|row| row.verification.order == *order))
    }

    async fn due_erasures(
        &self,
        now: Timestamp,
        retry_at: Timestamp,
        limit: u16,
    ) -> Result<Vec<DueErasure>, RepositoryError> {
        Ok(self.state().due_erasures(now, retry_at, limit))
    }

    async fn erased(&self, tenant: &TenantId, id: IdentityId) -> Result<(), RepositoryError> {
        let mut state = self.state();
        let own = state
            .identities
            .iter_mut()
            .filter(|row| row.verification.id == id && row.verification.tenant == *tenant);
        for completed in own.filter_map(|row| row.completed.as_mut()) {
            completed.result.erase = None;
        }
        Ok(())
    }
}

#[async_trait]
impl OtpRepository for InMemoryStore {
    async fn charge(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: IdentityTokenDigest,
        charge: OtpCharge,
        now: Timestamp,
    ) -> Result<OtpCharged, RepositoryError> {
        Ok(self.state().charge_otp(tenant, id, token, charge, now))
    }

    async fn note(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        reference: Sealed,
    ) -> Result<(), RepositoryError> {
        let mut state = self.state();
        let own = |row: &&mut super::identities::IdentityRow| {
            row.verification.id == id && row.verification.tenant == *tenant
        };
        if let Some(row) = state.identities.iter_mut().find(own) {
            row.reference = Some(reference);
        }
        Ok(())
    }
}
