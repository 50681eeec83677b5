//! [`IdentityRepository`]: identity verifications, their results and proofs (security 38).

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{Purpose, RuleMode, Window};
use bonin_domain::identity::{IdentityId, IdentityProofDigest, IdentityTokenDigest, IdentityVerification};
use bonin_domain::keys::{AddressIndex, PersonIndex, Sealed};
use bonin_ports::{
    IdentityCompleted, IdentityProved, IdentityRepository, IdentityResult, IdentityStarted, NewIdentity,
    ProofRefusal, RepositoryError,
};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{self, Conn, Store};
use super::identity_results::is_used;
use super::proofs;
use super::resets::end_resets;
use super::windows::{free_at, reach};
use crate::failure::Failure;
use crate::rows::IdentityRow;
use crate::schema::{accounts as a, identity_verifications as i};
use crate::sql::{Instant, Uid};

/// Starts from an address; each one costs the operator a lookup or a message.
const ADDRESS_WINDOWS: [Window; 2] = [Window::secs(600, 10), Window::secs(3_600, 30)];

#[async_trait]
impl IdentityRepository for Store {
    async fn start(&self, new: NewIdentity) -> Result<IdentityStarted, RepositoryError> {
        self.write(move |c| start(c, &new)).await
    }

    async fn find(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: IdentityTokenDigest,
        now: Timestamp,
    ) -> Result<Option<IdentityVerification>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| find(c, &tenant, id, &token)?.map(|row| row.at(now)).transpose()).await
    }

    async fn complete(&self, result: IdentityResult) -> Result<IdentityCompleted, RepositoryError> {
        self.write(move |c| complete(c, &result)).await
    }

    async fn find_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: IdentityProofDigest,
        now: Timestamp,
    ) -> Result<Result<IdentityProved, ProofRefusal>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| proofs::find_identity_proof(c, &tenant, purpose, &proof, now)).await
    }
}

/// The row for the holder of its token.
pub fn find(
    c: &mut Conn,
    tenant: &TenantId,
    id: IdentityId,
    token: &IdentityTokenDigest,
) -> Result<Option<IdentityRow>, Failure> {
    Ok(i::table
        .find(Uid(id.as_uuid()))
        .filter(i::tenant.eq(tenant.as_str()))
        .filter(i::token.eq(token.as_bytes().as_slice()))
        .select(IdentityRow::as_select())
        .get_result(c)
        .optional()?)
}

fn start(c: &mut Conn, new: &NewIdentity) -> Result<IdentityStarted, Failure> {
    let verification = &new.verification;
    if new.limit == RuleMode::Block
        && let Some(until) = full_until(c, &new.address, verification.created_at)?
    {
        return Ok(IdentityStarted::TooMany { until });
    }
    let counted = new.limit != RuleMode::Off;
    diesel::insert_into(i::table)
        .values((
            i::id.eq(Uid(verification.id.as_uuid())),
            i::tenant.eq(verification.tenant.as_str()),
            i::purpose.eq(verification.purpose.as_str()),
            i::api.eq(verification.api.as_str()),
            i::order_ref.eq(verification.order.as_str()),
            i::token.eq(new.token.as_bytes().as_slice()),
            i::address.eq(counted.then(|| new.address.as_bytes())),
            i::created_at.eq(Instant(verification.created_at)),
            i::expires_at.eq(Instant(verification.expires_at)),
            i::otp_requests.eq(0),
            i::otp_tries.eq(0),
        ))
        .execute(c)?;
    Ok(IdentityStarted::Created)
}

/// When an address may start again, where it may not at `now`. Others from the address wait for their turn.
fn full_until(c: &mut Conn, address: &AddressIndex, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    engine::lock_subjects(c, vec![address.lock_key()])?;
    let Some((since, most)) = reach(&ADDRESS_WINDOWS, now) else { return Ok(None) };
    let newest: Vec<Instant> = i::table
        .filter(i::address.eq(address.as_bytes()))
        .filter(i::created_at.gt(since))
        .order(i::created_at.desc())
        .limit(most)
        .select(i::created_at)
        .load(c)?;
    let newest: Vec<Timestamp> = newest.into_iter().map(|at| at.0).collect();
    Ok(free_at(&ADDRESS_WINDOWS, &newest, now))
}

fn complete(c: &mut Conn, result: &IdentityResult) -> Result<IdentityCompleted, Failure> {
    let (id, now) = (Uid(result.id.as_uuid()), Instant(result.now));
    // Whoever brings the same result waits for their turn.
    engine::lock_subjects(c, vec![result.result.lock_key()])?;
    engine::lock_identity(c, id)?;
    let Some(row) = find(c, &result.tenant, result.id, &result.token)? else {
        return Ok(IdentityCompleted::NotFound);
    };
    if is_used(c, &result.result)? {
        return Ok(IdentityCompleted::ResultUsed);
    }
    if row.completed_at.is_some() || row.expires_at <= now {
        return Ok(IdentityCompleted::Over);
    }
    diesel::update(i::table.find(id))
        .set((
            i::completed_at.eq(now),
            i::result.eq(result.result.as_bytes()),
            i::identified.eq(result.identified.as_bytes()),
            i::ci.eq(result.ci.as_ref().map(PersonIndex::as_bytes)),
            i::di.eq(result.di.as_ref().map(PersonIndex::as_bytes)),
            i::proof.eq(result.proof.0.as_bytes().as_slice()),
            i::proof_until.eq(Instant(result.proof.1)),
            i::erase.eq(result.erase.as_ref().map(Sealed::as_bytes)),
            i::erase_at.eq(result.erase.as_ref().map(|_| now)),
            // No one-time password is compared any more.
            i::reference.eq(None::<Vec<u8>>),
        ))
        .execute(c)?;
    mark_contested(c, result)?;
    Ok(IdentityCompleted::Completed)
}

/// Marks the account of the number where it belongs to another person (security 30, requirement F05). What the number
/// has opened, or could still open, ends.
fn mark_contested(c: &mut Conn, result: &IdentityResult) -> Result<(), Failure> {
    let Some(number) = &result.phone_index else { return Ok(()) };
    // What the result does not tell equals nothing that is stored.
    let told = |index: &Option<PersonIndex>| index.as_ref().map_or(Vec::new(), |i| i.as_bytes().to_vec());
    let (ci, di) = (told(&result.ci), told(&result.di));
    let tenant = result.tenant.as_str();
    let marked: Vec<Uid> = diesel::update(a::table)
        .filter(a::tenant.eq(tenant))
        .filter(a::phone_index.eq(number.as_bytes()))
        .filter(a::closed_at.is_null())
        .filter(a::identified_at.is_not_null())
        .filter(a::ci.is_null().or(a::ci.ne(ci)))
        .filter(a::di.is_null().or(a::di.ne(di)))
        .set(a::phone_contested_at.eq(Instant(result.now)))
        .returning(a::id)
        .get_results(c)?;
    for account in marked {
        end_resets(c, account)?;
        proofs::void_resets(c, tenant, number.as_bytes(), result.now)?;
    }
    Ok(())
}
