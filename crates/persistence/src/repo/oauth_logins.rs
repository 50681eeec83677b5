//! [`OAuthLoginRepository`]: log ins at the provider that are under way (security 35).

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::messaging::{BrowserDigest, LoginStateDigest};
use bonin_ports::{OAuthLogin, OAuthLoginRepository, RepositoryError};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::Store;
use crate::rows::OAuthLoginRow;
use crate::schema::oauth_logins as o;
use crate::sql::Instant;

#[async_trait]
impl OAuthLoginRepository for Store {
    async fn begin(&self, login: OAuthLogin) -> Result<(), RepositoryError> {
        self.write_once(move |c| {
            diesel::insert_into(o::table)
                .values((
                    &OAuthLoginRow::from(&login),
                    o::state.eq(login.state.as_bytes().as_slice()),
                    o::browser.eq(login.browser.as_bytes().as_slice()),
                ))
                .execute(c)?;
            Ok(())
        })
        .await
    }

    async fn take(
        &self,
        tenant: &TenantId,
        state: LoginStateDigest,
        browser: BrowserDigest,
        now: Timestamp,
    ) -> Result<Option<OAuthLogin>, RepositoryError> {
        let tenant = tenant.clone();
        self.write_once(move |c| {
            // Found and gone in one statement: of many, one sees the row.
            let row: Option<OAuthLoginRow> = diesel::delete(o::table)
                .filter(o::state.eq(state.as_bytes().as_slice()))
                .filter(o::browser.eq(browser.as_bytes().as_slice()))
                .filter(o::tenant.eq(tenant.as_str()))
                .filter(o::expires_at.gt(Instant(now)))
                .returning(OAuthLoginRow::as_returning())
                .get_result(c)
                .optional()?;
            row.map(|row| row.found_by(state, browser)).transpose()
        })
        .await
    }
}
