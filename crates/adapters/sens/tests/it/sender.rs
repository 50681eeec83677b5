//! `SensSender` as a `MessageSender`

use bonin_domain::messages::FailureClass;
use bonin_ports::{MessageSender, SendError};
use serde_json::Value;

use crate::support::{REQUEST_ID, answer, gateway, message, refusing, sender};

const KOREAN: &str = "010-1234-5678";

fn accepted() -> String {
    format!(r#"{{"requestId":"{REQUEST_ID}","statusCode":"202","statusName":"success"}}"#)
}

/// What goes over the wire for this recipient and text.
async fn sent(to: &str, text: &str) -> Value {
    let server = gateway("POST", answer(202, &accepted())).await;
    let accepted = sender(&server.uri()).send(&message(to, text)).await.unwrap();
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
async fn a_text_over_90_bytes_goes_as_lms() {
    assert_eq!(sent(KOREAN, &"가".repeat(45)).await["type"], "SMS");
    assert_eq!(sent(KOREAN, &"가".repeat(46)).await["type"], "LMS");
}

#[tokio::test]
async fn what_sens_cannot_carry_is_refused_by_us() {
    for (to, text, expected) in [
        (KOREAN, "a".repeat(2001), "text_too_long"),
        (KOREAN, "😀".into(), "unencodable"),
        (KOREAN, String::new(), "text_empty"),
        ("+1 650 253 0000", "a".repeat(91), "lms_abroad"),
    ] {
        let error = sender(&refusing()).send(&message(to, &text)).await.unwrap_err();
        assert!(
            matches!(error, SendError::Refused { class: FailureClass::Content, ref code } if code == expected),
            "{error:?}"
        );
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

fn told(error: &SendError) -> String {
    match error {
        SendError::Refused { class, code } => format!("Refused {class:?} {code}"),
        SendError::Unauthorized { code } => format!("Unauthorized {code}"),
        SendError::Unavailable { class, code, .. } => format!("Unavailable {class:?} {code}"),
        SendError::Unclear { code, .. } => format!("Unclear {code}"),
    }
}
