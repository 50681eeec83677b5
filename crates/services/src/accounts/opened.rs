//! What is kept sealed of accounts and proofs, opened.

use bonin_domain::accounts::{Account, LoginId, Nickname};
use bonin_domain::keys::{KeyRing, Sealed, SealedField};
use bonin_domain::{PhoneNumber, Region, TenantId};
use bonin_ports::{ProvedPhone, RepositoryError};

/// The number that a proof proves.
pub(super) fn proved_phone(
    keys: &KeyRing,
    tenant: &TenantId,
    proved: &ProvedPhone,
) -> Result<PhoneNumber, RepositoryError> {
    let (field, row) = (SealedField::Phone, proved.verification.as_row());
    open(keys, (tenant, row), field, &proved.phone, |text| PhoneNumber::parse(text, Region::KR))
}

pub(super) fn phone_of(keys: &KeyRing, account: &Account) -> Result<PhoneNumber, RepositoryError> {
    let parse = |text: &str| PhoneNumber::parse(text, Region::KR);
    open(keys, place(account), SealedField::Phone, &account.phone, parse)
}

pub(super) fn login_id_of(keys: &KeyRing, account: &Account) -> Result<LoginId, RepositoryError> {
    open(keys, place(account), SealedField::LoginId, &account.login_id, LoginId::parse)
}

pub(super) fn nickname_of(keys: &KeyRing, account: &Account) -> Result<Nickname, RepositoryError> {
    open(keys, place(account), SealedField::Nickname, &account.nickname, Nickname::parse)
}

fn place(account: &Account) -> (&TenantId, &[u8; 16]) {
    (&account.tenant, account.id.as_row())
}

fn open<T, E: std::fmt::Display>(
    keys: &KeyRing,
    (tenant, row): (&TenantId, &[u8; 16]),
    field: SealedField,
    sealed: &Sealed,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, RepositoryError> {
    let damaged =
        |what: &dyn std::fmt::Display| RepositoryError::Internal(format!("the sealed {field:?}: {what}"));
    let bytes = keys.unseal(tenant, field, row, sealed).map_err(|error| damaged(&error))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| damaged(&error))?;
    parse(text).map_err(|error| damaged(&error))
}
