//! Sign-up: everything is looked at under the subjects' locks, then all of it is stored, or nothing.

use bonin_domain::accounts::{Account, PersonLink};
use bonin_domain::codes::Purpose;
use bonin_domain::keys::{IdempotencyIndex, PersonIndex};
use bonin_ports::{AccountKey, AnyProof, Idempotency, SignUp, SignedUp};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{self, Conn};
use super::accounts::{find, of_person};
use super::consents;
use super::idempotency::KEPT;
use super::proofs;
use crate::failure::Failure;
use crate::rows::AccountRow;
use crate::schema::accounts as a;
use crate::sql::Uid;

pub fn sign_up(c: &mut Conn, asked: &SignUp) -> Result<SignedUp, Failure> {
    let (account, now) = (&asked.account, asked.now);
    // Nothing is written before everything was looked at. The unique indexes stand behind.
    engine::lock_subjects(c, subjects(asked))?;
    if let Some(key) = &asked.idempotency
        && let Some(answer) = recall(c, account.tenant.as_str(), key, now)?
    {
        return Ok(answer);
    }
    let number = account.phone_index.as_bytes();
    let held = proofs::hold_for_number(c, &account.tenant, Purpose::SignUp, asked.proof, number, now)?;
    if let Err(refusal) = held {
        return Ok(SignedUp::Proof(refusal));
    }
    let identity_proof = asked.identity_proof.map(AnyProof::Identity);
    if let Some(proof) = &identity_proof
        && let Err(refusal) = proofs::hold(c, &account.tenant, Purpose::SignUp, proof, now)?
    {
        return Ok(SignedUp::IdentityProof(refusal));
    }
    if let Some(taken) = taken(c, asked)? {
        return Ok(taken);
    }

    proofs::spend(c, &AnyProof::Phone(asked.proof), now)?;
    if let Some(proof) = &identity_proof {
        proofs::spend(c, proof, now)?;
    }
    let key = asked.idempotency.as_ref();
    if let Some(key) = key {
        forget_key(c, &key.key)?;
    }
    diesel::insert_into(a::table)
        .values((
            &AccountRow::from(account),
            a::idempotency_key.eq(key.map(|key| key.key.as_bytes())),
            a::idempotency_request.eq(key.map(|key| key.request.as_bytes())),
        ))
        .execute(c)?;
    let whose = (account.tenant.as_str(), Uid(account.id.as_uuid()));
    consents::store(c, whose, 1, &asked.consents, &asked.address)?;
    Ok(SignedUp::Created)
}

/// What only one account may have: whoever wants one of them waits for their turn.
fn subjects(asked: &SignUp) -> Vec<i64> {
    let account = &asked.account;
    let (ci, di) = person(account);
    let mut subjects = vec![account.phone_index.lock_key(), account.login_index.lock_key()];
    subjects.extend([ci, di].into_iter().flatten().map(PersonIndex::lock_key));
    subjects.extend(asked.idempotency.as_ref().map(|key| key.key.lock_key()));
    subjects
}

fn person(account: &Account) -> (Option<&PersonIndex>, Option<&PersonIndex>) {
    let Some(PersonLink { ci, di, .. }) = &account.person else { return (None, None) };
    (ci.as_ref(), di.as_ref())
}

/// Who has what the account would have.
fn taken(c: &mut Conn, asked: &SignUp) -> Result<Option<SignedUp>, Failure> {
    let account = &asked.account;
    let tenant = account.tenant.as_str();
    if find(c, tenant, AccountKey::Phone(account.phone_index))?.is_some() {
        return Ok(Some(SignedUp::PhoneTaken));
    }
    if find(c, tenant, AccountKey::Login(account.login_index))?.is_some() {
        return Ok(Some(SignedUp::LoginIdTaken));
    }
    let known = asked.one_per_person && account.person.is_some();
    if known && !of_person(c, tenant, person(account))?.is_empty() {
        return Ok(Some(SignedUp::PersonTaken));
    }
    Ok(None)
}

/// What a key stands for, until its day is over.
fn recall(
    c: &mut Conn,
    tenant: &str,
    key: &Idempotency,
    now: Timestamp,
) -> Result<Option<SignedUp>, Failure> {
    let found: Option<(AccountRow, Option<Vec<u8>>)> = a::table
        .filter(a::idempotency_key.eq(key.key.as_bytes()))
        .filter(a::tenant.eq(tenant))
        .filter(a::closed_at.is_null())
        .select((AccountRow::as_select(), a::idempotency_request))
        .get_result(c)
        .optional()?;
    let Some((row, request)) = found else { return Ok(None) };
    if row.created_at.0.checked_add(KEPT).is_ok_and(|end| end <= now) {
        return Ok(None);
    }
    if request.as_deref() != Some(key.request.as_bytes()) {
        return Ok(Some(SignedUp::KeyReused));
    }
    Ok(Some(SignedUp::Repeated(Box::new(row.try_into()?))))
}

/// Takes a key whose day is over from its account, so that another may have it.
fn forget_key(c: &mut Conn, key: &IdempotencyIndex) -> Result<(), Failure> {
    let held = a::table.filter(a::idempotency_key.eq(key.as_bytes()));
    let ids: Vec<Uid> = held.select(a::id).load(c)?;
    forget_keys(c, &ids)?;
    Ok(())
}

/// Takes the idempotency keys from accounts.
pub fn forget_keys(c: &mut Conn, accounts: &[Uid]) -> Result<usize, Failure> {
    let none = None::<Vec<u8>>;
    Ok(diesel::update(a::table.filter(a::id.eq_any(accounts)))
        .set((a::idempotency_key.eq(&none), a::idempotency_request.eq(&none)))
        .execute(c)?)
}
