//! Groups and messages as answers show them, with every key that official clients ask for (sheet, 5.2 and 7).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::message::meaning;
use super::results::Fate;
use super::store::{Progress, Record, Whole, price};

/// All channels, though three are simulated.
const TYPES: [&str; 15] = [
    "sms", "lms", "mms", "ata", "cta", "cti", "nsa", "rcs_sms", "rcs_lms", "rcs_mms", "rcs_tpl", "rcs_itpl",
    "rcs_ltpl", "fax", "voice",
];

/// `2026-01-02T03:04:05.678Z`
pub(super) fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A map of all channels.
pub(super) fn by_type(mut value: impl FnMut(&str) -> Value) -> Value {
    TYPES.iter().map(|kind| ((*kind).to_owned(), value(kind))).collect::<Map<_, _>>().into()
}

/// What a message of this channel costs in Korea, in KRW.
pub fn tariff(kind: &str) -> i64 {
    match kind {
        "sms" | "cti" | "rcs_sms" => 20,
        "lms" | "rcs_lms" => 50,
        "mms" | "rcs_mms" => 200,
        _ => 19,
    }
}

/// What the app's developer earns by a message, in KRW.
fn profit(kind: &str) -> u64 {
    match kind {
        "sms" => 2,
        "lms" => 5,
        "mms" => 10,
        _ => 0,
    }
}

/// A group (section 5.2).
pub(super) fn group(whole: &Whole<'_>, now: Timestamp) -> Value {
    let group = whole.group;
    let refused = whole.records.iter().filter(|record| record.message.code != "2000").count();
    let sent: Vec<_> = whole.records.iter().filter(|record| record.fate.is_some()).collect();
    let ended = |wanted: bool| {
        let codes = sent.iter().map(|record| record.code_at(now));
        codes.filter(|code| !matches!(*code, "2000" | "3000") && (*code == "4000") == wanted).count()
    };
    let (success, failed) = (ended(true), ended(false));
    let pending = sent.len() - success - failed;
    let (status, sent_at) = match group.progress {
        Progress::Pending => ("PENDING", None),
        Progress::Scheduled(_) => ("SCHEDULED", None),
        Progress::Sent(at) if pending == 0 => ("COMPLETE", Some(at)),
        Progress::Sent(at) => ("SENDING", Some(at)),
        Progress::Failed => ("FAILED", None),
        Progress::Deleted => ("DELETED", None),
    };
    let completed_at = (status == "COMPLETE")
        .then(|| sent.iter().filter_map(|record| record.fate.as_ref()).map(Fate::known_at).max())
        .flatten();
    let charged = |kind: &str| {
        let mut countries = Map::new();
        for record in sent.iter().filter(|record| record.message.kind.key() == kind) {
            let count = countries.get(&record.message.country).and_then(Value::as_u64).unwrap_or(0);
            countries.insert(record.message.country.clone(), json!(count + 1));
        }
        Value::Object(countries)
    };
    let cost: u64 = sent.iter().map(|record| price(record.message.kind)).sum();
    let earns = group.making.app_id.is_some();
    let scheduled = if let Progress::Scheduled(at) = group.progress { Some(iso(at)) } else { None };
    json!({
        "_id": &*group.id,
        "groupId": &*group.id,
        "accountId": group.account,
        "masterAccountId": null,
        "status": status,
        "count": {
            "total": whole.records.len(),
            "sentTotal": sent.len(),
            "sentFailed": failed,
            "sentSuccess": success,
            "sentPending": pending,
            "sentReplacement": 0,
            "refund": 0,
            "registeredFailed": refused,
            "registeredSuccess": whole.records.len() - refused,
        },
        "countForCharge": by_type(charged),
        "balance": { "requested": cost, "replacement": 0, "refund": 0, "sum": cost },
        "point": { "requested": 0, "replacement": 0, "refund": 0, "sum": 0 },
        "app": {
            "profit": by_type(|kind| json!(if earns { profit(kind) } else { 0 })),
            "appId": group.making.app_id,
            "version": null,
        },
        "price": { "82": by_type(|kind| json!(tariff(kind))) },
        "log": [{ "createAt": iso(group.created_at), "message": "그룹이 생성되었습니다." }],
        "scheduledDate": scheduled,
        "dateSent": sent_at.map(iso),
        "dateCompleted": completed_at.map(iso),
        "dateCreated": iso(group.created_at),
        "dateUpdated": iso(group.updated_at),
        "isRefunded": false,
        "flagUpdated": false,
        "prepaid": true,
        "strict": group.making.strict,
        "allowDuplicates": group.making.allow_duplicates,
        "serviceMethod": "MT",
        "apiVersion": "4",
        "sdkVersion": group.making.sdk_version,
        "osPlatform": group.making.os_platform,
        "customFields": group.making.custom_fields,
        "hint": null,
    })
}

/// A message in a list (section 7).
pub(super) fn message(record: &Record, now: Timestamp) -> Value {
    let message = &record.message;
    let code = record.code_at(now);
    let known_at = record.fate.as_ref().filter(|_| !matches!(code, "2000" | "3000")).map(Fate::known_at);
    let status = match (&record.fate, known_at) {
        (None, _) => "PENDING",
        (Some(_), None) => "SENDING",
        (Some(_), Some(_)) => "COMPLETE",
    };
    let (network, name) = if code == "4000" { ("450005", "SKT") } else { ("", "") };
    let updated =
        known_at.or_else(|| record.fate.as_ref().map(|fate| fate.sent_at)).unwrap_or(record.created_at);
    json!({
        "_id": record.id,
        "messageId": record.id,
        "groupId": &*record.group,
        "accountId": record.account,
        "type": message.kind.name(),
        "country": message.country,
        "to": message.to,
        "from": message.from,
        "subject": message.subject,
        "text": message.text,
        "imageId": message.image_id,
        "status": status,
        "statusCode": code,
        "reason": meaning(code),
        "networkCode": network,
        "networkName": name,
        "replacement": false,
        "replacements": [],
        "resendCount": 0,
        "autoTypeDetect": message.auto_type_detect,
        "log": [{ "createAt": iso(record.created_at), "message": meaning(message.code) }],
        "queues": [],
        "customFields": message.custom_fields,
        "dateProcessed": record.fate.as_ref().map(|fate| iso(fate.sent_at)),
        "dateReported": known_at.map(iso),
        "dateReceived": known_at.filter(|_| code == "4000").map(iso),
        "dateCreated": iso(record.created_at),
        "dateUpdated": iso(updated),
    })
}

/// A message as the answer to its registration shows it.
pub(super) fn registered(record: &Record) -> Value {
    let message = &record.message;
    let mut shown = json!({
        "groupId": &*record.group,
        "to": message.to,
        "from": message.from,
        "type": message.kind.name(),
        "statusMessage": meaning(message.code),
        "country": message.country,
        "messageId": record.id,
        "statusCode": message.code,
        "accountId": record.account,
    });
    if !message.custom_fields.is_empty() {
        shown["customFields"] = json!(message.custom_fields);
    }
    shown
}

/// A message in `messageList` of send-many/detail.
pub(super) fn brief(record: &Record) -> Value {
    let message = &record.message;
    let mut shown = json!({
        "messageId": record.id,
        "statusCode": message.code,
        "statusMessage": meaning(message.code),
    });
    if !message.custom_fields.is_empty() {
        shown["customFields"] = json!(message.custom_fields);
    }
    shown
}

/// A result as a webhook brings it, flat (section 10).
pub(super) fn report(record: &Record, at: Timestamp) -> Value {
    let mut shown = registered(record);
    let code = record.code_at(at).to_owned();
    let message = message(record, at);
    for name in ["dateProcessed", "dateReported", "dateReceived", "networkCode", "customFields"] {
        shown[name] = message[name].clone();
    }
    shown["statusMessage"] = json!(meaning(&code));
    shown["statusCode"] = json!(code);
    shown
}

/// A report that the carrier has the message, with nothing known of its end.
pub(super) fn carried(record: &Record, at: Timestamp) -> Value {
    let mut shown = report(record, at);
    shown["statusCode"] = json!("3000");
    shown["statusMessage"] = json!(meaning("3000"));
    for name in ["dateReported", "dateReceived"] {
        shown[name] = Value::Null;
    }
    shown
}
