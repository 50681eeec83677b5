//! What the pages answer: a line for most, JSON or XML for two.

use actix_web::http::StatusCode;

use crate::answer::Answer;
use crate::faults::Fault;

const HTML: &str = "text/html; charset=utf-8";

/// A line of text.
pub(super) fn line(body: String) -> Answer {
    Answer::text(StatusCode::OK, HTML, body)
}

/// `code,remaining`
pub(super) fn counted(code: &str, remaining: u64) -> Answer {
    line(format!("{code},{remaining}"))
}

/// An error: those below zero have a comma behind them and no count.
pub(super) fn refusal(code: &str) -> Answer {
    line(if code.starts_with('-') { format!("{code},") } else { code.to_owned() })
}

/// 413: a body over the limit, which the web server answers.
pub(super) fn too_large() -> Answer {
    web_server(StatusCode::PAYLOAD_TOO_LARGE)
}

/// What a fault makes of an answer. The page itself always says 200, so any other status is the web server's. Half
/// a line may still be a whole one, so a malformed answer is the beginning of a page instead.
pub(super) fn under(fault: Option<&Fault>, answer: impl FnOnce() -> Answer) -> Answer {
    match fault {
        Some(fault) if !fault.accepts() => {
            let status = fault.status.and_then(|status| StatusCode::from_u16(status).ok());
            web_server(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        }
        Some(fault) if fault.malformed => Answer { body: web_server(StatusCode::OK).body, ..answer() },
        _ => answer(),
    }
}

fn web_server(status: StatusCode) -> Answer {
    let title = status.canonical_reason().unwrap_or("Error");
    Answer::text(status, HTML, format!("<html><head><title>{title}</title></head><body></body></html>"))
}
