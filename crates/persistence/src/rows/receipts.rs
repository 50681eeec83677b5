//! Providers' calls.

use bonin_domain::keys::Sealed;
use bonin_domain::messages::ReceiptId;
use bonin_ports::StoredReceipt;
use diesel::prelude::*;

use super::provider;
use crate::failure::Failure;
use crate::schema::receipts;
use crate::sql::{Instant, Uid};

/// A call that waits to be read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = receipts)]
pub struct ReceiptRow {
    pub id: Uid,
    pub provider: String,
    pub call: Option<Vec<u8>>,
    pub received_at: Instant,
}

impl TryFrom<ReceiptRow> for StoredReceipt {
    type Error = Failure;

    fn try_from(row: ReceiptRow) -> Result<Self, Failure> {
        Ok(Self {
            id: ReceiptId::from_uuid(row.id.0),
            provider: provider(&row.provider)?,
            call: Sealed::from_bytes(row.call.ok_or(Failure::BadRow("a waiting call without its text"))?),
            received_at: row.received_at.0,
        })
    }
}
