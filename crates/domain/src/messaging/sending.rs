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

    #[test]
    fn a_send_is_followed_for_three_days_after_it_went() {
        let at = |raw: &str| raw.parse::<Timestamp>().unwrap();
        let mut send = WebSend {
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
        };
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
}
