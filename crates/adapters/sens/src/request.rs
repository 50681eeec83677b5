use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::time::{SEOUL, SEOUL_NAME};

/// The most bytes of an SMS in EUC-KR: 45 Hangul (section 11).
pub const SMS_LIMIT: usize = 90;
/// The most bytes of an LMS in EUC-KR.
pub const LMS_LIMIT: usize = 2000;
/// The most bytes of a subject in EUC-KR.
pub const SUBJECT_LIMIT: usize = 40;

pub(crate) const MOST_RECIPIENTS: usize = 100;
pub(crate) const KOREA: u16 = 82;

/// The kind of a message; SENS never picks it by itself, and cuts what is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageType {
    /// Short, at most [`SMS_LIMIT`] bytes, everywhere.
    Sms,
    /// Long, at most [`LMS_LIMIT`] bytes, with a subject if wanted, in Korea only.
    Lms,
    /// As [`MessageType::Lms`], with images.
    Mms,
}

impl MessageType {
    /// The most bytes of a text in EUC-KR.
    pub fn text_limit(self) -> usize {
        match self {
            Self::Sms => SMS_LIMIT,
            Self::Lms | Self::Mms => LMS_LIMIT,
        }
    }
}

/// When a message goes: a time of day somewhere, to the minute.
#[derive(Clone, Debug)]
pub(crate) struct ReserveTime {
    pub(crate) time: DateTime,
    pub(crate) zone: String,
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
    pub(crate) advertising: bool,
    pub(crate) from: Option<String>,
    pub(crate) country_code: u16,
    pub(crate) subject: Option<String>,
    pub(crate) content: String,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) files: Vec<String>,
    pub(crate) reserve: Option<ReserveTime>,
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

    /// Long messages with this text and images, which follow by [`SendRequest::file`].
    pub fn mms(content: impl Into<String>) -> Self {
        Self::new(MessageType::Mms, content.into())
    }

    pub(crate) fn new(kind: MessageType, content: String) -> Self {
        Self {
            kind,
            advertising: false,
            from: None,
            country_code: KOREA,
            subject: None,
            content,
            recipients: Vec::new(),
            files: Vec::new(),
            reserve: None,
        }
    }

    /// Sets the sender, one of the configured numbers; the first of them where nothing is said.
    #[must_use]
    pub fn from(mut self, digits: impl Into<String>) -> Self {
        self.from = Some(digits.into());
        self
    }

    /// Sets the subject of an LMS or MMS.
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

    /// Adds an image to an MMS: the id that [`crate::SensClient::upload_file`] gave.
    #[must_use]
    pub fn file(mut self, file_id: impl Into<String>) -> Self {
        self.files.push(file_id.into());
        self
    }

    /// Marks the messages as advertising (`AD`): the project needs an 080 number to opt out by, and numbers
    /// that did are failed by SENS. The wording that the law asks for is the caller's.
    #[must_use]
    pub fn advertising(mut self) -> Self {
        self.advertising = true;
        self
    }

    /// Sends at this moment, parts of a minute cut, instead of at once. SENS wants at least 10 minutes; the
    /// receipt's request id is the id of the reservation.
    #[must_use]
    pub fn reserve_at(self, moment: Timestamp) -> Self {
        self.reserve_local(SEOUL.to_datetime(moment), SEOUL_NAME)
    }

    /// As [`SendRequest::reserve_at`], for a time of day in this zone of the TZ database, such as `Asia/Tokyo`.
    #[must_use]
    pub fn reserve_local(mut self, time: DateTime, zone: impl Into<String>) -> Self {
        self.reserve = Some(ReserveTime { time, zone: zone.into() });
        self
    }

    /// Adds a recipient.
    #[must_use]
    pub fn to(mut self, recipient: Recipient) -> Self {
        self.recipients.push(recipient);
        self
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

    #[test]
    fn numbers_and_texts_are_not_shown() {
        let request = SendRequest::sms("hush").to(Recipient::new("01012345678"));
        let shown = format!("{request:?}");
        assert!(!shown.contains("hush") && !shown.contains("0101"), "{shown}");
    }
}
