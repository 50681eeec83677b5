//! MMS and their files.

use actix_web::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{World, sms};

const TO: &str = "01012345678";

/// The head of a JPEG of 10 x 10 pixels, in Base64.
fn jpeg() -> String {
    let head = [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 10, 0, 10, 1, 1, 0x11, 0, 0xff, 0xd9];
    STANDARD.encode(head)
}

fn mms(files: &Value) -> Value {
    let mut body = sms(&[TO], "사진");
    body["type"] = json!("MMS");
    body["subject"] = json!("제목");
    body["files"] = files.clone();
    body
}

async fn uploaded(world: &World) -> Value {
    let body = json!({ "fileName": "a.jpg", "fileBody": jpeg() });
    let answer = world.sens_call(Method::POST, "/files", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The only message of a request, whole.
async fn whole(world: &World, request_id: &str) -> Value {
    let message_id = world.result(request_id).await["messageId"].as_str().unwrap().to_owned();
    world.sens_get(&format!("/messages/{message_id}")).await.json()["messages"][0].clone()
}

#[actix_web::test]
async fn an_uploaded_image_is_sent_by_its_id() {
    let world = World::new();
    let file = uploaded(&world).await;
    assert_eq!(file["createTime"], "2026-11-21T09:00:00.125");
    assert_eq!(file["expireTime"], "2026-11-27T09:00:00.125");
    assert_eq!(uploaded(&world).await["fileId"], file["fileId"], "the same name and size is the same file");

    let answer = world.send(&mms(&json!([{ "fileId": file["fileId"] }]))).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let shown = world.get("/handset/messages").await.json()["messages"][0].clone();
    assert_eq!(
        (&shown["type"], &shown["subject"], &shown["text"]),
        (&json!("mms"), &json!("제목"), &json!("사진"))
    );

    world.advance(1500);
    let message = whole(&world, answer.json()["requestId"].as_str().unwrap()).await;
    assert_eq!(message["type"], "MMS");
    assert_eq!(message["files"], json!([{ "fileId": file["fileId"], "name": "a.jpg" }]));
}

#[actix_web::test]
async fn an_image_within_the_call_is_taken_too() {
    let world = World::new();
    let answer = world.send(&mms(&json!([{ "name": "old.jpeg", "body": jpeg() }]))).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    world.advance(1500);
    let message = whole(&world, answer.json()["requestId"].as_str().unwrap()).await;
    assert_eq!(message["files"][0]["name"], "old.jpeg");
}

#[actix_web::test]
async fn an_mms_without_files_goes_as_lms() {
    let world = World::new();
    let answer = world.send(&mms(&Value::Null)).await;
    world.advance(1500);
    let message = whole(&world, answer.json()["requestId"].as_str().unwrap()).await;
    assert_eq!((&message["type"], message.get("files")), (&json!("LMS"), None));
}

#[actix_web::test]
async fn files_that_are_wrong_are_refused() {
    let world = World::new();
    let file = uploaded(&world).await;
    for (files, named) in [
        (json!("all"), "'files'"),
        (json!([1]), "'files[0]'"),
        (json!([{}]), "'files[0].name'"),
        (json!([{ "name": "a.jpg" }]), "'files[0].body'"),
        (json!([{ "fileId": 1 }]), "'files[0].fileId'"),
        (json!([{ "fileId": file["fileId"] }, { "fileId": "unknown" }]), "'files[1]'"),
        (json!([{ "name": "a.gif", "body": jpeg() }]), "'files[0]'"),
        (json!([{ "name": "a.jpg", "body": "AAAA" }]), "JPEG"),
    ] {
        let answer = world.send(&mms(&files)).await;
        assert_eq!(answer.status, 400, "{named}");
        assert!(answer.text().contains(named), "{} names {named}", answer.text());
    }
    world.advance(6 * 24 * 60 * 60 * 1000);
    assert_eq!(world.send(&mms(&json!([{ "fileId": file["fileId"] }]))).await.status, 400, "expired");
}

#[actix_web::test]
async fn an_upload_that_is_wrong_is_refused() {
    let world = World::new();
    for (body, named) in [
        (json!({ "fileBody": jpeg() }), "'fileName'"),
        (json!({ "fileName": "a.jpg" }), "'fileBody'"),
        (json!({ "fileName": "a b.jpg", "fileBody": jpeg() }), "the name"),
        (json!({ "fileName": "a.jpg", "fileBody": "data:image/jpeg;base64," }), "Base64"),
        (json!({ "fileName": "a.jpg", "fileBody": "A".repeat(500_000) }), "300 KB"),
    ] {
        let answer = world.sens_call(Method::POST, "/files", &body).await;
        assert_eq!(answer.status, 400, "{named}");
        assert!(answer.text().contains(named), "{} names {named}", answer.text());
    }
    let list = world.sens_call(Method::POST, "/files", &json!([])).await;
    assert_eq!(list.json()["error"]["errorCode"], "100");
    let large = json!({ "fileName": "a.jpg", "fileBody": "A".repeat(1_100_000) });
    assert_eq!(world.sens_call(Method::POST, "/files", &large).await.status, 413);
}
