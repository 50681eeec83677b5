//! `/app/messages/{id}`: one send, what became of it, and what can still be done about it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::messages::{FailureClass, Locale};
use bonin_domain::messaging::{AppScope, WebSendId, WebSendState};
use bonin_ports::MessagingError;
use bonin_services::messaging::{CallError, CancelSendError, ReleaseSendError, SeenSend};

use super::send_words;
use super::sending::Sending;
use super::sent_view::{Buttons, SentState, SentView, with_code};
use super::session::SignedIn;
use crate::pages::Frame;
use crate::pages::see_other;
use crate::problem::{Problem, ProblemCode};

#[derive(Template)]
#[template(path = "app/sent.html")]
struct Page<'a> {
    frame: &'a Frame,
    form_token: &'a str,
    view: SentView,
    state: SentState,
    /// What is told at the top.
    note: Option<Note>,
    /// Numbers that stood in the form more than once.
    folded: Option<u32>,
    /// Whether a form led here that was sent before: nothing of it was sent now.
    repeated: bool,
    /// Whether allowing results would tell more of it.
    asks_to_read: bool,
}

/// What came of a button, or of asking CoolSMS.
enum Note {
    /// CoolSMS could not be asked: this is what was known last.
    Stale,
    /// It had gone, or was cancelled, already: the page says which.
    TooLate,
    /// It had gone, or was cancelled, already: only CoolSMS knows which.
    GoneOrCancelled,
    /// CoolSMS does not take it back.
    NotCancelled,
    /// The time at which it was to go is over.
    Overdue,
    /// The button did not reach CoolSMS.
    NotDone,
    /// CoolSMS does not release again what it may have released before.
    Refused { class: FailureClass, code: String },
}

impl Note {
    fn text(&self, frame: &Frame) -> String {
        let (ko, en) = match self {
            Self::Stale => (
                "CoolSMS가 응답하지 않아 마지막으로 확인한 결과를 보여 드려요.",
                "CoolSMS did not answer; this is what was known last.",
            ),
            Self::TooLate => (
                "취소하지 못했어요. 이미 보냈거나 취소된 메시지예요.",
                "It could not be cancelled: it was sent or cancelled already.",
            ),
            Self::GoneOrCancelled => (
                "취소하지 못했어요. 이미 보냈을 수 있으니, 취소됐는지 CoolSMS에서 확인해 주세요.",
                "It could not be cancelled now. It may have been sent: look at your CoolSMS account to see whether it was cancelled.",
            ),
            Self::NotCancelled => (
                "CoolSMS가 취소를 받아들이지 않았어요. 예약한 시각에 그대로 보내요.",
                "CoolSMS did not accept the cancellation: it still goes at its time.",
            ),
            Self::Overdue => (
                "보낼 시각이 지나 보내지 않았어요. 보내려면 새로 작성해 주세요.",
                "Its time is over, so it was not sent now. To send it, write it anew.",
            ),
            Self::NotDone => (
                "CoolSMS가 응답하지 않았어요. 잠시 후 다시 눌러 주세요. 두 번 보내지 않아요.",
                "CoolSMS did not answer. Try again in a moment; nothing is sent twice.",
            ),
            Self::Refused { class, code } => {
                let reason = with_code(send_words::reason(frame, *class), Some(code));
                return match frame.locale {
                    Locale::Ko => format!(
                        "CoolSMS가 받아들이지 않았어요. {reason} 앞서 보냈을 수도 있으니 새로 쓰지 말고 다시 확인을 눌러 주세요."
                    ),
                    Locale::En => format!(
                        "CoolSMS refused. {reason} It may have been sent before: check again rather than write it anew."
                    ),
                };
            }
        };
        frame.say(ko, en).to_owned()
    }
}

/// `GET /app/messages/{id}`
pub async fn show(
    sending: web::Data<Arc<Sending>>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let signed = sending.pages.signed_in(&request).await?;
    let id = parse(&id)?;
    let (seen, is_stale) = look(&sending, &signed, id).await?;
    let note = is_stale.then_some(Note::Stale);
    Ok(answer(&signed, &seen, StatusCode::OK, note))
}

/// `GET /app/messages/{id}/state`: what changes on the page, for its script.
pub async fn state(
    sending: web::Data<Arc<Sending>>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let signed = sending.pages.looking_on(&request).await?;
    let (seen, _) = look(&sending, &signed, parse(&id)?).await?;
    let state = SentState::of(&signed.frame, &seen, reads(&signed));
    let mut response = HttpResponse::Ok();
    let response = crate::pages::guard(&mut response).insert_header(("cache-control", "no-store"));
    Ok(response.json(state))
}

/// `POST /app/messages/{id}/release`: sends what was prepared, or finds out whether it was sent.
pub async fn release(
    sending: web::Data<Arc<Sending>>,
    request: HttpRequest,
    payload: web::Payload,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    sending.pages.check_flood(&request)?;
    let signed = sending.pages.signed_form(&request, payload).await?;
    let id = parse(&id)?;
    let signed = signed.standing_at(&format!("/app/messages/{id}"));
    match sending.release.execute(&signed.connection, id).await {
        Ok(()) => Ok(see_other(&format!("/app/messages/{id}")).finish()),
        Err(ReleaseSendError::NotFound) => Err(Problem::new(ProblemCode::NotFound)),
        Err(ReleaseSendError::Repository(error)) => {
            // It may have been sent: its page says what is known.
            tracing::error!(send.id = %id, error = %error, "what became of a release was not noted");
            Ok(see_other(&format!("/app/messages/{id}")).finish())
        }
        Err(ReleaseSendError::Overdue) => {
            let (seen, _) = look(&sending, &signed, id).await?;
            // The page itself says of an unclear one that nobody knows.
            let note = (seen.send.state == WebSendState::Prepared).then_some(Note::Overdue);
            Ok(answer(&signed, &seen, StatusCode::CONFLICT, note))
        }
        Err(ReleaseSendError::Call(error)) => not_done(&sending, &signed, id, error).await,
    }
}

/// `POST /app/messages/{id}/cancel`
pub async fn cancel(
    sending: web::Data<Arc<Sending>>,
    request: HttpRequest,
    payload: web::Payload,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    sending.pages.check_flood(&request)?;
    let signed = sending.pages.signed_form(&request, payload).await?;
    let id = parse(&id)?;
    let signed = signed.standing_at(&format!("/app/messages/{id}"));
    match sending.cancel.execute(&signed.connection, id).await {
        Ok(()) => Ok(see_other(&format!("/app/messages/{id}")).finish()),
        Err(CancelSendError::NotFound) => Err(Problem::new(ProblemCode::NotFound)),
        Err(CancelSendError::TooLate) => {
            let (seen, _) = look(&sending, &signed, id).await?;
            let is_known = seen.send.state != WebSendState::Scheduled;
            let note = if is_known { Note::TooLate } else { Note::GoneOrCancelled };
            Ok(answer(&signed, &seen, StatusCode::CONFLICT, Some(note)))
        }
        Err(CancelSendError::NotCancelled { .. }) => {
            let (seen, _) = look(&sending, &signed, id).await?;
            Ok(answer(&signed, &seen, StatusCode::CONFLICT, Some(Note::NotCancelled)))
        }
        Err(CancelSendError::Repository(error)) => Err(Problem::from(&error)),
        Err(CancelSendError::Call(error)) => not_done(&sending, &signed, id, error).await,
    }
}

fn parse(id: &str) -> Result<WebSendId, Problem> {
    id.parse().map_err(|_| Problem::new(ProblemCode::NotFound))
}

/// Whether results may be looked at.
fn reads(signed: &SignedIn) -> bool {
    signed.connection.scopes.holds(AppScope::ReadMessages)
}

/// The send as CoolSMS knows it now; whether that is only what was known before.
async fn look(sending: &Sending, signed: &SignedIn, id: WebSendId) -> Result<(SeenSend, bool), Problem> {
    let seen = find(sending, signed, id).await?;
    match sending.follow.execute(&signed.connection, &seen.send).await {
        Ok(true) => Ok((find(sending, signed, id).await?, false)),
        // Without the permission the page says so, with the button that asks for it.
        Ok(false) | Err(CallError::ScopeMissing(_)) => Ok((seen, false)),
        Err(CallError::Ended) => Err(Problem::new(ProblemCode::PermissionEnded)),
        Err(CallError::Repository(error)) => Err(Problem::from(&error)),
        Err(error) => {
            tracing::warn!(send.id = %id, error = %error, "it could not be asked what became of a send");
            Ok((seen, true))
        }
    }
}

async fn find(sending: &Sending, signed: &SignedIn, id: WebSendId) -> Result<SeenSend, Problem> {
    let found = sending.history.find(&signed.connection, id).await;
    found.map_err(|error| Problem::from(&error))?.ok_or_else(|| Problem::new(ProblemCode::NotFound))
}

/// What a button asked for was not done, or nobody knows: the page, with what is known.
async fn not_done(
    sending: &Sending,
    signed: &SignedIn,
    id: WebSendId,
    error: CallError,
) -> Result<HttpResponse, Problem> {
    let (status, note) = match error {
        CallError::Ended | CallError::ScopeMissing(_) => {
            return Err(Problem::new(ProblemCode::PermissionEnded));
        }
        CallError::Provider(MessagingError::Refused { class, code }) => {
            (StatusCode::CONFLICT, Note::Refused { class, code })
        }
        _ => (StatusCode::SERVICE_UNAVAILABLE, Note::NotDone),
    };
    let mut seen = find(sending, signed, id).await?;
    // The release that was asked for is over: there is nothing to wait for, and the button stays.
    seen.send.released_at = None;
    Ok(answer(signed, &seen, status, Some(note)))
}

fn answer(signed: &SignedIn, seen: &SeenSend, status: StatusCode, note: Option<Note>) -> HttpResponse {
    let frame = &signed.frame;
    let reads = reads(signed);
    let folded = frame.parameter("folded").and_then(|count| count.parse().ok());
    let mut state = SentState::of(frame, seen, reads);
    // The script would soon show the page anew, without what is told here.
    if let Some(Note::Refused { .. } | Note::NotDone) = note {
        state.follows = false;
    }
    let page = Page {
        frame,
        form_token: &signed.form_token,
        view: SentView::of(frame, seen),
        state,
        note,
        folded: folded.filter(|count| (1..=1_000).contains(count)),
        repeated: frame.parameter("repeated").is_some(),
        asks_to_read: !reads && seen.send.is_followed(frame.now),
    };
    frame.answer(status, &page)
}
