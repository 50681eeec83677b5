//! [`OtpRepository`]: one-time passwords, counted before the provider is asked.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{RuleMode, Window};
use bonin_domain::identity::{IdentityId, IdentityStatus, IdentityTokenDigest, IdentityVerification};
use bonin_domain::keys::{PhoneIndex, Sealed};
use bonin_ports::{OtpCharge, OtpCharged, OtpRepository, RepositoryError};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{self, Conn, Store};
use super::identities::find;
use super::windows::{free_at, reach};
use crate::failure::Failure;
use crate::rows::count;
use crate::schema::{identity_verifications as i, otp_requests as r};
use crate::sql::{Instant, Uid};

/// One-time passwords that are sent for one identity verification at the most.
const REQUESTS: u16 = 3;
/// One-time passwords that are sent to a number at the most, over all tenants.
const NUMBER_WINDOWS: [Window; 2] = [Window::secs(600, 5), Window::secs(86_400, 10)];

#[async_trait]
impl OtpRepository for Store {
    async fn charge(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: IdentityTokenDigest,
        charge: OtpCharge,
        now: Timestamp,
    ) -> Result<OtpCharged, RepositoryError> {
        let tenant = tenant.clone();
        self.write(move |c| self::charge(c, &tenant, id, &token, charge, now)).await
    }

    async fn note(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        reference: Sealed,
    ) -> Result<(), RepositoryError> {
        let tenant = tenant.clone();
        self.write_once(move |c| {
            // Once it is completed the name is of no use.
            diesel::update(i::table.find(Uid(id.as_uuid())))
                .filter(i::tenant.eq(tenant.as_str()))
                .filter(i::completed_at.is_null())
                .set(i::reference.eq(reference.as_bytes()))
                .execute(c)?;
            Ok(())
        })
        .await
    }
}

fn charge(
    c: &mut Conn,
    tenant: &TenantId,
    id: IdentityId,
    token: &IdentityTokenDigest,
    charge: OtpCharge,
    now: Timestamp,
) -> Result<OtpCharged, Failure> {
    if let OtpCharge::Request { phone_index, limit: RuleMode::Block } = &charge {
        engine::lock_subjects(c, vec![phone_index.lock_key()])?;
    }
    let row = Uid(id.as_uuid());
    engine::lock_identity(c, row)?;
    let Some(found) = find(c, tenant, id, token)? else { return Ok(OtpCharged::NotFound) };
    let verification = found.at(now)?;
    if verification.status != IdentityStatus::Pending {
        return Ok(OtpCharged::Over);
    }
    let (requests, tries, reference): (i16, i16, Option<Vec<u8>>) =
        i::table.find(row).select((i::otp_requests, i::otp_tries, i::reference)).get_result(c)?;
    match charge {
        OtpCharge::Try => {
            if reference.is_none() {
                return Ok(OtpCharged::NotRequested);
            }
            if count(tries)? >= IdentityVerification::OTP_TRIES {
                return Ok(OtpCharged::Exhausted);
            }
            diesel::update(i::table.find(row)).set(i::otp_tries.eq(tries + 1)).execute(c)?;
        }
        OtpCharge::Request { phone_index, limit } => {
            if count(requests)? >= REQUESTS {
                return Ok(OtpCharged::Exhausted);
            }
            if limit == RuleMode::Block
                && let Some(until) = full_until(c, &phone_index, now)?
            {
                return Ok(OtpCharged::TooMany { until });
            }
            diesel::update(i::table.find(row)).set(i::otp_requests.eq(requests + 1)).execute(c)?;
            if limit != RuleMode::Off {
                diesel::insert_into(r::table)
                    .values((
                        r::identity_id.eq(row),
                        r::number.eq(requests + 1),
                        r::tenant.eq(tenant.as_str()),
                        r::phone_index.eq(phone_index.as_bytes()),
                        r::created_at.eq(Instant(now)),
                    ))
                    .execute(c)?;
            }
        }
    }
    Ok(OtpCharged::Allowed { verification, reference: reference.map(Sealed::from_bytes) })
}

/// When another one may be sent to a number, where none may at `now`. The number's lock must be held.
fn full_until(c: &mut Conn, phone: &PhoneIndex, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let Some((since, most)) = reach(&NUMBER_WINDOWS, now) else { return Ok(None) };
    let newest: Vec<Instant> = r::table
        .filter(r::phone_index.eq(phone.as_bytes()))
        .filter(r::created_at.gt(since))
        .order(r::created_at.desc())
        .limit(most)
        .select(r::created_at)
        .load(c)?;
    let newest: Vec<Timestamp> = newest.into_iter().map(|at| at.0).collect();
    Ok(free_at(&NUMBER_WINDOWS, &newest, now))
}
