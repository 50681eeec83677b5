//! [`VerificationRepository`]: each method one transaction on a database thread.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{ProofDigest, Purpose, Verification, VerificationId};
use bonin_ports::{
    Cancelled, Check, Holder, ProofRefusal, ProvedPhone, RepositoryError, Resend, Resent, Settlement, Spent,
    Start, Started, VerificationRepository,
};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{self, Conn, Store};
use super::{checks, proofs, settlements, starts};
use crate::failure::Failure;
use crate::rows::VerificationRow;
use crate::schema::{messages as m, verifications as v};
use crate::sql::{Instant, Uid};

#[async_trait]
impl VerificationRepository for Store {
    async fn start(&self, start: Start) -> Result<Started, RepositoryError> {
        if starts::needs_transaction(&start) {
            self.write(move |c| starts::start(c, &start)).await
        } else {
            self.write_once(move |c| starts::start(c, &start)).await
        }
    }

    async fn resend(&self, resend: Resend) -> Result<Resent, RepositoryError> {
        self.write(move |c| starts::resend(c, &resend)).await
    }

    async fn spend_check(&self, check: Check) -> Result<Spent, RepositoryError> {
        self.write_once(move |c| checks::spend_check(c, &check)).await
    }

    async fn settle_check(&self, check: Check, settlement: Settlement) -> Result<Spent, RepositoryError> {
        self.write(move |c| settlements::settle_check(c, &check, &settlement)).await
    }

    async fn cancel(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Cancelled, RepositoryError> {
        let tenant = tenant.clone();
        self.write(move |c| cancel(c, &tenant, id, holder, now)).await
    }

    async fn find(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
        now: Timestamp,
    ) -> Result<Option<Verification>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| find(c, &tenant, id, holder)?.map(|row| row.at(now)).transpose()).await
    }

    async fn find_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: ProofDigest,
        now: Timestamp,
    ) -> Result<Result<ProvedPhone, ProofRefusal>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| proofs::find_phone_proof(c, &tenant, purpose, &proof, now)).await
    }
}

/// The row for whoever may ask for it; anybody else gets none.
pub fn find(
    c: &mut Conn,
    tenant: &TenantId,
    id: VerificationId,
    holder: Holder,
) -> Result<Option<VerificationRow>, Failure> {
    let own = v::table.find(Uid(id.as_uuid())).filter(v::tenant.eq(tenant.as_str()));
    let select = VerificationRow::as_select();
    Ok(match holder {
        Holder::Token(token) => {
            own.filter(v::token.eq(token.as_bytes().as_slice())).select(select).get_result(c)
        }
        Holder::Tenant => own.select(select).get_result(c),
    }
    .optional()?)
}

fn cancel(
    c: &mut Conn,
    tenant: &TenantId,
    id: VerificationId,
    holder: Holder,
    now: Timestamp,
) -> Result<Cancelled, Failure> {
    engine::lock_verification(c, Uid(id.as_uuid()))?;
    let Some(row) = find(c, tenant, id, holder)? else { return Ok(Cancelled::NotFound) };
    let before = row.at(now)?;
    if before.ended().is_some() {
        return Ok(Cancelled::Over(before));
    }
    let none = None::<Vec<u8>>;
    let cancelled: VerificationRow = diesel::update(v::table.find(Uid(id.as_uuid())))
        .set((
            v::status.eq("cancelled"),
            v::ended_at.eq(Instant(now)),
            v::code_1.eq(&none),
            v::code_2.eq(&none),
            v::code_3.eq(&none),
        ))
        .returning(VerificationRow::as_returning())
        .get_result(c)?;
    close_open(c, Uid(id.as_uuid()))?;
    Ok(Cancelled::Done(cancelled.at(now)?))
}

/// Closes the messages of a verification that are still open: what cancelling takes back. One that is being
/// sent at this moment is not held back, but nobody sends it again.
fn close_open(c: &mut Conn, verification: Uid) -> Result<(), Failure> {
    diesel::update(m::table)
        .filter(m::verification_id.eq(verification))
        .filter(m::due_at.is_not_null())
        .set((m::due_at.eq(None::<Instant>), m::lease.eq(None::<Uid>), m::payload.eq(None::<Vec<u8>>)))
        .execute(c)?;
    Ok(())
}
