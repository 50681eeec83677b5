//! Stored rows, and their way from and to domain values. A stored value is parsed again: a bad row is an
//! error, not a panic.

mod accounts;
mod admins;
mod api_keys;
mod attempts;
mod connections;
mod decisions;
mod groups;
mod identities;
mod messages;
mod receipts;
mod routes;
mod sessions;
mod stories;
mod templates;
mod verifications;
mod web_sends;

use bonin_domain::TenantId;
use bonin_domain::messages::{ProviderName, ProviderReference};
use diesel::query_builder::QueryId;

pub use accounts::{AccountRow, ConsentRow, NewConsentRow};
pub use admins::{AdminRow, AdminSessionRow, AuditRow, admin_name, audit_hash};
pub use api_keys::{ApiKeyRow, scope_names};
pub use attempts::AttemptRow;
pub use connections::{AppSessionRow, ConnectionRow, OAuthLoginRow};
pub use decisions::{DecisionRow, findings_document};
pub use groups::{GroupRow, NewGroupMessageRow};
pub use identities::{ErasureRow, IdentityProofRow, IdentityRow};
pub use messages::{DueMessageRow, NewMessageRow};
pub use receipts::ReceiptRow;
pub use sessions::SessionRow;
pub use stories::{FiledDecisionRow, LiveStoryRow, PastStoryRow, filed_decision, filed_status};
pub use templates::TemplateRow;
pub use verifications::{IdempotencyRow, NewVerificationRow, VerificationRow};
pub use web_sends::{FiguresRow, WebMessageRow, WebSendRow, size};

use crate::failure::Failure;

pub fn tenant(stored: &str) -> Result<TenantId, Failure> {
    TenantId::parse(stored).map_err(|_| Failure::BadRow("tenant"))
}

pub fn count(stored: i16) -> Result<u16, Failure> {
    u16::try_from(stored).map_err(|_| Failure::BadRow("a negative count"))
}

pub fn provider(stored: &str) -> Result<ProviderName, Failure> {
    ProviderName::parse(stored).ok_or(Failure::BadRow("provider"))
}

pub fn reference(stored: &str) -> Result<ProviderReference, Failure> {
    ProviderReference::parse(stored).ok_or(Failure::BadRow("reference"))
}

/// The text that inserts such a row never changes, so that engines keep it prepared; Diesel's own inserts are
/// prepared anew each time.
macro_rules! with_fixed_text {
    ($($row:ident),+) => {
        $(
            impl QueryId for $row<'_> {
                type QueryId = $row<'static>;
                const HAS_STATIC_QUERY_ID: bool = true;
            }
        )+
    };
}
with_fixed_text!(NewVerificationRow, NewMessageRow, DecisionRow);

impl QueryId for AttemptRow {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}
