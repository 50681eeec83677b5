//! [`PasswordRepository`]: new passwords, and all that ends with the old one (security 28).

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{Account, PasswordHash, ResetTokenDigest};
use bonin_ports::{
    FinishReset, Notice, OpenReset, PasswordChange, PasswordRepository, ProofRefusal, RepositoryError,
};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::{self, Conn, Store};
use super::accounts::hold;
use super::resets::{self, end_resets};
use super::sessions::{end_sessions, is_live};
use super::{notices, proofs};
use crate::failure::Failure;
use crate::rows::AccountRow;
use crate::schema::{accounts as a, sessions as s};
use crate::sql::Uid;

#[async_trait]
impl PasswordRepository for Store {
    async fn change(&self, change: PasswordChange) -> Result<bool, RepositoryError> {
        self.write(move |c| self::change(c, &change)).await
    }

    async fn open_reset(&self, open: OpenReset) -> Result<Result<(), ProofRefusal>, RepositoryError> {
        self.write(move |c| resets::open_reset(c, &open)).await
    }

    async fn find_reset(
        &self,
        tenant: &TenantId,
        token: ResetTokenDigest,
        now: Timestamp,
    ) -> Result<Option<Account>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| resets::find_reset(c, &tenant, &token, now)).await
    }

    async fn finish_reset(&self, finish: FinishReset) -> Result<bool, RepositoryError> {
        self.write(move |c| resets::finish_reset(c, &finish)).await
    }
}

fn change(c: &mut Conn, change: &PasswordChange) -> Result<bool, Failure> {
    let (tenant, now) = (change.tenant.as_str(), change.now);
    engine::lock_subjects(c, vec![change.notice.phone_index.lock_key()])?;
    let Some(row) = hold(c, tenant, change.account)? else { return Ok(false) };
    if row.password != change.from.as_str() || !is_live(c, tenant, change.account, change.session, now)? {
        return Ok(false);
    }
    replace(c, row.id, &change.to)?;
    let session = Uid(change.session.as_uuid());
    end_sessions(c, row.id, Some(session))?;
    diesel::update(s::table.find(session)).set(s::token.eq(change.token.as_bytes().as_slice())).execute(c)?;
    told(c, &row, &change.notice, now)?;
    Ok(true)
}

/// Replaces the hash of an account that is held.
pub fn replace(c: &mut Conn, account: Uid, password: &PasswordHash) -> Result<(), Failure> {
    diesel::update(a::table.find(account)).set(a::password.eq(password.as_str())).execute(c)?;
    Ok(())
}

/// What follows every new password: resets and the proofs for one end, and the owner is told.
pub fn told(c: &mut Conn, row: &AccountRow, notice: &Notice, now: Timestamp) -> Result<(), Failure> {
    end_resets(c, row.id)?;
    proofs::void_resets(c, &row.tenant, &row.phone_index, now)?;
    proofs::void_identity_resets(c, row, now)?;
    notices::store(c, &row.tenant, notice, now)
}
