use std::fmt;

use bonin_domain::PhoneNumber;
use bonin_domain::messages::{MessageKind, SenderId, euc_kr_len};
use jiff::{SignedDuration, Timestamp};

use crate::invalid::InvalidRequest;
use crate::numbers;

/// The most recipients of one call; more is code `-110`.
pub const MOST_RECIPIENTS: usize = 1_000;
/// The most bytes of a subject in EUC-KR, by the table of codes; the vendor's form speaks of 30 Hangul.
pub const SUBJECT_LIMIT: usize = 50;

/// What is replaced in a text by each recipient's name.
const NAME: &str = "{name}";
const RESERVE_AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// One call's messages (section 4): one text to 1 to 1,000 Korean numbers.
///
/// `Debug` shows kind and number of recipients only.
#[derive(Clone)]
pub struct SendRequest {
    pub(crate) kind: MessageKind,
    pub(crate) from: Option<SenderId>,
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) reserved_for: Option<Timestamp>,
    pub(crate) repeat: Option<Repeat>,
    pub(crate) is_test: bool,
}

#[derive(Clone)]
pub(crate) struct Recipient {
    pub(crate) to: PhoneNumber,
    pub(crate) name: Option<String>,
}

/// Sends a message again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// How often, 1 to 10 times.
    pub times: u8,
    /// Minutes between two, at least 15.
    pub every_minutes: u16,
}

impl SendRequest {
    /// Short messages with this text, at most 90 bytes in EUC-KR; recipients follow by [`SendRequest::to`].
    pub fn sms(text: impl Into<String>) -> Self {
        Self::new(MessageKind::Sms, text.into())
    }

    /// Long messages with this text, at most 2,000 bytes in EUC-KR; they cost three credits each.
    pub fn lms(text: impl Into<String>) -> Self {
        Self::new(MessageKind::Lms, text.into())
    }

    pub(crate) fn new(kind: MessageKind, text: String) -> Self {
        Self {
            kind,
            from: None,
            subject: None,
            text,
            recipients: Vec::new(),
            reserved_for: None,
            repeat: None,
            is_test: false,
        }
    }

    /// Adds a recipient.
    #[must_use]
    pub fn to(mut self, number: PhoneNumber) -> Self {
        self.recipients.push(Recipient { to: number, name: None });
        self
    }

    /// Adds a recipient whose name Cafe24 puts in the place of `{name}` in the text.
    #[must_use]
    pub fn to_named(mut self, number: PhoneNumber, name: impl Into<String>) -> Self {
        self.recipients.push(Recipient { to: number, name: Some(name.into()) });
        self
    }

    /// Sends from this one of the configured senders instead of the first.
    #[must_use]
    pub fn from(mut self, sender: SenderId) -> Self {
        self.from = Some(sender);
        self
    }

    /// Sets the subject of an LMS.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Has Cafe24 keep the messages until `moment`, whole seconds of it, at least 10 minutes ahead.
    #[must_use]
    pub fn reserve(mut self, moment: Timestamp) -> Self {
        self.reserved_for = Some(moment);
        self
    }

    /// Has Cafe24 send them repeatedly.
    #[must_use]
    pub fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = Some(repeat);
        self
    }

    /// Makes it a test: checked, but neither sent nor charged.
    #[must_use]
    pub fn test(mut self) -> Self {
        self.is_test = true;
        self
    }

    /// Checks what Cafe24 would refuse or mutilate; `now` is what reservations are compared with.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self, now: Timestamp) -> Result<(), InvalidRequest> {
        if self.kind == MessageKind::Mms {
            return Err(InvalidRequest::Mms);
        }
        let count = self.recipients.len();
        if !(1..=MOST_RECIPIENTS).contains(&count) {
            return Err(InvalidRequest::RecipientCount(count));
        }
        if let Some(place) =
            self.recipients.iter().position(|recipient| numbers::hyphenated(&recipient.to).is_none())
        {
            return Err(InvalidRequest::Recipient(place));
        }
        self.check_text()?;
        self.check_subject()?;
        // Parts of a second do not travel, so they do not count.
        let whole = |moment: Timestamp| Timestamp::from_second(moment.as_second()).unwrap_or(moment);
        if self.reserved_for.is_some_and(|moment| whole(moment).duration_since(now) < RESERVE_AHEAD) {
            return Err(InvalidRequest::TooSoon);
        }
        let odd = |repeat: Repeat| !(1..=10).contains(&repeat.times) || repeat.every_minutes < 15;
        if self.repeat.is_some_and(odd) {
            return Err(InvalidRequest::Repeat);
        }
        Ok(())
    }

    fn check_text(&self) -> Result<(), InvalidRequest> {
        if self.text.is_empty() {
            return Err(InvalidRequest::Empty);
        }
        let bytes = euc_kr_len(&self.text)?;
        let with_name = self.recipients.iter().filter(|recipient| recipient.name.is_some()).count();
        if with_name == 0 {
            return self.check_length(bytes);
        }
        if with_name != self.recipients.len() {
            return Err(InvalidRequest::SomeNames);
        }
        let places = self.text.matches(NAME).count();
        let names = self.recipients.iter().filter_map(|recipient| recipient.name.as_deref());
        for (index, name) in names.enumerate() {
            if name.is_empty() || name.contains(['|', ',']) {
                return Err(InvalidRequest::Name(index));
            }
            self.check_length(bytes - places * NAME.len() + places * euc_kr_len(name)?)?;
        }
        Ok(())
    }

    fn check_length(&self, bytes: usize) -> Result<(), InvalidRequest> {
        let limit = self.kind.text_limit();
        if bytes > limit { Err(InvalidRequest::TooLong { bytes, limit }) } else { Ok(()) }
    }

    fn check_subject(&self) -> Result<(), InvalidRequest> {
        let Some(subject) = &self.subject else {
            return Ok(());
        };
        if self.kind == MessageKind::Sms {
            return Err(InvalidRequest::SubjectOnSms);
        }
        let bytes = euc_kr_len(subject)?;
        if bytes > SUBJECT_LIMIT { Err(InvalidRequest::SubjectTooLong { bytes }) } else { Ok(()) }
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
    use bonin_domain::Region;
    use bonin_domain::messages::Unencodable;

    use super::*;

    fn someone() -> PhoneNumber {
        PhoneNumber::parse("010-1234-5678", Region::KR).unwrap()
    }

    fn checked(request: &SendRequest) -> Result<(), InvalidRequest> {
        request.check("2026-01-02T03:04:05Z".parse().unwrap())
    }

    #[test]
    fn texts_are_measured_in_euc_kr() {
        let sms = |text: String| checked(&SendRequest::sms(text).to(someone()));
        assert_eq!(sms("가".repeat(45)), Ok(()));
        assert_eq!(sms("가".repeat(46)), Err(InvalidRequest::TooLong { bytes: 92, limit: 90 }));
        assert_eq!(sms("a".repeat(91)), Err(InvalidRequest::TooLong { bytes: 91, limit: 90 }));
        assert_eq!(sms(String::new()), Err(InvalidRequest::Empty));
        assert_eq!(sms("a😀".into()), Err(InvalidRequest::Unencodable(Unencodable('😀'))));
        // Cafe24 itself refuses it with -202; which others of CP949 it refuses nobody knows.
        assert_eq!(sms("됬".into()), Ok(()));

        let lms = |text: String| checked(&SendRequest::lms(text).to(someone()));
        assert_eq!(lms("가".repeat(1000)), Ok(()));
        let too_long = InvalidRequest::TooLong { bytes: 2001, limit: 2000 };
        assert_eq!(lms("가".repeat(1000) + "a"), Err(too_long));
    }

    #[test]
    fn subjects_belong_to_long_messages() {
        let lms = |subject: String| checked(&SendRequest::lms("a").subject(subject).to(someone()));
        assert_eq!(lms("가".repeat(25)), Ok(()));
        assert_eq!(lms("a".repeat(51)), Err(InvalidRequest::SubjectTooLong { bytes: 51 }));
        assert_eq!(lms("—".into()), Err(InvalidRequest::Unencodable(Unencodable('—'))));
        let sms = SendRequest::sms("a").subject("b").to(someone());
        assert_eq!(checked(&sms), Err(InvalidRequest::SubjectOnSms));
    }

    #[test]
    fn recipients_are_1_to_1000_and_korean() {
        let many = |count: usize| SendRequest {
            recipients: vec![Recipient { to: someone(), name: None }; count],
            ..SendRequest::sms("a")
        };
        assert_eq!(checked(&many(1000)), Ok(()));
        for count in [0, 1001] {
            assert_eq!(checked(&many(count)), Err(InvalidRequest::RecipientCount(count)));
        }
        let abroad = PhoneNumber::parse("+1 650 253 0000", Region::KR).unwrap();
        assert_eq!(checked(&many(1).to(abroad)), Err(InvalidRequest::Recipient(1)));
        let mms = SendRequest::new(MessageKind::Mms, "a".into()).to(someone());
        assert_eq!(checked(&mms), Err(InvalidRequest::Mms));
    }

    #[test]
    fn each_merged_text_is_measured() {
        let merged = |text: &str, name: &str| checked(&SendRequest::sms(text).to_named(someone(), name));
        let text = format!("{}{{name}}", "가".repeat(40));
        assert_eq!(merged(&text, "다섯글자임"), Ok(()));
        assert_eq!(merged(&text, "여섯글자이름"), Err(InvalidRequest::TooLong { bytes: 92, limit: 90 }));
        assert_eq!(merged("{name}, {name}", &"가".repeat(22)), Ok(()));
        assert_eq!(
            merged("{name}, {name}", &"가".repeat(23)),
            Err(InvalidRequest::TooLong { bytes: 94, limit: 90 })
        );
        for name in ["", "a|b", "a,b"] {
            assert_eq!(merged("{name}", name), Err(InvalidRequest::Name(0)), "{name}");
        }
        assert_eq!(merged("{name}", "😀"), Err(InvalidRequest::Unencodable(Unencodable('😀'))));
        let mixed = SendRequest::sms("a").to(someone()).to_named(someone(), "홍길동");
        assert_eq!(checked(&mixed), Err(InvalidRequest::SomeNames));
    }

    #[test]
    fn reservations_are_ten_minutes_ahead_and_repeats_a_quarter_of_an_hour_apart() {
        let at = |raw: &str| checked(&SendRequest::sms("a").to(someone()).reserve(raw.parse().unwrap()));
        assert_eq!(at("2026-01-02T03:14:05Z"), Ok(()));
        assert_eq!(at("2026-01-02T03:14:04Z"), Err(InvalidRequest::TooSoon));
        let within_a_second = SendRequest::sms("a")
            .to(someone())
            .reserve("2026-01-02T03:14:05.9Z".parse().unwrap())
            .check("2026-01-02T03:04:05.5Z".parse().unwrap());
        assert_eq!(within_a_second, Err(InvalidRequest::TooSoon));
        let repeat = |times, every_minutes| {
            checked(&SendRequest::sms("a").to(someone()).repeat(Repeat { times, every_minutes }))
        };
        assert_eq!(repeat(1, 15), Ok(()));
        assert_eq!(repeat(10, 15), Ok(()));
        for (times, minutes) in [(0, 15), (11, 15), (1, 14)] {
            assert_eq!(repeat(times, minutes), Err(InvalidRequest::Repeat));
        }
    }

    #[test]
    fn numbers_and_texts_are_not_shown() {
        let shown = format!("{:?}", SendRequest::sms("hush").subject("quiet").to_named(someone(), "홍길동"));
        for hidden in ["hush", "quiet", "홍길동", "5678"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}
