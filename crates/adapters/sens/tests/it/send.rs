//! `SensClient::send`

use std::error::Error as _;

use bonin_sens::{InvalidRequest, Recipient, SendReceipt, SendRequest, SensError};
use wiremock::ResponseTemplate;

use crate::support::{REQUEST_ID, answer, client, gateway, refusing};

const TEXT: &str = "[본인] 인증번호 012345";
const TO: &str = "01012345678";

fn request() -> SendRequest {
    SendRequest::sms(TEXT).to(Recipient::new(TO))
}

fn accepted() -> String {
    format!(
        r#"{{"requestId":"{REQUEST_ID}","requestTime":"2026-01-02T12:04:05.123","statusCode":"202","statusName":"success"}}"#
    )
}

async fn refusal(answer: ResponseTemplate) -> SensError {
    let server = gateway("POST", answer).await;
    let error = client(&server.uri()).send(&request()).await.unwrap_err();
    assert_eq!(server.received_requests().await.unwrap().len(), 1, "sent once, and well signed");
    assert_tells_nothing(&error);
    error
}

fn assert_tells_nothing(error: &SensError) {
    let mut told = vec![format!("{error} {error:?}")];
    let mut cause = error.source();
    while let Some(error) = cause {
        told.push(format!("{error} {error:?}"));
        cause = error.source();
    }
    let told = told.join("\n");
    for hidden in ["01012345678", "012345", "SKtest", "AKTEST", "services", "본인"] {
        assert!(!told.contains(hidden), "{told}");
    }
}

#[tokio::test]
async fn an_sms_goes_out_as_documented() {
    let server = gateway("POST", answer(202, &accepted())).await;
    let receipt = client(&server.uri()).send(&request()).await.unwrap();
    let expected = SendReceipt {
        request_id: REQUEST_ID.into(),
        request_time: Some("2026-01-02T12:04:05.123".into()),
        status_code: "202".into(),
    };
    assert_eq!(receipt, expected);

    let sent = server.received_requests().await.unwrap().pop().unwrap();
    assert_eq!(sent.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(
        String::from_utf8(sent.body).unwrap(),
        r#"{"type":"SMS","contentType":"COMM","countryCode":"82","from":"0215881234","content":"[본인] 인증번호 012345","messages":[{"to":"01012345678"}]}"#
    );
}

#[tokio::test]
async fn an_lms_carries_subjects_and_texts_of_their_own() {
    let server = gateway("POST", answer(202, &accepted())).await;
    let request = SendRequest::lms(" ")
        .subject("제목")
        .to(Recipient::new(TO).content("하나"))
        .to(Recipient::new("01087654321").content("둘").subject("두 번째"));
    client(&server.uri()).send(&request).await.unwrap();
    let sent = server.received_requests().await.unwrap().pop().unwrap();
    assert_eq!(
        String::from_utf8(sent.body).unwrap(),
        r#"{"type":"LMS","contentType":"COMM","countryCode":"82","from":"0215881234","subject":"제목","content":" ","messages":[{"to":"01012345678","content":"하나"},{"to":"01087654321","subject":"두 번째","content":"둘"}]}"#
    );
}

#[tokio::test]
async fn what_is_invalid_is_not_sent() {
    let server = gateway("POST", answer(202, &accepted())).await;
    let request = SendRequest::sms("a".repeat(91)).to(Recipient::new(TO));
    let error = client(&server.uri()).send(&request).await.unwrap_err();
    assert!(matches!(error, SensError::Invalid(InvalidRequest::TooLong { bytes: 91, limit: 90 })));
    assert_eq!(error.code(), "text_too_long");
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn an_integer_status_code_is_a_success_too() {
    let body = accepted().replace(r#""202""#, "202");
    let server = gateway("POST", answer(202, &body)).await;
    let receipt = client(&server.uri()).send(&request()).await.unwrap();
    assert_eq!(receipt.status_code, "202");
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_unclear() {
    for (status, body, code) in [
        (202, "", "202"),
        (202, "not JSON, but it repeats 01012345678", "202"),
        (202, "<response/>", "202"),
        (202, r#"{"requestId":"","statusCode":"202"}"#, "202/202"),
        (202, r#"{"statusCode":"202","statusName":"success"}"#, "202/202"),
        (202, r#"{"requestId":"a","statusName":"success"}"#, "202/none"),
        (202, r#"{"requestId":"a","statusCode":"500","statusName":"fail"}"#, "202/500"),
        (200, &accepted(), "200/202"),
        (204, "", "204"),
    ] {
        let error = refusal(answer(status, body)).await;
        assert!(matches!(error, SensError::Unclear { .. }), "{status} {body}: {error:?}");
        assert_eq!(error.code(), code, "{body}");
    }
}

#[tokio::test]
async fn a_documented_failure_within_202_is_a_refusal() {
    let body = r#"{"requestId":"a","requestTime":"b","statusCode":"400","statusName":"fail"}"#;
    let error = refusal(answer(202, body)).await;
    assert!(matches!(error, SensError::Refused { ref code } if code == "202/400"), "{error:?}");
}

#[tokio::test]
async fn a_refused_request_says_its_code_in_every_form() {
    for (status, body, expected) in [
        (400, r#"{"error":{"errorCode":"100","message":"01012345678?","details":"012345"}}"#, "400/100"),
        (400, r#"{"error":{"errorCode":100,"message":"Bad Request"}}"#, "400/100"),
        (400, r#"{"status":400,"error":"Bad Request","message":"01012345678"}"#, "400/400"),
        (400, r#"{"requestId":"a","requestTime":"b","statusCode":"400","statusName":"fail"}"#, "400/400"),
        (400, r#"{"errorCode":"100","errorMessage":"Bad Request"}"#, "400/100"),
        (400, "<error><errorCode>100</errorCode></error>", "400/100"),
        (400, "", "400"),
        (413, r#"{"error":{"errorCode":"430","message":"Request Entity Too Large"}}"#, "413/430"),
        (405, "<html>", "405"),
    ] {
        let error = refusal(answer(status, body)).await;
        assert!(matches!(error, SensError::Refused { .. }), "{status} {body}: {error:?}");
        assert_eq!(error.code(), expected, "{body}");
    }
}

#[tokio::test]
async fn a_401_is_about_keys_or_about_the_clock() {
    let failed = |code: &str, date: &str| {
        let body = format!(r#"{{"error":{{"errorCode":"{code}","message":"Authentication Failed"}}}}"#);
        answer(401, &body).insert_header("date", date)
    };
    for (code, date) in [
        ("200", "Fri, 02 Jan 2026 03:04:05 GMT"),
        ("200", "Fri, 02 Jan 2026 03:00:06 GMT"),
        ("200", "no date"),
        ("210", "Fri, 02 Jan 2026 02:04:05 GMT"),
    ] {
        let error = refusal(failed(code, date)).await;
        assert!(matches!(error, SensError::Unauthorized { .. }), "{code} {date}: {error:?}");
        assert_eq!(error.code(), format!("401/{code}"));
    }
    for (date, expected) in [("Fri, 02 Jan 2026 02:59:05 GMT", 300), ("Fri, 02 Jan 2026 04:04:05 GMT", -3599)]
    {
        let error = refusal(failed("200", date)).await;
        assert!(
            matches!(error, SensError::ClockSkew { seconds } if seconds == expected),
            "{date}: {error:?}"
        );
        assert_eq!(error.code(), "clock_skew");
    }
    let error = refusal(answer(401, "")).await;
    assert!(matches!(error, SensError::Unauthorized { ref code } if code == "401"), "{error:?}");
}

#[tokio::test]
async fn a_service_id_that_is_not_ours_is_named_as_such() {
    let body = r#"{"status":403,"error":"Forbidden","message":"Do not have access to this 'serviceId'"}"#;
    let error = refusal(answer(403, body)).await;
    assert!(matches!(error, SensError::Service { ref code } if code == "403/403"), "{error:?}");
    let error = refusal(answer(404, r#"{"error":{"errorCode":"300","message":"Not Found"}}"#)).await;
    assert!(matches!(error, SensError::NotFound { ref code } if code == "404/300"), "{error:?}");
}

#[tokio::test]
async fn a_429_is_the_quota_or_the_rate() {
    let limited = |code: &str| answer(429, &format!(r#"{{"error":{{"errorCode":"{code}","message":"."}}}}"#));
    let error = refusal(limited("400")).await;
    assert!(matches!(error, SensError::Quota { ref code } if code == "429/400"), "{error:?}");
    for code in ["410", "420"] {
        let error = refusal(limited(code)).await;
        assert!(matches!(error, SensError::Throttled { .. }), "{error:?}");
        assert_eq!(error.code(), format!("429/{code}"));
    }
    let error = refusal(answer(429, "")).await;
    assert!(matches!(error, SensError::Throttled { ref code } if code == "429"), "{error:?}");
}

#[tokio::test]
async fn what_surely_did_not_arrive_is_unavailable() {
    for (status, body, code) in
        [(503, r#"{"error":{"errorCode":"500","message":"Endpoint Error"}}"#, "503/500"), (408, "", "408")]
    {
        let error = refusal(answer(status, body)).await;
        assert!(matches!(error, SensError::Unavailable { .. }), "{error:?}");
        assert_eq!(error.code(), code);
    }
    let error = client(&refusing()).send(&request()).await.unwrap_err();
    assert!(matches!(error, SensError::Unavailable { ref code, .. } if code == "connect"), "{error:?}");
    assert_tells_nothing(&error);
}

#[tokio::test]
async fn what_may_have_arrived_is_unclear() {
    for (status, body, code) in [
        (500, r#"{"error":{"errorCode":"900","message":"Unexpected Error"}}"#, "500/900"),
        (502, "<html>Bad Gateway</html>", "502"),
        (504, r#"{"error":{"errorCode":"510","message":"Endpoint Timeout"}}"#, "504/510"),
        (307, "", "307"),
    ] {
        let error = refusal(answer(status, body)).await;
        assert!(matches!(error, SensError::Unclear { .. }), "{status}: {error:?}");
        assert_eq!(error.code(), code);
    }
}
