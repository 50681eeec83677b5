//! Versions of templates.

use bonin_domain::messages::MessageKind;
use bonin_ports::TemplateVersion;
use diesel::prelude::*;

use super::tenant;
use crate::failure::Failure;
use crate::schema::templates;
use crate::sql::Instant;

/// One version of a template.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = templates)]
pub struct TemplateRow {
    pub tenant: String,
    pub purpose: String,
    pub locale: String,
    pub version: i32,
    pub kind: String,
    pub text: Option<String>,
    pub created_at: Instant,
}

impl TryFrom<TemplateRow> for TemplateVersion {
    type Error = Failure;

    fn try_from(row: TemplateRow) -> Result<Self, Failure> {
        Ok(Self {
            tenant: tenant(&row.tenant)?,
            purpose: row.purpose.parse().map_err(|_| Failure::BadRow("templates.purpose"))?,
            locale: row.locale.parse().map_err(|_| Failure::BadRow("templates.locale"))?,
            kind: MessageKind::from_name(&row.kind).ok_or(Failure::BadRow("templates.kind"))?,
            version: row.version,
            text: row.text,
            created_at: row.created_at.0,
        })
    }
}
