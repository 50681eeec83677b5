use bonin_domain::messages::FailureClass;
use bonin_http::Url;

/// Why a call was not made at all. It never holds a number, a code or a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// The recipient is not 7 to 15 digits, country code first.
    #[error("the recipient is not 7 to 15 digits")]
    Recipient,
    /// The sender is not up to 15 digits or up to 11 letters and digits.
    #[error("the sender is not up to 15 digits, or up to 11 letters and digits")]
    Sender,
    /// An empty text.
    #[error("the text is empty")]
    Empty,
    /// Nexmo takes 3,200 characters.
    #[error("the text has {0} characters, over the limit of 3200")]
    TooLong(usize),
    /// The reference has more than 40 characters or is not plain.
    #[error("the client reference is not 1 to 40 printable ASCII characters")]
    ClientRef,
    /// A time to live that Nexmo does not take.
    #[error("the time to live is not 20 seconds to 7 days")]
    TimeToLive,
    /// An address for receipts that Nexmo does not take.
    #[error("the callback is not a URL of at most 100 characters")]
    Callback,
    /// The brand is empty, too long, or holds more than letters, digits and blanks.
    #[error("the brand is not 1 to 18 letters, digits and blanks")]
    Brand,
    /// Nexmo draws codes of 4 and of 6 digits only.
    #[error("a code has 4 or 6 digits")]
    CodeLength,
    /// The life of a code.
    #[error("a code lives 60 to 3600 seconds")]
    PinExpiry,
    /// The workflow.
    #[error("a workflow is 1 to 7")]
    Workflow,
    /// The language of the message.
    #[error("a language is like ko-kr")]
    Language,
    /// A typed code that Nexmo never sent.
    #[error("a typed code has 4 to 6 digits")]
    Code,
    /// An id that Nexmo never gave.
    #[error("this is not a request id")]
    RequestId,
    /// Not 1 to 10 ids.
    #[error("a search is for 1 to 10 requests")]
    IdCount,
}

impl InvalidRequest {
    /// A short stable name, for logs and stored attempts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Recipient => "recipient",
            Self::Sender => "sender",
            Self::Empty => "text_empty",
            Self::TooLong(_) => "text_too_long",
            Self::ClientRef => "client_ref",
            Self::TimeToLive => "ttl",
            Self::Callback => "callback",
            Self::Brand => "brand",
            Self::CodeLength => "code_length",
            Self::PinExpiry => "pin_expiry",
            Self::Workflow => "workflow",
            Self::Language => "language",
            Self::Code => "code",
            Self::RequestId => "request_id",
            Self::IdCount => "id_count",
        }
    }

    /// The common class.
    pub fn class(self) -> FailureClass {
        match self {
            Self::Recipient => FailureClass::InvalidNumber,
            Self::Sender => FailureClass::Sender,
            Self::Empty | Self::TooLong(_) | Self::Brand | Self::CodeLength | Self::Language => {
                FailureClass::Content
            }
            Self::ClientRef
            | Self::TimeToLive
            | Self::Callback
            | Self::PinExpiry
            | Self::Workflow
            | Self::Code
            | Self::RequestId
            | Self::IdCount => FailureClass::Other,
        }
    }
}

pub(crate) fn check_recipient(digits: &str) -> Result<(), InvalidRequest> {
    let good = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    good.then_some(()).ok_or(InvalidRequest::Recipient)
}

/// A request id as Nexmo gives it: 32 hexadecimal digits; other letters do no harm.
pub(crate) fn check_request_id(id: &str) -> Result<(), InvalidRequest> {
    is_id(id).then_some(()).ok_or(InvalidRequest::RequestId)
}

/// Whether it has the form of Nexmo's ids, of requests and of events.
pub(crate) fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Whether Nexmo takes it as the address of receipts.
pub(crate) fn is_callback(url: &str) -> bool {
    url.chars().count() <= 100
        && Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
