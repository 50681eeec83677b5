//! What people send with the messaging app.

use bonin_domain::Amount;
use bonin_domain::keys::Sealed;
use bonin_domain::messages::{DeliveryState, FailureClass, MessageKind};
use bonin_domain::messaging::{
    ConnectionId, GroupFigures, WebMessage, WebMessageId, WebSend, WebSendId, WebSendState,
};
use bonin_ports::{NewWebMessage, NewWebSend};
use diesel::prelude::*;

use super::reference;
use crate::failure::Failure;
use crate::schema::{web_messages, web_sends};
use crate::sql::{Instant, Uid};

/// What the provider says of a group.
#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = web_sends)]
pub struct FiguresRow {
    pub delivered: i32,
    pub failed: i32,
    pub pending: i32,
    pub profit: String,
    pub charged: String,
}

impl From<&GroupFigures> for FiguresRow {
    fn from(figures: &GroupFigures) -> Self {
        let count = |told: u32| i32::try_from(told).unwrap_or(i32::MAX);
        Self {
            delivered: count(figures.delivered),
            failed: count(figures.failed),
            pending: count(figures.pending),
            profit: figures.profit.to_string(),
            charged: figures.charged.to_string(),
        }
    }
}

impl TryFrom<FiguresRow> for GroupFigures {
    type Error = Failure;

    fn try_from(row: FiguresRow) -> Result<Self, Failure> {
        let amount = |stored: &str| Amount::parse(stored).ok_or(Failure::BadRow("a sum of web_sends"));
        Ok(Self {
            delivered: size(row.delivered)?,
            failed: size(row.failed)?,
            pending: size(row.pending)?,
            profit: amount(&row.profit)?,
            charged: amount(&row.charged)?,
        })
    }
}

/// What was sent with one form.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = web_sends)]
pub struct WebSendRow {
    pub id: Uid,
    pub connection_id: Uid,
    pub kind: String,
    pub content: Vec<u8>,
    pub size: i32,
    pub state: String,
    pub failure: Option<String>,
    pub provider_code: Option<String>,
    pub group_ref: Option<String>,
    #[diesel(embed)]
    pub figures: FiguresRow,
    pub created_at: Instant,
    pub scheduled_at: Option<Instant>,
    pub released_at: Option<Instant>,
    pub followed_at: Option<Instant>,
}

impl TryFrom<&NewWebSend> for WebSendRow {
    type Error = Failure;

    fn try_from(new: &NewWebSend) -> Result<Self, Failure> {
        Ok(Self {
            id: Uid(new.id.as_uuid()),
            connection_id: Uid(new.connection.as_uuid()),
            kind: new.kind.as_str().to_owned(),
            content: new.content.as_bytes().to_vec(),
            size: i32::try_from(new.messages.len())
                .map_err(|_| Failure::BadRow("a send of too many messages"))?,
            state: WebSendState::Prepared.as_str().to_owned(),
            failure: None,
            provider_code: None,
            group_ref: None,
            figures: (&GroupFigures::default()).into(),
            created_at: Instant(new.now),
            scheduled_at: new.scheduled_at.map(Instant),
            released_at: None,
            followed_at: None,
        })
    }
}

impl TryFrom<WebSendRow> for WebSend {
    type Error = Failure;

    fn try_from(row: WebSendRow) -> Result<Self, Failure> {
        Ok(Self {
            id: WebSendId::from_uuid(row.id.0),
            connection: ConnectionId::from_uuid(row.connection_id.0),
            kind: MessageKind::from_name(&row.kind).ok_or(Failure::BadRow("web_sends.kind"))?,
            content: Sealed::from_bytes(row.content),
            size: size(row.size)?,
            state: WebSendState::from_name(&row.state).ok_or(Failure::BadRow("web_sends.state"))?,
            failure: row.failure.map(|name| failure(&name)).transpose()?,
            provider_code: row.provider_code,
            group: row.group_ref,
            figures: row.figures.try_into()?,
            created_at: row.created_at.0,
            scheduled_at: row.scheduled_at.map(|at| at.0),
            released_at: row.released_at.map(|at| at.0),
            followed_at: row.followed_at.map(|at| at.0),
        })
    }
}

/// One message of it.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = web_messages)]
pub struct WebMessageRow {
    pub id: Uid,
    pub tenant: String,
    pub send_id: Uid,
    pub phone: Vec<u8>,
    pub state: String,
    pub rank: i16,
    pub failure: Option<String>,
    pub provider_code: Option<String>,
    pub reference: Option<String>,
    pub updated_at: Instant,
}

impl WebMessageRow {
    /// A message of a new send.
    pub fn new(send: &NewWebSend, message: &NewWebMessage) -> Self {
        Self {
            id: Uid(message.id.as_uuid()),
            tenant: send.tenant.as_str().to_owned(),
            send_id: Uid(send.id.as_uuid()),
            phone: message.phone.as_bytes().to_vec(),
            state: DeliveryState::Queued.as_str().to_owned(),
            rank: DeliveryState::Queued.rank(),
            failure: None,
            provider_code: None,
            reference: None,
            updated_at: Instant(send.now),
        }
    }
}

impl TryFrom<WebMessageRow> for WebMessage {
    type Error = Failure;

    fn try_from(row: WebMessageRow) -> Result<Self, Failure> {
        Ok(Self {
            id: WebMessageId::from_uuid(row.id.0),
            phone: Sealed::from_bytes(row.phone),
            state: DeliveryState::from_name(&row.state).ok_or(Failure::BadRow("web_messages.state"))?,
            failure: row.failure.map(|name| failure(&name)).transpose()?,
            provider_code: row.provider_code,
            reference: row.reference.as_deref().map(reference).transpose()?,
            updated_at: row.updated_at.0,
        })
    }
}

/// A count of messages.
pub fn size(stored: i32) -> Result<u32, Failure> {
    u32::try_from(stored).map_err(|_| Failure::BadRow("a negative count"))
}

fn failure(stored: &str) -> Result<FailureClass, Failure> {
    FailureClass::from_name(stored).ok_or(Failure::BadRow("a class of failure"))
}
