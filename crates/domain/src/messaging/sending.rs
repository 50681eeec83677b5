//! What people send with the app.

use jiff::{SignedDuration, Timestamp};

use crate::id::Id;
use crate::keys::Sealed;
use crate::messages::{DeliveryState, FailureClass, MessageKind, ProviderReference};
use crate::messaging::ConnectionId;
use crate::money::Amount;
use crate::opaque::{Digest, Opaque, Role};

/// Marks the name of what was sent with one form.
pub struct WebSendRole;
impl Role for WebSendRole {
    const NAME: &'static str = "WebSend";
}
/// The name of what was sent with one form; no secret.
pub type WebSendId = Id<WebSendRole>;

/// Marks the name of one message of it.
pub struct WebMessageRole;
impl Role for WebMessageRole {
    const NAME: &'static str = "WebMessage";
}
/// The name of one message of a [`WebSend`]; no secret.
pub type WebMessageId = Id<WebMessageRole>;

/// Marks what tells one filled-in form from another.
pub struct FormKeyRole;
impl Role for FormKeyRole {
    const NAME: &'static str = "FormKey";
}
/// Drawn anew for each form that is shown: the same form sent twice is sent once.
pub type FormKey = Opaque<FormKeyRole>;
/// What is stored of a [`FormKey`].
pub type FormKeyDigest = Digest<FormKeyRole>;

/// How far a send came. The provider takes it in two steps: a group is prepared, then released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebSendState {
    /// Not released; nothing was sent so far.
    Prepared,
    /// Released, but the provider's answer did not come: it may or may not have been sent. Releasing once more is safe.
    Unclear,
    /// Released for a later time.
    Scheduled,
    /// Released.
    Sent,
    /// The provider refused it; nothing was sent.
    Refused,
    /// Taken back before its time.
    Cancelled,
}

impl WebSendState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Prepared, Self::Unclear, Self::Scheduled, Self::Sent, Self::Refused, Self::Cancelled];

    /// The name used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Unclear => "unclear",
            Self::Scheduled => "scheduled",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// What the provider says of a group (CoolSMS sheet, 5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupFigures {
    /// Messages that arrived.
    pub delivered: u32,
    /// Messages that never will; those that were refused before the release are among them.
    pub failed: u32,
    /// Messages of which nothing is known yet.
    pub pending: u32,
    /// What the app earns by one message of the group's kind that arrives, in KRW.
    pub profit: Amount,
    /// What was charged, in KRW.
    pub charged: Amount,
}

impl GroupFigures {
    /// What the app earned by the group so far, in KRW.
    pub fn earned(&self) -> Amount {
        self.profit * u64::from(self.delivered)
    }
}

/// One message of a send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebMessage {
    /// Its name.
    pub id: WebMessageId,
    /// The recipient, sealed; its row is `id`.
    pub phone: Sealed,
    /// How far it came; forward only ([`DeliveryState::may_become`]).
    pub state: DeliveryState,
    /// Why it failed.
    pub failure: Option<FailureClass>,
    /// The provider's own code.
    pub provider_code: Option<String>,
    /// The provider's name for it.
    pub reference: Option<ProviderReference>,
    /// When `state` was reached.
    pub updated_at: Timestamp,
}

/// What was sent with one form: one text to one or many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSend {
    /// Its name.
    pub id: WebSendId,
    /// By whose account.
    pub connection: ConnectionId,
    /// Its kind.
    pub kind: MessageKind,
    /// Sender, subject and text, sealed ([`SealedField::WebContent`](crate::keys::SealedField)); its row is `id`.
    pub content: Sealed,
    /// How many messages it has.
    pub size: u32,
    /// How far it came.
    pub state: WebSendState,
    /// Why it was refused.
    pub failure: Option<FailureClass>,
    /// The provider's own code of the refusal.
    pub provider_code: Option<String>,
    /// The provider's name for the group.
    pub group: Option<String>,
    /// What the provider said of the group last.
    pub figures: GroupFigures,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it is or was to be sent, where it was scheduled.
    pub scheduled_at: Option<Timestamp>,
    /// When its release was last asked for.
    pub released_at: Option<Timestamp>,
    /// When the provider was last asked what became of it.
    pub followed_at: Option<Timestamp>,
}

impl WebSend {
    /// For so long after it went the provider is asked what became of a send: what is not known then stays unknown.
    pub const FOLLOWED_FOR: SignedDuration = SignedDuration::from_hours(72);
    /// A send is released so long after its time at the most.
    pub const RELEASED_FOR: SignedDuration = SignedDuration::from_mins(10);

    /// Preparing a send takes so long at the most.
    pub const PREPARED_WITHIN: SignedDuration = SignedDuration::from_secs(60);
    /// A release takes so long at the most, with the one more that an unclear answer brings.
    pub const RELEASED_WITHIN: SignedDuration = SignedDuration::from_secs(20);

    /// Whether it is being sent at `now`, as far as its row tells: what takes longer has stopped on the way, or its answer
    /// does not come.
    pub fn is_under_way(&self, now: Timestamp) -> bool {
        match self.state {
            WebSendState::Prepared => {
                self.group.is_none() && now.duration_since(self.created_at) < Self::PREPARED_WITHIN
            }
            WebSendState::Unclear => {
                self.released_at.is_some_and(|at| now.duration_since(at) < Self::RELEASED_WITHIN)
            }
            _ => false,
        }
    }

    /// Whether it is too late at `now` to release it. What was to go at once is counted when it is asked for, so that a
    /// prepared one that is kept for later would pass the limits. An unclear one of these may have gone in time.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let due = match self.state {
            WebSendState::Prepared => Some(self.scheduled_at.unwrap_or(self.created_at)),
            _ => self.scheduled_at,
        };
        due.is_some_and(|at| now.duration_since(at) > Self::RELEASED_FOR)
    }

    /// Whether it is worth asking at `now` what became of it.
    pub fn is_followed(&self, now: Timestamp) -> bool {
        let released = self.released_at.unwrap_or(self.created_at);
        let left = self.scheduled_at.map_or(released, |at| at.max(released));
        self.is_open() && now.duration_since(left) < Self::FOLLOWED_FOR
    }

    /// Whether anything of it may still change at the provider.
    pub fn is_open(&self) -> bool {
        match self.state {
            WebSendState::Scheduled | WebSendState::Unclear => true,
            WebSendState::Sent => self.figures.delivered + self.figures.failed < self.size,
            WebSendState::Prepared | WebSendState::Refused | WebSendState::Cancelled => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(raw: &str) -> Timestamp {
        raw.parse().unwrap()
    }

    /// One of two messages arrived.
    fn sent() -> WebSend {
        WebSend {
            id: WebSendId::from_uuid(uuid::Uuid::nil()),
            connection: ConnectionId::from_uuid(uuid::Uuid::nil()),
            kind: MessageKind::Sms,
            content: Sealed::from_bytes(Vec::new()),
            size: 2,
            state: WebSendState::Sent,
            failure: None,
            provider_code: None,
            group: None,
            figures: GroupFigures { delivered: 1, ..GroupFigures::default() },
            created_at: at("2026-11-01T00:00:00Z"),
            scheduled_at: None,
            released_at: Some(at("2026-11-21T00:00:00Z")),
            followed_at: None,
        }
    }

    #[test]
    fn a_send_is_followed_for_three_days_after_it_went() {
        let mut send = sent();
        let followed = |send: &WebSend| {
            ["2026-11-23T23:59:59Z", "2026-11-24T00:00:00Z", "2026-11-26T00:00:01Z"]
                .map(|now| send.is_followed(at(now)))
        };
        assert_eq!(followed(&send), [true, false, false]);
        send.scheduled_at = Some(at("2026-11-23T00:00:01Z"));
        assert_eq!(followed(&send), [true, true, false]);
        send.figures.failed = 1;
        assert_eq!(followed(&send), [false; 3], "all is known");
    }

    #[test]
    fn a_send_is_released_within_ten_minutes_of_its_time() {
        use WebSendState::{Prepared, Scheduled, Unclear};
        let overdue = |state, scheduled_at: Option<&str>| {
            let scheduled_at = scheduled_at.map(at);
            let send = WebSend { state, scheduled_at, ..sent() };
            ["2026-11-01T00:10:00Z", "2026-11-01T00:10:01Z", "2026-11-09T00:10:01Z"]
                .map(|now| send.is_overdue(at(now)))
        };
        assert_eq!(overdue(Prepared, None), [false, true, true]);
        assert_eq!(overdue(Prepared, Some("2026-11-09T00:00:01Z")), [false; 3]);
        for state in [Prepared, Unclear, Scheduled] {
            assert_eq!(overdue(state, Some("2026-11-09T00:00:00Z")), [false, false, true], "{state:?}");
        }
        assert_eq!(overdue(Unclear, None), [false; 3], "it may have gone in time");
    }

    #[test]
    fn a_send_is_under_way_while_it_is_prepared_and_while_it_is_released() {
        use WebSendState::{Prepared, Refused, Sent, Unclear};
        let under_way = |state, group: Option<&str>, released_at: Option<&str>| {
            let (group, released_at) = (group.map(str::to_owned), released_at.map(at));
            let send = WebSend { state, group, released_at, ..sent() };
            ["2026-11-01T00:00:59Z", "2026-11-01T00:01:00Z", "2026-11-01T00:01:19Z", "2026-11-01T00:01:20Z"]
                .map(|now| send.is_under_way(at(now)))
        };
        assert_eq!(under_way(Prepared, None, None), [true, false, false, false]);
        assert_eq!(under_way(Prepared, Some("G"), None), [false; 4], "its release surely did nothing");
        let released = Some("2026-11-01T00:01:00Z");
        assert_eq!(under_way(Unclear, Some("G"), released), [true, true, true, false]);
        for state in [Sent, Refused] {
            assert_eq!(under_way(state, Some("G"), released), [false; 4]);
        }
    }
}
