//! Proofs of numbers and of identities: looked at, and spent in the transaction of their effect (security 13).

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{ProofDigest, Purpose, VerificationId};
use bonin_domain::identity::IdentityProofDigest;
use bonin_domain::keys::{PhoneIndex, Sealed};
use bonin_ports::{AnyProof, IdentityProved, ProofRefusal, ProofRepository, ProvedPhone, RepositoryError};
use diesel::dsl::{case_when, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};
use jiff::Timestamp;

use super::super::engine::{self, Conn, Store};
use crate::failure::Failure;
use crate::rows::{AccountRow, IdentityProofRow};
use crate::schema::{identity_verifications as i, verifications as v};
use crate::sql::{Instant, InstantSql, Uid};

/// Proofs for a reset, in the words of the index `verifications_resets`: only a query that repeats them uses it.
const IS_RESET: &str = "verifications.purpose = 'reset_password'";

#[async_trait]
impl ProofRepository for Store {
    async fn charge_refusal(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: AnyProof,
        now: Timestamp,
    ) -> Result<Result<(), ProofRefusal>, RepositoryError> {
        let tenant = tenant.clone();
        self.write_once(move |c| charge_refusal(c, &tenant, purpose, &proof, now)).await
    }
}

/// What a live proof stands for.
pub enum Proved {
    Phone(ProvedPhone),
    Identity(IdentityProved),
}

/// Why a proof is not taken; `None` while it is live.
fn refusal(until: Option<Instant>, spent_at: Option<Instant>, now: Timestamp) -> Option<ProofRefusal> {
    match (until, spent_at) {
        (_, Some(_)) => Some(ProofRefusal::Used),
        (Some(until), None) if until.0 > now => None,
        (_, None) => Some(ProofRefusal::Expired),
    }
}

/// What a proof of a number stands for.
pub fn find_phone_proof(
    c: &mut Conn,
    tenant: &TenantId,
    purpose: Purpose,
    proof: &ProofDigest,
    now: Timestamp,
) -> Result<Result<ProvedPhone, ProofRefusal>, Failure> {
    type Found = (Uid, Vec<u8>, Vec<u8>, Option<Instant>, Option<Instant>);
    let found: Option<Found> = v::table
        .filter(v::proof.eq(proof.as_bytes().as_slice()))
        .filter(v::tenant.eq(tenant.as_str()))
        .filter(v::purpose.eq(purpose.as_str()))
        .select((v::id, v::phone_index, v::phone, v::proof_until, v::proof_spent_at))
        .get_result(c)
        .optional()?;
    let Some((id, phone_index, phone, until, spent_at)) = found else {
        return Ok(Err(ProofRefusal::Unknown));
    };
    if let Some(refusal) = refusal(until, spent_at, now) {
        return Ok(Err(refusal));
    }
    Ok(Ok(ProvedPhone {
        verification: VerificationId::from_uuid(id.0),
        phone_index: PhoneIndex::from_bytes(&phone_index)
            .ok_or(Failure::BadRow("verifications.phone_index"))?,
        phone: Sealed::from_bytes(phone),
    }))
}

/// What a proof of an identity stands for.
pub fn find_identity_proof(
    c: &mut Conn,
    tenant: &TenantId,
    purpose: Purpose,
    proof: &IdentityProofDigest,
    now: Timestamp,
) -> Result<Result<IdentityProved, ProofRefusal>, Failure> {
    let found: Option<IdentityProofRow> = i::table
        .filter(i::proof.eq(proof.as_bytes().as_slice()))
        .filter(i::tenant.eq(tenant.as_str()))
        .filter(i::purpose.eq(purpose.as_str()))
        .select(IdentityProofRow::as_select())
        .get_result(c)
        .optional()?;
    let Some(row) = found else { return Ok(Err(ProofRefusal::Unknown)) };
    match refusal(row.proof_until, row.proof_spent_at, now) {
        Some(refusal) => Ok(Err(refusal)),
        None => Ok(Ok(row.try_into()?)),
    }
}

/// What a proof stands for, held until the transaction ends, so that it is still so when it is spent.
pub fn hold(
    c: &mut Conn,
    tenant: &TenantId,
    purpose: Purpose,
    proof: &AnyProof,
    now: Timestamp,
) -> Result<Result<Proved, ProofRefusal>, Failure> {
    match proof {
        AnyProof::Phone(proof) => {
            engine::lock_proof(c, proof.as_bytes())?;
            Ok(find_phone_proof(c, tenant, purpose, proof, now)?.map(Proved::Phone))
        }
        AnyProof::Identity(proof) => {
            engine::lock_identity_proof(c, proof.as_bytes())?;
            Ok(find_identity_proof(c, tenant, purpose, proof, now)?.map(Proved::Identity))
        }
    }
}

/// As [`hold`], for a proof of this very number; one of another number is unknown.
pub fn hold_for_number(
    c: &mut Conn,
    tenant: &TenantId,
    purpose: Purpose,
    proof: ProofDigest,
    number: &[u8],
    now: Timestamp,
) -> Result<Result<(), ProofRefusal>, Failure> {
    Ok(match hold(c, tenant, purpose, &AnyProof::Phone(proof), now)? {
        Ok(Proved::Phone(proved)) if proved.phone_index.as_bytes() == number => Ok(()),
        Ok(_) => Err(ProofRefusal::Unknown),
        Err(refusal) => Err(refusal),
    })
}

/// Spends a proof that [`hold`] found live. What an identity verification tells is erased with it.
pub fn spend(c: &mut Conn, proof: &AnyProof, now: Timestamp) -> Result<(), Failure> {
    let now = Instant(now);
    let spent = match proof {
        AnyProof::Phone(proof) => diesel::update(v::table)
            .filter(v::proof.eq(proof.as_bytes().as_slice()))
            .filter(v::proof_spent_at.is_null())
            .filter(v::proof_until.gt(now))
            .set(v::proof_spent_at.eq(now))
            .execute(c)?,
        AnyProof::Identity(proof) => diesel::update(i::table)
            .filter(i::proof.eq(proof.as_bytes().as_slice()))
            .filter(i::proof_spent_at.is_null())
            .filter(i::proof_until.gt(now))
            .set((i::proof_spent_at.eq(now), i::identified.eq(None::<Vec<u8>>)))
            .execute(c)?,
    };
    if spent == 1 { Ok(()) } else { Err(Failure::Raced) }
}

/// Counts a refusal, and spends the proof with the last one, in one statement: of parallel ones none is lost.
fn charge_refusal(
    c: &mut Conn,
    tenant: &TenantId,
    purpose: Purpose,
    proof: &AnyProof,
    now: Timestamp,
) -> Result<Result<(), ProofRefusal>, Failure> {
    let (at, spent) = (Instant(now), Some(Instant(now)).into_sql::<Nullable<InstantSql>>());
    let before_the_last = i16::try_from(AnyProof::MOST_REFUSALS - 1).unwrap_or(i16::MAX);
    let charged = match proof {
        AnyProof::Phone(proof) => diesel::update(v::table)
            .filter(v::proof.eq(proof.as_bytes().as_slice()))
            .filter(v::tenant.eq(tenant.as_str()))
            .filter(v::purpose.eq(purpose.as_str()))
            .filter(v::proof_spent_at.is_null())
            .filter(v::proof_until.gt(at))
            .set((
                v::proof_refusals.eq(v::proof_refusals + 1),
                v::proof_spent_at.eq(case_when(v::proof_refusals.ge(before_the_last), spent)),
            ))
            .execute(c)?,
        AnyProof::Identity(proof) => diesel::update(i::table)
            .filter(i::proof.eq(proof.as_bytes().as_slice()))
            .filter(i::tenant.eq(tenant.as_str()))
            .filter(i::purpose.eq(purpose.as_str()))
            .filter(i::proof_spent_at.is_null())
            .filter(i::proof_until.gt(at))
            .set((
                i::proof_refusals.eq(i::proof_refusals + 1),
                i::proof_spent_at.eq(case_when(i::proof_refusals.ge(before_the_last), spent)),
                i::identified.eq(case_when(i::proof_refusals.lt(before_the_last), i::identified)),
            ))
            .execute(c)?,
    };
    if charged == 1 {
        return Ok(Ok(()));
    }
    // Whatever it was a moment ago, it is not live now.
    let found = match proof {
        AnyProof::Phone(proof) => find_phone_proof(c, tenant, purpose, proof, now)?.map(drop),
        AnyProof::Identity(proof) => find_identity_proof(c, tenant, purpose, proof, now)?.map(drop),
    };
    match found {
        Err(refusal) => Ok(Err(refusal)),
        Ok(()) => Err(Failure::Raced),
    }
}

/// Takes the proofs for a reset by a number that were not spent yet: a new password has made them worthless
/// (security 28), or another person who was seen with the number (security 30).
pub fn void_resets(c: &mut Conn, tenant: &str, number: &[u8], now: Timestamp) -> Result<(), Failure> {
    diesel::update(v::table)
        .filter(v::phone_index.eq(number))
        .filter(v::tenant.eq(tenant))
        .filter(sql::<Bool>(IS_RESET))
        .filter(v::proof.is_not_null())
        .filter(v::proof_spent_at.is_null())
        .set(v::proof_spent_at.eq(Instant(now)))
        .execute(c)?;
    Ok(())
}

/// Takes the proofs for a reset by the account's person that were not spent yet, as [`void_resets`] does by its number.
/// What they told is erased with them.
pub fn void_identity_resets(c: &mut Conn, account: &AccountRow, now: Timestamp) -> Result<(), Failure> {
    let void = (i::proof_spent_at.eq(Instant(now)), i::identified.eq(None::<Vec<u8>>));
    // Unspent ones are those that still tell something; null is equal to nothing.
    let unspent = || {
        i::table
            .filter(i::identified.is_not_null())
            .filter(i::tenant.eq(&account.tenant))
            .filter(i::purpose.eq(Purpose::ResetPassword.as_str()))
    };
    diesel::update(unspent().filter(i::ci.eq(&account.ci))).set(void.clone()).execute(c)?;
    diesel::update(unspent().filter(i::di.eq(&account.di))).set(void).execute(c)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_repeats_the_words_of_the_index() {
        let words = IS_RESET.replace("verifications.", "");
        for migration in [
            include_str!("../../../../migrations/postgres/0003_accounts/up.sql"),
            include_str!("../../../../migrations/sqlite/0003_accounts/up.sql"),
        ] {
            let index = format!("WHERE {words} AND proof IS NOT NULL AND proof_spent_at IS NULL");
            assert!(migration.contains(&index), "{index}");
        }
    }
}
