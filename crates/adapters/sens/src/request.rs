use std::fmt;

use bonin_domain::messages::{FailureClass, Unencodable, euc_kr_len};

/// The most bytes of an SMS in EUC-KR: 45 Hangul (section 11).
pub const SMS_LIMIT: usize = 90;
/// The most bytes of an LMS in EUC-KR.
pub const LMS_LIMIT: usize = 2000;
/// The most bytes of a subject in EUC-KR.
pub const SUBJECT_LIMIT: usize = 40;

const MOST_RECIPIENTS: usize = 100;
const KOREA: u16 = 82;

/// The kind of a message; SENS never picks it by itself, and cuts what is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageType {
    /// Short, at most [`SMS_LIMIT`] bytes, everywhere.
    Sms,
    /// Long, at most [`LMS_LIMIT`] bytes, with a subject if wanted, in Korea only.
    Lms,
}

/// One recipient, with a text or subject of their own if wanted.
#[derive(Clone)]
pub struct Recipient {
    pub(crate) to: String,
    pub(crate) content: Option<String>,
    pub(crate) subject: Option<String>,
}

/// One call's messages (section 4): one text to 1 to 100 recipients, in one country.
///
/// `Debug` shows kind and number of recipients only.
#[derive(Clone)]
pub struct SendRequest {
    pub(crate) kind: MessageType,
    pub(crate) country_code: u16,
    pub(crate) subject: Option<String>,
    pub(crate) content: String,
    pub(crate) recipients: Vec<Recipient>,
}

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
    /// Over [`SUBJECT_LIMIT`].
    #[error("the subject has {bytes} bytes in EUC-KR, over the limit of 40")]
    SubjectTooLong {
        /// Its length.
        bytes: usize,
    },
    /// An SMS has no subject.
    #[error("an SMS has no subject")]
    SubjectOnSms,
    /// An LMS goes to Korean numbers only.
    #[error("an LMS cannot be sent abroad")]
    LmsAbroad,
    /// An emoji, say: SENS would fail the message.
    #[error(transparent)]
    Unencodable(#[from] Unencodable),
    /// A message id that SENS never gave: not 1 to 100 letters, digits, hyphens and underscores.
    #[error("this is not a message id")]
    MessageId,
}

impl InvalidRequest {
    /// A short stable name, for logs and stored attempts.
    pub fn code(self) -> &'static str {
        match self {
            Self::RecipientCount(_) => "recipient_count",
            Self::Recipient(_) => "recipient",
            Self::CountryCode => "country_code",
            Self::Empty => "text_empty",
            Self::TooLong { .. } => "text_too_long",
            Self::SubjectTooLong { .. } => "subject_too_long",
            Self::SubjectOnSms => "subject_on_sms",
            Self::LmsAbroad => "lms_abroad",
            Self::Unencodable(_) => "unencodable",
            Self::MessageId => "message_id",
        }
    }

    /// The common class.
    pub fn class(self) -> FailureClass {
        match self {
            Self::Recipient(_) | Self::CountryCode => FailureClass::InvalidNumber,
            Self::RecipientCount(_) | Self::MessageId => FailureClass::Other,
            Self::Empty
            | Self::TooLong { .. }
            | Self::SubjectTooLong { .. }
            | Self::SubjectOnSms
            | Self::LmsAbroad
            | Self::Unencodable(_) => FailureClass::Content,
        }
    }
}

impl Recipient {
    /// A recipient by national number, digits only: `01012345678` in Korea.
    pub fn new(to: impl Into<String>) -> Self {
        Self { to: to.into(), content: None, subject: None }
    }

    /// A text of their own, in place of the request's.
    #[must_use]
    pub fn content(mut self, content: impl Into<String>) -> Self {
        self.content = Some(content.into());
        self
    }

    /// A subject of their own, in place of the request's.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }
}

impl SendRequest {
    /// Short messages with this text to Korean numbers; recipients follow by [`SendRequest::to`].
    pub fn sms(content: impl Into<String>) -> Self {
        Self::new(MessageType::Sms, content.into())
    }

    /// Long messages with this text.
    pub fn lms(content: impl Into<String>) -> Self {
        Self::new(MessageType::Lms, content.into())
    }

    fn new(kind: MessageType, content: String) -> Self {
        Self { kind, country_code: KOREA, subject: None, content, recipients: Vec::new() }
    }

    /// Sets the subject of an LMS.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Sets the country of all recipients by its calling code; 82 where nothing is said. SENS reaches the
    /// countries of its own list only.
    #[must_use]
    pub fn country_code(mut self, country_code: u16) -> Self {
        self.country_code = country_code;
        self
    }

    /// Adds a recipient.
    #[must_use]
    pub fn to(mut self, recipient: Recipient) -> Self {
        self.recipients.push(recipient);
        self
    }

    /// Checks what SENS would refuse, cut or fail.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        let count = self.recipients.len();
        if !(1..=MOST_RECIPIENTS).contains(&count) {
            return Err(InvalidRequest::RecipientCount(count));
        }
        if !(1..=999).contains(&self.country_code) {
            return Err(InvalidRequest::CountryCode);
        }
        if self.kind == MessageType::Lms && self.country_code != KOREA {
            return Err(InvalidRequest::LmsAbroad);
        }
        self.check_subject(self.subject.as_deref())?;
        self.check_content(&self.content)?;
        for (index, recipient) in self.recipients.iter().enumerate() {
            let digits = recipient.to.as_bytes();
            if !(1..=20).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
                return Err(InvalidRequest::Recipient(index));
            }
            let content = recipient.content.as_deref().unwrap_or(&self.content);
            if content.is_empty() {
                return Err(InvalidRequest::Empty);
            }
            self.check_content(content)?;
            self.check_subject(recipient.subject.as_deref())?;
        }
        Ok(())
    }

    fn check_content(&self, content: &str) -> Result<(), InvalidRequest> {
        let limit = match self.kind {
            MessageType::Sms => SMS_LIMIT,
            MessageType::Lms => LMS_LIMIT,
        };
        let bytes = euc_kr_len(content)?;
        if bytes > limit {
            return Err(InvalidRequest::TooLong { bytes, limit });
        }
        Ok(())
    }

    fn check_subject(&self, subject: Option<&str>) -> Result<(), InvalidRequest> {
        let Some(subject) = subject else {
            return Ok(());
        };
        if self.kind == MessageType::Sms {
            return Err(InvalidRequest::SubjectOnSms);
        }
        let bytes = euc_kr_len(subject)?;
        if bytes > SUBJECT_LIMIT {
            return Err(InvalidRequest::SubjectTooLong { bytes });
        }
        Ok(())
    }
}

impl fmt::Debug for SendRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SendRequest")
            .field("kind", &self.kind)
            .field("recipients", &self.recipients.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn someone() -> Recipient {
        Recipient::new("01012345678")
    }

    #[test]
    fn texts_are_measured_in_euc_kr() {
        let sms = |text: String| SendRequest::sms(text).to(someone()).check();
        assert_eq!(sms("가".repeat(45)), Ok(()));
        assert_eq!(sms("가".repeat(46)), Err(InvalidRequest::TooLong { bytes: 92, limit: 90 }));
        assert_eq!(sms("a".repeat(91)), Err(InvalidRequest::TooLong { bytes: 91, limit: 90 }));
        assert_eq!(sms(String::new()), Err(InvalidRequest::Empty));
        assert_eq!(sms("a😀".into()), Err(InvalidRequest::Unencodable(Unencodable('😀'))));

        let lms = |text: String| SendRequest::lms(text).to(someone()).check();
        assert_eq!(lms("가".repeat(1000)), Ok(()));
        let too_long = InvalidRequest::TooLong { bytes: 2001, limit: 2000 };
        assert_eq!(lms("가".repeat(1000) + "a"), Err(too_long));
    }

    #[test]
    fn subjects_belong_to_long_messages() {
        let lms = |subject: String| SendRequest::lms("a").subject(subject).to(someone()).check();
        assert_eq!(lms("가".repeat(20)), Ok(()));
        assert_eq!(lms("a".repeat(41)), Err(InvalidRequest::SubjectTooLong { bytes: 41 }));
        let own = someone().subject("a".repeat(41));
        let request = SendRequest::lms("a").to(own.clone());
        assert_eq!(request.check(), Err(InvalidRequest::SubjectTooLong { bytes: 41 }));
        assert_eq!(SendRequest::sms("a").to(own).check(), Err(InvalidRequest::SubjectOnSms));
    }

    #[test]
    fn a_text_of_their_own_is_checked_too() {
        let request = SendRequest::sms(" ").to(someone().content("a".repeat(91)));
        assert!(matches!(request.check(), Err(InvalidRequest::TooLong { bytes: 91, .. })));
        let request = SendRequest::sms("").to(someone().content("a"));
        assert_eq!(request.check(), Ok(()));
        assert_eq!(request.to(someone()).check(), Err(InvalidRequest::Empty));
    }

    #[test]
    fn recipients_are_1_to_100_and_digits() {
        let request =
            |count: usize| SendRequest { recipients: vec![someone(); count], ..SendRequest::sms("a") };
        assert_eq!(request(100).check(), Ok(()));
        for count in [0, 101] {
            assert_eq!(request(count).check(), Err(InvalidRequest::RecipientCount(count)));
        }
        for to in ["", "010-1234-5678", "+821012345678", "０１０", &"1".repeat(21)] {
            let request = request(1).to(Recipient::new(to));
            assert_eq!(request.check(), Err(InvalidRequest::Recipient(1)), "{to}");
        }
    }

    #[test]
    fn long_messages_stay_in_korea() {
        let request = SendRequest::lms("a").to(someone()).country_code(1);
        assert_eq!(request.check(), Err(InvalidRequest::LmsAbroad));
        assert_eq!(SendRequest::sms("a").to(someone()).country_code(1).check(), Ok(()));
        let request = SendRequest::sms("a").to(someone()).country_code(0);
        assert_eq!(request.check(), Err(InvalidRequest::CountryCode));
    }

    #[test]
    fn numbers_and_texts_are_not_shown() {
        let request = SendRequest::sms("hush").to(someone());
        let shown = format!("{request:?}");
        assert!(!shown.contains("hush") && !shown.contains("0101"), "{shown}");
    }
}
