//! Messages in the outbox.

use diesel::prelude::*;

use crate::schema::messages;
use crate::sql::{Instant, Uid};

/// A new message of a verification in the outbox.
pub struct NewMessageRow<'a> {
    pub id: Uid,
    pub tenant: &'a str,
    pub verification_id: Uid,
    pub phone_index: &'a [u8],
    pub test_number: bool,
    pub payload: &'a [u8],
    pub created_at: Instant,
    pub expires_at: Instant,
    pub due_at: Instant,
    pub lease: Option<Uid>,
    pub charge: Option<i64>,
    pub charge_day: Option<i32>,
}

/// A due message.
#[derive(Queryable, Selectable)]
#[diesel(table_name = messages)]
pub struct DueMessageRow {
    pub id: Uid,
    pub tenant: String,
    pub verification_id: Option<Uid>,
    pub group_id: Option<Uid>,
    pub payload: Option<Vec<u8>>,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub due_at: Option<Instant>,
    pub lease: Option<Uid>,
}
