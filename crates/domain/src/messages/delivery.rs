//! What becomes of a message: attempts and their states (requirement E01).

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::id::Id;
use crate::messages::content::Price;
use crate::opaque::Role;
use crate::phone::Region;
use crate::routing::RouteChoice;

/// Marks the name of a message.
pub struct MessageRole;
impl Role for MessageRole {
    const NAME: &'static str = "Message";
}
/// The name of a message.
pub type MessageId = Id<MessageRole>;

/// Marks the name of a group of messages.
pub struct GroupRole;
impl Role for GroupRole {
    const NAME: &'static str = "MessageGroup";
}
/// The name of messages that were asked for in one call.
pub type GroupId = Id<GroupRole>;

/// Marks the name of a provider's call to us.
pub struct ReceiptRole;
impl Role for ReceiptRole {
    const NAME: &'static str = "Receipt";
}
/// The name of one call of a provider that brought receipts.
pub type ReceiptId = Id<ReceiptRole>;

/// Marks the name of a lease.
pub struct LeaseRole;
impl Role for LeaseRole {
    const NAME: &'static str = "Lease";
}
/// The name of one process's turn at a message.
pub type LeaseId = Id<LeaseRole>;

/// The state of a message at one provider. States move forward only, see [`DeliveryState::may_become`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DeliveryState {
    /// Waiting to be handed to a provider.
    Queued,
    /// The provider's answer did not come or could not be read: it may or may not have taken the message.
    Unknown,
    /// The provider took it.
    Accepted,
    /// The carrier took it.
    Sent,
    /// It reached the phone.
    Delivered,
    /// It never will.
    Failed,
    /// Its code died before a provider could be asked.
    Expired,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Unknown,
        Self::Accepted,
        Self::Sent,
        Self::Delivered,
        Self::Failed,
        Self::Expired,
    ];

    /// The name used on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// Reads the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether a message in this state may come to be in `next`: only forward. Providers contradict themselves
    /// at times; the order among final states makes the outcome the same in whatever order they do, and a phone
    /// that has the message is believed over everything else.
    pub fn may_become(self, next: Self) -> bool {
        next.rank() > self.rank()
    }

    /// Whether nothing can change any more.
    pub fn is_final(self) -> bool {
        self.rank() >= Self::Expired.rank()
    }

    /// The place in the order of states.
    pub fn rank(self) -> i16 {
        match self {
            Self::Queued => 0,
            Self::Unknown => 1,
            Self::Accepted => 2,
            Self::Sent => 3,
            Self::Expired => 4,
            Self::Failed => 5,
            Self::Delivered => 6,
        }
    }
}

/// Why a message was not delivered, over all providers (requirement E05).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FailureClass {
    /// No such subscriber, or not a number.
    InvalidNumber,
    /// Switched off, out of coverage, or another passing trouble of phone or network.
    Unreachable,
    /// The recipient, the carrier or the law does not let it through.
    Blocked,
    /// A spam filter took it.
    SpamFilter,
    /// A quota or rate limit of our account at the provider.
    Quota,
    /// The sender number is not registered or not allowed.
    Sender,
    /// The text or its attachments.
    Content,
    /// The provider did not accept our credentials.
    Credentials,
    /// The provider is out of order.
    ProviderDown,
    /// The provider's answer did not come or could not be read.
    Unclear,
    /// The code died before the message could go.
    TooLate,
    /// Anything else.
    Other,
}

impl FailureClass {
    /// Every class.
    pub const ALL: [Self; 12] = [
        Self::InvalidNumber,
        Self::Unreachable,
        Self::Blocked,
        Self::SpamFilter,
        Self::Quota,
        Self::Sender,
        Self::Content,
        Self::Credentials,
        Self::ProviderDown,
        Self::Unclear,
        Self::TooLate,
        Self::Other,
    ];

    /// The name used on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidNumber => "invalid_number",
            Self::Unreachable => "unreachable",
            Self::Blocked => "blocked",
            Self::SpamFilter => "spam_filter",
            Self::Quota => "quota",
            Self::Sender => "sender",
            Self::Content => "content",
            Self::Credentials => "credentials",
            Self::ProviderDown => "provider_down",
            Self::Unclear => "unclear",
            Self::TooLate => "too_late",
            Self::Other => "other",
        }
    }

    /// Reads the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }
}

/// The name of a provider, such as `sens`: 1 to 20 lower-case letters, digits and underscores.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ProviderName(String);

impl ProviderName {
    /// Reads a provider's name; `None` when it has another form.
    pub fn parse(raw: &str) -> Option<Self> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        ((1..=20).contains(&raw.len()) && raw.bytes().all(allowed)).then(|| Self(raw.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What a provider calls a message it took, opaque to us, at most 200 bytes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ProviderReference(String);

impl ProviderReference {
    /// Reads a reference; `None` when it is empty, too long or holds control characters.
    pub fn parse(raw: &str) -> Option<Self> {
        let allowed = (1..=200).contains(&raw.len()) && !raw.contains(char::is_control);
        allowed.then(|| Self(raw.to_owned()))
    }

    /// The reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One delivery of a message by one provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The message.
    pub message: MessageId,
    /// 1 for the first attempt of the message, then 2, …
    pub number: i16,
    /// Who was asked.
    pub provider: ProviderName,
    /// How far it came.
    pub state: DeliveryState,
    /// Why it failed or is unknown.
    pub failure: Option<FailureClass>,
    /// The provider's own code for the state, at most 40 bytes.
    pub provider_code: Option<String>,
    /// What the provider calls it.
    pub reference: Option<ProviderReference>,
    /// Whether an earlier attempt may have reached the phone too.
    pub possible_duplicate: bool,
    /// The country of the number.
    pub country: Option<Region>,
    /// What it cost, as the provider says, else as the operator said when it was taken.
    pub price: Option<Price>,
    /// What the provider calls the event of a success, where it runs the verification.
    pub event: Option<String>,
    /// Who could have been asked, and why this one was.
    pub route: Option<Arc<RouteChoice>>,
    /// When the provider was asked.
    pub started_at: Timestamp,
    /// When the provider's own answer came. What it reports later, or is asked for, moves `updated_at` alone.
    pub accepted_at: Timestamp,
    /// When `state` was reached.
    pub updated_at: Timestamp,
}

impl Attempt {
    /// How long after its beginning news of an attempt are taken. Providers try a message for a day, and push what became
    /// of it for another; who speaks later is not heard, so that figures of earlier days stand.
    pub const NEWS: SignedDuration = SignedDuration::from_hours(72);

    /// The name under which messages to test numbers are recorded; no provider has it.
    pub const TEST_NUMBERS: &str = "test_numbers";

    /// Whether it went to a test number, and so to nobody.
    pub fn is_test(&self) -> bool {
        self.provider.as_str() == Self::TEST_NUMBERS
    }

    /// Whether news of it are still taken.
    pub fn takes_news(&self, now: Timestamp) -> bool {
        now.duration_since(self.started_at) < Self::NEWS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_move_forward_only_and_delivered_is_the_last() {
        use DeliveryState::{Accepted, Delivered, Expired, Failed, Queued, Sent, Unknown};
        assert!(Unknown.may_become(Accepted) && Unknown.may_become(Failed) && Accepted.may_become(Sent));
        assert!(
            !Accepted.may_become(Unknown) && !Sent.may_become(Accepted) && !Accepted.may_become(Accepted)
        );
        for end in [Delivered, Failed, Expired] {
            assert!(end.is_final());
            assert!([Queued, Unknown, Accepted, Sent].iter().all(|&next| !end.may_become(next)));
        }
        assert!(Failed.may_become(Delivered) && !Delivered.may_become(Failed));
        assert!(DeliveryState::ALL.iter().all(|&next| !Delivered.may_become(next)));
    }

    #[test]
    fn stored_names_read_back() {
        for state in DeliveryState::ALL {
            assert_eq!(DeliveryState::from_name(state.as_str()), Some(state));
        }
        for class in FailureClass::ALL {
            assert_eq!(FailureClass::from_name(class.as_str()), Some(class));
        }
    }
}
