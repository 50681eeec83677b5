//! `SensSender` as a `MessageSender`

use std::sync::Arc;

use bonin_domain::messages::{Image, MessageKind, SenderId};
use bonin_ports::{Encoding, Message, MessageSender, SendError};
use serde_json::Value;

use crate::support::{REQUEST_ID, SENDERS, answer, gateway, image, message, refusing, sender};

const KOREAN: &str = "010-1234-5678";

fn accepted() -> String {
    format!(r#"{{"requestId":"{REQUEST_ID}","statusCode":"202","statusName":"success"}}"#)
}

/// What goes over the wire for this recipient and text.
async fn sent(to: &str, text: &str) -> Value {
    sent_as(&message(to, text)).await
}

async fn sent_as(message: &Message) -> Value {
    let server = gateway("POST", answer(202, &accepted())).await;
    let accepted = sender(&server.uri()).send(message).await.unwrap();
    assert_eq!(accepted.reference.as_str(), REQUEST_ID);
    assert_eq!(accepted.code, "202");
    let sent = server.received_requests().await.unwrap().pop().unwrap();
    serde_json::from_slice(&sent.body).unwrap()
}

#[tokio::test]
async fn a_korean_number_gets_its_leading_zero_back() {
    let body = sent(KOREAN, "안녕").await;
    assert_eq!(body["countryCode"], "82");
    assert_eq!(body["messages"][0]["to"], "01012345678");
    assert_eq!((&body["type"], &body["content"]), (&"SMS".into(), &"안녕".into()));
    assert!(body.get("subject").is_none());
}

#[tokio::test]
async fn a_foreign_number_goes_by_country_without_a_trunk_prefix() {
    for (to, country, digits) in [
        ("+1 650 253 0000", "1", "6502530000"),
        ("+44 (0)7911 123456", "44", "7911123456"),
        ("+81 90-1234-5678", "81", "9012345678"),
    ] {
        let body = sent(to, "hello").await;
        assert_eq!(body["countryCode"], country);
        assert_eq!(body["messages"][0]["to"], digits, "{to}");
    }
}

#[tokio::test]
async fn kind_subject_and_sender_are_the_messages_own() {
    let short = sent_as(&message(KOREAN, "안녕")).await;
    assert_eq!((&short["type"], &short["from"]), (&"SMS".into(), &SENDERS[0].into()));
    let long = Message {
        kind: MessageKind::Lms,
        subject: Some("제목".into()),
        from: Some(SenderId::parse(SENDERS[1]).unwrap()),
        ..message(KOREAN, "안녕")
    };
    let long = sent_as(&long).await;
    assert_eq!((&long["type"], &long["from"]), (&"LMS".into(), &SENDERS[1].into()));
    assert_eq!(long["subject"], "제목");
    assert!(long.get("files").is_none() && long.get("reserveTime").is_none());
}

#[tokio::test]
async fn abilities_are_every_kind_and_the_configured_senders() {
    let sender = sender(&refusing());
    let abilities = sender.abilities();
    assert_eq!(abilities.kinds, MessageKind::ALL);
    assert_eq!(abilities.senders.iter().map(SenderId::as_str).collect::<Vec<_>>(), SENDERS);
    assert_eq!((abilities.encoding, abilities.domestic_only), (Encoding::EucKr, false));
}

#[tokio::test]
async fn what_sens_cannot_carry_is_refused_by_us() {
    let long = |to, text| Message { kind: MessageKind::Lms, ..message(to, text) };
    let picture = || Arc::new([image(1)]) as Arc<[Image]>;
    let stranger = Some(SenderId::parse("0212345678").unwrap());
    for (message, expected) in [
        (message(KOREAN, &"a".repeat(91)), "Refused Content text_too_long"),
        (long(KOREAN, &"a".repeat(2001)), "Refused Content text_too_long"),
        (message(KOREAN, "😀"), "Refused Content unencodable"),
        (message(KOREAN, ""), "Refused Content text_empty"),
        (long("+1 650 253 0000", "a"), "Refused Content long_abroad"),
        (Message { subject: Some("a".into()), ..message(KOREAN, "a") }, "Refused Content subject_on_sms"),
        (Message { images: picture(), ..message(KOREAN, "a") }, "Refused Content file_on_text"),
        (Message { kind: MessageKind::Mms, ..message(KOREAN, "a") }, "Refused Content mms_without_file"),
        (
            Message { kind: MessageKind::Mms, images: picture(), ..message(KOREAN, "😀") },
            "Refused Content unencodable",
        ),
        (Message { from: stranger, ..message(KOREAN, "a") }, "Refused Sender sender"),
    ] {
        let error = sender(&refusing()).send(&message).await.unwrap_err();
        assert_eq!(told(&error), expected);
    }
}

#[tokio::test]
async fn each_answer_is_what_the_caller_can_do_about_it() {
    let gateway_form = |code: &str| format!(r#"{{"error":{{"errorCode":"{code}","message":"."}}}}"#);
    for (status, body, expected) in [
        (400, gateway_form("100"), "Refused Other 400/100"),
        (401, gateway_form("200"), "Unauthorized 401/200"),
        (403, String::new(), "Unauthorized 403"),
        (404, gateway_form("300"), "Unauthorized 404/300"),
        (429, gateway_form("400"), "Unavailable Quota 429/400"),
        (429, gateway_form("410"), "Unavailable Quota 429/410"),
        (503, gateway_form("500"), "Unavailable ProviderDown 503/500"),
        (500, gateway_form("900"), "Unclear 500/900"),
        (504, gateway_form("510"), "Unclear 504/510"),
        (202, String::new(), "Unclear 202"),
        (202, accepted().replace("RSLA", &"R".repeat(200)), "Unclear 202"),
    ] {
        let server = gateway("POST", answer(status, &body)).await;
        let error = sender(&server.uri()).send(&message(KOREAN, "안녕")).await.unwrap_err();
        assert_eq!(told(&error), expected);
    }
    let error = sender(&refusing()).send(&message(KOREAN, "안녕")).await.unwrap_err();
    assert_eq!(told(&error), "Unavailable ProviderDown connect");
}

#[tokio::test]
async fn a_wrong_clock_is_told_from_wrong_keys() {
    let body = r#"{"error":{"errorCode":"200","message":"Authentication Failed"}}"#;
    let late = answer(401, body).insert_header("date", "Fri, 02 Jan 2026 04:04:05 GMT");
    let server = gateway("POST", late).await;
    let error = sender(&server.uri()).send(&message(KOREAN, "안녕")).await.unwrap_err();
    assert_eq!(told(&error), "Unauthorized clock_skew");
}

pub fn told(error: &SendError) -> String {
    match error {
        SendError::Refused { class, code } => format!("Refused {class:?} {code}"),
        SendError::Unauthorized { code } => format!("Unauthorized {code}"),
        SendError::Unavailable { class, code, .. } => format!("Unavailable {class:?} {code}"),
        SendError::Unclear { code, .. } => format!("Unclear {code}"),
    }
}
