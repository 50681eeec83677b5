//! `NexmoClient::send_sms`

use std::time::Duration;

use bonin_nexmo::{InvalidRequest, NexmoError, SmsPart, SmsRequest};
use wiremock::ResponseTemplate;

use crate::support::{
    CALLBACK, answer, assert_tells_nothing, client, fields, form, impatient_client, late, refusing, server,
};

const PATH: &str = "/sms/json";
const TO: &str = "821012345678";

fn request() -> SmsRequest {
    SmsRequest::new(TO, "Bonin", "[본인] 인증번호 012345")
}

const ACCEPTED: &str = r#"{"message-count":"1","messages":[{"to":"821012345678","message-id":"0A0000001234567B",
    "status":"0","remaining-balance":"3.14159265","message-price":"0.03330000","network":"45005"}]}"#;

async fn refusal(answer: ResponseTemplate) -> NexmoError {
    let server = server(PATH, answer).await;
    let error = client(&server.uri()).send_sms(&request()).await.unwrap_err();
    assert_eq!(server.received_requests().await.unwrap().len(), 1, "sent once");
    assert_tells_nothing(&error);
    error
}

#[tokio::test]
async fn a_korean_text_goes_out_as_unicode() {
    let server = server(PATH, answer(200, ACCEPTED)).await;
    let parts = client(&server.uri()).send_sms(&request()).await.unwrap();
    let expected = SmsPart::Accepted {
        message_id: "0A0000001234567B".into(),
        price: Some("0.03330000".into()),
        network: Some("45005".into()),
        remaining_balance: Some("3.14159265".into()),
    };
    assert_eq!(parts, [expected]);
    let sent = [
        ("from", "Bonin"),
        ("to", TO),
        ("text", "[본인] 인증번호 012345"),
        ("type", "unicode"),
        ("callback", CALLBACK),
    ];
    assert_eq!(form(&server).await, fields(&sent));
}

#[tokio::test]
async fn a_latin_text_goes_out_as_text_with_what_it_was_given() {
    let server = server(PATH, answer(200, ACCEPTED)).await;
    let request = SmsRequest::new(TO, "0255550100", "Code=1234 & go + 10 €")
        .client_ref("order 7")
        .ttl(Duration::from_mins(5))
        .callback("https://elsewhere.example/a?b=c");
    client(&server.uri()).send_sms(&request).await.unwrap();
    let sent = [
        ("from", "0255550100"),
        ("to", TO),
        ("text", "Code=1234 & go + 10 €"),
        ("type", "text"),
        ("client-ref", "order 7"),
        ("ttl", "300000"),
        ("callback", "https://elsewhere.example/a?b=c"),
    ];
    assert_eq!(form(&server).await, fields(&sent));
}

#[tokio::test]
async fn each_part_has_its_own_status_and_numbers_are_strings_too() {
    let body = r#"{"message-count":2,"messages":[{"status":0,"message-id":"a","message-price":0.05},
        {"status":"9","error-text":"Quota exceeded: secret answer"}],"new":[]}"#;
    let server = server(PATH, answer(200, body)).await;
    let parts = client(&server.uri()).send_sms(&request()).await.unwrap();
    let accepted = SmsPart::Accepted {
        message_id: "a".into(),
        price: Some("0.05".into()),
        network: None,
        remaining_balance: None,
    };
    assert_eq!(parts, [accepted, SmsPart::Refused { status: "9".into() }]);
}

#[tokio::test]
async fn what_is_invalid_is_not_sent() {
    let request = SmsRequest::new("+821012345678", "Bonin", "hello");
    let error = client(&refusing()).send_sms(&request).await.unwrap_err();
    assert!(matches!(error, NexmoError::Invalid(InvalidRequest::Recipient)), "{error:?}");
    assert_eq!(error.code(), "recipient");
}

#[tokio::test]
async fn a_200_that_cannot_be_read_is_unclear() {
    for body in [
        "",
        "secret answer",
        "{}",
        r#"{"message-count":"0","messages":[]}"#,
        r#"{"message-count":"2","messages":[{"status":"0","message-id":"a"}]}"#,
        r#"{"message-count":"1","messages":[{"status":"0"}]}"#,
        r#"{"message-count":"1","messages":[{"status":"0","message-id":""}]}"#,
        r#"{"message-count":"1","messages":[{"message-id":"a"}]}"#,
        r#"{"message-count":"1","messages":[{"status":"secret answer"}]}"#,
        r#"{"message-count":"1","messages":"secret answer"}"#,
    ] {
        let error = refusal(answer(200, body)).await;
        assert!(matches!(error, NexmoError::Unclear { .. }), "{body}: {error:?}");
        assert_eq!(error.code(), "200", "{body}");
    }
}

#[tokio::test]
async fn other_http_statuses_say_whether_it_was_accepted() {
    for (status, expected) in [
        (400, "Refused"),
        (401, "Unauthorized"),
        (403, "Unauthorized"),
        (404, "Unavailable"),
        (408, "Unavailable"),
        (429, "Throttled"),
        (503, "Unavailable"),
        (204, "Unclear"),
        (302, "Unclear"),
        (500, "Unclear"),
        (502, "Unclear"),
        (504, "Unclear"),
    ] {
        let error = refusal(answer(status, r#"{"title":"secret answer"}"#)).await;
        let shown = format!("{error:?}");
        assert!(shown.starts_with(expected), "{status}: {shown}");
        assert_eq!(error.code(), status.to_string());
    }
}

#[tokio::test]
async fn the_transport_says_whether_it_was_accepted() {
    let error = client(&refusing()).send_sms(&request()).await.unwrap_err();
    assert!(matches!(error, NexmoError::Unavailable { ref code, .. } if code == "connect"), "{error:?}");
    assert_tells_nothing(&error);

    let server = server(PATH, late(ACCEPTED)).await;
    let error = impatient_client(&server.uri()).send_sms(&request()).await.unwrap_err();
    assert!(matches!(error, NexmoError::Unclear { ref code, .. } if code == "timeout"), "{error:?}");
    assert_tells_nothing(&error);

    let error = refusal(answer(200, &" ".repeat(64 * 1024 + 1))).await;
    assert!(matches!(error, NexmoError::Unclear { ref code, .. } if code == "too_large"), "{error:?}");
}
