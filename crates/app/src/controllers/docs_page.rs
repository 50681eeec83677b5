//! `/docs`: the API for people, written from the same description as `/openapi.json`. It needs no script.

mod curl;
mod example;
mod prose;
mod reference;
mod shape;
mod words;

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::messages::Locale;

use self::reference::{Operation, Reference};
use self::words::{GROUPS, Group};
use super::openapi::{self, PublicUrl};
use crate::pages::{Frame, FrameParts};
use crate::problem::{FieldCode, ProblemCode};

/// The address in examples, where none is configured: where the server listens unless told otherwise.
const ADDRESS: &str = "http://127.0.0.1:8080";

/// The description does not change while the server runs.
static REFERENCE: LazyLock<Reference> = LazyLock::new(|| {
    let document = serde_json::to_value(openapi::description()).unwrap_or_default();
    Reference::read(&document)
});

#[derive(Template)]
#[template(path = "docs/page.html")]
struct Page<'a> {
    frame: &'a Frame,
    address: &'a str,
    version: &'a str,
    sections: Vec<Section<'a>>,
    /// All problems, by their status.
    problems: Vec<(u16, Vec<Told>)>,
    /// What can be wrong with a member.
    faults: Vec<Told>,
}

/// A group of calls.
struct Section<'a> {
    tag: &'static str,
    name: &'static str,
    aim: &'static str,
    calls: Vec<&'a Operation>,
}

/// A code, and what it says to people.
struct Told {
    code: &'static str,
    text: &'static str,
}

/// `GET /docs`
pub async fn page(
    frames: web::Data<FrameParts>,
    url: web::Data<PublicUrl>,
    request: HttpRequest,
) -> HttpResponse {
    let frame = Frame::new(&frames, &request);
    let page = Page {
        frame: &frame,
        address: url.0.as_deref().unwrap_or(ADDRESS).trim_end_matches('/'),
        version: &REFERENCE.version,
        sections: GROUPS.iter().map(|group| section(group, frame.locale)).collect(),
        problems: problems(frame.locale),
        faults: FieldCode::ALL
            .map(|code| Told { code: code.as_str(), text: code.message(frame.locale) })
            .into(),
    };
    frame.answer(StatusCode::OK, &page)
}

fn section(group: &Group, locale: Locale) -> Section<'static> {
    let Group { tag, .. } = *group;
    Section { tag, name: group.name(locale), aim: group.aim(locale), calls: REFERENCE.group(tag) }
}

fn problems(locale: Locale) -> Vec<(u16, Vec<Told>)> {
    let mut statuses: Vec<u16> = ProblemCode::ALL.iter().map(|code| code.status().as_u16()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let of = |status: u16| {
        let codes = ProblemCode::ALL.iter().filter(|code| code.status().as_u16() == status);
        codes.map(|code| Told { code: code.as_str(), text: code.title(locale) }).collect()
    };
    statuses.into_iter().map(|status| (status, of(status))).collect()
}

#[cfg(test)]
mod tests;
