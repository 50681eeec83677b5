//! One send as its page shows it: what stays, and what changes while it is looked at.

use bonin_domain::messaging::{WebSend, WebSendState};
use bonin_services::messaging::SeenSend;
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::form_words::whole;
use super::send_words;
use crate::pages::Frame;
use crate::pages::format;

/// What does not change.
pub struct SentView {
    pub id: String,
    pub from: String,
    pub subject: Option<String>,
    pub text: String,
    pub kind: &'static str,
    pub size: u32,
    pub created_at: String,
    pub created_at_iso: String,
    pub scheduled_at: Option<(String, String)>,
    /// The recipients: the name of their message, and the number as people write it.
    pub recipients: Vec<(String, String)>,
    /// The provider's name of the group.
    pub group: Option<String>,
}

impl SentView {
    pub fn of(frame: &Frame, seen: &SeenSend) -> Self {
        let SeenSend { send, content, messages } = seen;
        let moment = |at| (format::minute(at, frame.locale), at.to_string());
        let (created_at, created_at_iso) = moment(send.created_at);
        Self {
            id: send.id.to_string(),
            from: content.from.as_str().to_owned(),
            subject: content.subject.clone(),
            text: content.text.clone(),
            kind: send_words::kind(send.kind),
            size: send.size,
            created_at,
            created_at_iso,
            scheduled_at: send.scheduled_at.map(moment),
            recipients: messages.iter().map(|(message, to)| (message.id.to_string(), whole(to))).collect(),
            group: send.group.clone(),
        }
    }
}

/// What may change. Its words are in the page's language.
#[derive(Serialize)]
pub struct SentState {
    /// Whether it is worth asking again soon.
    pub follows: bool,
    /// How far it came.
    pub word: &'static str,
    /// The class of its badge.
    pub class: &'static str,
    /// Why nothing was sent, and the provider's code.
    pub reason: Option<String>,
    /// Messages that arrived.
    pub delivered: u32,
    /// Messages that never will.
    pub failed: u32,
    /// Messages of which nothing is known yet.
    pub waiting: u32,
    /// What was charged.
    pub charged: String,
    /// What the app earned.
    pub earned: String,
    /// Its messages, in the order of recipients.
    pub messages: Vec<MessageState>,
    /// What can be done: where it changes, the page is shown anew.
    #[serde(serialize_with = "named")]
    pub buttons: Buttons,
}

/// How far one message came.
#[derive(Serialize)]
pub struct MessageState {
    /// Its name.
    pub id: String,
    /// How far it came.
    pub word: &'static str,
    /// The class of its badge.
    pub class: &'static str,
    /// Why it failed.
    pub reason: String,
}

/// What can be done about a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buttons {
    /// It is being sent just now: wait.
    Wait,
    /// Nothing is left to do.
    None,
    /// It waits to be sent: send it, or let it go.
    ReleaseOrCancel,
    /// It waits to be scheduled: do that, or let it go.
    ScheduleOrCancel,
    /// It was never handed over: let it go.
    LetGo,
    /// It was not sent in time: let it go.
    Overdue,
    /// It may or may not have been sent: find out.
    Check,
    /// It may or may not have been sent, and that is not found out here any more: releasing it once more would be late.
    Unknown,
    /// It waits for its time: cancel it.
    Cancel,
    /// Nothing of it was sent: write it once more.
    Again,
}

impl Buttons {
    /// Those of a send at `now`.
    pub fn of(send: &WebSend, now: Timestamp) -> Self {
        let is_ahead = send.scheduled_at.is_some_and(|at| at > now);
        match send.state {
            WebSendState::Prepared | WebSendState::Unclear if send.is_under_way(now) => Self::Wait,
            WebSendState::Prepared if send.group.is_none() => Self::LetGo,
            WebSendState::Prepared if send.is_overdue(now) => Self::Overdue,
            WebSendState::Prepared if is_ahead => Self::ScheduleOrCancel,
            WebSendState::Prepared => Self::ReleaseOrCancel,
            WebSendState::Unclear if send.is_overdue(now) => Self::Unknown,
            WebSendState::Unclear => Self::Check,
            WebSendState::Scheduled if is_ahead => Self::Cancel,
            WebSendState::Refused | WebSendState::Cancelled => Self::Again,
            WebSendState::Scheduled | WebSendState::Sent => Self::None,
        }
    }

    /// Their name, as the page's script compares it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Wait => "wait",
            Self::ReleaseOrCancel => "release_or_cancel",
            Self::ScheduleOrCancel => "schedule_or_cancel",
            Self::LetGo => "let_go",
            Self::Overdue => "overdue",
            Self::Check => "check",
            Self::Unknown => "unknown",
            Self::Cancel => "cancel",
            Self::Again => "again",
        }
    }
}

impl SentState {
    pub fn of(frame: &Frame, seen: &SeenSend, reads: bool) -> Self {
        let SeenSend { send, messages, .. } = seen;
        let badge = send_words::send(frame, send, reads);
        let is_due = send.scheduled_at.is_none_or(|at| at <= frame.now);
        let (delivered, failed) = (send.figures.delivered, send.figures.failed);
        let waits =
            matches!(send.state, WebSendState::Sent | WebSendState::Scheduled | WebSendState::Unclear);
        let messages = messages.iter().map(|(message, _)| {
            let badge = send_words::message(frame, send, message);
            let reason = message.failure.map_or_else(String::new, |class| {
                with_code(send_words::reason(frame, class), message.provider_code.as_deref())
            });
            MessageState { id: message.id.to_string(), word: badge.word, class: badge.class, reason }
        });
        Self {
            follows: send.is_under_way(frame.now) || (reads && is_due && send.is_followed(frame.now)),
            word: badge.word,
            class: badge.class,
            reason: send
                .failure
                .map(|class| with_code(send_words::reason(frame, class), send.provider_code.as_deref())),
            delivered,
            failed,
            waiting: if waits { send.size.saturating_sub(delivered + failed) } else { 0 },
            charged: format::money(send.figures.charged, "KRW", frame.locale),
            earned: format::money(send.figures.earned(), "KRW", frame.locale),
            messages: messages.collect(),
            buttons: Buttons::of(send, frame.now),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn named<S: Serializer>(buttons: &Buttons, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(buttons.name())
}

/// A reason with the provider's own code, for its support.
pub fn with_code(reason: &str, code: Option<&str>) -> String {
    match code {
        Some(code) => format!("{reason} ({code})"),
        None => reason.to_owned(),
    }
}
