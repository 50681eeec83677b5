use bonin_domain::messages::{FailureClass, Unencodable};

/// Why a request was not sent at all. It never holds a number or the text, at most one character of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// Cafe24's interface takes no images.
    #[error("Cafe24 takes no MMS")]
    Mms,
    /// Not 1 to 1,000 recipients.
    #[error("a request has 1 to 1000 recipients, not {0}")]
    RecipientCount(usize),
    /// The recipient at this place (from 0) is not a Korean subscriber's number.
    #[error("recipient {0} is not a Korean number")]
    Recipient(usize),
    /// The recipient at this place is the sender: operators drop such messages.
    #[error("recipient {0} is the sender")]
    ToSender(usize),
    /// Some recipients have a name and some do not.
    #[error("either all recipients have a name or none")]
    SomeNames,
    /// The name at this place is empty or holds `|` or `,`, which part names and numbers.
    #[error("the name of recipient {0} is empty or holds | or ,")]
    Name(usize),
    /// Messages of one call have one kind, sender, subject and text.
    #[error("the messages of one call differ in more than their recipients")]
    Different,
    /// Not one of the configured senders.
    #[error("the sender is not one of the configured ones")]
    Sender,
    /// An empty text.
    #[error("the text is empty")]
    Empty,
    /// Too long, with a recipient's name in it or without.
    #[error("the text has {bytes} bytes in EUC-KR, over the limit of {limit}")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// What its kind may have.
        limit: usize,
    },
    /// Over [`crate::SUBJECT_LIMIT`].
    #[error("the subject has {bytes} bytes in EUC-KR, over the limit of 50")]
    SubjectTooLong {
        /// Its length.
        bytes: usize,
    },
    /// An SMS has no subject.
    #[error("an SMS has no subject")]
    SubjectOnSms,
    /// An emoji, say: Cafe24 would refuse or mutilate the message.
    #[error(transparent)]
    Unencodable(#[from] Unencodable),
    /// A reservation is for 10 minutes ahead or later.
    #[error("a reservation is made at least 10 minutes ahead")]
    TooSoon,
    /// 1 to 10 times, at least 15 minutes apart.
    #[error("a message is repeated 1 to 10 times, at least 15 minutes apart")]
    Repeat,
}

impl InvalidRequest {
    /// A short stable name, for logs and stored attempts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Mms => "mms",
            Self::RecipientCount(_) => "recipient_count",
            Self::Recipient(_) => "recipient",
            Self::ToSender(_) => "to_sender",
            Self::SomeNames => "some_names",
            Self::Name(_) => "name",
            Self::Different => "different",
            Self::Sender => "sender",
            Self::Empty => "text_empty",
            Self::TooLong { .. } => "text_too_long",
            Self::SubjectTooLong { .. } => "subject_too_long",
            Self::SubjectOnSms => "subject_on_sms",
            Self::Unencodable(_) => "unencodable",
            Self::TooSoon => "reserved_too_soon",
            Self::Repeat => "repeat",
        }
    }

    /// The common class.
    pub fn class(self) -> FailureClass {
        match self {
            Self::Recipient(_) => FailureClass::InvalidNumber,
            Self::Sender | Self::ToSender(_) => FailureClass::Sender,
            Self::RecipientCount(_) | Self::SomeNames | Self::Different | Self::TooSoon | Self::Repeat => {
                FailureClass::Other
            }
            Self::Mms
            | Self::Name(_)
            | Self::Empty
            | Self::TooLong { .. }
            | Self::SubjectTooLong { .. }
            | Self::SubjectOnSms
            | Self::Unencodable(_) => FailureClass::Content,
        }
    }
}
