//! What people send with the messaging app.

use std::cmp::Reverse;

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::messages::{DeliveryState, FailureClass};
use bonin_domain::messaging::{
    ConnectionId, FormKeyDigest, GroupFigures, SendingLimits, SendingRoom, WebMessage, WebSend, WebSendId,
    WebSendState,
};
use bonin_ports::{NewWebMessage, NewWebSend, RepositoryError, WebSendBegun, WebSendNews, WebSendRepository};
use jiff::{SignedDuration, Timestamp};

use super::InMemoryStore;
use super::state::State;

pub(super) struct WebSendRow {
    pub tenant: TenantId,
    pub form: FormKeyDigest,
    /// Whether it counts against the limits.
    pub counted: bool,
    pub send: WebSend,
    /// In the order of recipients.
    pub messages: Vec<WebMessage>,
}

impl WebSendRow {
    fn is_of(&self, tenant: &TenantId, connection: ConnectionId) -> bool {
        self.tenant == *tenant && self.send.connection == connection
    }

    /// Moves on where the present state is among `from`.
    fn move_from(&mut self, from: &[WebSendState], to: WebSendState) -> bool {
        let moves = from.contains(&self.send.state);
        if moves {
            self.send.state = to;
        }
        moves
    }

    fn note(&mut self, news: WebSendNews, now: Timestamp) {
        use WebSendState::{Cancelled, Prepared, Refused, Scheduled, Sent, Unclear};
        const WAITING: &[WebSendState] = &[Prepared, Unclear, Scheduled];
        match news {
            WebSendNews::Prepared { group, messages } if self.send.state == Prepared => {
                self.send.group = Some(group);
                for (message, prepared) in self.messages.iter_mut().zip(messages) {
                    message.reference = prepared.reference;
                    if let Some((class, code)) = prepared.refusal {
                        reach(message, DeliveryState::Failed, Some(class), Some(code), now);
                    }
                }
            }
            WebSendNews::Refused { class, code } if self.move_from(WAITING, Refused) => {
                self.counted = false;
                self.send.failure = Some(class);
                self.send.provider_code = Some(code.clone());
                for message in &mut self.messages {
                    reach(message, DeliveryState::Failed, Some(class), Some(code.clone()), now);
                }
            }
            WebSendNews::Released { state, figures } => {
                let (from, reached): (&[_], _) = match state {
                    Sent => (&[Prepared, Unclear, Scheduled, Sent], DeliveryState::Accepted),
                    Scheduled => (WAITING, DeliveryState::Accepted),
                    Unclear => (&[Prepared, Unclear], DeliveryState::Unknown),
                    Prepared | Refused | Cancelled => return,
                };
                if self.move_from(from, state) {
                    self.send.figures = figures.unwrap_or(self.send.figures);
                    for message in &mut self.messages {
                        reach(message, reached, None, None, now);
                    }
                }
            }
            WebSendNews::Cancelled if self.move_from(&[Prepared, Scheduled], Cancelled) => self.counted = false,
            WebSendNews::Followed { figures, messages }
                if !matches!(self.send.state, Refused | Cancelled) =>
            {
                self.send.figures = figures;
                self.send.followed_at = Some(now);
                for told in messages {
                    let meant = |row: &&mut WebMessage| row.reference.as_ref() == Some(&told.reference);
                    if let Some(message) = self.messages.iter_mut().find(meant) {
                        reach(message, told.state, told.failure, Some(told.provider_code), now);
                    }
                }
            }
            // It comes too late.
            _ => {}
        }
    }
}

/// Moves a message to a state that lies ahead.
fn reach(
    message: &mut WebMessage,
    state: DeliveryState,
    failure: Option<FailureClass>,
    code: Option<String>,
    now: Timestamp,
) {
    if message.state.may_become(state) {
        message.state = state;
        message.failure = failure;
        message.provider_code = code;
        message.updated_at = now;
    }
}

impl State {
    fn room_for_sends(
        &self,
        tenant: &TenantId,
        connection: ConnectionId,
        limits: SendingLimits,
        now: Timestamp,
    ) -> SendingRoom {
        let counted = || self.web_sends.iter().filter(|row| row.counted && row.is_of(tenant, connection));
        let within = |window: SignedDuration| {
            counted().filter(|row| row.send.created_at + window > now).map(|row| row.send.size).sum()
        };
        limits.room(within(SendingLimits::HOUR), within(SendingLimits::DAY))
    }

    /// When this send fits if nothing else is sent: the first moment at which enough of what counts has left both windows. One
    /// that never fits is told the end of the wider window that begins now.
    fn fits_at(&self, new: &NewWebSend) -> Timestamp {
        let own = self.web_sends.iter().filter(|row| row.is_of(&new.tenant, new.connection));
        let leaves = own.flat_map(|row| {
            [SendingLimits::HOUR, SendingLimits::DAY].map(|window| row.send.created_at + window)
        });
        let mut leaves: Vec<_> = leaves.filter(|at| *at > new.now).collect();
        leaves.sort_unstable();
        let fits = |at: &Timestamp| {
            let room = self.room_for_sends(&new.tenant, new.connection, new.limits, *at);
            new.messages.len() <= room.now() as usize
        };
        leaves.into_iter().find(fits).unwrap_or(new.now + SendingLimits::DAY)
    }

    fn begin_send(&mut self, new: NewWebSend) -> Result<WebSendBegun, RepositoryError> {
        let mut own = self.web_sends.iter().filter(|row| row.is_of(&new.tenant, new.connection));
        if let Some(row) = own.find(|row| row.form == new.form) {
            return Ok(WebSendBegun::Repeated(row.send.id));
        }
        let room = self.room_for_sends(&new.tenant, new.connection, new.limits, new.now);
        if new.messages.len() > room.now() as usize {
            return Ok(WebSendBegun::TooMany { room, until: self.fits_at(&new) });
        }
        let mut ids: Vec<_> = new.messages.iter().map(|message| message.id.as_uuid()).collect();
        ids.sort_unstable();
        let doubled = ids.windows(2).any(|pair| pair[0] == pair[1]);
        let mut stored = self.web_sends.iter().flat_map(|row| &row.messages);
        let message_taken = stored.any(|message| ids.contains(&message.id.as_uuid()));
        let taken = |row: &WebSendRow| row.send.id == new.id || row.form == new.form;
        if doubled || message_taken || self.web_sends.iter().any(taken) {
            return Err(RepositoryError::Conflict);
        }
        let message = |message: NewWebMessage| WebMessage {
            id: message.id,
            phone: message.phone,
            state: DeliveryState::Queued,
            failure: None,
            provider_code: None,
            reference: None,
            updated_at: new.now,
        };
        let mut messages: Vec<_> = new.messages.into_iter().map(message).collect();
        messages.sort_by_key(|message| message.id.as_uuid());
        let send = WebSend {
            id: new.id,
            connection: new.connection,
            kind: new.kind,
            content: new.content,
            size: u32::try_from(messages.len()).unwrap_or(u32::MAX),
            state: WebSendState::Prepared,
            failure: None,
            provider_code: None,
            group: None,
            figures: GroupFigures::default(),
            created_at: new.now,
            scheduled_at: new.scheduled_at,
            followed_at: None,
        };
        self.web_sends.push(WebSendRow { tenant: new.tenant, form: new.form, counted: true, send, messages });
        Ok(WebSendBegun::Stored)
    }
}

#[async_trait]
impl WebSendRepository for InMemoryStore {
    async fn begin(&self, new: NewWebSend) -> Result<WebSendBegun, RepositoryError> {
        self.state().begin_send(new)
    }

    async fn room(
        &self,
        tenant: &TenantId,
        connection: ConnectionId,
        limits: SendingLimits,
        now: Timestamp,
    ) -> Result<SendingRoom, RepositoryError> {
        Ok(self.state().room_for_sends(tenant, connection, limits, now))
    }

    async fn note(
        &self,
        tenant: &TenantId,
        id: WebSendId,
        news: WebSendNews,
        now: Timestamp,
    ) -> Result<(), RepositoryError> {
        let mut state = self.state();
        if let Some(row) = state.web_sends.iter_mut().find(|row| row.send.id == id && row.tenant == *tenant) {
            row.note(news, now);
        }
        Ok(())
    }

    async fn list(
        &self,
        tenant: &TenantId,
        connection: ConnectionId,
        before: Option<WebSendId>,
        limit: u16,
    ) -> Result<Vec<WebSend>, RepositoryError> {
        let state = self.state();
        let own = state.web_sends.iter().filter(|row| row.is_of(tenant, connection)).map(|row| &row.send);
        let earlier = own.filter(|send| before.is_none_or(|before| send.id.as_uuid() < before.as_uuid()));
        let mut found: Vec<_> = earlier.cloned().collect();
        found.sort_by_key(|send| Reverse(send.id.as_uuid()));
        found.truncate(usize::from(limit));
        Ok(found)
    }

    async fn find(
        &self,
        tenant: &TenantId,
        connection: ConnectionId,
        id: WebSendId,
    ) -> Result<Option<(WebSend, Vec<WebMessage>)>, RepositoryError> {
        let state = self.state();
        let row = state.web_sends.iter().find(|row| row.send.id == id && row.is_of(tenant, connection));
        Ok(row.map(|row| (row.send.clone(), row.messages.clone())))
    }
}
