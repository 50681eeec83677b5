//! [`ConsentRepository`]: what people agreed to. Rows are added, never changed (requirement G02).

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{AccountId, Consent};
use bonin_domain::keys::AddressIndex;
use bonin_ports::{ConsentRepository, RepositoryError};
use diesel::dsl::max;
use diesel::prelude::*;

use super::super::engine::{Conn, Store};
use super::accounts::hold;
use crate::failure::Failure;
use crate::rows::{ConsentRow, NewConsentRow};
use crate::schema::{accounts as a, consents as o};
use crate::sql::Uid;

#[async_trait]
impl ConsentRepository for Store {
    async fn add(
        &self,
        tenant: &TenantId,
        account: AccountId,
        consent: Consent,
        address: AddressIndex,
    ) -> Result<bool, RepositoryError> {
        let tenant = tenant.clone();
        self.write(move |c| {
            let id = Uid(account.as_uuid());
            if hold(c, tenant.as_str(), account)?.is_none() {
                return Ok(false);
            }
            let last: Option<i32> =
                o::table.filter(o::account_id.eq(id)).select(max(o::number)).get_result(c)?;
            store(c, (tenant.as_str(), id), last.unwrap_or(0) + 1, &[consent], &address)?;
            Ok(true)
        })
        .await
    }

    async fn history(&self, tenant: &TenantId, account: AccountId) -> Result<Vec<Consent>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| {
            let rows: Vec<ConsentRow> = o::table
                .inner_join(a::table.on(a::id.eq(o::account_id)))
                .filter(o::account_id.eq(Uid(account.as_uuid())))
                .filter(o::tenant.eq(tenant.as_str()))
                .filter(a::closed_at.is_null())
                .order((o::created_at, o::number))
                .select(ConsentRow::as_select())
                .load(c)?;
            rows.into_iter().map(Consent::try_from).collect()
        })
        .await
    }
}

/// Adds consents of an account, numbered from `first` on.
pub fn store(
    c: &mut Conn,
    whose: (&str, Uid),
    first: i32,
    consents: &[Consent],
    address: &AddressIndex,
) -> Result<(), Failure> {
    let row = |(number, consent)| NewConsentRow::new(whose, number, consent, address);
    let rows: Vec<NewConsentRow> = (first..).zip(consents).map(row).collect();
    if !rows.is_empty() {
        diesel::insert_into(o::table).values(&rows).execute(c)?;
    }
    Ok(())
}
