use std::fmt;

use bonin_domain::Amount;
use bonin_domain::messages::MessageKind;
use jiff::Timestamp;

use crate::codes::Outcome;

/// What is said of one message that was taken (section 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendReceipt {
    /// The provider's name for the message; never empty.
    pub message_id: String,
    /// The group that was made for the call.
    pub group_id: Option<String>,
    /// `2000`.
    pub status_code: String,
}

/// What is said of one of many messages (section 5.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The provider's name for the message; refused ones have one too.
    pub message_id: Option<String>,
    /// `2000`, or why it was refused.
    pub status_code: String,
    /// The recipient, in the list of refused messages only.
    pub to: Option<String>,
    /// The fields that the message came with.
    pub custom_fields: Vec<(String, String)>,
}

/// The answer to many messages: HTTP 200 even where all were refused (section 5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMany {
    /// The group that holds them.
    pub group: Group,
    /// Those in `messageList`.
    pub messages: Vec<Verdict>,
    /// Those in `failedMessageList`; the others go out.
    pub failed: Vec<Verdict>,
}

/// The answer to messages that were added to a group (section 5.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedMessages {
    /// How many were refused.
    pub errors: u64,
    /// One for each message.
    pub results: Vec<Verdict>,
}

/// A group of messages (section 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub group_id: String,
    /// The account that it belongs to.
    pub account_id: Option<String>,
    /// `PENDING`, `SCHEDULED`, `SENDING`, `COMPLETE`, `FAILED` or `DELETED`.
    pub status: String,
    /// The app that earns by it.
    pub app_id: Option<String>,
    /// What the app earns by one message that arrives.
    pub profit: GroupProfit,
    /// The kinds of messages that were charged so far.
    pub charged_kinds: Vec<MessageKind>,
    /// What was charged so far, money and points together, in KRW.
    pub charged: Amount,
    /// How many messages, and how far they came.
    pub count: GroupCounts,
    /// When it goes out.
    pub scheduled_at: Option<Timestamp>,
    /// When it went out.
    pub sent_at: Option<Timestamp>,
    /// When its last result came.
    pub completed_at: Option<Timestamp>,
}

/// What an app earns by one message of a kind, in KRW.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupProfit {
    /// By a short message.
    pub sms: Amount,
    /// By a long message.
    pub lms: Amount,
    /// By a message with an image.
    pub mms: Amount,
}

impl GroupProfit {
    /// By a message of this kind.
    pub fn of(&self, kind: MessageKind) -> Amount {
        match kind {
            MessageKind::Sms => self.sms,
            MessageKind::Lms => self.lms,
            MessageKind::Mms => self.mms,
        }
    }
}

/// Counts of messages in a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupCounts {
    /// All.
    pub total: u64,
    /// Taken at registration.
    pub registered: u64,
    /// Refused at registration.
    pub refused: u64,
    /// Delivered.
    pub delivered: u64,
    /// Failed after they went out.
    pub failed: u64,
    /// On their way.
    pub pending: u64,
}

/// One page of groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPage {
    /// The groups.
    pub groups: Vec<Group>,
    /// What [`crate::GroupQuery::start_key`] takes to get the next page.
    pub next_key: Option<String>,
}

/// One message in a list (section 7). `Debug` leaves out numbers and texts.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Its name.
    pub message_id: String,
    /// Its group.
    pub group_id: Option<String>,
    /// The sender.
    pub from: Option<String>,
    /// The recipient, national digits.
    pub to: Option<String>,
    /// The recipient's country code.
    pub country: Option<String>,
    /// `SMS`, `LMS`, `MMS` and others.
    pub kind: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// The text.
    pub text: Option<String>,
    /// How far it came (section 11); empty where nothing is said.
    pub status_code: String,
    /// The fields that the message came with.
    pub custom_fields: Vec<(String, String)>,
    /// When it was registered.
    pub created_at: Option<Timestamp>,
    /// When the carrier reported.
    pub reported_at: Option<Timestamp>,
}

impl MessageRow {
    /// Its kind, where it is one of ours.
    pub(crate) fn message_kind(&self) -> Option<MessageKind> {
        MessageKind::from_name(&self.kind.as_deref()?.to_ascii_lowercase())
    }

    /// How far it came; only the status code decides.
    pub fn outcome(&self) -> Outcome {
        Outcome::of(&self.status_code)
    }
}

/// One page of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<MessageRow>,
    /// What [`crate::ListQuery::start_key`] takes to get the next page.
    pub next_key: Option<String>,
    /// The provider's clock when it answered.
    pub server_time: Option<Timestamp>,
}

/// The account's money (section 9), in KRW as the provider writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Money.
    pub balance: String,
    /// Points.
    pub point: String,
}

impl fmt::Debug for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Verdict")
            .field("message_id", &self.message_id)
            .field("status_code", &self.status_code)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for MessageRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MessageRow")
            .field("message_id", &self.message_id)
            .field("group_id", &self.group_id)
            .field("kind", &self.kind)
            .field("status_code", &self.status_code)
            .finish_non_exhaustive()
    }
}
