//! The JSON of CoolSMS (sections 1, 4 to 7). Texts that may be numbers, numbers that may be texts and members
//! that nobody documents are all taken.

mod bodies;
mod groups;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::codes::is_refusal;
use crate::error::CoolsmsError;
use crate::results::{AddedMessages, Balance, MessagePage, MessageRow, SendReceipt, SentMany, Verdict};

pub(crate) use bodies::{MessageBody, SendBody, SendManyBody};
use groups::GroupBody;
pub(crate) use groups::{group, groups};

/// What an error body tells.
pub(crate) struct Problem {
    /// `errorCode`, where it has the form of one.
    pub(crate) name: Option<String>,
    /// The status code that an `errorMessage` about a message holds; nothing else of that text is kept.
    pub(crate) status_code: Option<String>,
}

/// Reads `{"errorCode": …, "errorMessage": …}` (section 1).
pub(crate) fn problem(body: &[u8]) -> Problem {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Body {
        #[serde(deserialize_with = "lenient")]
        error_code: Option<String>,
        #[serde(deserialize_with = "lenient")]
        error_message: Option<String>,
    }
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    // Names are letters alone; with digits it could be a number.
    let known =
        |name: &String| (1..=30).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphabetic());
    // The text may hold a date or a part of a number too, so only codes that are documented count.
    let status_code = body.error_message.as_deref().and_then(|message| {
        let mut words = message.split(|letter: char| !letter.is_ascii_alphanumeric());
        words.find(|word| is_refusal(word)).map(str::to_owned)
    });
    Problem { name: body.error_code.filter(known), status_code }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerdictBody {
    #[serde(default, deserialize_with = "lenient")]
    message_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    group_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    status_code: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    to: Option<String>,
    #[serde(default, deserialize_with = "fields")]
    custom_fields: Vec<(String, String)>,
}

impl From<VerdictBody> for Verdict {
    fn from(body: VerdictBody) -> Self {
        Self {
            message_id: body.message_id,
            status_code: body.status_code.unwrap_or_default(),
            to: body.to,
            custom_fields: body.custom_fields,
        }
    }
}

/// Reads the answer to one message: a success by status may still be a refusal (section 4).
pub(crate) fn receipt(body: &[u8]) -> Result<SendReceipt, CoolsmsError> {
    let body: VerdictBody = read(body)?;
    match (body.status_code.as_deref(), body.message_id) {
        (Some("2000"), Some(message_id)) => {
            Ok(SendReceipt { message_id, group_id: body.group_id, status_code: "2000".to_owned() })
        }
        (Some("2000"), None) => Err(CoolsmsError::unclear("200", "the answer names no message")),
        (Some(code), _) => Err(CoolsmsError::refusal(code)),
        (None, _) => Err(CoolsmsError::unclear("200", "the answer has no status code")),
    }
}

/// Reads the answer to many messages.
pub(crate) fn sent_many(body: &[u8]) -> Result<SentMany, CoolsmsError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        group_info: GroupBody,
        #[serde(default)]
        message_list: Option<Vec<VerdictBody>>,
        #[serde(default)]
        failed_message_list: Option<Vec<VerdictBody>>,
    }
    let body: Body = read(body)?;
    let verdicts = |list: Option<Vec<VerdictBody>>| list.into_iter().flatten().map(Verdict::from).collect();
    Ok(SentMany {
        group: body.group_info.into(),
        messages: verdicts(body.message_list),
        failed: verdicts(body.failed_message_list),
    })
}

/// Reads the answer to messages that were added to a group; `errorCount` is a text at times.
pub(crate) fn added(body: &[u8]) -> Result<AddedMessages, CoolsmsError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        #[serde(default, deserialize_with = "lenient")]
        error_count: Option<String>,
        result_list: Vec<VerdictBody>,
    }
    let body: Body = read(body)?;
    let results: Vec<Verdict> = body.result_list.into_iter().map(Verdict::from).collect();
    let counted = body.error_count.and_then(|count| count.parse().ok());
    let refused = results.iter().filter(|result| result.status_code != "2000").count() as u64;
    Ok(AddedMessages { errors: counted.unwrap_or(refused), results })
}

/// Reads how many messages were not removed from a group.
pub(crate) fn removed(body: &[u8]) -> Result<u64, CoolsmsError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        #[serde(deserialize_with = "number")]
        error_count: u64,
    }
    Ok(read::<Body>(body)?.error_count)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RowBody {
    #[serde(default, deserialize_with = "lenient")]
    group_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    from: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    to: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    country: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    subject: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    text: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    status_code: Option<String>,
    #[serde(default, deserialize_with = "fields")]
    custom_fields: Vec<(String, String)>,
    #[serde(default, deserialize_with = "moment")]
    date_created: Option<Timestamp>,
    #[serde(default, deserialize_with = "moment")]
    date_reported: Option<Timestamp>,
}

/// Reads a page of messages, which is an object keyed by id.
pub(crate) fn messages(body: &[u8], server_time: Option<Timestamp>) -> Result<MessagePage, CoolsmsError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        #[serde(default, deserialize_with = "lenient")]
        next_key: Option<String>,
        message_list: BTreeMap<String, RowBody>,
    }
    let body: Body = read(body)?;
    let row = |(message_id, row): (String, RowBody)| MessageRow {
        message_id,
        group_id: row.group_id,
        from: row.from,
        to: row.to,
        country: row.country,
        kind: row.kind,
        subject: row.subject,
        text: row.text,
        status_code: row.status_code.unwrap_or_default(),
        custom_fields: row.custom_fields,
        created_at: row.date_created,
        reported_at: row.date_reported,
    };
    let messages = body.message_list.into_iter().map(row).collect();
    Ok(MessagePage { messages, next_key: body.next_key, server_time })
}

/// Reads the name of an uploaded file.
pub(crate) fn file_id(body: &[u8]) -> Result<String, CoolsmsError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        file_id: String,
    }
    Ok(read::<Body>(body)?.file_id)
}

/// Reads the account that a member belongs to; nothing where the answer does not say.
pub(crate) fn member_account(body: &[u8]) -> Result<Option<String>, CoolsmsError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        #[serde(default, deserialize_with = "lenient")]
        account_id: Option<String>,
    }
    Ok(read::<Body>(body)?.account_id)
}

/// Reads the balance.
pub(crate) fn balance(body: &[u8]) -> Result<Balance, CoolsmsError> {
    #[derive(Deserialize)]
    struct Body {
        balance: serde_json::Number,
        point: serde_json::Number,
    }
    let body: Body = read(body)?;
    Ok(Balance { balance: body.balance.to_string(), point: body.point.to_string() })
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, CoolsmsError> {
    // Only the place is told: the parser's message quotes what it read.
    serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}: not what is documented", error.line(), error.column());
        CoolsmsError::unclear("200", place)
    })
}

/// A text or a number as text; anything else, and an empty text, as nothing.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) if !text.is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(lenient(deserializer)?.and_then(|text| text.parse().ok()).unwrap_or_default())
}

fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(lenient(deserializer)?.and_then(|text| text.parse().ok()))
}

fn fields<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, String)>, D::Error> {
    let Value::Object(fields) = Value::deserialize(deserializer)? else { return Ok(Vec::new()) };
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    Ok(fields.into_iter().filter_map(|(key, value)| Some((key, text(value)?))).collect())
}
