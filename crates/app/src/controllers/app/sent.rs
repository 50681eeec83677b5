//! `/app/messages/{id}`: one send, what became of it, and what can still be done about it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::messaging::{AppScope, WebSendId, WebSendState};
use bonin_services::messaging::{CallError, CancelSendError, ReleaseSendError, SeenSend};

use super::sending::Sending;
use super::sent_view::{Buttons, SentState, SentView};
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
    reads: bool,
}

/// What came of a button, or of asking CoolSMS.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Note {
    /// CoolSMS could not be asked: this is what was known last.
    Stale,
    /// It had gone already.
    TooLate,
    /// CoolSMS does not take it back.
    NotCancelled,
    /// The time at which it was to go is over.
    Overdue,
    /// The button did not reach CoolSMS.
    NotDone,
}

impl Note {
    fn text(self, frame: &Frame) -> &'static str {
        let (ko, en) = match self {
            Self::Stale => (
                "CoolSMS가 응답하지 않아 마지막으로 확인한 결과를 보여 드려요.",
                "CoolSMS did not answer; this is what was known last.",
            ),
            Self::TooLate => (
                "취소하지 못했어요. 이미 보냈거나 취소된 메시지예요.",
                "It could not be cancelled: it was sent or cancelled already.",
            ),
            Self::NotCancelled => (
                "CoolSMS가 취소를 받아들이지 않았어요. 예약한 시각에 그대로 보내요.",
                "CoolSMS did not accept the cancellation: it still goes at its time.",
            ),
            Self::Overdue => (
                "예약한 시각이 지나 보내지 않았어요. 보내려면 새로 작성해 주세요.",
                "Its time is over, so it was not sent now. To send it, write it anew.",
            ),
            Self::NotDone => (
                "CoolSMS가 응답하지 않았어요. 잠시 후 다시 눌러 주세요. 두 번 보내지 않아요.",
                "CoolSMS did not answer. Try again in a moment; nothing is sent twice.",
            ),
        };
        if frame.korean() { ko } else { en }
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
        Err(ReleaseSendError::Repository(error)) => Err(Problem::from(&error)),
        Err(ReleaseSendError::Overdue) => {
            let (seen, _) = look(&sending, &signed, id).await?;
            Ok(answer(&signed, &seen, StatusCode::CONFLICT, Some(Note::Overdue)))
        }
        Err(ReleaseSendError::Call(error)) => not_done(&sending, &signed, id, &error).await,
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
            Ok(answer(&signed, &seen, StatusCode::CONFLICT, Some(Note::TooLate)))
        }
        Err(CancelSendError::NotCancelled { .. }) => {
            let (seen, _) = look(&sending, &signed, id).await?;
            Ok(answer(&signed, &seen, StatusCode::CONFLICT, Some(Note::NotCancelled)))
        }
        Err(CancelSendError::Repository(error)) => Err(Problem::from(&error)),
        Err(CancelSendError::Call(error)) => not_done(&sending, &signed, id, &error).await,
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
    error: &CallError,
) -> Result<HttpResponse, Problem> {
    if matches!(error, CallError::Ended | CallError::ScopeMissing(_)) {
        return Err(Problem::new(ProblemCode::PermissionEnded));
    }
    let seen = find(sending, signed, id).await?;
    Ok(answer(signed, &seen, StatusCode::SERVICE_UNAVAILABLE, Some(Note::NotDone)))
}

fn answer(signed: &SignedIn, seen: &SeenSend, status: StatusCode, note: Option<Note>) -> HttpResponse {
    let reads = reads(signed);
    let folded = signed.frame.parameter("folded").and_then(|count| count.parse().ok());
    let page = Page {
        frame: &signed.frame,
        form_token: &signed.form_token,
        view: SentView::of(&signed.frame, seen),
        state: SentState::of(&signed.frame, seen, reads),
        note,
        folded: folded.filter(|count| (1..=1_000).contains(count)),
        reads: reads || !matches!(seen.send.state, WebSendState::Sent | WebSendState::Scheduled),
    };
    signed.frame.answer(status, &page)
}
