//! Groups of messages.

use bonin_domain::messages::GroupId;
use bonin_ports::MessageGroup;
use diesel::prelude::*;

use super::count;
use crate::failure::Failure;
use crate::schema::{message_groups, messages};
use crate::sql::{Instant, Uid};

/// A new message of a group in the outbox.
#[derive(Insertable)]
#[diesel(table_name = messages)]
pub struct NewGroupMessageRow<'a> {
    pub id: Uid,
    pub tenant: &'a str,
    pub group_id: Uid,
    pub kind: &'a str,
    pub phone_index: &'a [u8],
    pub phone: &'a [u8],
    pub test_number: bool,
    pub payload: &'a [u8],
    pub created_at: Instant,
    pub expires_at: Instant,
    pub due_at: Instant,
    pub charge: Option<i64>,
    pub charge_day: Option<i32>,
}

/// What is told of a group.
#[derive(Queryable, Selectable)]
#[diesel(table_name = message_groups)]
pub struct GroupRow {
    pub id: Uid,
    pub size: i16,
    pub created_at: Instant,
    pub scheduled_at: Option<Instant>,
    pub cancelled_at: Option<Instant>,
}

impl TryFrom<GroupRow> for MessageGroup {
    type Error = Failure;

    fn try_from(row: GroupRow) -> Result<Self, Failure> {
        Ok(Self {
            id: GroupId::from_uuid(row.id.0),
            count: count(row.size)?,
            created_at: row.created_at.0,
            scheduled_at: row.scheduled_at.map(|at| at.0),
            cancelled_at: row.cancelled_at.map(|at| at.0),
        })
    }
}
