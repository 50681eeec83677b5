//! Sending, and who may.

use actix_web::HttpMessage;
use actix_web::http::Method;
use actix_web::test::TestRequest;
use bonin_sandbox::{Sandbox, credentials};
use serde_json::{Value, json};

use crate::support::{World, service_path, sign, sms, with};

const TO: &str = "01012345678";

#[actix_web::test]
async fn an_accepted_message_is_answered_as_sens_does_and_reaches_the_handset() {
    let world = World::new();
    let answer = world.send(&sms(&[TO], "[본인] 인증번호 [123456]")).await;
    assert_eq!(answer.status, 202);
    let body = answer.json();
    let id = body["requestId"].as_str().unwrap();
    assert!(id.starts_with("RSLA-20261121090000125-"), "{id}");
    assert_eq!(id.len(), "RSLA-20261121090000125-".len() + 8);
    assert_eq!(body["requestTime"], "2026-11-21T09:00:00.125");
    assert_eq!((&body["statusCode"], &body["statusName"]), (&json!("202"), &json!("success")));
    assert!(body.get("messageId").is_none());

    let shown = world.get("/handset/messages?to=010-1234-5678").await.json();
    let message = &shown["messages"][0];
    assert_eq!(message["provider"], "sens");
    assert_eq!(message["from"], credentials::SENS_FROM);
    assert_eq!(message["to"], "+821012345678");
    assert_eq!(message["text"], "[본인] 인증번호 [123456]");
    assert_eq!(message["type"], "sms");
    assert_eq!(message["code"], "123456");
    assert_eq!(message["received_at"], "2026-11-21T00:00:00.125Z");
}

#[actix_web::test]
async fn the_service_id_may_be_percent_encoded_if_that_form_is_signed() {
    let world = World::new();
    let encoded = format!("/sms/v2/services/{}/messages", credentials::SENS_SERVICE_ID.replace(':', "%3A"));
    let body = sms(&[TO], "hello").to_string();
    let answer = world.call(world.signed(Method::POST, &encoded).set_payload(body.clone())).await;
    assert_eq!(answer.status, 202);

    let raw = format!("{}/messages", service_path());
    let signature = sign("POST", &raw, world.now().as_millisecond());
    let request = with(TestRequest::post().uri(&encoded), &signature).set_payload(body);
    assert_eq!(world.call(request).await.status, 401);
}

#[actix_web::test]
async fn wrong_keys_signatures_and_clocks_are_refused_with_code_200() {
    let world = World::new();
    let target = format!("{}/messages", service_path());
    let now = world.now().as_millisecond();
    let mut wrong_key = sign("POST", &target, now);
    wrong_key.access_key = "someone else".to_owned();
    let mut no_base64 = sign("POST", &target, now);
    no_base64.tag = "%%%".to_owned();
    for (case, signature) in [
        ("key", wrong_key),
        ("base64", no_base64),
        ("method", sign("GET", &target, now)),
        ("target", sign("POST", "/elsewhere", now)),
        ("late", sign("POST", &target, now - 300_000)),
        ("early", sign("POST", &target, now + 300_000)),
    ] {
        let request = with(TestRequest::post().uri(&target), &signature);
        let answer = world.call(request.set_payload(sms(&[TO], "hello").to_string())).await;
        assert_eq!(answer.status, 401, "{case}");
        assert_eq!(answer.json()["error"]["errorCode"], "200", "{case}");
    }
    let late = sign("POST", &target, now - 299_999);
    let request = with(TestRequest::post().uri(&target), &late);
    assert_eq!(world.call(request.set_payload(sms(&[TO], "hello").to_string())).await.status, 202);
    for missing in ["x-ncp-apigw-timestamp", "x-ncp-iam-access-key", "x-ncp-apigw-signature-v2"] {
        let mut request = world.sending(&sms(&[TO], "hello")).to_request();
        request.headers_mut().remove(missing.parse::<actix_web::http::header::HeaderName>().unwrap());
        let headers = request.headers().clone();
        let mut bare = TestRequest::post().uri(&target);
        for header in &headers {
            bare = bare.append_header(header);
        }
        let answer = world.call(bare).await;
        assert_eq!(answer.status, 401, "{missing}");
        assert!(answer.text().contains(missing));
    }
    assert_eq!(world.texts("").await.len(), 1);
}

#[actix_web::test]
async fn another_service_is_refused_in_the_services_own_form() {
    let world = World::new();
    let target = "/sms/v2/services/ncp:sms:kr:999999999999:other/messages";
    let request = world.signed(Method::POST, target).set_payload(sms(&[TO], "hello").to_string());
    let answer = world.call(request).await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.json(),
        json!({ "status": 403, "error": "Forbidden", "message": "Do not have access to this 'serviceId'" })
    );
}

#[actix_web::test]
async fn what_is_wrong_with_a_body_is_named() {
    let world = World::new();
    let changed = |member: &str, value: Value| {
        let mut body = sms(&[TO], "hello");
        body[member] = value;
        body
    };
    let many: Vec<_> = (0..101).map(|_| json!({ "to": TO })).collect();
    for (body, named) in [
        (changed("type", Value::Null), "'type'"),
        (changed("type", json!("FAX")), "'type'"),
        (changed("type", json!(1)), "'type'"),
        (changed("contentType", json!("X")), "'contentType'"),
        (changed("countryCode", json!("+82")), "'countryCode'"),
        (changed("from", Value::Null), "'from'"),
        (changed("from", json!("02-5555-0100")), "'from'"),
        (changed("from", json!("0255550199")), "'from' is not a registered sender number"),
        (changed("content", Value::Null), "'content'"),
        (changed("content", json!("")), "'content'"),
        (changed("messages", Value::Null), "'messages'"),
        (changed("messages", json!([])), "'messages'"),
        (changed("messages", json!(many)), "'messages'"),
        (changed("messages", json!("all")), "'messages'"),
        (changed("messages", json!([1])), "'messages[0]'"),
        (changed("messages", json!([{ "to": TO }, {}])), "'messages[1].to'"),
        (changed("messages", json!([{ "to": "010-1234-5678" }])), "'messages[0].to'"),
        (changed("messages", json!([{ "to": TO, "content": 1 }])), "'messages[0].content'"),
        (changed("reserveTime", json!("2027-01-01T09:00")), "'reserveTime'"),
        (changed("reserveTime", json!("2026-11-21 09:09")), "10 minutes"),
    ] {
        let answer = world.send(&body).await;
        assert_eq!(answer.status, 400, "{named}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(named), "{message} names {named}");
    }
    for payload in ["", "{", "[]", "\"text\""] {
        let target = format!("{}/messages", service_path());
        let answer = world.call(world.signed(Method::POST, &target).set_payload(payload)).await;
        assert_eq!(answer.status, 400, "{payload}");
        assert_eq!(answer.json()["error"]["errorCode"], "100");
    }
    assert!(world.texts("").await.is_empty());
}

#[actix_web::test]
async fn a_body_over_the_limit_is_refused() {
    let world = World::new();
    let answer = world.send(&sms(&[TO], &"a".repeat(1_100_000))).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["error"]["errorCode"], "430");
}

#[actix_web::test]
async fn a_message_of_its_own_wins_over_the_default() {
    let world = World::new();
    let mut body = sms(&[], " ");
    body["type"] = json!("lms");
    body["subject"] = json!("안내");
    body["messages"] = json!([
        { "to": TO, "content": "첫째" },
        { "to": "01022223333", "content": "둘째", "subject": "다른 제목" },
    ]);
    assert_eq!(world.send(&body).await.status, 202);
    let shown = world.get("/handset/messages").await.json();
    let told: Vec<_> = shown["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| (message["subject"].clone(), message["text"].clone(), message["type"].clone()))
        .collect();
    assert_eq!(
        told,
        [(json!("다른 제목"), json!("둘째"), json!("lms")), (json!("안내"), json!("첫째"), json!("lms")),]
    );
}

#[actix_web::test]
async fn a_long_sms_is_cut_at_90_bytes_and_still_sent() {
    let world = World::new();
    let text = format!("a{}", "가".repeat(60));
    let id = world.accepted(TO, &text).await;
    assert_eq!(world.texts("").await, [format!("a{}", "가".repeat(44))]);
    world.advance(2000);
    let message_id = world.result(&id).await["messageId"].as_str().unwrap().to_owned();
    let whole = world.sens_get(&format!("/messages/{message_id}")).await.json();
    assert_eq!(whole["messages"][0]["content"], text, "the result shows what was asked for");
}

#[actix_web::test]
async fn emoji_are_accepted_and_fail_with_3022() {
    let world = World::new();
    let id = world.accepted(TO, "안녕하세요 😀").await;
    assert!(world.texts("").await.is_empty());
    world.advance(1500);
    let result = world.result(&id).await;
    assert_eq!(result["status"], "COMPLETED");
    assert_eq!((&result["statusCode"], &result["statusName"]), (&json!("3022"), &json!("fail")));
}

#[actix_web::test]
async fn what_is_no_phone_number_fails_with_3003() {
    let world = World::new();
    let id = world.accepted("12345", "hello").await;
    world.advance(1500);
    assert_eq!(world.result(&id).await["statusCode"], "3003");
}

#[actix_web::test]
async fn numbers_abroad_are_sent_with_their_country() {
    let world = World::new();
    let mut body = sms(&["4155550100"], "hello");
    body["countryCode"] = json!("1");
    assert_eq!(world.send(&body).await.status, 202);
    assert_eq!(world.texts("?to=%2B14155550100").await, ["hello"]);
}

#[actix_web::test]
async fn what_is_not_simulated_is_not_found_in_the_gateways_form() {
    let world = World::new();
    for (method, rest) in [
        (Method::GET, "/files"),
        (Method::PUT, "/unsubscribes"),
        (Method::GET, "/reservations/RSSA-1"),
        (Method::DELETE, "/messages"),
    ] {
        let answer = world.call(world.signed(method, &format!("{}{rest}", service_path()))).await;
        assert_eq!(answer.status, 404, "{rest}");
        assert_eq!(answer.json()["error"]["errorCode"], "300", "{rest}");
    }
}

#[actix_web::test]
async fn the_credentials_are_shown_and_known_as_published() {
    let world = World::new();
    let sens = world.get("/sandbox/credentials").await.json()["sens"].clone();
    assert_eq!(sens["service_id"], credentials::SENS_SERVICE_ID);
    for name in ["service_id", "access_key", "secret_key", "from"] {
        assert!(Sandbox::is_published(sens[name].as_str().unwrap()), "{name}");
    }
    assert!(!Sandbox::is_published("my own secret"));
}
