use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use bonin_domain::messages::{Image, ImageError, MessageKind, SUBJECT_LIMIT, SenderId, euc_kr_len};
use bonin_domain::{Destinations, PhoneNumber, Region};
use bonin_ports::Clock;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, ToSpan as _};
use unicode_normalization::UnicodeNormalization as _;

/// The country code of numbers that take every kind of message.
const KOREA: u16 = 82;

/// Recipients of one form at the most.
pub const MOST_RECIPIENTS: usize = 200;

/// Entries of a list of recipients that are looked at.
const MOST_ENTRIES: usize = 1_000;

/// Characters that cannot be sent, and wrong numbers, that are named at the most.
const MOST_NAMED: usize = 10;

/// A form as somebody typed it, without its image. `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TypedMessage {
    /// The recipients, parted by commas, semicolons or line breaks.
    pub to: String,
    /// The sender.
    pub from: String,
    /// The subject; empty without one.
    pub subject: String,
    /// The text.
    pub text: String,
    /// When to send it: `YYYY-MM-DDTHH:MM`, Korean time; empty is now.
    pub at: String,
}

impl fmt::Debug for TypedMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TypedMessage(…)")
    }
}

/// A message that can be sent. `Debug` shows its kind alone.
#[derive(Clone)]
pub struct ComposedMessage {
    /// The recipients, each once, 1 to [`MOST_RECIPIENTS`].
    pub to: Vec<PhoneNumber>,
    /// The sender.
    pub from: SenderId,
    /// What it is sent as.
    pub kind: MessageKind,
    /// The subject of a long message.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The image of an MMS.
    pub image: Option<Image>,
    /// When to send it; `None` is now.
    pub scheduled_at: Option<Timestamp>,
}

impl fmt::Debug for ComposedMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ComposedMessage").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormField {
    /// The recipients.
    To,
    /// The sender.
    From,
    /// The subject.
    Subject,
    /// The text.
    Text,
    /// The image.
    Image,
    /// When to send it.
    At,
}

/// A rule that a field breaks. Places count from 1, as people do; no variant holds a number or a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormRule {
    /// There must be something in it.
    Missing,
    /// At these places of the list stands no phone number.
    NotNumbers(Vec<usize>),
    /// At these places of the list stand numbers that are not sent to.
    NotAllowed(Vec<usize>),
    /// At these places of the list stand numbers abroad, which take nothing but short messages.
    Abroad(Vec<usize>),
    /// More than so many.
    TooMany(usize),
    /// Not a sender's number.
    NotASender,
    /// It holds a control character, or a subject a line break.
    ControlCharacter,
    /// Korean text messages do not have these characters.
    Unencodable(Vec<char>),
    /// More bytes than it may have.
    TooLong {
        /// How many it has.
        bytes: usize,
        /// How many it may have.
        limit: usize,
    },
    /// Not an image that can be sent.
    Image(ImageError),
    /// Not a time.
    NotATime,
    /// Not in the future.
    Past,
    /// More than six months ahead.
    TooFar,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormFault {
    /// Where.
    pub field: FormField,
    /// What.
    pub rule: FormRule,
}

/// What a form comes to, also where something in it is wrong yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Phone numbers, each once.
    pub recipients: usize,
    /// Numbers that stand in the list before.
    pub repeated: usize,
    /// Bytes of the text; a character that cannot be sent counts as two.
    pub bytes: usize,
    /// Bytes of the subject.
    pub subject_bytes: usize,
    /// What it is sent as.
    pub kind: MessageKind,
}

/// Makes a message of what somebody typed, or says everything that is wrong with it.
pub struct Compose {
    /// The numbers that are sent to.
    pub destinations: Destinations,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Compose {
    /// Reads the form. The kind follows from it: MMS with an image, else LMS with a subject or a text of more than 90 bytes,
    /// else SMS.
    ///
    /// # Errors
    /// Every fault, in the order of the form.
    pub fn execute(
        &self,
        typed: &TypedMessage,
        image: Option<Vec<u8>>,
    ) -> Result<ComposedMessage, Vec<FormFault>> {
        let mut faults = Vec::new();
        let recipients = self.recipients(&typed.to);
        faults.extend(recipients.rules.iter().map(|rule| fault(FormField::To, rule.clone())));
        let from = sender(&typed.from).map_err(|rule| faults.push(fault(FormField::From, rule)));
        let measure = measured(typed, recipients.counts(), image.is_some());
        let (subject, text) = (subject_of(typed), text_of(typed));
        let limit = measure.kind.text_limit();
        if measure.kind != MessageKind::Sms && !recipients.abroad.is_empty() {
            faults.push(fault(FormField::To, FormRule::Abroad(recipients.abroad.clone())));
        }
        if let Some(subject) = &subject {
            let rules = wording(subject, &[], measure.subject_bytes, SUBJECT_LIMIT);
            faults.extend(rules.into_iter().map(|rule| fault(FormField::Subject, rule)));
        }
        let rules = wording(&text, &['\n'], measure.bytes, limit);
        faults.extend(rules.into_iter().map(|rule| fault(FormField::Text, rule)));
        let image = image.map(Image::parse).transpose();
        let image = image.map_err(|error| faults.push(fault(FormField::Image, FormRule::Image(error))));
        let at = self.moment(&typed.at).map_err(|rule| faults.push(fault(FormField::At, rule)));
        match (from, image, at) {
            (Ok(from), Ok(image), Ok(scheduled_at)) if faults.is_empty() => Ok(ComposedMessage {
                to: recipients.numbers,
                from,
                kind: measure.kind,
                subject,
                text,
                image,
                scheduled_at,
            }),
            _ => Err(faults),
        }
    }

    /// What the form comes to so far.
    pub fn measure(&self, typed: &TypedMessage, has_image: bool) -> Measure {
        measured(typed, self.recipients(&typed.to).counts(), has_image)
    }

    fn recipients(&self, raw: &str) -> Recipients {
        let mut found = Recipients::default();
        let (mut known, mut wrong, mut refused) = (HashSet::new(), Vec::new(), Vec::new());
        let mut entries = entries(raw);
        for (place, entry) in (1..).zip(entries.by_ref().take(MOST_ENTRIES)) {
            let Ok(number) = PhoneNumber::parse(entry, Region::KR) else {
                wrong.push(place);
                continue;
            };
            if self.destinations.judge(&number).is_err() {
                refused.push(place);
            } else if known.insert(number.clone()) {
                if number.country_code() != KOREA && found.abroad.len() < MOST_NAMED {
                    found.abroad.push(place);
                }
                found.numbers.push(number);
            } else {
                found.repeated += 1;
            }
        }
        let named = |mut places: Vec<usize>| {
            places.truncate(MOST_NAMED);
            places
        };
        if found.numbers.len() > MOST_RECIPIENTS || entries.next().is_some() {
            found.rules.push(FormRule::TooMany(MOST_RECIPIENTS));
        }
        if !wrong.is_empty() {
            found.rules.push(FormRule::NotNumbers(named(wrong)));
        }
        if !refused.is_empty() {
            found.rules.push(FormRule::NotAllowed(named(refused)));
        }
        if found.numbers.is_empty() && found.rules.is_empty() {
            found.rules.push(FormRule::Missing);
        }
        found
    }

    fn moment(&self, raw: &str) -> Result<Option<Timestamp>, FormRule> {
        let raw = raw.trim();
        if raw.is_empty() {
            return Ok(None);
        }
        let read = DateTime::strptime("%Y-%m-%dT%H:%M", raw).map_err(|_| FormRule::NotATime)?;
        let korea = TimeZone::fixed(offset(9));
        let at = read.to_zoned(korea.clone()).map_err(|_| FormRule::NotATime)?;
        let now = self.clock.now().to_zoned(korea);
        let furthest = now.checked_add(6.months()).unwrap_or_else(|_| now.clone());
        if at <= now {
            Err(FormRule::Past)
        } else if at > furthest {
            Err(FormRule::TooFar)
        } else {
            Ok(Some(at.timestamp()))
        }
    }
}

#[derive(Default)]
struct Recipients {
    numbers: Vec<PhoneNumber>,
    repeated: usize,
    /// The places of the first numbers abroad.
    abroad: Vec<usize>,
    rules: Vec<FormRule>,
}

impl Recipients {
    fn counts(&self) -> (usize, usize) {
        (self.numbers.len(), self.repeated)
    }
}

/// The entries of a list of recipients, without the blanks around them.
pub fn entries(raw: &str) -> impl Iterator<Item = &str> {
    let parts = raw.split([',', ';', '\n', '\r', '，', '；', '、']);
    parts.map(str::trim).filter(|entry| !entry.is_empty())
}

fn fault(field: FormField, rule: FormRule) -> FormFault {
    FormFault { field, rule }
}

/// A registered sender is a number here; names are for other countries.
fn sender(raw: &str) -> Result<SenderId, FormRule> {
    if raw.trim().is_empty() {
        return Err(FormRule::Missing);
    }
    let sender = SenderId::parse(raw).map_err(|_| FormRule::NotASender)?;
    if sender.is_number() { Ok(sender) } else { Err(FormRule::NotASender) }
}

/// Composed characters, as the carriers' encoding has them; forms send line breaks as two characters.
fn text_of(typed: &TypedMessage) -> String {
    typed.text.replace("\r\n", "\n").replace('\r', "\n").nfc().collect()
}

fn subject_of(typed: &TypedMessage) -> Option<String> {
    let subject: String = typed.subject.trim().nfc().collect();
    Some(subject).filter(|subject| !subject.is_empty())
}

fn measured(typed: &TypedMessage, (recipients, repeated): (usize, usize), has_image: bool) -> Measure {
    let (subject, bytes) = (subject_of(typed), width(&text_of(typed)));
    let kind = if has_image {
        MessageKind::Mms
    } else if subject.is_some() || bytes > MessageKind::Sms.text_limit() {
        MessageKind::Lms
    } else {
        MessageKind::Sms
    };
    Measure { recipients, repeated, bytes, subject_bytes: subject.as_deref().map_or(0, width), kind }
}

/// Bytes as carriers count them; what their encoding lacks counts as two, as everything but ASCII does.
fn width(text: &str) -> usize {
    text.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum()
}

/// The rules that a text or a subject breaks.
fn wording(text: &str, allowed: &[char], bytes: usize, limit: usize) -> Vec<FormRule> {
    let mut rules = Vec::new();
    if text.trim().is_empty() {
        rules.push(FormRule::Missing);
    }
    if text.chars().any(|character| character.is_control() && !allowed.contains(&character)) {
        rules.push(FormRule::ControlCharacter);
    }
    let lacking = unencodable(text);
    if !lacking.is_empty() {
        rules.push(FormRule::Unencodable(lacking));
    }
    if bytes > limit {
        rules.push(FormRule::TooLong { bytes, limit });
    }
    rules
}

/// The first characters that the carriers' encoding lacks, each once.
fn unencodable(text: &str) -> Vec<char> {
    let mut lacking = Vec::new();
    for character in text.chars().filter(|character| !character.is_control()) {
        if lacking.len() < MOST_NAMED
            && !lacking.contains(&character)
            && euc_kr_len(character.encode_utf8(&mut [0; 4])).is_err()
        {
            lacking.push(character);
        }
    }
    lacking
}
