//! [`AccountRepository`] and [`AccountImport`]: who has an account.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{Account, AccountId, PasswordHash};
use bonin_domain::codes::Purpose;
use bonin_domain::keys::PersonIndex;
use bonin_ports::{
    AccountImport, AccountKey, AccountQuery, AccountRepository, AnyProof, PhoneChange, PhoneChanged,
    ProofRefusal, RepositoryError, SignUp, SignedUp,
};
use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{self, Conn, Store};
use super::notices;
use super::proofs::{self, Proved};
use super::resets::end_resets;
use super::sessions::{end_sessions, is_live};
use super::sign_up::sign_up;
use crate::failure::Failure;
use crate::rows::AccountRow;
use crate::schema::accounts as a;
use crate::sql::{Instant, Uid};

/// Accounts that a look-up tells at the most (requirement G03).
const LOOKED_UP: i64 = 5;

#[async_trait]
impl AccountRepository for Store {
    async fn sign_up(&self, asked: SignUp) -> Result<SignedUp, RepositoryError> {
        self.write(move |c| sign_up(c, &asked)).await
    }

    async fn find(&self, tenant: &TenantId, key: AccountKey) -> Result<Option<Account>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| find(c, tenant.as_str(), key)?.map(Account::try_from).transpose()).await
    }

    async fn look_up(
        &self,
        tenant: &TenantId,
        query: AccountQuery,
    ) -> Result<Result<Vec<Account>, ProofRefusal>, RepositoryError> {
        let tenant = tenant.clone();
        self.write(move |c| look_up(c, &tenant, &query)).await
    }

    async fn change_phone(&self, change: PhoneChange) -> Result<PhoneChanged, RepositoryError> {
        self.write(move |c| change_phone(c, &change)).await
    }

    async fn close(
        &self,
        tenant: &TenantId,
        account: AccountId,
        password: &PasswordHash,
        now: Timestamp,
    ) -> Result<bool, RepositoryError> {
        let (tenant, password) = (tenant.clone(), password.clone());
        self.write(move |c| close(c, tenant.as_str(), Uid(account.as_uuid()), &password, now)).await
    }
}

#[async_trait]
impl AccountImport for Store {
    async fn import(&self, accounts: Vec<Account>) -> Result<Vec<usize>, RepositoryError> {
        self.write(move |c| {
            let mut skipped = Vec::new();
            for (place, account) in accounts.iter().enumerate() {
                let row = AccountRow::from(account);
                let stored =
                    diesel::insert_into(a::table).values(&row).on_conflict_do_nothing().execute(c)?;
                if stored == 0 {
                    skipped.push(place);
                }
            }
            Ok(skipped)
        })
        .await
    }
}

/// An open account.
pub fn find(c: &mut Conn, tenant: &str, key: AccountKey) -> Result<Option<AccountRow>, Failure> {
    let open = a::table.filter(a::tenant.eq(tenant)).filter(a::closed_at.is_null());
    let select = AccountRow::as_select();
    let found = match &key {
        AccountKey::Id(id) => open.filter(a::id.eq(Uid(id.as_uuid()))).select(select).get_result(c),
        AccountKey::Login(login) => {
            open.filter(a::login_index.eq(login.as_bytes())).select(select).get_result(c)
        }
        AccountKey::Phone(phone) => {
            open.filter(a::phone_index.eq(phone.as_bytes())).select(select).get_result(c)
        }
    };
    Ok(found.optional()?)
}

/// An open account, held until the transaction ends. Whoever needs the locks of subjects takes them before, and
/// whoever needs proofs holds them after, so that no two transactions wait for each other in a circle.
pub fn hold(c: &mut Conn, tenant: &str, id: AccountId) -> Result<Option<AccountRow>, Failure> {
    engine::lock_account(c, Uid(id.as_uuid()))?;
    find(c, tenant, AccountKey::Id(id))
}

/// The open accounts of a person, by either digest, oldest first.
pub fn of_person(
    c: &mut Conn,
    tenant: &str,
    (ci, di): (Option<&PersonIndex>, Option<&PersonIndex>),
) -> Result<Vec<AccountRow>, Failure> {
    let open = a::table
        .filter(a::tenant.eq(tenant))
        .filter(a::closed_at.is_null())
        .order((a::created_at, a::id))
        .limit(LOOKED_UP)
        .select(AccountRow::as_select());
    // One after the other: for both at once SQLite would read all accounts of the tenant.
    let mut found: Vec<AccountRow> = match ci {
        Some(ci) => open.filter(a::ci.eq(ci.as_bytes())).load(c)?,
        None => Vec::new(),
    };
    if let Some(di) = di {
        let of_di: Vec<AccountRow> = open.filter(a::di.eq(di.as_bytes())).load(c)?;
        found.extend(of_di);
    }
    found.sort_by_key(|row| (row.created_at, row.id.0));
    found.dedup_by_key(|row| row.id);
    found.truncate(LOOKED_UP.try_into().unwrap_or(usize::MAX));
    Ok(found)
}

fn look_up(
    c: &mut Conn,
    tenant: &TenantId,
    query: &AccountQuery,
) -> Result<Result<Vec<Account>, ProofRefusal>, Failure> {
    let proved = match proofs::hold(c, tenant, Purpose::FindId, &query.proof, query.now)? {
        Ok(proved) => proved,
        Err(refusal) => return Ok(Err(refusal)),
    };
    proofs::spend(c, &query.proof, query.now)?;
    let found = match proved {
        Proved::Phone(proved) => {
            find(c, tenant.as_str(), AccountKey::Phone(proved.phone_index))?.into_iter().collect()
        }
        Proved::Identity(proved) => of_person(c, tenant.as_str(), (proved.ci.as_ref(), proved.di.as_ref()))?,
    };
    let accounts: Result<Vec<Account>, Failure> = found.into_iter().map(Account::try_from).collect();
    Ok(Ok(accounts?))
}

fn change_phone(c: &mut Conn, change: &PhoneChange) -> Result<PhoneChanged, Failure> {
    let (tenant, number, now) = (change.tenant.as_str(), change.phone_index.as_bytes(), change.now);
    // Others who want the number, or tell the old one, wait for their turn.
    let subjects = vec![change.phone_index.lock_key(), change.notice.phone_index.lock_key()];
    engine::lock_subjects(c, subjects)?;
    let Some(row) = hold(c, tenant, change.account)? else { return Ok(PhoneChanged::Gone) };
    if !is_live(c, tenant, change.account, change.session, now)? {
        return Ok(PhoneChanged::Gone);
    }
    let held = proofs::hold_for_number(c, &change.tenant, Purpose::ChangePhone, change.proof, number, now)?;
    if let Err(refusal) = held {
        return Ok(PhoneChanged::Proof(refusal));
    }
    let id = row.id;
    let taken = a::table
        .filter(a::tenant.eq(tenant))
        .filter(a::phone_index.eq(number))
        .filter(a::closed_at.is_null())
        .filter(a::id.ne(id));
    if diesel::select(exists(taken)).get_result(c)? {
        return Ok(PhoneChanged::PhoneTaken);
    }
    proofs::spend(c, &AnyProof::Phone(change.proof), now)?;
    diesel::update(a::table.find(id))
        .set((
            a::phone_index.eq(number),
            a::phone.eq(change.phone.as_bytes()),
            a::phone_proved_at.eq(Instant(now)),
            // What was seen with the old number says nothing of the new one.
            a::phone_contested_at.eq(None::<Instant>),
        ))
        .execute(c)?;
    end_resets(c, id)?;
    if row.phone_index != number {
        notices::store(c, tenant, &change.notice, now)?;
    }
    Ok(PhoneChanged::Changed)
}

/// Erases everything personal at once (requirement K03); the row itself goes with the purge.
fn close(
    c: &mut Conn,
    tenant: &str,
    id: Uid,
    password: &PasswordHash,
    now: Timestamp,
) -> Result<bool, Failure> {
    let (nothing, none) = ([0_u8; 0].as_slice(), None::<Vec<u8>>);
    let closed = diesel::update(a::table.find(id))
        .filter(a::tenant.eq(tenant))
        .filter(a::password.eq(password.as_str()))
        .filter(a::closed_at.is_null())
        .set((
            a::closed_at.eq(Instant(now)),
            a::login_index.eq(nothing),
            a::login_id.eq(nothing),
            a::phone_index.eq(nothing),
            a::phone.eq(nothing),
            a::nickname.eq(nothing),
            a::password.eq(""),
            a::phone_contested_at.eq(None::<Instant>),
            a::ci.eq(&none),
            a::di.eq(&none),
            a::person_keys.eq(&none),
            a::identified_at.eq(None::<Instant>),
            a::idempotency_key.eq(&none),
            a::idempotency_request.eq(&none),
        ))
        .execute(c)?;
    if closed == 0 {
        return Ok(false);
    }
    end_sessions(c, id, None)?;
    end_resets(c, id)?;
    Ok(true)
}
