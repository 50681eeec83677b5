//! [`IdentityResultRepository`]: what is known of providers' results.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::identity::{IdentityId, OrderId};
use bonin_domain::keys::ResultIndex;
use bonin_ports::{DueErasure, IdentityResultRepository, RepositoryError};
use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{self, Conn, Store};
use crate::failure::Failure;
use crate::schema::identity_verifications as i;
use crate::sql::{Instant, Uid};

#[async_trait]
impl IdentityResultRepository for Store {
    async fn is_used(&self, result: ResultIndex) -> Result<bool, RepositoryError> {
        self.read(move |c| is_used(c, &result)).await
    }

    async fn is_issued(&self, order: &OrderId) -> Result<bool, RepositoryError> {
        let order = order.clone();
        self.read(move |c| {
            let issued = i::table.filter(i::order_ref.eq(order.as_str()));
            Ok(diesel::select(exists(issued)).get_result(c)?)
        })
        .await
    }

    async fn due_erasures(
        &self,
        now: Timestamp,
        retry_at: Timestamp,
        limit: u16,
    ) -> Result<Vec<DueErasure>, RepositoryError> {
        self.write(move |c| {
            let due = engine::due_erasures(c, Instant(now), i64::from(limit))?;
            let ids: Vec<Uid> = due.iter().map(|row| row.id).collect();
            if !ids.is_empty() {
                diesel::update(i::table.filter(i::id.eq_any(&ids)))
                    .set(i::erase_at.eq(Instant(retry_at)))
                    .execute(c)?;
            }
            due.into_iter().map(DueErasure::try_from).collect()
        })
        .await
    }

    async fn erased(&self, tenant: &TenantId, id: IdentityId) -> Result<(), RepositoryError> {
        let tenant = tenant.clone();
        self.write_once(move |c| {
            diesel::update(i::table.find(Uid(id.as_uuid())))
                .filter(i::tenant.eq(tenant.as_str()))
                .set((i::erase.eq(None::<Vec<u8>>), i::erase_at.eq(None::<Instant>)))
                .execute(c)?;
            Ok(())
        })
        .await
    }
}

pub fn is_used(c: &mut Conn, result: &ResultIndex) -> Result<bool, Failure> {
    let used = i::table.filter(i::result.eq(result.as_bytes()));
    Ok(diesel::select(exists(used)).get_result(c)?)
}
