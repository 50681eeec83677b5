//! Faults, as clients of SENS meet them.

use std::time::Duration;

use actix_web::http::Method;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, body::MessageBody};
use serde_json::json;
use tokio::time::Instant;

use crate::support::{World, service_path, sms};

const TO: &str = "01012345678";

#[actix_web::test]
async fn a_status_is_answered_in_the_providers_form_and_nothing_is_accepted() {
    let world = World::new();
    for (status, code) in [(400, "100"), (401, "200"), (404, "300"), (413, "430"), (418, "100"), (429, "410")]
    {
        world.fault(json!({ "provider": "sens", "status": status })).await;
        let answer = world.send(&sms(&[TO], "hello")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]["errorCode"]), (status, &json!(code)));
    }
    for (status, code) in [(500, "900"), (502, "500"), (503, "500"), (504, "510"), (599, "900")] {
        world.fault(json!({ "provider": "sens", "status": status })).await;
        let answer = world.send(&sms(&[TO], "hello")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]["errorCode"]), (status, &json!(code)));
    }
    world.fault(json!({ "provider": "sens", "status": 403 })).await;
    assert_eq!(world.send(&sms(&[TO], "hello")).await.json()["error"], "Forbidden");
    assert!(world.texts("").await.is_empty());
    world.delete("/sandbox/faults").await;
    world.accepted(TO, "hello").await;
}

#[actix_web::test]
async fn a_reset_breaks_the_answer_and_nothing_is_accepted() {
    let world = World::new();
    world.fault(json!({ "provider": "sens", "reset": true, "count": 1 })).await;
    assert!(world.try_call(world.sending(&sms(&[TO], "hello"))).await.is_err());
    assert!(world.texts("").await.is_empty());
    world.accepted(TO, "hello").await;
}

#[actix_web::test]
async fn a_malformed_answer_is_no_json_but_the_message_is_accepted() {
    let world = World::new();
    world.fault(json!({ "provider": "sens", "malformed": true })).await;
    let answer = world.send(&sms(&[TO], "hello")).await;
    assert_eq!(answer.status, 202);
    assert!(!answer.body.is_empty());
    assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
    assert_eq!(world.texts("").await, ["hello"]);
}

#[actix_web::test]
async fn a_delayed_answer_comes_after_the_message() {
    let world = World::new();
    world.fault(json!({ "provider": "sens", "delay_ms": 60_000 })).await;
    tokio::time::pause();
    let start = Instant::now();
    let body = sms(&[TO], "hello");
    let (answer, texts) = tokio::join!(world.send(&body), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        world.texts("").await
    });
    assert_eq!(texts, ["hello"], "on the handset before the answer");
    assert_eq!(answer.status, 202);
    assert!(start.elapsed() >= Duration::from_mins(1));
}

#[actix_web::test]
async fn a_dripping_answer_comes_byte_by_byte() {
    let world = World::new();
    world.fault(json!({ "provider": "sens", "drip_ms": 1000 })).await;
    tokio::time::pause();
    let start = Instant::now();
    let answer = world.send(&sms(&[TO], "hello")).await;
    assert_eq!(answer.json()["statusCode"], "202");
    assert_eq!(start.elapsed().as_secs(), answer.body.len() as u64);
    assert_eq!(world.texts("").await, ["hello"]);
}

#[actix_web::test]
async fn a_dropped_message_is_accepted_and_never_heard_of_again() {
    let world = World::new();
    world.fault(json!({ "provider": "sens", "drop": true })).await;
    let id = world.accepted(TO, "hello").await;
    world.advance(3_600_000);
    assert_eq!(world.result(&id).await["status"], "PROCESSING");
    assert!(world.texts("").await.is_empty());
}

#[actix_web::test]
async fn a_receipt_decides_the_result_of_a_dropped_message() {
    let world = World::new();
    world.fault(json!({ "provider": "sens", "drop": true, "receipt": "delivered" })).await;
    let id = world.accepted(TO, "hello").await;
    world.advance(1500);
    assert_eq!(world.result(&id).await["statusCode"], "0");
    assert!(world.texts("").await.is_empty());
}

#[actix_web::test]
async fn a_failed_receipt_has_a_code_of_ones_choice() {
    let world = World::new();
    world.fault(json!({ "provider": "sens", "receipt": "failed" })).await;
    let first = world.accepted(TO, "hello").await;
    world.fault(json!({ "provider": "sens", "receipt": "failed", "receipt_code": "3012" })).await;
    let second = world.accepted(TO, "hello").await;
    world.advance(1500);
    let result = world.result(&first).await;
    assert_eq!((&result["statusCode"], &result["statusName"]), (&json!("3001"), &json!("fail")));
    let result = world.result(&second).await;
    assert_eq!((&result["statusCode"], &result["statusMessage"]), (&json!("3012"), &json!("spam filter")));
    assert!(world.texts("").await.is_empty());
}

#[actix_web::test]
async fn a_receipt_can_take_its_time() {
    let world = World::new();
    world.fault(json!({ "provider": "sens", "receipt_delay_ms": 60_000 })).await;
    let id = world.accepted(TO, "hello").await;
    world.advance(59_999);
    assert_eq!(world.result(&id).await["status"], "PROCESSING");
    world.advance(1);
    assert_eq!(world.result(&id).await["status"], "COMPLETED");
}

#[actix_web::test]
async fn a_count_is_used_up_by_sends_and_not_by_polls_or_bad_requests() {
    let world = World::new();
    let id = world.accepted(TO, "hello").await;
    world.advance(300);
    world.fault(json!({ "provider": "sens", "status": 500, "count": 2 })).await;
    assert_eq!(world.result(&id).await["status"], "PROCESSING");
    assert_eq!(world.send(&json!({})).await.status, 400);
    assert_eq!(world.get("/sandbox/faults").await.json()["faults"][0]["count"], 2);
    assert_eq!(world.send(&sms(&[TO], "hello")).await.status, 500);
    assert_eq!(world.get("/sandbox/faults").await.json()["faults"][0]["count"], 1);
    assert_eq!(world.send(&sms(&[TO], "hello")).await.status, 500);
    assert_eq!(world.get("/sandbox/faults").await.json(), json!({ "faults": [] }));
    world.accepted(TO, "hello").await;
}

#[actix_web::test]
async fn a_fault_for_one_number_spares_the_others_even_in_one_request() {
    let world = World::new();
    for to in ["010-1234-5678", "+821012345678", "+82 10 1234 5678"] {
        world.fault(json!({ "provider": "sens", "drop": true, "to": to })).await;
        world.send(&sms(&[TO, "01099998888"], to)).await;
        assert!(world.texts("?to=01012345678").await.is_empty());
        assert_eq!(world.texts("?to=01099998888").await[0], to);
    }
    world.fault(json!({ "provider": "sens", "status": 500, "to": TO })).await;
    assert_eq!(world.send(&sms(&["01099998888"], "hello")).await.status, 202);
    assert_eq!(world.send(&sms(&[TO], "hello")).await.status, 500);
}

#[actix_web::test]
async fn reads_fail_only_when_the_fault_says_so() {
    let world = World::new();
    let id = world.accepted(TO, "hello").await;
    world.advance(300);
    let target = format!("/messages?requestId={id}");
    world.fault(json!({ "provider": "sens", "status": 503, "on": "read" })).await;
    assert_eq!(world.sens_get(&target).await.status, 503);
    world.accepted(TO, "hello").await;
    world.fault(json!({ "provider": "sens", "malformed": true, "on": "all", "to": TO })).await;
    let answer = world.sens_get(&target).await;
    assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
    world.fault(json!({ "provider": "sens", "status": 503, "on": "read", "to": "01099998888" })).await;
    assert_eq!(world.sens_get(&target).await.status, 200);
}

#[actix_web::test]
async fn a_put_replaces_and_a_delete_removes() {
    let world = World::new();
    world.fault(json!({ "provider": "sens", "status": 500 })).await;
    world.fault(json!({ "provider": "sens", "receipt": "failed", "duplicate_receipts": 2, "reorder_receipts": true })).await;
    let faults = world.get("/sandbox/faults").await.json()["faults"].clone();
    assert_eq!(faults.as_array().unwrap().len(), 1);
    assert!(faults[0].get("status").is_none());
    assert_eq!((&faults[0]["duplicate_receipts"], &faults[0]["reorder_receipts"]), (&json!(2), &json!(true)));
    assert_eq!(world.delete("/sandbox/faults?provider=nobody").await.status, 422);
    assert_eq!(world.delete("/sandbox/faults?provider=sens").await.status, 204);
    assert_eq!(world.get("/sandbox/faults").await.json(), json!({ "faults": [] }));
    assert_eq!(world.delete("/sandbox/faults").await.status, 204);
}

#[actix_web::test]
async fn what_is_wrong_with_a_fault_is_named() {
    let world = World::new();
    for (body, field) in [
        (json!({ "status": 500 }), "provider"),
        (json!({ "provider": "sens" }), "status"),
        (json!({ "provider": "sens", "count": 1, "to": TO, "on": "all" }), "status"),
        (json!({ "provider": "acme", "status": 500 }), "provider"),
        (json!({ "provider": 1, "status": 500 }), "provider"),
        (json!({ "provider": "sens", "status": 200 }), "status"),
        (json!({ "provider": "sens", "status": "500" }), "status"),
        (json!({ "provider": "sens", "reset": 1 }), "reset"),
        (json!({ "provider": "sens", "malformed": "yes" }), "malformed"),
        (json!({ "provider": "sens", "delay_ms": -1 }), "delay_ms"),
        (json!({ "provider": "sens", "drip_ms": 1.5 }), "drip_ms"),
        (json!({ "provider": "sens", "drop": null }), "drop"),
        (json!({ "provider": "sens", "receipt": "lost" }), "receipt"),
        (json!({ "provider": "sens", "receipt": "failed", "receipt_code": 3012 }), "receipt_code"),
        (json!({ "provider": "sens", "receipt": "failed", "receipt_code": "0" }), "receipt_code"),
        (json!({ "provider": "sens", "status": 500, "count": 0 }), "count"),
        (json!({ "provider": "sens", "status": 500, "to": "me" }), "to"),
        (json!({ "provider": "sens", "status": 500, "on": "sundays" }), "on"),
        (json!({ "provider": "sens", "status": 500, "colour": "red" }), "colour"),
    ] {
        let answer = world.put_fault(&body.to_string()).await;
        assert_eq!(answer.status, 422, "{body}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["errors"][0]["field"], field, "{body}");
    }
    for body in ["", "{", "[]"] {
        let answer = world.put_fault(body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!("body_unreadable")));
    }
    assert_eq!(world.put_fault(&" ".repeat(20_000)).await.status, 413);
    assert_eq!(world.get("/sandbox/faults").await.json(), json!({ "faults": [] }));
}

#[actix_web::test]
async fn a_dripping_answer_states_its_length_so_that_a_cut_shows() {
    let world = World::new();
    world.fault(json!({ "provider": "sens", "drip_ms": 1 })).await;
    let service = init_service(App::new().configure(world.sandbox.routes())).await;
    let target = format!("{}/messages", service_path());
    let request: TestRequest =
        world.signed(Method::POST, &target).set_payload(sms(&[TO], "hello").to_string());
    let response = call_service(&service, request.to_request()).await;
    assert!(
        matches!(response.response().body().size(), actix_web::body::BodySize::Sized(length) if length > 50)
    );
}
