use std::fmt;

use bonin_domain::messages::{FailureClass, MessageKind, SUBJECT_LIMIT, Unencodable, euc_kr_len};
use jiff::Timestamp;

/// The most messages of one call (section 5).
pub const MOST_MESSAGES: usize = 10_000;

const KOREA: u16 = 82;
const FIELD_KEY_LIMIT: usize = 30;
const FIELD_VALUE_LIMIT: usize = 100;

/// One message (section 4). `Debug` shows its kind only.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingMessage {
    pub(crate) kind: MessageKind,
    pub(crate) from: String,
    pub(crate) country_code: u16,
    pub(crate) to: String,
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
    pub(crate) image_id: Option<String>,
    pub(crate) custom_fields: Vec<(String, String)>,
}

/// Many messages in one call (section 5). `Debug` shows how many.
#[derive(Clone)]
pub struct SendMany {
    pub(crate) messages: Vec<OutgoingMessage>,
    pub(crate) scheduled_at: Option<Timestamp>,
    pub(crate) allow_duplicates: bool,
}

/// Why a request was not sent at all. It never holds a number or the text, at most one character of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// Not 1 to [`MOST_MESSAGES`].
    #[error("a call has 1 to 10000 messages, not {0}")]
    Count(usize),
    /// The recipient is not 1 to 20 digits.
    #[error("the recipient is not made of digits alone")]
    Recipient,
    /// A country code that does not exist.
    #[error("the country code has 1 to 3 digits")]
    CountryCode,
    /// The sender is not a number.
    #[error("the sender is not made of digits alone")]
    Sender,
    /// No text.
    #[error("the text is empty")]
    Empty,
    /// It would be refused with 1031.
    #[error("the text has {bytes} bytes in EUC-KR, over the limit of {limit}")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// What its kind may have.
        limit: usize,
    },
    /// Over 40 bytes.
    #[error("the subject has {bytes} bytes in EUC-KR, over the limit of 40")]
    SubjectTooLong {
        /// Its length.
        bytes: usize,
    },
    /// An SMS has no subject.
    #[error("an SMS has no subject")]
    SubjectOnSms,
    /// An MMS has one image, other kinds have none.
    #[error("an MMS has one image, other kinds have none")]
    Images,
    /// Long messages go to Korean numbers only.
    #[error("only an SMS can be sent abroad")]
    LongAbroad,
    /// An emoji, say: it would be refused with 1029.
    #[error(transparent)]
    Unencodable(#[from] Unencodable),
    /// A moment that is over: the provider would send at once.
    #[error("messages cannot be scheduled for a past moment")]
    Past,
    /// Messages of one call share their image.
    #[error("the messages of one call differ in their images")]
    Different,
    /// A custom field's key has over 30 or its value over 100 characters.
    #[error("a custom field is too long")]
    CustomField,
    /// The whole body is over what one call takes (section 5.3).
    #[error("the messages of one call are over 15 MB together")]
    BodyTooLarge,
    /// An id that the provider never gave: not 1 to 64 letters and digits.
    #[error("this is not an id")]
    Id,
    /// A webhook's address that is no HTTP URL.
    #[error("the address is not a URL")]
    Url,
}

impl InvalidRequest {
    /// A short stable name, for logs and stored attempts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Count(_) => "message_count",
            Self::Recipient => "recipient",
            Self::CountryCode => "country_code",
            Self::Sender => "sender",
            Self::Empty => "text_empty",
            Self::TooLong { .. } => "text_too_long",
            Self::SubjectTooLong { .. } => "subject_too_long",
            Self::SubjectOnSms => "subject_on_sms",
            Self::Images => "images",
            Self::LongAbroad => "long_abroad",
            Self::Unencodable(_) => "unencodable",
            Self::Past => "schedule_past",
            Self::Different => "different",
            Self::CustomField => "custom_field",
            Self::BodyTooLarge => "body_too_large",
            Self::Id => "id",
            Self::Url => "url",
        }
    }

    /// The common class.
    pub fn class(self) -> FailureClass {
        match self {
            Self::Recipient | Self::CountryCode => FailureClass::InvalidNumber,
            Self::Sender => FailureClass::Sender,
            Self::Count(_)
            | Self::Past
            | Self::Different
            | Self::CustomField
            | Self::BodyTooLarge
            | Self::Id
            | Self::Url => FailureClass::Other,
            Self::Empty
            | Self::TooLong { .. }
            | Self::SubjectTooLong { .. }
            | Self::SubjectOnSms
            | Self::Images
            | Self::LongAbroad
            | Self::Unencodable(_) => FailureClass::Content,
        }
    }
}

impl OutgoingMessage {
    /// A short message from a registered number to a national number, both digits only: `01012345678` in Korea.
    pub fn sms(from: impl Into<String>, to: impl Into<String>, text: impl Into<String>) -> Self {
        Self::of(MessageKind::Sms, from, to, text)
    }

    /// A message of this kind. The provider is told the kind, so it never makes a dearer one of it.
    pub fn of(
        kind: MessageKind,
        from: impl Into<String>,
        to: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            from: from.into(),
            country_code: KOREA,
            to: to.into(),
            subject: None,
            text: text.into(),
            image_id: None,
            custom_fields: Vec::new(),
        }
    }

    /// Sets the recipient's country by its calling code; 82 where nothing is said.
    #[must_use]
    pub fn country_code(mut self, country_code: u16) -> Self {
        self.country_code = country_code;
        self
    }

    /// Sets the subject of a long message.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Sets the picture of an MMS, as [`crate::CoolsmsClient::upload`] named it.
    #[must_use]
    pub fn image(mut self, image_id: impl Into<String>) -> Self {
        self.image_id = Some(image_id.into());
        self
    }

    /// Adds a field that comes back in answers, lists and webhooks. The provider stores it in clear.
    #[must_use]
    pub fn custom_field(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.custom_fields.push((key.into(), value.into()));
        self
    }

    /// Checks what would be refused.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        if !is_digits(&self.to) {
            return Err(InvalidRequest::Recipient);
        }
        if !is_digits(&self.from) {
            return Err(InvalidRequest::Sender);
        }
        if !(1..=999).contains(&self.country_code) {
            return Err(InvalidRequest::CountryCode);
        }
        if self.kind != MessageKind::Sms && self.country_code != KOREA {
            return Err(InvalidRequest::LongAbroad);
        }
        if self.text.is_empty() {
            return Err(InvalidRequest::Empty);
        }
        let (bytes, limit) = (euc_kr_len(&self.text)?, self.kind.text_limit());
        if bytes > limit {
            return Err(InvalidRequest::TooLong { bytes, limit });
        }
        if let Some(subject) = &self.subject {
            if self.kind == MessageKind::Sms {
                return Err(InvalidRequest::SubjectOnSms);
            }
            let bytes = euc_kr_len(subject)?;
            if bytes > SUBJECT_LIMIT {
                return Err(InvalidRequest::SubjectTooLong { bytes });
            }
        }
        if self.image_id.is_some() != (self.kind == MessageKind::Mms) {
            return Err(InvalidRequest::Images);
        }
        let fits = |text: &str, limit| (1..=limit).contains(&text.chars().count());
        let field_fits =
            |(key, value): &(String, String)| fits(key, FIELD_KEY_LIMIT) && fits(value, FIELD_VALUE_LIMIT);
        if !self.custom_fields.iter().all(field_fits) {
            return Err(InvalidRequest::CustomField);
        }
        Ok(())
    }
}

impl SendMany {
    /// These messages, sent at once. The same recipient twice is refused with 1026 unless
    /// [`SendMany::allow_duplicates`].
    pub fn new(messages: Vec<OutgoingMessage>) -> Self {
        Self { messages, scheduled_at: None, allow_duplicates: false }
    }

    /// Sends them later, at most 6 months from now. A past moment is refused here: the provider is said to send
    /// such messages at once (section 5.4).
    #[must_use]
    pub fn scheduled_at(mut self, moment: Timestamp) -> Self {
        self.scheduled_at = Some(moment);
        self
    }

    /// Takes the same recipient more than once.
    #[must_use]
    pub fn allow_duplicates(mut self) -> Self {
        self.allow_duplicates = true;
        self
    }

    pub(crate) fn check(&self, now: Timestamp) -> Result<(), InvalidRequest> {
        check_count(self.messages.len())?;
        if self.scheduled_at.is_some_and(|moment| moment <= now) {
            return Err(InvalidRequest::Past);
        }
        self.messages.iter().try_for_each(OutgoingMessage::check)
    }
}

pub(crate) fn check_count(count: usize) -> Result<(), InvalidRequest> {
    if (1..=MOST_MESSAGES).contains(&count) { Ok(()) } else { Err(InvalidRequest::Count(count)) }
}

/// An id goes into a path, so it is nothing but letters and digits.
pub(crate) fn check_id(id: &str) -> Result<(), InvalidRequest> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if (1..=64).contains(&id.len()) && id.bytes().all(allowed) { Ok(()) } else { Err(InvalidRequest::Id) }
}

fn is_digits(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Debug for OutgoingMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OutgoingMessage").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Debug for SendMany {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SendMany")
            .field("messages", &self.messages.len())
            .field("scheduled_at", &self.scheduled_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: MessageKind, text: &str) -> OutgoingMessage {
        OutgoingMessage::of(kind, "0255550102", "01012345678", text)
    }

    #[test]
    fn texts_are_measured_in_euc_kr() {
        use MessageKind::{Lms, Sms};
        for (kind, text, expected) in [
            (Sms, "가".repeat(45), Ok(())),
            (Sms, "가".repeat(46), Err(InvalidRequest::TooLong { bytes: 92, limit: 90 })),
            (Lms, "가".repeat(1000), Ok(())),
            (Lms, "가".repeat(1000) + "a", Err(InvalidRequest::TooLong { bytes: 2001, limit: 2000 })),
            (Sms, String::new(), Err(InvalidRequest::Empty)),
            (Sms, "😀".into(), Err(InvalidRequest::Unencodable(Unencodable('😀')))),
        ] {
            assert_eq!(of(kind, &text).check(), expected);
        }
    }

    #[test]
    fn subjects_and_images_belong_to_their_kinds() {
        use MessageKind::{Lms, Mms, Sms};
        assert_eq!(of(Lms, "a").subject("가".repeat(20)).check(), Ok(()));
        let long = of(Lms, "a").subject("a".repeat(41)).check();
        assert_eq!(long, Err(InvalidRequest::SubjectTooLong { bytes: 41 }));
        assert_eq!(of(Sms, "a").subject("a").check(), Err(InvalidRequest::SubjectOnSms));
        assert_eq!(of(Mms, "a").image("ST01").subject("a").check(), Ok(()));
        assert_eq!(of(Mms, "a").check(), Err(InvalidRequest::Images));
        assert_eq!(of(Lms, "a").image("ST01").check(), Err(InvalidRequest::Images));
    }

    #[test]
    fn numbers_are_digits_and_only_short_messages_go_abroad() {
        let sms = |from: &str, to: &str| OutgoingMessage::sms(from, to, "a").check();
        for bad in ["", "010-1234-5678", "+821012345678", "０１０", &"1".repeat(21)] {
            assert_eq!(sms("02", bad), Err(InvalidRequest::Recipient), "{bad}");
            assert_eq!(sms(bad, "010"), Err(InvalidRequest::Sender), "{bad}");
        }
        assert_eq!(of(MessageKind::Sms, "a").country_code(1).check(), Ok(()));
        assert_eq!(of(MessageKind::Sms, "a").country_code(0).check(), Err(InvalidRequest::CountryCode));
        assert_eq!(of(MessageKind::Lms, "a").country_code(1).check(), Err(InvalidRequest::LongAbroad));
    }

    #[test]
    fn custom_fields_and_calls_have_limits() {
        let field = |key: usize, value: usize| {
            of(MessageKind::Sms, "a").custom_field("k".repeat(key), "v".repeat(value)).check()
        };
        assert_eq!(field(30, 100), Ok(()));
        assert_eq!(field(31, 1), Err(InvalidRequest::CustomField));
        assert_eq!(field(1, 101), Err(InvalidRequest::CustomField));
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let many = |count| SendMany::new(vec![of(MessageKind::Sms, "a"); count]).check(now);
        assert_eq!(many(MOST_MESSAGES), Ok(()));
        assert_eq!(many(0), Err(InvalidRequest::Count(0)));
        assert_eq!(many(MOST_MESSAGES + 1), Err(InvalidRequest::Count(10_001)));
        let at = |moment| SendMany::new(vec![of(MessageKind::Sms, "a")]).scheduled_at(moment).check(now);
        assert_eq!(at(now), Err(InvalidRequest::Past));
        assert_eq!(at("2026-01-02T03:04:06Z".parse().unwrap()), Ok(()));
        assert_eq!(check_id("G4V20261121000000ABCDEFGHIJKLMNO"), Ok(()));
        for bad in ["", "a/b", "..", "a b", &"a".repeat(65)] {
            assert_eq!(check_id(bad), Err(InvalidRequest::Id), "{bad}");
        }
    }

    #[test]
    fn numbers_and_texts_are_not_shown() {
        let message = of(MessageKind::Sms, "hush");
        let shown = format!("{message:?} {:?}", SendMany::new(vec![message.clone()]));
        assert!(!shown.contains("hush") && !shown.contains("0101") && !shown.contains("0255"), "{shown}");
    }
}
