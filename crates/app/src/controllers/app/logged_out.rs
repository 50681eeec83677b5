//! A message that came when its writer was no longer logged in: its text is given back, to be copied. Nothing is kept.

use actix_web::http::header::{HeaderValue, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::session::{self, AppPages};
use super::words::{self, Both};
use crate::pages::Frame;
use crate::problem::{Problem, ProblemCode};

#[derive(Template)]
#[template(path = "app/logged_out.html")]
struct Page<'a> {
    frame: &'a Frame,
    text: &'a str,
    button: Both,
}

/// The page with `text`, where nobody is logged in and there is a text.
///
/// # Errors
/// `problem`, where it is another, or nothing was written.
pub fn give_back(
    pages: &AppPages,
    request: &HttpRequest,
    text: &str,
    problem: Problem,
) -> Result<HttpResponse, Problem> {
    if problem.code() != ProblemCode::SessionRequired || text.trim().is_empty() {
        return Err(problem);
    }
    let frame = pages.frame(request);
    let page = Page { frame: &frame, text, button: words::CONTINUE };
    let mut answer = frame.answer(problem.code().status(), &page);
    // A session that is over is forgotten, as where such a request leads to the first page.
    if let Ok(cookie) = HeaderValue::from_str(&session::clear_cookie().1) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(answer)
}
