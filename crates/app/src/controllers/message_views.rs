//! What answers about messages look like.

use std::collections::BTreeMap;

use bonin_domain::messages::{Attempt, FailureClass, Locale, Price};
use bonin_domain::routing::{Candidate, RouteChoice};
use bonin_services::messages::{SeenGroup, SeenMessage, SentMessage};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The body of a sending.
#[derive(ToSchema)]
#[schema(example = json!({"to": ["010-1234-5678", "010-8765-4321"], "text": "주문하신 상품이 도착했습니다."}))]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct SendBody {
    /// 1 to 1,000 recipients: numbers as people write them, or objects `{"to", "text"?, "subject"?}` with what
    /// is theirs alone.
    #[schema(value_type = Vec<Object>, example = json!(["010-1234-5678", {"to": "010-8765-4321", "text": "…"}]))]
    to: Vec<String>,
    /// The text of those that have none of their own.
    text: Option<String>,
    /// The subject of a long message, at most 40 bytes in EUC-KR.
    subject: Option<String>,
    /// A sender that is registered with a provider; each provider's own default unless given.
    #[schema(example = "02-123-4567")]
    from: Option<String>,
    /// `sms` (default, 90 bytes in EUC-KR), `lms` (2,000 bytes), `mms` (with an image) or `auto`: whatever
    /// each message needs.
    #[schema(example = "auto")]
    r#type: Option<String>,
    /// One JPEG in base64, at most 200,000 bytes and 1500 x 1440 pixels.
    images: Option<Vec<String>>,
    /// When to send, up to 184 days ahead: `2026-12-01T10:00:00+09:00` or `2026-12-01T10:00:00[Asia/Seoul]`.
    #[schema(example = "2026-12-01T10:00:00[Asia/Seoul]")]
    scheduled_at: Option<String>,
    /// The one provider that is to carry them; chosen by routing unless given.
    #[schema(example = "sens")]
    provider: Option<String>,
}

/// Messages that were taken.
#[derive(Serialize, ToSchema)]
pub struct SentView {
    /// The group's name: 32 lower-case hex digits.
    pub id: String,
    /// `queued`, or `scheduled` for a reservation.
    #[schema(example = "queued")]
    pub status: &'static str,
    /// How many messages it has.
    pub count: u16,
    /// When they will be sent, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub scheduled_at: Option<Timestamp>,
    /// The messages, in the order of recipients.
    pub messages: Vec<SentMessageView>,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

/// A message that was taken.
#[derive(Serialize, ToSchema)]
pub struct SentMessageView {
    /// The message's name.
    id: String,
    /// The recipient, masked.
    #[schema(example = "+8210****9876")]
    to: String,
    /// `sms`, `lms` or `mms`.
    #[schema(example = "sms")]
    r#type: &'static str,
    /// Like that of the group.
    #[schema(example = "queued")]
    status: &'static str,
}

impl SentMessageView {
    /// A message of a group with this status.
    pub fn new(message: &SentMessage, status: &'static str) -> Self {
        let SentMessage { id, to, kind } = message;
        Self { id: id.to_string(), to: to.masked(), r#type: kind.as_str(), status }
    }
}

/// A message.
#[derive(Serialize, ToSchema)]
pub struct MessageView {
    /// The message's name.
    id: String,
    /// The name of its group.
    group: String,
    /// The recipient, masked.
    #[schema(example = "+8210****9876")]
    to: String,
    /// `sms`, `lms` or `mms`.
    #[schema(example = "sms")]
    r#type: &'static str,
    /// `scheduled`, `cancelled`, or how far it came: `queued`, `unknown`, `accepted`, `sent`, `delivered`,
    /// `failed`, `expired`.
    #[schema(example = "delivered")]
    status: &'static str,
    /// Why it failed or is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureView>,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it is or was to be sent, where it was reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    scheduled_at: Option<Timestamp>,
}

impl MessageView {
    /// A message, its failure told in `locale`.
    pub fn new(message: &SeenMessage, locale: Locale) -> Self {
        let failure = message.attempts.last().and_then(|last| last.failure);
        Self {
            id: message.id.to_string(),
            group: message.group.id.to_string(),
            to: message.to.masked(),
            r#type: message.kind.as_str(),
            status: message.status.as_str(),
            failure: failure.map(|class| FailureView::new(class, locale)),
            created_at: message.group.created_at,
            scheduled_at: message.group.scheduled_at,
        }
    }
}

/// Some messages.
#[derive(Serialize, ToSchema)]
pub struct MessageListView {
    /// The messages, newest first.
    pub messages: Vec<MessageView>,
    /// What to send as `before` for the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

/// A message with its attempts.
#[derive(Serialize, ToSchema)]
pub struct HistoryView {
    #[serde(flatten)]
    message: MessageView,
    /// Every provider that was asked, oldest first.
    attempts: Vec<AttemptView>,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    server_time: Timestamp,
}

impl HistoryView {
    /// A message as it stood at `at`, failures told in `locale`.
    pub fn new(message: &SeenMessage, at: Timestamp, locale: Locale) -> Self {
        Self {
            message: MessageView::new(message, locale),
            attempts: message.attempts.iter().map(|attempt| AttemptView::new(attempt, locale)).collect(),
            server_time: at,
        }
    }
}

/// One delivery of a message by one provider.
#[derive(Serialize, ToSchema)]
pub struct AttemptView {
    /// 1 for the first attempt.
    number: i16,
    /// Who was asked.
    #[schema(example = "sens")]
    provider: String,
    /// How far it came.
    #[schema(example = "delivered")]
    status: &'static str,
    /// Why it failed or is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureView>,
    /// The provider's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_code: Option<String>,
    /// What the provider calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// Whether an earlier attempt may have reached the phone too.
    possible_duplicate: bool,
    /// What it cost, where the provider says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<PriceView>,
    /// What the provider calls the event of a success, where it runs the verification.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    /// Who could have been asked, and why this one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<RouteView>,
    /// When the provider was asked.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// When this status was reached.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl AttemptView {
    /// An attempt, its failure told in `locale`.
    pub fn new(attempt: &Attempt, locale: Locale) -> Self {
        Self {
            number: attempt.number,
            provider: attempt.provider.as_str().to_owned(),
            status: attempt.state.as_str(),
            failure: attempt.failure.map(|class| FailureView::new(class, locale)),
            provider_code: attempt.provider_code.clone(),
            reference: attempt.reference.as_ref().map(|reference| reference.as_str().to_owned()),
            possible_duplicate: attempt.possible_duplicate,
            price: attempt.price.as_ref().map(PriceView::from),
            event: attempt.event.clone(),
            route: attempt.route.as_deref().map(RouteView::from),
            started_at: attempt.started_at,
            updated_at: attempt.updated_at,
        }
    }
}

/// How a provider was chosen.
#[derive(Serialize, ToSchema)]
pub struct RouteView {
    /// `fixed`, `weighted` or `adaptive`.
    #[schema(example = "fixed")]
    mode: &'static str,
    /// The providers of the plan, best first.
    candidates: Vec<CandidateView>,
}

/// A provider of a plan.
#[derive(Serialize, ToSchema)]
pub struct CandidateView {
    /// Who.
    #[schema(example = "sens")]
    provider: String,
    /// The higher, the earlier.
    score: f64,
    /// `order`, `weight`, `conversion`, `avoided`, `breaker_open` or `unable`.
    #[schema(example = "order")]
    reason: &'static str,
}

impl From<&RouteChoice> for RouteView {
    fn from(choice: &RouteChoice) -> Self {
        let candidate = |candidate: &Candidate| CandidateView {
            provider: candidate.provider.as_str().to_owned(),
            score: candidate.score,
            reason: candidate.reason.as_str(),
        };
        Self { mode: choice.mode.as_str(), candidates: choice.candidates.iter().map(candidate).collect() }
    }
}

/// Why a message failed or is unknown.
#[derive(Serialize, ToSchema)]
pub struct FailureView {
    /// One of twelve classes, the same for all providers.
    #[schema(example = "unreachable")]
    class: &'static str,
    /// For people, in the language of `Accept-Language`: Korean or English.
    text: &'static str,
}

impl FailureView {
    /// The class, told in `locale`.
    pub fn new(class: FailureClass, locale: Locale) -> Self {
        Self { class: class.as_str(), text: class.text(locale) }
    }
}

/// A price as the provider says it.
#[derive(Serialize, ToSchema)]
pub struct PriceView {
    /// A decimal number.
    #[schema(example = "0.0333")]
    amount: String,
    /// ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
}

impl From<&Price> for PriceView {
    fn from(price: &Price) -> Self {
        Self { amount: price.amount().to_owned(), currency: price.currency().to_owned() }
    }
}

/// A group of messages.
#[derive(Serialize, ToSchema)]
pub struct GroupView {
    /// The group's name.
    id: String,
    /// `scheduled`, `cancelled`, `queued` (some messages were handed to no provider yet) or `sent`.
    #[schema(example = "sent")]
    status: &'static str,
    /// How many messages it has.
    count: u16,
    /// How many of them have which status.
    #[schema(value_type = Object, example = json!({"accepted": 3, "delivered": 997}))]
    counts: BTreeMap<&'static str, usize>,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it is or was to be sent, where it was reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    scheduled_at: Option<Timestamp>,
    /// When its reservation was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    cancelled_at: Option<Timestamp>,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    server_time: Timestamp,
}

impl From<SeenGroup> for GroupView {
    fn from(seen: SeenGroup) -> Self {
        Self {
            id: seen.group.id.to_string(),
            status: seen.status.as_str(),
            count: seen.group.count,
            counts: seen.counts,
            created_at: seen.group.created_at,
            scheduled_at: seen.group.scheduled_at,
            cancelled_at: seen.group.cancelled_at,
            server_time: seen.at,
        }
    }
}
