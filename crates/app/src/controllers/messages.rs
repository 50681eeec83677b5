//! `/v1/messages` and `/v1/message-groups`: messages that a caller writes.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_domain::access::Scope;
use bonin_domain::keys::KeyRing;
use bonin_domain::messages::{Image, MessageKind, ProviderName, SenderId};
use bonin_domain::{PhoneNumber, Region};
use bonin_services::messages::{
    AskedKind, CancelGroup, IdempotentSend, ListMessages, MOST_RECIPIENTS, ReadGroup, ReadMessage, Recipient,
    SendMessages, SendRequest,
};

use super::message_views::{
    GroupView, HistoryView, MessageListView, MessageView, SendBody, SentMessageView, SentView,
};
use super::views::ProblemView;
use crate::http::access::Access;
use crate::http::fields::Fields;
use crate::http::idempotency::InFlight;
use crate::http::{body, idempotency, problems, times};
use crate::problem::{FieldCode, Problem, ProblemCode};

/// The most bytes of a request without images (security 40).
const LARGEST: usize = 1024 * 1024;

/// The most bytes of one with images.
const LARGEST_WITH_IMAGES: usize = 2 * 1024 * 1024;

/// Images of a request that are looked at; how many a message may have is a rule of its own.
const MOST_IMAGES: usize = 3;

/// Messages of a page, unless asked for otherwise.
const PAGE: u16 = 20;

/// What the routes of messages share.
pub struct Messages {
    pub access: Arc<Access>,
    pub send: SendMessages,
    pub list: ListMessages,
    pub read: ReadMessage,
    pub read_group: ReadGroup,
    pub cancel: CancelGroup,
    pub keys: Arc<KeyRing>,
    pub in_flight: InFlight,
}

type Shared = web::Data<Arc<Messages>>;

/// Sends one message to each recipient, at once or at a time. Needs a key with the scope `send`.
#[utoipa::path(
    post,
    path = "/v1/messages",
    request_body = SendBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats the first answer for 24 hours.")),
    responses(
        (status = 202, body = SentView),
        (status = 400, body = ProblemView, content_type = "application/problem+json"),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 409, body = ProblemView, content_type = "application/problem+json"),
        (status = 413, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 429, body = ProblemView, content_type = "application/problem+json"),
        (status = 503, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn send(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let key = shared.access.keyed(&request, Scope::Send).await?;
    let mut body = body::read_within(&request, payload, LARGEST_WITH_IMAGES).await?;
    let fields = &mut body.fields;
    if body.bytes.len() > LARGEST && !fields.holds("images") {
        return Err(Problem::new(ProblemCode::BodyTooLarge));
    }
    let recipients = recipients(fields);
    let text = fields.optional("text", any);
    let subject = fields.optional("subject", any);
    let from = fields.optional("from", SenderId::parse);
    let kind = fields.optional("type", kind).unwrap_or(AskedKind::Exactly(MessageKind::Sms));
    let images = fields.optional_list("images", MOST_IMAGES, |item| item.text(image)).unwrap_or_default();
    let scheduled_at = fields.optional("scheduled_at", times::moment);
    let provider =
        fields.optional("provider", |name| ProviderName::parse(name).ok_or(FieldCode::ProviderUnknown));
    body.fields.finish()?;
    let Some(recipients) = recipients else { return Err(Problem::new(ProblemCode::FieldsInvalid)) };
    let idempotency = idempotency::read(&request, &body.bytes)?
        .map(|request| IdempotentSend { client: key.id.clone(), request });
    let tenant = key.tenant;
    let _flight = idempotency
        .as_ref()
        .map(|send| shared.in_flight.enter(send.index(&shared.keys, &tenant)))
        .transpose()?;

    let wanted = SendRequest {
        tenant,
        recipients,
        text,
        subject,
        from,
        kind,
        images,
        scheduled_at,
        provider,
        idempotency,
    };
    let sent = shared.send.execute(wanted).await.map_err(Problem::of_send)?;

    let mut response = HttpResponse::Accepted();
    response.insert_header(("location", format!("/v1/message-groups/{}", sent.group.id)));
    if sent.repeated {
        response.insert_header(("idempotency-replayed", "true"));
    }
    let status = sent.status.as_str();
    let messages = sent.messages.iter().map(|message| SentMessageView::new(message, status));
    Ok(response.json(SentView {
        id: sent.group.id.to_string(),
        status,
        count: sent.group.count,
        scheduled_at: sent.group.scheduled_at,
        messages: messages.collect(),
        server_time: sent.answered_at,
    }))
}

/// Lists messages, newest first. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/messages",
    params(
        ("limit" = Option<u16>, Query, description = "1 to 100; 20 unless given."),
        ("before" = Option<String>, Query, description = "`next` of the page before."),
        ("group" = Option<String>, Query, description = "Messages of this group only.")
    ),
    responses(
        (status = 200, body = MessageListView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn list(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let key = shared.access.keyed(&request, Scope::Read).await?;
    let mut fields = Fields::of_query(request.query_string())?;
    let limit = fields.optional("limit", page_size).unwrap_or(PAGE);
    let before = fields.optional("before", |id| id.parse().map_err(|_| FieldCode::Malformed));
    let group = fields.optional("group", |id| id.parse().map_err(|_| FieldCode::Malformed));
    fields.finish()?;

    let page = shared.list.execute(&key.tenant, group, before, limit).await;
    let page = page.map_err(|error| Problem::from(&error))?;

    let locale = problems::locale(&request);
    Ok(HttpResponse::Ok().json(MessageListView {
        messages: page.messages.iter().map(|message| MessageView::new(message, locale)).collect(),
        next: page.next.map(|id| id.to_string()),
        server_time: page.at,
    }))
}

/// Shows a message with its attempts. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/messages/{id}",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = HistoryView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 404, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn show(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let key = shared.access.keyed(&request, Scope::Read).await?;
    let id = id.parse().map_err(|_| Problem::new(ProblemCode::MessageNotFound))?;
    let seen = shared.read.execute(&key.tenant, id).await;
    let (message, at) = seen.map_err(|error| Problem::of_message(&error))?;
    Ok(HttpResponse::Ok().json(HistoryView::new(&message, at, problems::locale(&request))))
}

/// Shows a group and how many of its messages fare how. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/message-groups/{id}",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = GroupView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 404, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn show_group(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let key = shared.access.keyed(&request, Scope::Read).await?;
    let id = id.parse().map_err(|_| Problem::new(ProblemCode::MessageGroupNotFound))?;
    let seen = shared.read_group.execute(&key.tenant, id).await;
    let seen = seen.map_err(|error| Problem::of_group(&error))?;
    Ok(HttpResponse::Ok().json(GroupView::from(seen)))
}

/// Cancels a reservation, up to the moment when its messages are sent. Needs a key with the scope `send`.
#[utoipa::path(
    delete,
    path = "/v1/message-groups/{id}",
    params(("id" = String, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 404, body = ProblemView, content_type = "application/problem+json"),
        (status = 409, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn cancel(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let key = shared.access.keyed(&request, Scope::Send).await?;
    let id = id.parse().map_err(|_| Problem::new(ProblemCode::MessageGroupNotFound))?;
    let cancelled = shared.cancel.execute(&key.tenant, id).await;
    cancelled.map_err(|error| Problem::of_cancel_group(&error))?;
    Ok(HttpResponse::NoContent().finish())
}

/// `to`: numbers, or objects with a number and what is its own.
fn recipients(fields: &mut Fields) -> Option<Vec<Recipient>> {
    fields.required_list("to", MOST_RECIPIENTS, |item| {
        item.text_or_object(
            |text| PhoneNumber::parse(text, Region::KR).map(|to| Recipient { to, text: None, subject: None }),
            |members| {
                let to = members.required("to", |text| PhoneNumber::parse(text, Region::KR));
                let text = members.optional("text", any);
                let subject = members.optional("subject", any);
                Some(Recipient { to: to?, text, subject })
            },
        )
    })
}

/// Which texts may be sent is judged with the kind of the message and its recipient.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a parser")]
fn any(text: &str) -> Result<String, FieldCode> {
    Ok(text.to_owned())
}

fn kind(name: &str) -> Result<AskedKind, FieldCode> {
    match name {
        "auto" => Ok(AskedKind::Auto),
        name => MessageKind::from_name(name).map(AskedKind::Exactly).ok_or(FieldCode::Unsupported),
    }
}

fn image(base64: &str) -> Result<Image, FieldCode> {
    let bytes = STANDARD.decode(base64).map_err(|_| FieldCode::NotJpeg)?;
    Ok(Image::parse(bytes)?)
}

fn page_size(text: &str) -> Result<u16, FieldCode> {
    match text.parse() {
        Ok(size @ 1..=100) => Ok(size),
        Ok(_) => Err(FieldCode::Unsupported),
        Err(_) => Err(FieldCode::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(to: &str) -> Vec<String> {
        let mut fields = Fields::parse(format!(r#"{{"to": {to}}}"#).as_bytes()).unwrap();
        assert!(recipients(&mut fields).is_none());
        let problem = fields.finish().unwrap_err();
        problem.errors().iter().map(|error| format!("{} {}", error.field, error.code.as_str())).collect()
    }

    #[test]
    fn recipients_are_numbers_or_objects() {
        let body =
            br#"{"to": ["010-1234-5678", {"to": "+82 10 8765 4321", "text": "own", "subject": null}]}"#;
        let mut fields = Fields::parse(body).unwrap();
        let read = recipients(&mut fields).unwrap();
        assert!(fields.finish().is_ok());
        assert_eq!(read[0].to.e164(), "+821012345678");
        assert_eq!(read[0].text, None);
        assert_eq!(read[1].to.e164(), "+821087654321");
        assert_eq!((read[1].text.as_deref(), read[1].subject.as_deref()), (Some("own"), None));
    }

    #[test]
    fn each_recipient_that_is_wrong_is_named() {
        assert_eq!(faults(r#""010-1234-5678""#), ["to wrong_type"]);
        assert_eq!(
            faults(r#"["x", 1, {"text": 2}, {"to": "010-1234-5678", "note": ""}]"#),
            [
                "to[0] malformed",
                "to[1] wrong_type",
                "to[2].to missing",
                "to[2].text wrong_type",
                "to[3].note unknown",
            ]
        );
        let many = vec![r#""x""#; MOST_RECIPIENTS + 1].join(",");
        assert_eq!(faults(&format!("[{many}]")), ["to too_many"], "the numbers are not looked at");
    }

    #[test]
    fn images_come_as_base64_of_a_jpeg() {
        let jpeg = [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 10, 0, 10, 1, 1, 0x11, 0, 0xff, 0xd9];
        assert_eq!(image(&STANDARD.encode(jpeg)).unwrap().bytes(), jpeg);
        assert_eq!(image("not base64!").unwrap_err(), FieldCode::NotJpeg);
        assert_eq!(image(&STANDARD.encode(b"\x89PNG")).unwrap_err(), FieldCode::NotJpeg);
        let wide = [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 10, 0x10, 0, 1, 1, 0x11, 0];
        assert_eq!(image(&STANDARD.encode(wide)).unwrap_err(), FieldCode::ImageTooLarge);
    }

    #[test]
    fn kinds_and_page_sizes_are_read() {
        assert_eq!(kind("auto"), Ok(AskedKind::Auto));
        assert_eq!(kind("lms"), Ok(AskedKind::Exactly(MessageKind::Lms)));
        assert_eq!(kind("LMS"), Err(FieldCode::Unsupported));
        assert_eq!(page_size("100"), Ok(100));
        assert_eq!(page_size("0"), Err(FieldCode::Unsupported));
        assert_eq!(page_size("101"), Err(FieldCode::Unsupported));
        assert_eq!(page_size("ten"), Err(FieldCode::Malformed));
    }
}
