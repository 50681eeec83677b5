//! A stored message as SENS shows it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sens::files::FileRef;
use crate::sens::results;
use crate::sens::store::Record;
use crate::sens::time;

/// Where the message is in the pipeline.
pub(super) fn status(record: &Record, now: Timestamp) -> &'static str {
    if record.outcome.is_complete(now) { "COMPLETED" } else { "PROCESSING" }
}

/// An item of the list. The members of the result are absent until there is one.
pub(super) fn listed(record: &Record, now: Timestamp) -> Value {
    let message = &record.message;
    let mut item = json!({
        "requestId": &*record.request_id,
        "messageId": record.message_id,
        "requestTime": time::plain(record.accepted_at),
        "contentType": message.content_type,
        "type": message.kind.name(),
        "countryCode": message.country,
        "from": message.from,
        "to": message.to,
        "status": status(record, now),
    });
    let outcome = &record.outcome;
    if let Some(completed_at) = outcome.completes_at.filter(|_| outcome.is_complete(now)) {
        item["completeTime"] = json!(time::plain(completed_at));
        item["telcoCode"] = json!(outcome.network());
        item["statusCode"] = json!(outcome.code);
        item["statusName"] = json!(outcome.status_name());
        item["statusMessage"] = json!(results::meaning(&outcome.code));
    }
    item
}

/// One message with its texts, as requested even where they were cut.
pub(super) fn whole(record: &Record, now: Timestamp) -> Value {
    let mut item = listed(record, now);
    item["subject"] = json!(record.message.subject);
    item["content"] = json!(record.message.content);
    if !record.message.files.is_empty() {
        let show = |file: &FileRef| json!({ "fileId": file.id, "name": file.name });
        item["files"] = record.message.files.iter().map(show).collect();
    }
    item
}
