//! `CoolsmsSender` as a `MessageSender`

use std::time::Duration;

use bonin_coolsms_oauth::{CoolsmsSender, Credential};
use bonin_domain::messages::{FailureClass, MessageKind, SenderId};
use bonin_ports::{Encoding, Message, MessageSender, SendError};
use serde_json::{Value, json};
use wiremock::matchers::{header as has_header, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{
    APP_ID, FILES, KOREAN, MESSAGE_ID, SEND, accepted, answer, bodies, client, header, impatient_client,
    message, mms, mount, number, ok, problem, refusing, sender, sender_over, server,
};

/// What goes over the wire for this message.
async fn sent(message: &Message) -> Value {
    let server = server("POST", SEND, ok(&accepted())).await;
    mount(&server, "POST", FILES, ok(&json!({ "fileId": "ST01FZ26" }))).await;
    let accepted = sender(&server.uri()).send(message).await.unwrap();
    assert_eq!((accepted.reference.as_str(), accepted.code.as_str()), (MESSAGE_ID, "2000"));
    bodies(&server, SEND).await.remove(0)
}

async fn failed(answer: ResponseTemplate) -> SendError {
    let server = server("POST", SEND, answer).await;
    sender(&server.uri()).send(&message(KOREAN, "hello")).await.unwrap_err()
}

#[tokio::test]
async fn a_short_message_says_its_kind_sender_recipient_and_app() {
    let body = sent(&message(KOREAN, "안녕")).await;
    assert_eq!(
        body,
        json!({
            "message": {
                "to": "01012345678", "from": "0255550102", "text": "안녕", "type": "SMS", "country": "82",
                "autoTypeDetect": false,
            },
            "agent": { "appId": APP_ID },
        })
    );
    let from = Some(SenderId::parse("1588-0000").unwrap());
    let body = sent(&Message { from, ..message(KOREAN, "안녕") }).await;
    assert_eq!(body["message"]["from"], "15880000");
}

#[tokio::test]
async fn a_foreign_number_goes_by_country_without_a_trunk_prefix() {
    for (to, country, digits) in [
        ("+1 650 253 0000", "1", "6502530000"),
        ("+44 (0)7911 123456", "44", "7911123456"),
        ("+81 90-1234-5678", "81", "9012345678"),
    ] {
        let body = sent(&message(to, "hello")).await;
        assert_eq!((&body["message"]["country"], &body["message"]["to"]), (&json!(country), &json!(digits)));
    }
}

#[tokio::test]
async fn long_messages_have_a_subject_and_pictures_are_uploaded_first() {
    let lms =
        Message { kind: MessageKind::Lms, subject: Some("제목".into()), ..message(KOREAN, "긴 글") };
    let body = sent(&lms).await;
    assert_eq!((&body["message"]["type"], &body["message"]["subject"]), (&json!("LMS"), &json!("제목")));
    assert!(body["message"].get("imageId").is_none());

    let body = sent(&mms(KOREAN, "그림")).await;
    assert_eq!((&body["message"]["type"], &body["message"]["imageId"]), (&json!("MMS"), &json!("ST01FZ26")));
}

#[tokio::test]
async fn what_cannot_be_carried_is_refused_by_us_before_any_call() {
    let abroad = Message { kind: MessageKind::Lms, ..message("+1 650 253 0000", "a") };
    let pictures = mms(KOREAN, "a");
    let two = Message { images: [&*pictures.images, &*pictures.images].concat().into(), ..pictures.clone() };
    let none = Message { images: [].into(), ..pictures.clone() };
    let long_picture = Message { text: "a".repeat(2001).into(), ..pictures };
    for (message, expected) in [
        (message(KOREAN, &"가".repeat(46)), "text_too_long"),
        (message(KOREAN, "😀"), "unencodable"),
        (message(KOREAN, ""), "text_empty"),
        (Message { subject: Some("a".into()), ..message(KOREAN, "a") }, "subject_on_sms"),
        (abroad, "long_abroad"),
        (two, "images"),
        (none, "images"),
        (long_picture, "text_too_long"),
    ] {
        let error = sender(&refusing()).send(&message).await.unwrap_err();
        let SendError::Refused { class: FailureClass::Content, code } = error else {
            panic!("{expected}: {error:?}")
        };
        assert_eq!(code, expected);
    }
}

#[tokio::test]
async fn a_refusal_may_come_with_http_200() {
    for (status_code, class) in [
        ("1062", FailureClass::Sender),
        ("1060", FailureClass::Blocked),
        ("1029", FailureClass::Content),
        ("2254", FailureClass::SpamFilter),
        ("1999", FailureClass::Other),
    ] {
        let mut body = accepted();
        body["statusCode"] = json!(status_code);
        let error = failed(ok(&body)).await;
        let SendError::Refused { class: said, code } = error else { panic!("{status_code}: {error:?}") };
        assert_eq!((said, code.as_str()), (class, status_code));
    }
    for (status_code, class) in [("1030", FailureClass::Quota), ("1024", FailureClass::ProviderDown)] {
        let mut body = accepted();
        body["statusCode"] = json!(status_code);
        let error = failed(ok(&body)).await;
        assert!(matches!(error, SendError::Unavailable { class: said, .. } if said == class), "{error:?}");
    }
    let mut body = accepted();
    body["statusCode"] = json!("1020");
    assert!(matches!(failed(ok(&body)).await, SendError::Unauthorized { .. }));
}

#[tokio::test]
async fn a_refusal_may_come_with_http_400_and_its_code_in_the_text() {
    let text = "M4V20260102120405ABCDEFGHIJKLMNO 메시지가 1062 코드로 접수 실패";
    let error = failed(problem(400, "InvalidStatusCode", text)).await;
    let shown = format!("{error:?} {error}");
    assert!(matches!(&error, SendError::Refused { class: FailureClass::Sender, code } if code == "1062"));
    assert!(!shown.contains("M4V"), "{shown}");
    // Neither a part of a number nor a date is taken for the code.
    for text in ["?", "2026-11-21 010-1234-5678"] {
        let error = failed(problem(400, "InvalidStatusCode", text)).await;
        assert!(
            matches!(&error, SendError::Refused { class: FailureClass::Other, code } if code == "400/InvalidStatusCode")
        );
    }
    let error = failed(problem(400, "01012345678", "")).await;
    assert!(matches!(&error, SendError::Refused { code, .. } if code == "400"), "{error:?}");
}

#[tokio::test]
async fn what_is_surely_not_accepted_is_told_by_kind() {
    for (status, name) in
        [(400, "ValidationError"), (413, "RecipientsTooMany"), (409, "GroupInProcessing"), (418, "x")]
    {
        let error = failed(problem(status, name, "for 01012345678")).await;
        let expected = format!("{status}/{name}");
        assert!(
            matches!(&error, SendError::Refused { class: FailureClass::Other, code } if *code == expected)
        );
        assert!(!format!("{error:?}").contains("0101"), "{error:?}");
    }
    for (status, name) in [
        (401, "Unauthorized"),
        (403, "InvalidAPIKey"),
        (403, "SignatureDoesNotMatch"),
        (403, "RequestTimeTooSkewed"),
        (403, "DuplicatedSignature"),
        (400, "InvalidAppId"),
        (400, "BlockedApp"),
        (400, "InactiveApp"),
        (400, "InDevelopment"),
        (404, "ResourceNotFound"),
    ] {
        let error = failed(problem(status, name, "")).await;
        let expected = format!("{status}/{name}");
        assert!(matches!(&error, SendError::Unauthorized { code } if *code == expected), "{error:?}");
    }
    for (status, class) in [
        (402, FailureClass::Quota),
        (429, FailureClass::Quota),
        (408, FailureClass::ProviderDown),
        (503, FailureClass::ProviderDown),
    ] {
        let error = failed(answer(status, "<html>")).await;
        let expected = status.to_string();
        assert!(
            matches!(&error, SendError::Unavailable { class: said, code, .. } if *said == class && *code == expected)
        );
    }
    let error = failed(problem(400, "NotEnoughBalance", "")).await;
    assert!(matches!(error, SendError::Unavailable { class: FailureClass::Quota, .. }));
    let error = sender(&refusing()).send(&message(KOREAN, "hello")).await.unwrap_err();
    assert!(matches!(&error, SendError::Unavailable { code, .. } if code == "connect"), "{error:?}");
}

#[tokio::test]
async fn what_may_have_been_accepted_is_unclear() {
    for status in [500, 502, 504, 302, 202] {
        let error = failed(answer(status, "")).await;
        assert!(
            matches!(&error, SendError::Unclear { code, .. } if *code == status.to_string()),
            "{error:?}"
        );
    }
    for body in ["", "<html>", "[]", "{}", r#"{"statusCode":"2000"}"#, r#"{"messageId":"M4V"}"#] {
        let error = failed(answer(200, body)).await;
        assert!(matches!(&error, SendError::Unclear { code, .. } if code == "200"), "{body}: {error:?}");
    }
    for status_code in ["3000", "4000", "weird"] {
        let error =
            failed(answer(200, &format!(r#"{{"statusCode":"{status_code}","messageId":"M"}}"#))).await;
        assert!(matches!(&error, SendError::Unclear { code, .. } if code == "status_code"), "{error:?}");
    }
    let long = format!(r#"{{"statusCode":"2000","messageId":"{}"}}"#, "M".repeat(201));
    assert!(matches!(failed(answer(200, &long)).await, SendError::Unclear { .. }));
    let huge = "a".repeat(70 * 1024);
    assert!(
        matches!(failed(answer(200, &huge)).await, SendError::Unclear { code, .. } if code == "too_large")
    );

    let server = server("POST", SEND, ok(&accepted()).set_delay(Duration::from_secs(5))).await;
    let sender = sender_over(impatient_client(&server.uri()));
    let error = sender.send(&message(KOREAN, "hello")).await.unwrap_err();
    assert!(matches!(&error, SendError::Unclear { code, .. } if code == "timeout"), "{error:?}");
}

#[tokio::test]
async fn numbers_for_codes_are_taken_too() {
    let server = server("POST", SEND, answer(200, r#"{"statusCode":2000,"messageId":"M4V"}"#)).await;
    let accepted = sender(&server.uri()).send(&message(KOREAN, "hello")).await.unwrap();
    assert_eq!((accepted.reference.as_str(), accepted.price), ("M4V", None));
}

#[tokio::test]
async fn an_upload_that_failed_leaves_the_message_surely_unsent() {
    for status in [500, 503, 200] {
        let server = server("POST", FILES, answer(status, "{}")).await;
        let error = sender(&server.uri()).send(&mms(KOREAN, "그림")).await.unwrap_err();
        assert!(
            matches!(error, SendError::Unavailable { class: FailureClass::ProviderDown, .. }),
            "{status}"
        );
    }
    let server = server("POST", FILES, problem(400, "ValidationError", "")).await;
    let error = sender(&server.uri()).send(&mms(KOREAN, "그림")).await.unwrap_err();
    assert!(matches!(error, SendError::Refused { .. }), "{error:?}");
}

/// Both calls together stay within the 5 seconds of a send, or another process would take the message over.
#[tokio::test]
async fn an_upload_is_given_up_after_two_seconds() {
    let server = server("POST", FILES, ok(&json!({ "fileId": "F" })).set_delay(Duration::from_mins(1))).await;
    let began = std::time::Instant::now();
    let error = sender(&server.uri()).send(&mms(KOREAN, "그림")).await.unwrap_err();
    assert!(matches!(&error, SendError::Unavailable { code, .. } if code == "timeout"), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(4), "2 s, not the 5 s of a call");
}

#[tokio::test]
async fn each_call_has_a_salt_of_its_own() {
    let server = server("POST", SEND, ok(&accepted())).await;
    let sender = sender(&server.uri());
    for _ in 0..2 {
        sender.send(&message(KOREAN, "hello")).await.unwrap();
    }
    let requests = server.received_requests().await.unwrap();
    assert_ne!(header(&requests[0], "authorization"), header(&requests[1], "authorization"));
}

#[tokio::test]
async fn the_same_calls_go_with_a_token() {
    let server = MockServer::start().await;
    let bearer = Mock::given(path(SEND)).and(has_header("authorization", "Bearer the-token"));
    bearer.respond_with(ok(&accepted())).mount(&server).await;
    let client = client(&server.uri()).with_credential(Credential::Bearer("the-token".into())).unwrap();
    let accepted = sender_over(client.clone()).send(&message(KOREAN, "hello")).await.unwrap();
    assert_eq!(accepted.reference.as_str(), MESSAGE_ID);
    assert!(client.with_credential(Credential::Bearer("a\nb".into())).is_err());
}

#[tokio::test]
async fn abilities_name_kinds_and_senders() {
    let client = client(&refusing());
    assert!(CoolsmsSender::new(client.clone(), vec![]).is_err());
    let sender = sender_over(client);
    let abilities = sender.abilities();
    assert_eq!(abilities.kinds, MessageKind::ALL);
    assert!(!abilities.domestic_only && abilities.encoding == Encoding::EucKr);
    assert_eq!(abilities.senders[0].as_str(), "0255550102");
    assert_eq!(number(KOREAN).country_code(), 82);
}
