//! A failure as a page, for people: the same problem that a program would get, in words.

use actix_web::HttpResponse;
use askama::Template;

use super::Frame;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "parts/failure.html")]
struct Page<'a> {
    frame: &'a Frame,
    status: u16,
    title: &'static str,
    code: &'static str,
    /// Where the way goes on.
    back: &'static str,
    section: &'static str,
}

/// The page of a failure, told in the section's own words, `title`. `section` is the body's class (`app`, `console`), `back` the page to start again from.
pub fn page(
    frame: &Frame,
    problem: &Problem,
    title: &'static str,
    section: &'static str,
    back: &'static str,
) -> HttpResponse {
    let code = problem.code();
    let page = Page { frame, status: code.status().as_u16(), title, code: code.as_str(), back, section };
    frame.answer(code.status(), &page)
}
