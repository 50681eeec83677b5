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
    /// How often its release was asked for.
    pub releases: u32,
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
            WebSendNews::Refused { class, code }
                if self.releases <= 1 && self.move_from(&[Prepared, Unclear], Refused) =>
            {
                self.refuse(class, &code, now);
                return;
            }
            WebSendNews::Ended { class, code } if self.move_from(&[Unclear, Scheduled], Refused) => {
                self.refuse(class, &code, now);
                return;
            }
            WebSendNews::Unreleased if self.releases <= 1 && self.move_from(&[Unclear], Prepared) => {
                (self.releases, self.send.released_at) = (0, None);
                for message in self.messages.iter_mut().filter(|one| one.state == DeliveryState::Unknown) {
                    (message.state, message.updated_at) = (DeliveryState::Queued, now);
                }
            }
            WebSendNews::Released { state, figures } => {
                let (from, reached): (&[_], _) = match state {
                    Sent => (&[Prepared, Unclear, Scheduled, Sent], DeliveryState::Accepted),
                    Scheduled => (&[Prepared, Unclear, Scheduled], DeliveryState::Accepted),
                    Unclear => (&[Prepared, Unclear], DeliveryState::Unknown),
                    Prepared | Refused | Cancelled => return,
                };
                if self.move_from(from, state) {
                    self.releases += u32::from(state == Unclear);
                    self.send.released_at = Some(now);
                    self.send.figures = figures.unwrap_or(self.send.figures);
                    for message in &mut self.messages {
                        reach(message, reached, None, None, now);
                    }
                }
            }
            WebSendNews::Cancelled if self.move_from(&[Prepared, Scheduled], Cancelled) => {
                self.counted = false;
            }
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
            _ => return,
        }
        if matches!(self.send.state, Refused | Cancelled) {
            return;
        }
        let over = [DeliveryState::Failed, DeliveryState::Expired];
        let failed = self.messages.iter().filter(|message| over.contains(&message.state)).count();
        self.send.figures.failed = self.send.figures.failed.max(u32::try_from(failed).unwrap_or(u32::MAX));
    }

    fn refuse(&mut self, class: FailureClass, code: &str, now: Timestamp) {
        self.counted = false;
        self.send.failure = Some(class);
        self.send.provider_code = Some(code.to_owned());
        for message in &mut self.messages {
            reach(message, DeliveryState::Failed, Some(class), Some(code.to_owned()), now);
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
        leaves_at: Timestamp,
    ) -> SendingRoom {
        let own = || self.web_sends.iter().filter(|row| row.is_of(tenant, connection));
        if own().filter(|row| row.send.created_at + SendingLimits::DAY > now).count() >= 200 {
            return SendingRoom { hour: 0, day: 0 };
        }
        let within = |window: SignedDuration| {
            let asked = own().filter(|row| row.counted && row.send.created_at + window > now);
            // Each window that holds the moment at which the new send leaves.
            let leaves = |row: &&WebSendRow| row.send.scheduled_at.unwrap_or(row.send.created_at);
            let leaving = own()
                .map(|row| leaves(&row))
                .chain([leaves_at])
                .filter(|begin| *begin <= leaves_at && *begin + window > leaves_at);
            let leaving = leaving.map(|begin| {
                let inside =
                    |row: &&WebSendRow| row.counted && (begin..begin + window).contains(&leaves(row));
                own().filter(inside).map(|row| row.send.size).sum::<u32>()
            });
            leaving.max().unwrap_or(0).max(asked.map(|row| row.send.size).sum())
        };
        limits.room(within(SendingLimits::HOUR), within(SendingLimits::DAY))
    }

    /// When this send fits if nothing else is sent: the first moment within a day at which enough of what counts has left the
    /// windows. One that does not fit by then is told the end of the day that begins now.
    fn fits_at(&self, new: &NewWebSend) -> Timestamp {
        let own = self.web_sends.iter().filter(|row| row.is_of(&new.tenant, new.connection));
        let moments = own.flat_map(|row| [Some(row.send.created_at), row.send.scheduled_at]).flatten();
        let windows = [SendingLimits::HOUR, SendingLimits::DAY];
        let leaves = moments.flat_map(|at| windows.map(|window| at + window));
        let end = new.now + SendingLimits::DAY;
        let mut leaves: Vec<_> = leaves.filter(|at| *at > new.now && *at < end).collect();
        leaves.sort_unstable();
        let fits = |at: &Timestamp| {
            let leaves_at = new.scheduled_at.unwrap_or(*at);
            let room = self.room_for_sends(&new.tenant, new.connection, new.limits, *at, leaves_at);
            new.messages.len() <= room.now() as usize
        };
        leaves.into_iter().find(fits).unwrap_or(end)
    }

    fn begin_send(&mut self, new: NewWebSend) -> Result<WebSendBegun, RepositoryError> {
        let mut own = self.web_sends.iter().filter(|row| row.is_of(&new.tenant, new.connection));
        if let Some(row) = own.find(|row| row.form == new.form) {
            return Ok(WebSendBegun::Repeated(row.send.id));
        }
        let leaves_at = new.scheduled_at.unwrap_or(new.now);
        let room = self.room_for_sends(&new.tenant, new.connection, new.limits, new.now, leaves_at);
        if new.messages.len() > room.now() as usize {
            return Ok(WebSendBegun::TooMany { room, until: self.fits_at(&new) });
        }
        let mut ids: Vec<_> = new.messages.iter().map(|message| message.id.as_uuid()).collect();
        ids.sort_unstable();
        let doubled = ids.windows(2).any(|pair| pair[0] == pair[1]);
        let mut stored = self.web_sends.iter().flat_map(|row| &row.messages);
        let message_taken = stored.any(|message| ids.contains(&message.id.as_uuid()));
        let taken = |row: &WebSendRow| {
            row.send.id == new.id || (row.form == new.form && row.send.connection == new.connection)
        };
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
            released_at: None,
            followed_at: None,
        };
        let (tenant, form) = (new.tenant, new.form);
        self.web_sends.push(WebSendRow { tenant, form, counted: true, releases: 0, send, messages });
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
        Ok(self.state().room_for_sends(tenant, connection, limits, now, now))
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
