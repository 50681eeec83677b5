//! Reads the body of a send call.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::files::{FileRef, Files, InvalidFile, Upload};
use crate::credentials::SENS_FROM;

/// The kinds of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Sms,
    Lms,
    Mms,
}

impl Kind {
    /// As SENS spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Lms => "LMS",
            Self::Mms => "MMS",
        }
    }

    /// As the handset spells it.
    pub(super) fn handset_name(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Lms => "lms",
            Self::Mms => "mms",
        }
    }

    /// The bytes that reach the handset.
    pub(super) fn limit(self) -> usize {
        match self {
            Self::Sms => 90,
            Self::Lms | Self::Mms => 2000,
        }
    }
}

/// One message for one recipient, the defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) kind: Kind,
    pub(super) content_type: String,
    pub(super) country: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) subject: Option<String>,
    pub(super) content: String,
    pub(super) files: Arc<[FileRef]>,
}

/// A body that the service does not take, and why.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Invalid {
    #[error("'{0}' is required")]
    Missing(String),
    #[error("'{0}' must be a {1}")]
    WrongType(String, &'static str),
    #[error("'{0}' must hold digits only")]
    NotDigits(String),
    #[error("'type' must be SMS, LMS or MMS")]
    Kind,
    #[error("'contentType' must be COMM or AD")]
    ContentType,
    #[error("'from' is not a registered sender number")]
    UnknownSender,
    #[error("'messages' must hold 1 to 100 items")]
    Count,
    #[error("'files[{0}]': {1}")]
    File(usize, InvalidFile),
}

/// Reads the messages of a send call; files that come within it are kept like uploaded ones.
pub(super) fn read(
    body: &Map<String, Value>,
    files: &Files,
    now: Timestamp,
) -> Result<Vec<Message>, Invalid> {
    let kind = match required(body, "type")?.to_ascii_uppercase().as_str() {
        "SMS" => Kind::Sms,
        "LMS" => Kind::Lms,
        "MMS" => Kind::Mms,
        _ => return Err(Invalid::Kind),
    };
    let content_type = optional(body, "contentType")?.unwrap_or("COMM").to_ascii_uppercase();
    if !matches!(content_type.as_str(), "COMM" | "AD") {
        return Err(Invalid::ContentType);
    }
    let country = digits("countryCode", optional(body, "countryCode")?.unwrap_or("82"))?;
    // A country other than Korea is effective for SMS only.
    let country = if kind == Kind::Sms { country } else { "82" };
    let from = digits("from", required(body, "from")?)?;
    if from != SENS_FROM {
        return Err(Invalid::UnknownSender);
    }
    let files = if kind == Kind::Mms { read_files(body, files, now)? } else { Arc::default() };
    // SENS does so.
    let kind = if kind == Kind::Mms && files.is_empty() { Kind::Lms } else { kind };
    let content = required(body, "content")?;
    let subject = optional(body, "subject")?;
    let items = match body.get("messages") {
        None | Some(Value::Null) => return Err(Invalid::Missing("messages".to_owned())),
        Some(Value::Array(items)) if (1..=100).contains(&items.len()) => items,
        Some(Value::Array(_)) => return Err(Invalid::Count),
        Some(_) => return Err(Invalid::WrongType("messages".to_owned(), "list")),
    };
    items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let Value::Object(item) = item else {
                return Err(Invalid::WrongType(format!("messages[{index}]"), "object"));
            };
            let within = |name: &'static str| format!("messages[{index}].{name}");
            let to = text(item, "to", within)?.ok_or_else(|| Invalid::Missing(within("to")))?;
            let content = text(item, "content", within)?.unwrap_or(content);
            if content.is_empty() {
                return Err(Invalid::Missing("content".to_owned()));
            }
            Ok(Message {
                kind,
                content_type: content_type.clone(),
                country: country.to_owned(),
                from: from.to_owned(),
                to: digits(&within("to"), to)?.to_owned(),
                subject: text(item, "subject", within)?.or(subject).map(str::to_owned),
                content: content.to_owned(),
                files: Arc::clone(&files),
            })
        })
        .collect()
}

/// Files by id as they were uploaded, or within the call as older documents have it.
fn read_files(body: &Map<String, Value>, files: &Files, now: Timestamp) -> Result<Arc<[FileRef]>, Invalid> {
    let items = match body.get("files") {
        None | Some(Value::Null) => return Ok(Arc::default()),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(Invalid::WrongType("files".to_owned(), "list")),
    };
    let read = |(index, item): (usize, &Value)| {
        let Value::Object(item) = item else {
            return Err(Invalid::WrongType(format!("files[{index}]"), "object"));
        };
        let within = |name: &'static str| format!("files[{index}].{name}");
        if let Some(id) = text(item, "fileId", within)? {
            return files.find(id, now).ok_or(Invalid::File(index, InvalidFile::Unknown));
        }
        let part = |name| text(item, name, within)?.ok_or_else(|| Invalid::Missing(within(name)));
        let upload = Upload::read(part("name")?, part("body")?);
        Ok(files.keep(upload.map_err(|invalid| Invalid::File(index, invalid))?, now).file)
    };
    items.iter().enumerate().map(read).collect()
}

pub(super) fn required<'a>(body: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, Invalid> {
    optional(body, name)?.ok_or_else(|| Invalid::Missing(name.to_owned()))
}

pub(super) fn optional<'a>(
    body: &'a Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'a str>, Invalid> {
    text(body, name, str::to_owned)
}

fn text<'a>(
    body: &'a Map<String, Value>,
    name: &'static str,
    path: impl Fn(&'static str) -> String,
) -> Result<Option<&'a str>, Invalid> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Invalid::WrongType(path(name), "string")),
    }
}

fn digits<'a>(name: &str, text: &'a str) -> Result<&'a str, Invalid> {
    let only_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if only_digits { Ok(text) } else { Err(Invalid::NotDigits(name.to_owned())) }
}
