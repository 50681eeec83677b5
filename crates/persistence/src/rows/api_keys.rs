//! API keys.

use bonin_domain::access::{ApiKey, ApiKeyId, Scope};
use diesel::prelude::*;

use super::tenant;
use crate::failure::Failure;
use crate::schema::api_keys;
use crate::sql::Instant;

/// A key; of its secrets only which there are.
#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub struct ApiKeyRow {
    pub id: String,
    pub tenant: String,
    pub scopes: String,
    #[diesel(select_expression = api_keys::newer_secret.is_not_null())]
    pub rotating: bool,
    pub created_at: Instant,
    pub revoked_at: Option<Instant>,
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = Failure;

    fn try_from(row: ApiKeyRow) -> Result<Self, Failure> {
        let scope = |name| Scope::from_name(name).ok_or(Failure::BadRow("api_keys.scopes"));
        Ok(Self {
            id: ApiKeyId::parse(&row.id).map_err(|_| Failure::BadRow("api_keys.id"))?,
            tenant: tenant(&row.tenant)?,
            scopes: row.scopes.split_whitespace().map(scope).collect::<Result<_, _>>()?,
            secrets: match (row.revoked_at, row.rotating) {
                (Some(_), _) => 0,
                (None, false) => 1,
                (None, true) => 2,
            },
            created_at: row.created_at.0,
            revoked_at: row.revoked_at.map(|at| at.0),
        })
    }
}

/// Scopes as they are stored.
pub fn scope_names(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}
