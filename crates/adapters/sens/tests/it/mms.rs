//! `SensSender` with images, and `SensClient::upload_file`

use std::sync::Arc;
use std::time::Duration;

use bonin_domain::messages::MessageKind;
use bonin_ports::{Message, MessageSender, SendError};
use bonin_sens::{InvalidRequest, SensError};
use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

use crate::sender::told;
use crate::support::{REQUEST_ID, answer, calls, client, image, message, mount, sender};

const FILE: &str =
    r#"{"fileId":"f-1","createTime":"2026-01-02T12:04:05.678","expireTime":"2026-01-08T12:04:05.678"}"#;

fn mms(byte: u8) -> Message {
    let images = Arc::new([image(byte)]);
    Message { kind: MessageKind::Mms, images, ..message("010-1234-5678", "사진") }
}

fn accepted() -> ResponseTemplate {
    answer(202, &format!(r#"{{"requestId":"{REQUEST_ID}","statusCode":"202","statusName":"success"}}"#))
}

async fn gateway(upload: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    mount(&server, "POST", "files", upload).await;
    mount(&server, "POST", "messages", accepted()).await;
    server
}

#[tokio::test]
async fn an_image_is_uploaded_and_then_sent() {
    let server = gateway(answer(200, FILE)).await;
    let taken = sender(&server.uri()).send(&mms(1)).await.unwrap();
    assert_eq!(taken.reference.as_str(), REQUEST_ID);
    let calls = calls(&server).await;
    let targets: Vec<_> = calls.iter().map(|(target, _)| target.as_str()).collect();
    assert_eq!(targets, ["POST files", "POST messages"]);
    assert_eq!(calls[0].1["fileBody"], "/9j/wAALCAAKAAoBAREAAf/Z");
    assert_eq!(calls[1].1["type"], "MMS");
    assert_eq!(calls[1].1["files"], json!([{ "fileId": "f-1" }]));
}

#[tokio::test]
async fn images_of_the_same_size_have_different_names() {
    let server = gateway(answer(200, FILE)).await;
    for byte in [1, 2, 1] {
        sender(&server.uri()).send(&mms(byte)).await.unwrap();
    }
    let calls = calls(&server).await;
    let names: Vec<_> = calls.iter().filter_map(|(_, body)| body["fileName"].as_str()).collect();
    assert_eq!(names.len(), 3);
    assert!(names[0] != names[1] && names[0] == names[2], "{names:?}");
    assert!(names[0].strip_suffix(".jpg").is_some_and(|stem| stem.len() == 32), "{names:?}");
}

#[tokio::test]
async fn after_a_failed_upload_nothing_is_sent_and_nothing_is_unclear() {
    for (upload, expected) in [
        (answer(400, r#"{"status":400,"error":"Bad Request"}"#), "Refused Content 400/400"),
        (answer(401, ""), "Unauthorized 401"),
        (answer(429, ""), "Unavailable Quota 429"),
        (answer(503, ""), "Unavailable ProviderDown 503"),
        (answer(500, ""), "Unavailable ProviderDown 500"),
        (answer(200, "{}"), "Unavailable ProviderDown 200"),
        (answer(200, r#"{"fileId":""}"#), "Unavailable ProviderDown 200"),
        (answer(200, FILE).set_delay(Duration::from_mins(1)), "Unavailable ProviderDown timeout"),
    ] {
        let server = gateway(upload).await;
        let error = sender(&server.uri()).send(&mms(1)).await.unwrap_err();
        assert_eq!(told(&error), expected);
        assert_eq!(calls(&server).await.len(), 1);
    }
}

#[tokio::test]
async fn a_send_after_the_upload_is_as_unclear_as_any() {
    let server = MockServer::start().await;
    mount(&server, "POST", "files", answer(200, FILE)).await;
    mount(&server, "POST", "messages", answer(502, "")).await;
    let error = sender(&server.uri()).send(&mms(1)).await.unwrap_err();
    assert!(matches!(error, SendError::Unclear { .. }), "{error:?}");
}

#[tokio::test]
async fn a_file_is_uploaded_as_documented() {
    let server = gateway(answer(200, FILE)).await;
    let file = client(&server.uri()).upload_file("a.jpg", b"jpeg").await.unwrap();
    assert_eq!(file.file_id, "f-1");
    assert_eq!(file.expire_time.as_deref(), Some("2026-01-08T12:04:05.678"));
    assert_eq!(calls(&server).await[0].1, json!({ "fileName": "a.jpg", "fileBody": "anBlZw==" }));
}

#[tokio::test]
async fn what_is_no_image_file_is_not_uploaded() {
    let server = gateway(answer(200, FILE)).await;
    let client = client(&server.uri());
    let error = client.upload_file("a.png", b"png").await.unwrap_err();
    assert!(matches!(error, SensError::Invalid(InvalidRequest::FileName)));
    for size in [0, 300_001] {
        let error = client.upload_file("a.jpg", &vec![0; size]).await.unwrap_err();
        assert!(matches!(error, SensError::Invalid(InvalidRequest::FileSize(s)) if s == size));
    }
    assert!(calls(&server).await.is_empty());
}
