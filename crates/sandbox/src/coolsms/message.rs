//! One message: read from a body and judged as the provider does at registration (sheet, sections 4, 8, 11).

use bonin_domain::messages::euc_kr_len;
use serde_json::{Map, Value};

use crate::credentials::COOLSMS_FROM;
use crate::numbers;

/// The kinds that are simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Sms,
    Lms,
    Mms,
}

impl Kind {
    /// As CoolSMS spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Lms => "LMS",
            Self::Mms => "MMS",
        }
    }

    /// As the handset, prices and counts spell it.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Lms => "lms",
            Self::Mms => "mms",
        }
    }

    fn limit(self) -> usize {
        if self == Self::Sms { 90 } else { 2000 }
    }
}

/// A message for one recipient, the defaults filled in.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) kind: Kind,
    pub(super) country: String,
    pub(super) to: String,
    /// The recipient as E.164, if it is a number at all.
    pub(super) number: Option<String>,
    pub(super) from: String,
    pub(super) subject: Option<String>,
    pub(super) text: String,
    pub(super) image_id: Option<String>,
    pub(super) auto_type_detect: bool,
    pub(super) custom_fields: Map<String, Value>,
    /// `2000`, or why it was refused.
    pub(super) code: &'static str,
}

/// Reads the messages of one item, one for each recipient; `has_image` knows the uploaded files.
///
/// # Errors
/// The field for which the whole call is refused.
pub(super) fn read(item: &Value, has_image: impl Fn(&str) -> bool) -> Result<Vec<Message>, &'static str> {
    let item = item.as_object().ok_or("message")?;
    let from = text(item, "from")?.ok_or("from")?;
    let recipients: Vec<&str> = match item.get("to") {
        Some(Value::String(to)) => vec![to],
        Some(Value::Array(list)) => list.iter().map(Value::as_str).collect::<Option<_>>().ok_or("to")?,
        _ => return Err("to"),
    };
    let country = text(item, "country")?.unwrap_or("82");
    let body = text(item, "text")?.unwrap_or_default();
    let subject = text(item, "subject")?.filter(|subject| !subject.is_empty());
    let image_id = text(item, "imageId")?.filter(|id| !id.is_empty());
    let auto_type_detect = !matches!(item.get("autoTypeDetect"), Some(Value::Bool(false)));
    let named = text(item, "type")?;
    let (custom_fields, fields_fit) = match item.get("customFields") {
        None | Some(Value::Null) => (Map::new(), true),
        Some(Value::Object(fields)) => (fields.clone(), fields.iter().all(fits)),
        Some(_) => return Err("customFields"),
    };
    let kind = kind(named, auto_type_detect, subject, image_id, body);
    let other_channel = ["kakaoOptions", "rcsOptions", "naverOptions", "voiceOptions", "faxOptions"]
        .iter()
        .any(|name| item.get(*name).is_some_and(|options| !options.is_null()));
    Ok(recipients
        .into_iter()
        .map(|to| {
            let mut message = Message {
                kind: kind.unwrap_or(Kind::Sms),
                country: country.to_owned(),
                to: to.to_owned(),
                number: numbers::from_national(country, to),
                from: from.to_owned(),
                subject: subject.map(str::to_owned),
                text: body.to_owned(),
                image_id: image_id.map(str::to_owned),
                auto_type_detect,
                custom_fields: custom_fields.clone(),
                code: "2000",
            };
            message.code = match kind {
                None => "1025",
                Some(_) if other_channel => "1033",
                Some(_) if !fields_fit => "1032",
                Some(_) => message.judge(&has_image),
            };
            message
        })
        .collect())
}

/// The kind that was named, or the one that fits; a text that is too long for an SMS becomes an LMS.
fn kind(
    named: Option<&str>,
    auto: bool,
    subject: Option<&str>,
    image_id: Option<&str>,
    text: &str,
) -> Option<Kind> {
    match named {
        Some("SMS") => Some(Kind::Sms),
        Some("LMS") => Some(Kind::Lms),
        Some("MMS") => Some(Kind::Mms),
        Some(_) => None,
        None if !auto => Some(Kind::Sms),
        None if image_id.is_some() => Some(Kind::Mms),
        None if subject.is_some() || width(text) > Kind::Sms.limit() => Some(Kind::Lms),
        None => Some(Kind::Sms),
    }
}

/// Bytes in EUC-KR, two for what it lacks.
fn width(text: &str) -> usize {
    euc_kr_len(text)
        .unwrap_or_else(|_| text.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum())
}

fn fits((key, value): (&String, &Value)) -> bool {
    key.chars().count() <= 30 && value.as_str().is_some_and(|value| value.chars().count() <= 100)
}

impl Message {
    fn judge(&self, has_image: impl Fn(&str) -> bool) -> &'static str {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if ![&self.to, &self.from, &self.country].into_iter().all(|text| digits(text)) {
            return "1011";
        }
        if self.from != COOLSMS_FROM {
            return "1062";
        }
        if self.text.is_empty() {
            return "1010";
        }
        for text in [Some(&self.text), self.subject.as_ref()].into_iter().flatten() {
            if let Some(code) = charset(text) {
                return code;
            }
        }
        if let Some(subject) = &self.subject {
            if self.kind == Kind::Sms {
                return "1013";
            }
            if width(subject) > 40 {
                return "1014";
            }
        }
        if width(&self.text) > self.kind.limit() {
            return "1031";
        }
        // Long messages do not leave the country.
        if self.kind != Kind::Sms && self.country != "82" {
            return "1058";
        }
        match &self.image_id {
            None if self.kind == Kind::Mms => "1034",
            Some(id) if self.kind == Kind::Mms && !has_image(id) => "1023",
            _ => "2000",
        }
    }
}

/// Why a text cannot be carried.
fn charset(text: &str) -> Option<&'static str> {
    // What was not UTF-8 became this when the body was read.
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Some("1027");
    }
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        return Some("1028");
    }
    euc_kr_len(text).is_err().then_some("1029")
}

fn text<'a>(item: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, &'static str> {
    match item.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(name),
    }
}

/// What a status code says, as answers and reports word it.
pub(super) fn meaning(code: &str) -> &'static str {
    match code {
        "1010" => "필수 입력값 누락",
        "1011" => "입력 형식 오류",
        "1013" => "SMS에는 제목을 넣을 수 없음",
        "1014" => "제목 길이 초과",
        "1023" => "존재하지 않는 이미지",
        "1025" => "메시지 타입 오류",
        "1026" => "중복 수신번호",
        "1027" => "UTF-8이 아닌 문자",
        "1028" => "출력할 수 없는 문자",
        "1029" => "EUC-KR로 변환할 수 없는 문자",
        "1031" => "메시지 길이 초과",
        "1032" => "사용자 정의 필드 오류",
        "1033" => "다른 채널 옵션 오류",
        "1034" => "이미지 누락",
        "1058" => "전송 경로 없음",
        "1062" => "발신번호 미등록",
        "2000" => "정상 접수(이통사로 접수 예정) ",
        "3000" => "이통사로 접수 완료",
        "3010" => "수신번호 형식 오류",
        "3032" => "없는 번호",
        "4000" => "수신 완료",
        _ => "전송 실패",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(changes: &Value) -> Value {
        let mut item = json!({ "to": "01012345678", "from": COOLSMS_FROM, "text": "hello" });
        item.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        item
    }

    fn judged(changes: &Value) -> (Kind, &'static str) {
        let message = read(&with(changes), |id| id == "ST01").unwrap().remove(0);
        (message.kind, message.code)
    }

    #[test]
    fn the_kind_is_chosen_unless_it_is_named() {
        for (changes, kind) in [
            (json!({}), Kind::Sms),
            (json!({ "text": "가".repeat(45) }), Kind::Sms),
            (json!({ "text": "가".repeat(46) }), Kind::Lms),
            (json!({ "subject": "제목" }), Kind::Lms),
            (json!({ "imageId": "ST01" }), Kind::Mms),
            (json!({ "type": "LMS" }), Kind::Lms),
        ] {
            assert_eq!(judged(&changes), (kind, "2000"), "{changes}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_message_has_its_code() {
        for (changes, code) in [
            (json!({ "to": "010-1234-5678" }), "1011"),
            (json!({ "from": "02-5555-0102" }), "1011"),
            (json!({ "country": "+82" }), "1011"),
            (json!({ "from": "0255550199" }), "1062"),
            (json!({ "text": "" }), "1010"),
            (json!({ "text": "a\u{fffd}" }), "1027"),
            (json!({ "text": "a\u{7}" }), "1028"),
            (json!({ "text": "😀" }), "1029"),
            (json!({ "subject": "😀" }), "1029"),
            (json!({ "type": "SMS", "subject": "a" }), "1013"),
            (json!({ "subject": "a".repeat(41) }), "1014"),
            (json!({ "type": "SMS", "text": "a".repeat(91) }), "1031"),
            (json!({ "autoTypeDetect": false, "text": "a".repeat(91) }), "1031"),
            (json!({ "text": "a".repeat(2001) }), "1031"),
            (json!({ "type": "LMS", "country": "1", "to": "6502530000" }), "1058"),
            (json!({ "type": "MMS" }), "1034"),
            (json!({ "imageId": "ST99" }), "1023"),
            (json!({ "type": "ATA" }), "1025"),
            (json!({ "kakaoOptions": {} }), "1033"),
            (json!({ "customFields": { "k": "v".repeat(101) } }), "1032"),
            (json!({ "customFields": { "k": 1 } }), "1032"),
            (json!({ "text": "a\r\n\tb", "customFields": { "k": "v" } }), "2000"),
            (json!({ "country": "1", "to": "6502530000" }), "2000"),
        ] {
            assert_eq!(judged(&changes).1, code, "{changes}");
        }
    }

    #[test]
    fn some_faults_refuse_the_whole_call_and_lists_make_several() {
        for (item, field) in [
            (json!(1), "message"),
            (with(&json!({ "to": null })), "to"),
            (with(&json!({ "to": [1] })), "to"),
            (with(&json!({ "from": null })), "from"),
            (with(&json!({ "text": 1 })), "text"),
            (with(&json!({ "customFields": [] })), "customFields"),
        ] {
            assert_eq!(read(&item, |_| true).unwrap_err(), field, "{item}");
        }
        let several = read(&with(&json!({ "to": ["01012345678", "01087654321"] })), |_| true).unwrap();
        assert_eq!(
            several.iter().map(|one| one.to.as_str()).collect::<Vec<_>>(),
            ["01012345678", "01087654321"]
        );
    }
}
