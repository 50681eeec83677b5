//! Which messages may be sent at all. Everything is judged before anything is stored, and every fault is named.

use std::collections::HashMap;
use std::sync::Arc;

use bonin_domain::messages::{
    Image, MessageKind, ProviderName, SUBJECT_LIMIT, SenderId, Unencodable, euc_kr_len,
};
use bonin_domain::{Destinations, PhoneNumber, TenantId};
use bonin_ports::Message;
use jiff::{SignedDuration, Timestamp};

use crate::dispatch::{Carrier, Errand, Router, Waiting};
use crate::messages::IdempotentSend;
use crate::messages::faults::{Fault, Faults, Place, Rule};

/// Recipients of one call at the most.
pub const MOST_RECIPIENTS: usize = 1_000;

/// How far ahead a message can be reserved: six months.
const FURTHEST: SignedDuration = SignedDuration::from_hours(184 * 24);

/// The country calling code of Korea, whose carriers count and encode in their own way.
const KOREA: u16 = 82;

/// Messages that a caller asks for.
pub struct SendRequest {
    /// Whose they become.
    pub tenant: TenantId,
    /// Who gets one.
    pub recipients: Vec<Recipient>,
    /// The text of those that have none of their own.
    pub text: Option<String>,
    /// The subject of those that have none of their own.
    pub subject: Option<String>,
    /// The sender; `None` is the provider's default.
    pub from: Option<SenderId>,
    /// Their kind.
    pub kind: AskedKind,
    /// The images of all of them.
    pub images: Vec<Image>,
    /// When to send them; `None` is now.
    pub scheduled_at: Option<Timestamp>,
    /// The one provider that is to carry them.
    pub provider: Option<ProviderName>,
    /// The key under which the answer is repeated.
    pub idempotency: Option<IdempotentSend>,
}

/// One recipient.
pub struct Recipient {
    /// The number.
    pub to: PhoneNumber,
    /// A text of its own.
    pub text: Option<String>,
    /// A subject of its own.
    pub subject: Option<String>,
}

/// The kind that a caller asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedKind {
    /// This one.
    Exactly(MessageKind),
    /// Whatever each message needs: MMS with an image, else LMS with a subject or a text too long for SMS, else
    /// SMS.
    Auto,
}

/// What messages are judged by.
pub(super) struct Judge<'a> {
    pub destinations: &'a Destinations,
    pub router: &'a Router,
    pub now: Timestamp,
}

impl Judge<'_> {
    /// The messages, one a recipient in their order, or everything that is wrong.
    pub(super) fn judge(&self, request: &SendRequest) -> Result<Vec<Waiting>, Vec<Fault>> {
        let mut faults = Faults::default();
        judge_count(request, &mut faults);
        judge_images(request, &mut faults);
        self.judge_time(request, &mut faults);
        self.judge_route(request, &mut faults);
        let whole = faults.noted();
        let shared_text: Option<Arc<str>> = request.text.as_deref().map(Arc::from);
        let mut places = HashMap::new();
        let mut messages = Vec::with_capacity(request.recipients.len());
        for (place, recipient) in request.recipients.iter().enumerate().take(MOST_RECIPIENTS) {
            let before = faults.noted();
            if let Err(refusal) = self.destinations.judge(&recipient.to) {
                let rule = Rule::of(refusal, recipient.to.line_type());
                faults.add(Place::Recipient(place), rule);
            }
            if places.insert(&recipient.to, place).is_some() {
                faults.add(Place::Recipient(place), Rule::Repeated);
            }
            let Some(message) = content(request, place, recipient, shared_text.as_ref(), &mut faults) else {
                continue;
            };
            let errand = Errand::Group(request.provider.clone());
            let waiting = Waiting { message, errand, avoid: Vec::new() };
            // What is wrong by itself, or as a whole, is not looked for a way as well.
            if whole == 0 && before == faults.noted() && !self.router.can_carry(&request.tenant, &waiting) {
                match request.provider {
                    Some(_) => faults.add(Place::Provider, Rule::ProviderUnable),
                    None => faults.add(Place::Recipient(place), Rule::NoRoute),
                }
            }
            messages.push(waiting);
        }
        faults.none_or_all().map(|()| messages)
    }

    fn judge_time(&self, request: &SendRequest, faults: &mut Faults) {
        let Some(at) = request.scheduled_at else { return };
        let ahead = at.duration_since(self.now);
        if !ahead.is_positive() {
            faults.add(Place::ScheduledAt, Rule::Past);
        } else if ahead > FURTHEST {
            faults.add(Place::ScheduledAt, Rule::TooFar);
        }
    }

    /// Senders come from the configured lists only (security 19).
    fn judge_route(&self, request: &SendRequest, faults: &mut Faults) {
        if let Some(from) = &request.from {
            let registered = self.router.providers().iter().any(|provider| match &provider.carrier {
                Carrier::Sender(sender) => sender.abilities().senders.contains(from),
                Carrier::Verify(_) => false,
            });
            if !registered {
                faults.add(Place::From, Rule::SenderUnknown);
            }
        }
        if let Some(name) = &request.provider
            && self.router.provider(name).is_none()
        {
            faults.add(Place::Provider, Rule::ProviderUnknown);
        }
    }
}

fn judge_count(request: &SendRequest, faults: &mut Faults) {
    match request.recipients.len() {
        0 => faults.add(Place::Recipients, Rule::Missing),
        1..=MOST_RECIPIENTS => {}
        _ => faults.add(Place::Recipients, Rule::TooMany(MOST_RECIPIENTS)),
    }
}

fn judge_images(request: &SendRequest, faults: &mut Faults) {
    match (request.kind, request.images.len()) {
        (AskedKind::Exactly(MessageKind::Mms), 0) => faults.add(Place::Images, Rule::Missing),
        (AskedKind::Exactly(MessageKind::Sms | MessageKind::Lms), 1..) => {
            faults.add(Place::Kind, Rule::ImagesNeedMms);
        }
        (_, 2..) => faults.add(Place::Images, Rule::TooMany(1)),
        (_, 0 | 1) => {}
    }
}

/// One recipient's message; `None` when it has no text that could be counted.
fn content(
    request: &SendRequest,
    place: usize,
    recipient: &Recipient,
    shared_text: Option<&Arc<str>>,
    faults: &mut Faults,
) -> Option<Message> {
    let domestic = recipient.to.country_code() == KOREA;
    let (text_place, text) = match (&recipient.text, shared_text) {
        (Some(own), _) => (Place::RecipientText(place), Some(Arc::from(own.as_str()))),
        (None, Some(shared)) => (Place::Text, Some(Arc::clone(shared))),
        // Where nobody has a text of their own, the shared one is what is missing.
        (None, None) if request.recipients.iter().all(|other| other.text.is_none()) => (Place::Text, None),
        (None, None) => (Place::RecipientText(place), None),
    };
    let (subject_place, subject) = match &recipient.subject {
        Some(own) => (Place::RecipientSubject(place), Some(own)),
        None => (Place::Subject, request.subject.as_ref()),
    };
    let Some(text) = text else {
        faults.add(text_place, Rule::Missing);
        return None;
    };
    let bytes = counted(&text, domestic, &['\n', '\r'], text_place, faults)?;
    let kind = match request.kind {
        AskedKind::Exactly(kind) => kind,
        AskedKind::Auto if !request.images.is_empty() => MessageKind::Mms,
        AskedKind::Auto if subject.is_some() || bytes > MessageKind::Sms.text_limit() => MessageKind::Lms,
        AskedKind::Auto => MessageKind::Sms,
    };
    let limit = kind.text_limit();
    if bytes > limit {
        faults.add(text_place, Rule::TooLong { bytes, limit, kind });
    }
    if let Some(subject) = subject {
        match counted(subject, domestic, &[], subject_place, faults) {
            _ if kind == MessageKind::Sms => faults.add(subject_place, Rule::NoSubject),
            Some(bytes) if bytes > SUBJECT_LIMIT => {
                faults.add(subject_place, Rule::TooLong { bytes, limit: SUBJECT_LIMIT, kind });
            }
            Some(_) | None => {}
        }
    }
    Some(Message {
        to: recipient.to.clone(),
        from: request.from.clone(),
        kind,
        subject: subject.cloned(),
        text,
        images: Arc::new([]),
    })
}

/// The bytes of a text or subject; `None` when it cannot be sent whatever its length.
fn counted(text: &str, domestic: bool, allowed: &[char], place: Place, faults: &mut Faults) -> Option<usize> {
    if text.trim().is_empty() {
        faults.add(place, Rule::Missing);
        return None;
    }
    if text.contains(|character: char| character.is_control() && !allowed.contains(&character)) {
        faults.add(place, Rule::ControlCharacter);
        return None;
    }
    match euc_kr_len(text) {
        Ok(bytes) => Some(bytes),
        // Abroad what is not in the Korean set goes as UCS-2.
        Err(_) if !domestic => Some(2 * text.encode_utf16().count()),
        Err(Unencodable(character)) => {
            faults.add(place, Rule::Unencodable(character));
            None
        }
    }
}
