//! `POST /sms_list.php`

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::form::Fields;
use super::numbers::{hyphenated, national};
use super::store::Record;
use super::{access, answers, time, waiting};
use crate::answer::Answer;
use crate::credentials::CAFE24_FROM;
use crate::faults::{self, Call, Provider};
use crate::sandbox::State;

/// What is asked for; nothing of it is ever in base64.
struct Query {
    first_day: Date,
    last_day: Date,
    start: usize,
    rows: usize,
    send_type: Option<String>,
    send_status: Option<String>,
    receive_phone: Option<String>,
    send_phone: Option<String>,
    is_long: bool,
}

/// Lists messages, newest first.
pub(super) async fn list(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    waiting::deliver_due(&state);
    let Ok(payload) = payload else {
        return answers::too_large().into_response();
    };
    let fields = Fields::read(&request, &payload).plain();
    let query = match access::admit(&fields, "user_id", "secure").and_then(|()| read(&fields)) {
        Ok(query) => query,
        Err(code) => return xml(&format!("<code>{code}</code>")).into_response(),
    };
    let now = state.now();
    let found = state.cafe24.find(|record| fits(&query, record, now));
    let page: Vec<_> = found.iter().skip(query.start).take(query.rows).collect();
    let numbers = page.iter().map(|record| Some(record.number.as_str()));
    let fault = state.faults.take(Provider::Cafe24, Call::Read, numbers);
    let answer = answers::under(fault.as_ref(), || {
        let rows: String = page.iter().map(|record| row(record, now)).collect();
        xml(&format!("<code>0000</code><totalCnt>{}</totalCnt><data>{rows}</data>", found.len()))
    });
    faults::play(fault.as_ref(), answer).await
}

fn read(fields: &Fields) -> Result<Query, &'static str> {
    let field = |name| fields.ascii(name).unwrap_or_default();
    let number = |name, fallback: usize| match field(name) {
        Some(raw) => raw.parse().map_err(|_| "-101"),
        None => Ok(fallback),
    };
    let digits = |name| field(name).map(|raw| raw.replace('-', ""));
    let first_day = time::read_day(&field("date").ok_or("-101")?).ok_or("-101")?;
    let days = i64::try_from(number("day", 1)?.clamp(1, 7)).map_err(|_| "-101")?;
    Ok(Query {
        first_day,
        // Whether the days follow or precede the date is not documented.
        last_day: first_day.saturating_add(Span::new().days(days - 1)),
        start: number("startNo", 0)?,
        rows: number("displayNo", 50)?.clamp(1, 50),
        send_type: field("sendType").filter(|kind| kind != "all"),
        send_status: field("sendStatus"),
        receive_phone: digits("receivePhone"),
        send_phone: digits("sendPhone"),
        is_long: field("smsType").is_some_and(|kind| kind == "lms"),
    })
}

fn fits(query: &Query, record: &Record, now: Timestamp) -> bool {
    let day = time::day(record.sent_at);
    let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
    let outcome = match status(record, now) {
        '3' => "S",
        '9' => "F",
        _ => "",
    };
    (query.first_day..=query.last_day).contains(&day)
        && query.is_long == record.is_long
        && is(&query.send_type, if record.is_reserved { "reserve" } else { "general" })
        && is(&query.send_status, outcome)
        && is(&query.receive_phone, &national(&record.number))
        && is(&query.send_phone, CAFE24_FROM)
}

/// Requested at once or for later, sent, or failed.
fn status(record: &Record, now: Timestamp) -> char {
    match (record.outcome.is_known(now), record.outcome.has_failed) {
        (true, true) => '9',
        (true, false) => '3',
        (false, _) if record.is_reserved => '2',
        (false, _) => '1',
    }
}

fn row(record: &Record, now: Timestamp) -> String {
    let refunded_at = record.outcome.known_at.filter(|_| status(record, now) == '9');
    let send_type = if record.is_reserved { 'R' } else { 'I' };
    let values = [
        ("sendType", send_type.to_string()),
        ("sendPhone", hyphenated(CAFE24_FROM)),
        ("receivePhone", hyphenated(&national(&record.number))),
        ("msg", escaped(&record.text)),
        ("sendDateTime", time::minute(record.sent_at)),
        ("regDate", time::minute(record.registered_at)),
        ("sendStatus", status(record, now).to_string()),
        ("refundDate", refunded_at.map(time::minute).unwrap_or_default()),
    ];
    let mut row = "<record>".to_owned();
    for (name, value) in values {
        // Writing to a String does not fail.
        let _ = write!(row, "<{name}>{value}</{name}>");
    }
    row + "</record>"
}

/// A text as XML has it; control characters have no place there.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')).collect()
}

/// The name of the root is a guess.
fn xml(inside: &str) -> Answer {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<smslist>{inside}</smslist>\n");
    Answer::text(StatusCode::OK, "text/xml; charset=utf-8", body)
}
