//! The JSON of SENS (sections 4 to 6 and 9).

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::error::SensError;
use crate::request::{MessageType, Recipient, SendRequest};
use crate::results::{MessagePage, MessageResult, MessageRow, Progress, SendReceipt};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendBody<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    content_type: &'static str,
    country_code: String,
    from: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    content: &'a str,
    messages: Vec<SendItem<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<FileItem<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reserve_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reserve_time_zone: Option<&'a str>,
}

#[derive(Serialize)]
struct SendItem<'a> {
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileItem<'a> {
    file_id: &'a str,
}

impl<'a> SendBody<'a> {
    pub(crate) fn new(request: &'a SendRequest, from: &'a str) -> Self {
        Self {
            kind: match request.kind {
                MessageType::Sms => "SMS",
                MessageType::Lms => "LMS",
                MessageType::Mms => "MMS",
            },
            content_type: if request.advertising { "AD" } else { "COMM" },
            country_code: request.country_code.to_string(),
            from,
            subject: request.subject.as_deref(),
            content: &request.content,
            messages: request.recipients.iter().map(SendItem::from).collect(),
            files: request.files.iter().map(|file_id| FileItem { file_id }).collect(),
            reserve_time: request.reserve.as_ref().map(|at| at.time.strftime("%Y-%m-%d %H:%M").to_string()),
            reserve_time_zone: request.reserve.as_ref().map(|at| at.zone.as_str()),
        }
    }
}

impl<'a> From<&'a Recipient> for SendItem<'a> {
    fn from(recipient: &'a Recipient) -> Self {
        Self {
            to: &recipient.to,
            subject: recipient.subject.as_deref(),
            content: recipient.content.as_deref(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SendAnswer {
    #[serde(default, deserialize_with = "text")]
    request_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    request_time: Option<String>,
    #[serde(default, deserialize_with = "text")]
    status_code: Option<String>,
    #[serde(default, deserialize_with = "text")]
    status_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    #[serde(default, deserialize_with = "text")]
    status_code: Option<String>,
    #[serde(default, deserialize_with = "text")]
    status_name: Option<String>,
    messages: Option<Vec<Item>>,
    has_more: Option<bool>,
    #[serde(default, deserialize_with = "text")]
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(default, deserialize_with = "text")]
    request_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    message_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    request_time: Option<String>,
    #[serde(default, deserialize_with = "text")]
    complete_time: Option<String>,
    #[serde(default, deserialize_with = "text")]
    from: Option<String>,
    #[serde(default, deserialize_with = "text")]
    to: Option<String>,
    #[serde(default, deserialize_with = "text")]
    country_code: Option<String>,
    #[serde(default, deserialize_with = "text")]
    telco_code: Option<String>,
    #[serde(default, deserialize_with = "text")]
    status: Option<String>,
    #[serde(default, deserialize_with = "text")]
    status_code: Option<String>,
    #[serde(default, deserialize_with = "text")]
    status_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    subject: Option<String>,
    #[serde(default, deserialize_with = "text")]
    content: Option<String>,
}

/// Reads the answer to a send that came with HTTP 202.
pub(crate) fn receipt(body: &[u8]) -> Result<SendReceipt, SensError> {
    let answer: SendAnswer = read(202, body)?;
    let status_code = answer.status_code.unwrap_or_default();
    let code = format!("202/{}", clean(&status_code).unwrap_or("none"));
    match answer.request_id.filter(|id| !id.is_empty()) {
        Some(request_id) if status_code == "202" => {
            Ok(SendReceipt { request_id, request_time: answer.request_time, status_code })
        }
        // The documented failure: it follows the meaning of HTTP's statuses, so 4xx was surely not accepted.
        _ if answer.status_name.as_deref() == Some("fail") && is_client_error(&status_code) => {
            Err(match status_code.as_str() {
                "401" => SensError::Unauthorized { code },
                "403" => SensError::Service { code },
                "429" => SensError::Throttled { code },
                _ => SensError::Refused { code },
            })
        }
        _ => Err(SensError::unclear(code, "no request id, or no success")),
    }
}

/// Reads a list that came with HTTP 200.
pub(crate) fn page(body: &[u8]) -> Result<MessagePage, SensError> {
    let envelope = envelope(body)?;
    let reserved = envelope.status_name.as_deref() == Some("reserved");
    Ok(MessagePage {
        pending: reserved || envelope.messages.is_none(),
        messages: envelope.messages.unwrap_or_default().into_iter().map(row).collect(),
        has_more: envelope.has_more,
        next_token: envelope.next_token.filter(|token| !token.is_empty()),
        server_time: None,
    })
}

/// Reads one message that came with HTTP 200: a list with one element.
pub(crate) fn result(body: &[u8]) -> Result<MessageResult, SensError> {
    let mut messages = envelope(body)?.messages.unwrap_or_default();
    match (messages.pop(), messages.is_empty()) {
        (Some(mut item), true) => {
            Ok(MessageResult { subject: item.subject.take(), content: item.content.take(), row: row(item) })
        }
        _ => Err(SensError::unclear("200".into(), "not exactly one message")),
    }
}

/// The provider's own code in the body of a refusal, whichever of its forms it has; an empty or foreign body
/// has none.
pub(crate) fn problem_code(body: &[u8]) -> Option<String> {
    let code = if let Ok(json) = serde_json::from_slice::<Value>(body) {
        [&json["error"]["errorCode"], &json["errorCode"], &json["statusCode"], &json["status"]]
            .into_iter()
            .find_map(plain)?
    } else {
        let xml = std::str::from_utf8(body).ok()?;
        let (_, rest) = xml.split_once("<errorCode>")?;
        rest.split_once("</errorCode>")?.0.trim().to_owned()
    };
    clean(&code).map(str::to_owned)
}

fn envelope(body: &[u8]) -> Result<Envelope, SensError> {
    let envelope: Envelope = read(200, body)?;
    let status_code = envelope.status_code.as_deref().unwrap_or_default();
    let failed = envelope.status_name.as_deref() == Some("fail");
    // A list says 202 where a single message says 200.
    if failed || !matches!(status_code, "200" | "202") {
        let code = format!("200/{}", clean(status_code).unwrap_or("none"));
        return Err(SensError::unclear(code, "the answer is no success"));
    }
    Ok(envelope)
}

fn row(item: Item) -> MessageRow {
    MessageRow {
        request_id: item.request_id,
        message_id: item.message_id,
        request_time: item.request_time,
        complete_time: item.complete_time,
        from: item.from,
        to: item.to,
        country_code: item.country_code,
        telco_code: item.telco_code,
        progress: match item.status.as_deref() {
            Some("READY") => Progress::Ready,
            Some("PROCESSING") => Progress::Processing,
            Some("COMPLETED") => Progress::Completed,
            _ => Progress::Unknown,
        },
        status_code: item.status_code,
        status_name: item.status_name,
    }
}

pub(crate) fn read<'a, T: Deserialize<'a>>(status: u16, body: &'a [u8]) -> Result<T, SensError> {
    serde_json::from_slice(body).map_err(|error| {
        // The error itself would quote the value it stumbled over.
        let place = format!("not the documented JSON at line {}, column {}", error.line(), error.column());
        SensError::unclear(status.to_string(), place)
    })
}

/// SENS writes codes as text in some places and as numbers in others.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(plain(&Value::deserialize(deserializer)?))
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A code as providers write codes; anything else could be a number or a text that found its way there.
pub(crate) fn clean(code: &str) -> Option<&str> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    ((1..=8).contains(&code.len()) && code.bytes().all(allowed)).then_some(code)
}

fn is_client_error(code: &str) -> bool {
    code.len() == 3 && code.starts_with('4') && code.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_refusal_gives_its_code() {
        for (body, code) in [
            (r#"{"error":{"errorCode":"210","message":"Permission Denied","details":"..."}}"#, Some("210")),
            (r#"{"error":{"errorCode":210,"message":"Permission Denied"}}"#, Some("210")),
            (
                r#"{"status":403,"error":"Forbidden","message":"Do not have access to this 'serviceId'"}"#,
                Some("403"),
            ),
            (
                r#"{"requestId":"...","requestTime":"...","statusCode":"400","statusName":"fail"}"#,
                Some("400"),
            ),
            (r#"{"errorCode":"210","errorMessage":"Authentication Failed"}"#, Some("210")),
            ("<?xml version=\"1.0\"?><responseError><errorCode>210</errorCode></responseError>", Some("210")),
            ("", None),
            ("<html>Bad Gateway</html>", None),
            ("[]", None),
            ("null", None),
            (r#"{"error":{"errorCode":"01012345678"}}"#, None),
            (r#"{"error":{"errorCode":"a text"}}"#, None),
        ] {
            assert_eq!(problem_code(body.as_bytes()).as_deref(), code, "{body}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_quoted() {
        let error = page(br#"{"statusCode":"202","messages":"01012345678"}"#).unwrap_err();
        let told = format!("{error:?}");
        assert!(told.contains("line 1") && !told.contains("0101"), "{told}");
    }
}
