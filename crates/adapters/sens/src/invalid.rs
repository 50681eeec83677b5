use bonin_domain::messages::{FailureClass, Unencodable};

/// Why a request was not sent at all. It never holds a number or the text, at most one character of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// Not 1 to 100 recipients.
    #[error("a request has 1 to 100 recipients, not {0}")]
    RecipientCount(usize),
    /// The recipient at this place (from 0) is not 1 to 20 digits.
    #[error("recipient {0} is not made of digits alone")]
    Recipient(usize),
    /// A country code that does not exist.
    #[error("the country code has 1 to 3 digits")]
    CountryCode,
    /// A sender that is none of the configured ones.
    #[error("the sender is not one of the registered numbers")]
    Sender,
    /// A recipient would get an empty text.
    #[error("the text is empty")]
    Empty,
    /// SENS would cut it and send the rest.
    #[error("the text has {bytes} bytes in EUC-KR, over the limit of {limit}")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// What its kind may have.
        limit: usize,
    },
    /// Over [`crate::SUBJECT_LIMIT`].
    #[error("the subject has {bytes} bytes in EUC-KR, over the limit of 40")]
    SubjectTooLong {
        /// Its length.
        bytes: usize,
    },
    /// An SMS has no subject.
    #[error("an SMS has no subject")]
    SubjectOnSms,
    /// An LMS or MMS goes to Korean numbers only.
    #[error("a long message cannot be sent abroad")]
    LongAbroad,
    /// An emoji, say: SENS would fail the message.
    #[error(transparent)]
    Unencodable(#[from] Unencodable),
    /// SENS would send it as LMS.
    #[error("an MMS has at least one file")]
    MmsWithoutFile,
    /// Only an MMS has files.
    #[error("an SMS or LMS has no files")]
    FileOnText,
    /// A file name that is not 1 to 40 characters long without blanks, or does not end in `.jpg` or `.jpeg`.
    #[error("a file name has 1 to 40 characters and ends in .jpg or .jpeg")]
    FileName,
    /// An empty file, or one over [`crate::FILE_LIMIT`].
    #[error("a file has 1 to 300,000 bytes, not {0}")]
    FileSize(usize),
    /// Messages of one call have one kind, sender and set of images.
    #[error("the messages of one call differ in kind, sender or images")]
    Different,
    /// Not the name of a time zone, such as `Asia/Seoul`.
    #[error("this is not the name of a time zone")]
    TimeZone,
    /// An id that SENS never gave: of a message or reservation 1 to 100 letters, digits, hyphens and
    /// underscores, of a file 1 to 200 bytes.
    #[error("this is not an id of SENS")]
    Id,
    /// Not 1 to 1000 numbers to register or remove.
    #[error("a call takes 1 to 1000 numbers, not {0}")]
    NumberCount(usize),
}

impl InvalidRequest {
    /// A short stable name, for logs and stored attempts.
    pub fn code(self) -> &'static str {
        match self {
            Self::RecipientCount(_) => "recipient_count",
            Self::Recipient(_) => "recipient",
            Self::CountryCode => "country_code",
            Self::Sender => "sender",
            Self::Empty => "text_empty",
            Self::TooLong { .. } => "text_too_long",
            Self::SubjectTooLong { .. } => "subject_too_long",
            Self::SubjectOnSms => "subject_on_sms",
            Self::LongAbroad => "long_abroad",
            Self::Unencodable(_) => "unencodable",
            Self::MmsWithoutFile => "mms_without_file",
            Self::FileOnText => "file_on_text",
            Self::FileName => "file_name",
            Self::FileSize(_) => "file_size",
            Self::Different => "different",
            Self::TimeZone => "time_zone",
            Self::Id => "id",
            Self::NumberCount(_) => "number_count",
        }
    }

    /// The common class.
    pub fn class(self) -> FailureClass {
        match self {
            Self::Recipient(_) | Self::CountryCode => FailureClass::InvalidNumber,
            Self::Sender => FailureClass::Sender,
            Self::RecipientCount(_) | Self::Different | Self::Id | Self::TimeZone | Self::NumberCount(_) => {
                FailureClass::Other
            }
            Self::Empty
            | Self::TooLong { .. }
            | Self::SubjectTooLong { .. }
            | Self::SubjectOnSms
            | Self::LongAbroad
            | Self::Unencodable(_)
            | Self::MmsWithoutFile
            | Self::FileOnText
            | Self::FileName
            | Self::FileSize(_) => FailureClass::Content,
        }
    }
}

/// An id as SENS gives them; anything else could lead to another path.
pub(crate) fn check_id(id: &str) -> Result<(), InvalidRequest> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let known = (1..=100).contains(&id.len()) && id.bytes().all(allowed);
    if known { Ok(()) } else { Err(InvalidRequest::Id) }
}

/// A number as SENS takes them: 1 to 20 digits.
pub(crate) fn is_number(digits: &str) -> bool {
    (1..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}
