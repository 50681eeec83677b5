//! Resets of passwords: opened by a proof, finished once (security 28, requirement G05).

use bonin_domain::TenantId;
use bonin_domain::accounts::{Account, AccountId, PersonLink, ResetTokenDigest};
use bonin_domain::codes::Purpose;
use bonin_domain::keys::LoginIndex;
use bonin_ports::{AccountKey, FinishReset, OpenReset, ProofRefusal, same_person};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{self, Conn};
use super::accounts::{find, hold};
use super::login_attempts::forget;
use super::passwords::{replace, told};
use super::proofs::{self, Proved};
use super::sessions::end_sessions;
use crate::failure::Failure;
use crate::rows::AccountRow;
use crate::schema::password_resets as r;
use crate::sql::{Instant, Uid};

pub fn open_reset(c: &mut Conn, open: &OpenReset) -> Result<Result<(), ProofRefusal>, Failure> {
    let Some(row) = hold(c, open.tenant.as_str(), open.account)? else {
        return Ok(Err(ProofRefusal::Unknown));
    };
    let proved = match proofs::hold(c, &open.tenant, Purpose::ResetPassword, &open.proof, open.now)? {
        Ok(proved) => proved,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !opens(&row, &proved, open.now)? {
        return Ok(Err(ProofRefusal::Unknown));
    }
    proofs::spend(c, &open.proof, open.now)?;
    end_resets(c, row.id)?;
    diesel::insert_into(r::table)
        .values((
            r::id.eq(Uid(open.reset.id.as_uuid())),
            r::tenant.eq(open.tenant.as_str()),
            r::account_id.eq(row.id),
            r::token.eq(open.reset.token.as_bytes().as_slice()),
            r::expires_at.eq(Instant(open.reset.expires_at)),
        ))
        .execute(c)?;
    Ok(Ok(()))
}

/// Whether what was proved is the account's own person, or its own number, and that may open a reset by itself.
fn opens(row: &AccountRow, proved: &Proved, now: Timestamp) -> Result<bool, Failure> {
    Ok(match proved {
        Proved::Phone(proved) => {
            let own = row.phone_index == proved.phone_index.as_bytes();
            own && Account::try_from(row.clone())?.phone_opens_reset(now)
        }
        Proved::Identity(proved) => row.person()?.is_some_and(|person| {
            let shown = PersonLink { ci: proved.ci, di: proved.di, keys: None, at: person.at };
            same_person(&person, &shown)
        }),
    })
}

/// The account of a live reset.
fn account_of(
    c: &mut Conn,
    tenant: &TenantId,
    token: &ResetTokenDigest,
    now: Timestamp,
) -> Result<Option<AccountId>, Failure> {
    let found: Option<Uid> = r::table
        .filter(r::token.eq(token.as_bytes().as_slice()))
        .filter(r::tenant.eq(tenant.as_str()))
        .filter(r::expires_at.gt(Instant(now)))
        .select(r::account_id)
        .get_result(c)
        .optional()?;
    Ok(found.map(|id| AccountId::from_uuid(id.0)))
}

pub fn find_reset(
    c: &mut Conn,
    tenant: &TenantId,
    token: &ResetTokenDigest,
    now: Timestamp,
) -> Result<Option<Account>, Failure> {
    let Some(account) = account_of(c, tenant, token, now)? else { return Ok(None) };
    find(c, tenant.as_str(), AccountKey::Id(account))?.map(Account::try_from).transpose()
}

pub fn finish_reset(c: &mut Conn, finish: &FinishReset) -> Result<bool, Failure> {
    let (tenant, now) = (&finish.tenant, finish.now);
    let Some(account) = account_of(c, tenant, &finish.token, now)? else { return Ok(false) };
    // Its login id never changes, so it may be read before the account is held.
    let Some(row) = find(c, tenant.as_str(), AccountKey::Id(account))? else { return Ok(false) };
    let login = LoginIndex::from_bytes(&row.login_index).ok_or(Failure::BadRow("accounts.login_index"))?;
    engine::lock_subjects(c, vec![login.lock_key(), finish.notice.phone_index.lock_key()])?;
    let Some(row) = hold(c, tenant.as_str(), account)? else { return Ok(false) };
    // Others may have finished it, or opened a newer one, before the account was held.
    if account_of(c, tenant, &finish.token, now)? != Some(account) {
        return Ok(false);
    }
    replace(c, row.id, &finish.password)?;
    end_sessions(c, row.id, None)?;
    forget(c, tenant.as_str(), &login)?;
    told(c, &row, &finish.notice, now)?;
    Ok(true)
}

/// Ends all resets of an account.
pub fn end_resets(c: &mut Conn, account: Uid) -> Result<(), Failure> {
    diesel::delete(r::table.filter(r::account_id.eq(account))).execute(c)?;
    Ok(())
}
