//! Bodies and their faults.

use actix_web::Error;
use actix_web::web::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::errors::{invalid, refusal};
use super::message::{self, Message};
use super::store::{Making, Refused};
use super::{errors, files};
use crate::answer::Answer;
use crate::credentials::COOLSMS_APP_ID;

/// The most recipients of a call.
const RECIPIENTS: usize = 10_000;

pub(super) type Payload = Result<Bytes, Error>;

/// Reads a JSON object. Bytes that are not UTF-8 become a mark that costs only their message (1027).
pub(super) fn object(payload: Payload) -> Result<Map<String, Value>, Answer> {
    let payload = payload.map_err(|_| refusal(413, "PayloadTooLarge", "요청이 너무 큽니다."))?;
    match serde_json::from_str(&String::from_utf8_lossy(&payload)) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(invalid("JSON 객체가 아닙니다.")),
    }
}

/// Reads an object that may be left out.
pub(super) fn optional_object(payload: Payload) -> Result<Map<String, Value>, Answer> {
    match &payload {
        Ok(bytes) if bytes.is_empty() => Ok(Map::new()),
        _ => object(payload),
    }
}

/// Reads the messages in the list `name`, one for each recipient.
pub(super) fn messages(list: Option<&Value>, files: &files::Files) -> Result<Vec<Message>, Answer> {
    let Some(Value::Array(items)) = list else { return Err(invalid("messages")) };
    if items.is_empty() {
        return Err(invalid("messages"));
    }
    let mut messages = Vec::with_capacity(items.len());
    for item in items {
        messages.extend(message::read(item, |id| files.has(id)).map_err(invalid)?);
        if messages.len() > RECIPIENTS {
            return Err(errors::too_many());
        }
    }
    Ok(messages)
}

/// Reads what a group is made with, at the top of the body or in `agent`.
pub(super) fn making(body: &Map<String, Value>) -> Result<Making, Answer> {
    let agent = body.get("agent").and_then(Value::as_object);
    let text = |name: &str| {
        let value = agent.and_then(|agent| agent.get(name)).or_else(|| body.get(name));
        value.and_then(Value::as_str).map(str::to_owned)
    };
    let flag = |name: &str| body.get(name).and_then(Value::as_bool).unwrap_or(false);
    let app_id = text("appId").filter(|id| !id.is_empty());
    if app_id.as_deref().is_some_and(|id| id != COOLSMS_APP_ID) {
        return Err(refusal(400, "InvalidAppId", "존재하지 않는 앱입니다."));
    }
    Ok(Making {
        app_id,
        allow_duplicates: flag("allowDuplicates"),
        strict: flag("strict"),
        sdk_version: text("sdkVersion"),
        os_platform: text("osPlatform"),
        custom_fields: body.get("customFields").and_then(Value::as_object).cloned().unwrap_or_default(),
    })
}

/// Reads `scheduledDate`, which must have a zone and lie at most 6 months ahead.
pub(super) fn schedule(body: &Map<String, Value>, now: Timestamp) -> Result<Option<Timestamp>, Answer> {
    let date = match body.get("scheduledDate") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(date)) => date.parse::<Timestamp>(),
        Some(_) => return Err(invalid("scheduledDate")),
    };
    let date = date.map_err(|_| invalid("scheduledDate"))?;
    if date.duration_since(now).as_hours() > 24 * 184 {
        return Err(refusal(400, "InvalidScheduledDate", "6개월 이내로 예약할 수 있습니다."));
    }
    Ok(Some(date))
}

/// What a group refuses.
pub(super) fn refused(refused: Refused) -> Answer {
    match refused {
        Refused::NotFound => errors::not_found(),
        Refused::TooMany => errors::too_many(),
        Refused::NoBalance => errors::no_balance(),
        Refused::Not(name) => {
            let status = if matches!(name, "ScheduledGroup" | "AlreadySent") { 409 } else { 400 };
            refusal(status, name, "그룹의 상태가 맞지 않습니다.")
        }
    }
}
