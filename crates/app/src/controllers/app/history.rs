//! `/app/messages`: what was sent, newest first.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::messaging::{AppScope, Connection, WebSend, WebSendState};
use bonin_services::messaging::{CallError, HistoryPage, SentContent};
use futures_util::future::join_all;
use jiff::Timestamp;

use super::form_words::masked;
use super::send_words::{self, Badge};
use super::sending::Sending;
use crate::pages::Frame;
use crate::pages::format;
use crate::problem::{Problem, ProblemCode};

/// Sends that are asked after when the list is looked at.
const ASKED_AFTER: usize = 5;

#[derive(Template)]
#[template(path = "app/history.html")]
struct Page<'a> {
    frame: &'a Frame,
    form_token: &'a str,
    rows: Vec<Row>,
    /// Whether this is not the first page.
    is_later: bool,
    next: Option<String>,
    /// Whether results may be looked at.
    reads: bool,
}

struct Row {
    id: String,
    at: String,
    at_iso: String,
    is_scheduled: bool,
    to: String,
    more: u32,
    kind: &'static str,
    state: Badge,
    delivered: u32,
    failed: u32,
    waiting: u32,
    earned: String,
}

/// `GET /app/messages`
pub async fn list(sending: web::Data<Arc<Sending>>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let signed = sending.pages.signed_in(&request).await?;
    let before = signed.frame.parameter("before").map(str::parse).transpose();
    let before = before.map_err(|_| Problem::new(ProblemCode::NotFound))?;
    let failed = |error| Problem::from(&error);
    let mut found = sending.history.page(&signed.connection, before).await.map_err(failed)?;
    if ask_after(&sending, &signed.connection, &found, signed.frame.now).await? {
        found = sending.history.page(&signed.connection, before).await.map_err(failed)?;
    }
    let reads = signed.connection.scopes.holds(AppScope::ReadMessages);
    let page = Page {
        frame: &signed.frame,
        form_token: &signed.form_token,
        rows: found.sends.iter().map(|(send, content)| row(&signed.frame, send, content, reads)).collect(),
        is_later: before.is_some(),
        next: found.next.map(|id| id.to_string()),
        reads,
    };
    Ok(signed.frame.answer(StatusCode::OK, &page))
}

/// Asks what became of the page's followed sends that were asked after longest ago; whether that brought news.
async fn ask_after(
    sending: &Sending,
    connection: &Connection,
    page: &HistoryPage,
    now: Timestamp,
) -> Result<bool, Problem> {
    let asked = first_to_ask(page.sends.iter().map(|(send, _)| send), now);
    let asked = asked.into_iter().map(|send| sending.follow.execute(connection, send));
    let mut is_news = false;
    for answer in join_all(asked).await {
        match answer {
            Ok(noted) => is_news |= noted,
            Err(CallError::Ended) => return Err(Problem::new(ProblemCode::PermissionEnded)),
            Err(CallError::Repository(error)) => return Err(Problem::from(&error)),
            // The page says what is missing, or shows what was known last.
            Err(_) => {}
        }
    }
    Ok(is_news)
}

/// So each is asked after in time, however many are followed; one that nobody asked after comes first. Those that went long
/// ago take no place.
fn first_to_ask<'a>(sends: impl Iterator<Item = &'a WebSend>, now: Timestamp) -> Vec<&'a WebSend> {
    let mut followed: Vec<&WebSend> = sends.filter(|send| send.is_followed(now)).collect();
    followed.sort_by_key(|send| send.followed_at);
    followed.truncate(ASKED_AFTER);
    followed
}

fn row(frame: &Frame, send: &WebSend, content: &SentContent, reads: bool) -> Row {
    let at = send.scheduled_at.unwrap_or(send.created_at);
    let (delivered, failed) = (send.figures.delivered, send.figures.failed);
    let waits = matches!(send.state, WebSendState::Sent | WebSendState::Scheduled | WebSendState::Unclear);
    Row {
        id: send.id.to_string(),
        at: format::minute(at, frame.locale),
        at_iso: at.to_string(),
        is_scheduled: send.scheduled_at.is_some(),
        to: masked(&content.first),
        more: send.size.saturating_sub(1),
        kind: send_words::kind(send.kind),
        state: send_words::send(frame, send, reads),
        delivered,
        failed,
        waiting: if waits { send.size.saturating_sub(delivered + failed) } else { 0 },
        earned: format::money(send.figures.earned(), "KRW", frame.locale),
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::keys::Sealed;
    use bonin_domain::messages::MessageKind;
    use bonin_domain::messaging::{ConnectionId, GroupFigures, WebSendId};
    use jiff::SignedDuration;

    use super::*;

    /// A send that was asked after at this second, if ever.
    fn asked(second: Option<i64>, state: WebSendState) -> WebSend {
        let now = Timestamp::UNIX_EPOCH;
        WebSend {
            id: WebSendId::draw(now, &mut |bytes| bytes.fill(1)),
            connection: ConnectionId::draw(now, &mut |bytes| bytes.fill(1)),
            kind: MessageKind::Sms,
            content: Sealed::from_bytes(Vec::new()),
            size: 1,
            state,
            failure: None,
            provider_code: None,
            group: None,
            figures: GroupFigures::default(),
            created_at: now,
            scheduled_at: None,
            released_at: None,
            followed_at: second.map(|second| now + SignedDuration::from_secs(second)),
        }
    }

    #[test]
    fn those_asked_after_longest_ago_come_first() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(10);
        let mut sends: Vec<WebSend> =
            [9, 8, 7, 1, 2].map(|second| asked(Some(second), WebSendState::Sent)).to_vec();
        sends.push(asked(None, WebSendState::Sent));
        sends.push(asked(Some(0), WebSendState::Refused));
        // They were never asked after, and would come first.
        let long_ago = now - WebSend::FOLLOWED_FOR;
        sends.extend((0..5).map(|_| WebSend { created_at: long_ago, ..asked(None, WebSendState::Sent) }));
        let first = first_to_ask(sends.iter(), now);
        let seconds: Vec<_> =
            first.iter().map(|send| send.followed_at.map(jiff::Timestamp::as_second)).collect();
        assert_eq!(seconds, [None, Some(1), Some(2), Some(7), Some(8)]);
    }
}
