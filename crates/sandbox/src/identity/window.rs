//! The carrier's window, and the scripts that open it. The window itself works without a script.

mod asked;
mod words;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, LOCATION};
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;
use jiff::civil::Date;
use serde_json::{Value, json};

use self::asked::{Asked, Back, Fault};
use self::words::{EN, KO, Words};
use super::attempt::{Attempt, Failure, Version};
use super::outcome::{self, Finished, Outcome};
use super::people::{self, PEOPLE, Person};
use super::store::{Ask, Order};
use crate::language;
use crate::params::Params;
use crate::sandbox::State;

/// How messages to the page that opened the window are marked.
const SOURCE: &str = "bonin-sandbox";

/// Somebody to choose.
struct Choice {
    id: &'static str,
    name: &'static str,
    note: &'static str,
    born: String,
    phone: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "identity_window.html")]
struct Page {
    words: &'static Words,
    other_language: String,
    query: String,
    site: String,
    order: String,
    people: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "identity_result.html")]
struct ResultPage {
    words: &'static Words,
    done: bool,
    message: String,
    /// What the page that opened the window is told, as JSON.
    result: String,
    /// The only page that may read it.
    origin: String,
}

#[derive(Template)]
#[template(path = "identity_refused.html")]
struct RefusedPage {
    words: &'static Words,
    field: &'static str,
    why: &'static str,
}

/// `GET /iamport/window`
pub(super) async fn show(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let asked = match Asked::read(request.query_string()) {
        Ok(asked) => asked,
        Err(fault) => return refused(&request, &Params::lenient(request.query_string()), fault),
    };
    let words = asked.words.unwrap_or_else(|| preferred(&request));
    if let Order::V2(id) = &asked.order
        && state.identity.find(Version::V2, id).is_some_and(|attempt| attempt.is_certified())
    {
        return refusal(words, Fault::AlreadyVerified, StatusCode::CONFLICT);
    }
    let today = people::today(state.now());
    let people = PEOPLE.iter().enumerate().map(|(index, person)| Choice {
        id: person.id,
        name: person.name,
        note: if words.lang == "ko" { person.note_ko } else { person.note_en },
        born: born(person, words, today),
        phone: phone(person, words),
        chosen: index == 0,
    });
    let other = if words.lang == "ko" { "en" } else { "ko" };
    let page = Page {
        words,
        other_language: format!("/iamport/window?{}&lang={other}", asked.query),
        query: format!("{}&lang={}", asked.query, words.lang),
        site: asked.site(),
        order: asked.order.id().unwrap_or("-").to_owned(),
        people: people.collect(),
    };
    render(&page, StatusCode::OK, &forms(&asked.back))
}

/// `POST /iamport/window`
pub(super) async fn finish(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let bytes = payload.unwrap_or_default();
    let form = Params::lenient(&String::from_utf8_lossy(&bytes));
    let query = form.get("query").unwrap_or_default();
    let asked = match Asked::read(query) {
        Ok(asked) => asked,
        Err(fault) => return refused(&request, &Params::lenient(query), fault),
    };
    let words = asked.words.unwrap_or_else(|| preferred(&request));
    let person = form.get("person").and_then(people::find);
    let outcome = match (form.get("outcome"), person) {
        (Some("certified"), Some(person)) => Outcome::Certified(person),
        (Some("uncertified"), _) => Outcome::Uncertified,
        (Some("failed"), _) => Outcome::Failed,
        (Some("cancelled"), _) => Outcome::Cancelled,
        _ => return refusal(words, Fault::Person, StatusCode::BAD_REQUEST),
    };
    let ask = Ask {
        order: asked.order.clone(),
        pg: asked.pg.or(person.map(|person| person.pg)).unwrap_or(people::Pg::Danal),
        origin: asked.page.as_ref().map(|page| page.as_str().to_owned()),
        custom_data: asked.custom_data.clone(),
    };
    match outcome::finish(&state.identity, ask, outcome, asked.min_age, state.now()) {
        Ok(finished) => answer(words, &asked, &finished),
        Err(_) => refusal(words, Fault::AlreadyVerified, StatusCode::CONFLICT),
    }
}

/// Tells the browser how it ended: by a redirect, or by a page that tells the one which opened the window.
fn answer(words: &'static Words, asked: &Asked, finished: &Finished) -> HttpResponse {
    let failure = finished.failure.as_ref();
    match &asked.back {
        Back::Redirect(address) => HttpResponse::SeeOther()
            .insert_header((LOCATION, address.with(&parameters(&finished.attempt, failure))))
            .insert_header(("Cache-Control", "no-store"))
            .insert_header(("Referrer-Policy", "no-referrer"))
            .finish(),
        Back::Popup => {
            let page = ResultPage {
                words,
                done: failure.is_none(),
                message: failure.map(|failure| failure.message.clone()).unwrap_or_default(),
                result: json!({ "source": SOURCE, "result": result(&finished.attempt, failure) }).to_string(),
                origin: asked.page.as_ref().map(|page| page.origin().to_owned()).unwrap_or_default(),
            };
            render(&page, StatusCode::OK, "'none'")
        }
    }
}

/// The parameters of a redirect (sheet, sections 7 and 11).
fn parameters(attempt: &Attempt, failure: Option<&Failure>) -> Vec<(&'static str, String)> {
    let mut parameters = match attempt.version {
        Version::V1 => vec![
            ("imp_uid", attempt.id.clone()),
            ("merchant_uid", attempt.merchant_uid.clone().unwrap_or_default()),
            ("success", failure.is_none().to_string()),
        ],
        Version::V2 => vec![
            ("transactionType", "IDENTITY_VERIFICATION".to_owned()),
            ("identityVerificationId", attempt.id.clone()),
            ("identityVerificationTxId", attempt.transaction.clone()),
        ],
    };
    if let Some(failure) = failure {
        let (code, message) = match attempt.version {
            Version::V1 => (("error_code", failure.code), "error_msg"),
            Version::V2 => (("code", "FAILURE_TYPE_PG"), "message"),
        };
        parameters.push((code.0, code.1.to_owned()));
        parameters.push((message, failure.message.clone()));
        if attempt.version == Version::V2 {
            parameters.push(("pgCode", failure.code.to_owned()));
            parameters.push(("pgMessage", failure.message.clone()));
        }
    }
    parameters
}

/// What a callback or promise gets (sheet, sections 7 and 11).
fn result(attempt: &Attempt, failure: Option<&Failure>) -> Value {
    if attempt.version == Version::V1 {
        return json!({
            "success": failure.is_none(),
            "imp_uid": attempt.id,
            "merchant_uid": attempt.merchant_uid,
            "pg_provider": attempt.pg.name(),
            "pg_type": "certification",
            "error_code": failure.map(|failure| failure.code),
            "error_msg": failure.map(|failure| &failure.message),
        });
    }
    let members = parameters(attempt, failure).into_iter();
    Value::Object(members.map(|(name, value)| (name.to_owned(), Value::String(value))).collect())
}

/// `GET /iamport/window.css`
pub(super) async fn style() -> HttpResponse {
    asset("text/css; charset=utf-8", include_str!("../../assets/identity.css"), "same-origin")
}

/// `GET /iamport/window.js`
pub(super) async fn script() -> HttpResponse {
    asset("text/javascript; charset=utf-8", include_str!("../../assets/identity.js"), "same-origin")
}

/// `GET /v1/iamport.js`
pub(super) async fn iamport_sdk() -> HttpResponse {
    asset("text/javascript; charset=utf-8", include_str!("../../assets/iamport.js"), "cross-origin")
}

/// `GET /v2/browser-sdk.js`
pub(super) async fn portone_sdk() -> HttpResponse {
    asset("text/javascript; charset=utf-8", include_str!("../../assets/browser-sdk.js"), "cross-origin")
}

fn asset(content_type: &str, body: &'static str, readers: &str) -> HttpResponse {
    guarded(StatusCode::OK, "'none'")
        .content_type(content_type)
        .insert_header(("Cache-Control", "no-cache"))
        .insert_header(("Cross-Origin-Resource-Policy", readers))
        .body(body)
}

fn refused(request: &HttpRequest, params: &Params, fault: Fault) -> HttpResponse {
    let words = asked::language(params).unwrap_or_else(|| preferred(request));
    refusal(words, fault, StatusCode::BAD_REQUEST)
}

fn refusal(words: &'static Words, fault: Fault, status: StatusCode) -> HttpResponse {
    let page = RefusedPage { words, field: fault.field(), why: fault.why(words) };
    render(&page, status, "'none'")
}

fn render(page: &impl Template, status: StatusCode, forms: &str) -> HttpResponse {
    let Ok(html) = page.render() else { return HttpResponse::InternalServerError().finish() };
    guarded(status, forms)
        .content_type("text/html; charset=utf-8")
        .insert_header(("Cache-Control", "no-store"))
        .body(html)
}

/// No `Cross-Origin-Opener-Policy` here: the window has to reach the page that opened it.
fn guarded(status: StatusCode, forms: &str) -> HttpResponseBuilder {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; \
         form-action {forms}; frame-ancestors 'none'"
    );
    let mut response = HttpResponse::build(status);
    response
        .insert_header(("Content-Security-Policy", policy))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Referrer-Policy", "no-referrer"));
    response
}

/// Where the form may lead: browsers hold the redirect after it to this rule too.
fn forms(back: &Back) -> String {
    match back {
        Back::Popup => "'self'".to_owned(),
        // A policy cannot name an IPv6 address.
        Back::Redirect(address) if address.origin().contains('[') => "'self' http: https:".to_owned(),
        Back::Redirect(address) => format!("'self' {}", address.origin()),
    }
}

fn preferred(request: &HttpRequest) -> &'static Words {
    let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    if language::prefers_korean(accepted) { &KO } else { &EN }
}

/// The birth date and the age, `1990-03-01 (만 36세)`.
fn born(person: &Person, words: &Words, today: Date) -> String {
    let age = words.age.replace("{age}", &person.age(today).to_string());
    format!("{} ({age})", person.birthday(today))
}

/// The number as people write it, `010-0000-1001`.
fn phone(person: &Person, words: &Words) -> String {
    match person.phone {
        Some(phone) => format!("{}-{}-{}", &phone[..3], &phone[3..7], &phone[7..]),
        None => words.no_phone.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn pages_and_scripts_hold_nothing_inline_and_make_no_code_of_texts() {
        for page in [
            include_str!("../../templates/identity_window.html"),
            include_str!("../../templates/identity_result.html"),
            include_str!("../../templates/identity_refused.html"),
        ] {
            for banned in
                ["<style", "style=", "onclick", "onload", "onsubmit", "javascript:", "=\"http", "safe"]
            {
                assert!(!page.contains(banned), "{banned}");
            }
        }
        for script in [
            include_str!("../../assets/identity.js"),
            include_str!("../../assets/iamport.js"),
            include_str!("../../assets/browser-sdk.js"),
        ] {
            for banned in
                ["innerHTML", "outerHTML", "document.write", "eval(", "Function(", ".style", "\"*\""]
            {
                assert!(!script.contains(banned), "{banned}");
            }
        }
    }
}
