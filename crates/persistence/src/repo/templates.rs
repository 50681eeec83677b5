//! [`TemplateRepository`]: the texts of verification messages, version by version.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::Purpose;
use bonin_domain::messages::Locale;
use bonin_ports::{RepositoryError, TemplateRepository, TemplateVersion};
use diesel::dsl::max;
use diesel::prelude::*;

use super::super::engine::{self, Conn, Store};
use crate::failure::Failure;
use crate::rows::TemplateRow;
use crate::schema::templates as t;
use crate::sql::Instant;

/// Held while a version is added, so that two do not get one number. Any constant will do.
const ADDING: i64 = 0x0074_6d70_6c61_7465;

#[async_trait]
impl TemplateRepository for Store {
    async fn add(&self, template: TemplateVersion) -> Result<i32, RepositoryError> {
        self.write(move |c| add(c, &template)).await
    }

    async fn in_use(&self) -> Result<Vec<TemplateVersion>, RepositoryError> {
        self.read(|c| {
            // So few that the newest of each are picked out here.
            let rows: Vec<TemplateRow> = t::table
                .order((t::tenant, t::purpose, t::locale, t::version.desc()))
                .select(TemplateRow::as_select())
                .load(c)?;
            let mut versions =
                rows.into_iter().map(TemplateVersion::try_from).collect::<Result<Vec<_>, _>>()?;
            versions.dedup_by(|later, first| {
                (&later.tenant, later.purpose, later.locale) == (&first.tenant, first.purpose, first.locale)
            });
            Ok(versions)
        })
        .await
    }

    async fn versions(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        locale: Locale,
    ) -> Result<Vec<TemplateVersion>, RepositoryError> {
        let tenant = tenant.clone();
        self.read(move |c| {
            let rows: Vec<TemplateRow> = t::table
                .filter(t::tenant.eq(tenant.as_str()))
                .filter(t::purpose.eq(purpose.as_str()))
                .filter(t::locale.eq(locale.as_str()))
                .order(t::version.desc())
                .select(TemplateRow::as_select())
                .load(c)?;
            rows.into_iter().map(TemplateVersion::try_from).collect()
        })
        .await
    }
}

fn add(c: &mut Conn, template: &TemplateVersion) -> Result<i32, Failure> {
    engine::lock_subjects(c, vec![ADDING])?;
    let highest: Option<i32> = t::table
        .filter(t::tenant.eq(template.tenant.as_str()))
        .filter(t::purpose.eq(template.purpose.as_str()))
        .filter(t::locale.eq(template.locale.as_str()))
        .select(max(t::version))
        .get_result(c)?;
    let version = highest.unwrap_or(0) + 1;
    let row = TemplateRow {
        tenant: template.tenant.as_str().to_owned(),
        purpose: template.purpose.as_str().to_owned(),
        locale: template.locale.as_str().to_owned(),
        version,
        kind: template.kind.as_str().to_owned(),
        text: template.text.clone(),
        created_at: Instant(template.created_at),
    };
    diesel::insert_into(t::table).values(&row).execute(c)?;
    Ok(version)
}
