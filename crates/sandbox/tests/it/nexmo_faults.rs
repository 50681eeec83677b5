//! Faults, as clients of Nexmo meet them.

use serde_json::json;

use crate::nexmo_support::{Receiver, TO, basic, field, form, status_of};
use crate::support::World;

const START: &[(&str, &str)] = &[("number", TO), ("brand", "Bonin")];
const SMS: &[(&str, &str)] = &[("from", "Bonin"), ("to", TO), ("text", "hello")];

#[actix_web::test]
async fn a_status_is_answered_in_nexmos_form_and_nothing_is_accepted() {
    let world = World::new();
    for (provider, path, fields) in [("nexmo_verify", "/verify/json", START), ("nexmo", "/sms/json", SMS)] {
        for (status, own) in [(400, "3"), (401, "4"), (429, "1"), (500, "5"), (503, "5")] {
            world.fault(json!({ "provider": provider, "status": status })).await;
            let (http, told) = status_of(&world.nexmo_answer(path, fields).await);
            assert_eq!((http.as_u16(), told), (status, json!(own)), "{provider}");
        }
        world.fault(json!({ "provider": provider, "reset": true, "count": 1 })).await;
        let call = form(path, fields).insert_header(basic());
        assert!(world.try_call(call).await.is_err());
        assert!(world.texts("").await.is_empty());
    }
    world.verification(&[]).await;
}

#[actix_web::test]
async fn a_code_without_a_receipt_is_a_refusal_of_nexmos_own() {
    let world = World::new();
    for status in ["1", "5", "7", "8", "9", "15", "29"] {
        world.fault(json!({ "provider": "nexmo_verify", "receipt_code": status, "count": 1 })).await;
        let body = world.nexmo("/verify/json", START).await;
        assert_eq!(body["status"], status);
        assert!(body.get("request_id").is_none());
        assert_eq!(body.get("network").is_some(), status == "7", "{body}");
    }
    for status in ["1", "7", "9", "29", "33"] {
        world.fault(json!({ "provider": "nexmo", "receipt_code": status, "count": 1 })).await;
        let body = world.nexmo("/sms/json", SMS).await;
        assert_eq!(body["messages"][0]["status"], status);
        assert!(body["messages"][0]["error-text"].is_string());
    }
    assert!(world.texts("").await.is_empty());
}

#[actix_web::test]
async fn a_malformed_answer_is_no_json_but_the_message_is_accepted() {
    let world = World::new();
    for (provider, path, fields) in [("nexmo_verify", "/verify/json", START), ("nexmo", "/sms/json", SMS)] {
        world.fault(json!({ "provider": provider, "malformed": true })).await;
        let answer = world.nexmo_answer(path, fields).await;
        assert_eq!(answer.status, 200);
        assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
    }
    assert_eq!(world.texts("").await.len(), 2);
}

#[actix_web::test]
async fn dropped_and_failed_codes_are_never_on_the_handset() {
    let world = World::new();
    for fault in [
        json!({ "provider": "nexmo_verify", "drop": true }),
        json!({ "provider": "nexmo_verify", "receipt": "failed" }),
    ] {
        world.fault(fault).await;
        let id = world.verification(&[]).await;
        world.advance(125_000);
        assert_eq!(world.searched(&id).await["status"], "IN PROGRESS");
        world.advance(1_000_000);
        assert_eq!(world.searched(&id).await["status"], "EXPIRED");
    }
    assert!(world.texts("").await.is_empty());
}

#[actix_web::test]
async fn checks_and_searches_have_faults_of_their_own() {
    let world = World::new();
    let id = world.verification(&[]).await;
    let code = world.newest_code().await;
    world
        .fault(
            json!({ "provider": "nexmo_verify", "on": "read", "receipt_code": "1", "to": "+821012345678" }),
        )
        .await;
    assert_eq!(world.check_code(&id, &code).await["status"], "1");
    assert_eq!(world.searched(&id).await["status"], "1");
    assert_eq!(world.check_code("unknown", &code).await["status"], "6", "refused anyway");
    world.delete("/sandbox/faults").await;
    assert_eq!(world.check_code(&id, &code).await["status"], "0", "it was not compared before");
}

#[actix_web::test]
async fn a_refusal_of_nexmos_own_uses_up_no_fault() {
    let world = World::new();
    world.verification(&[]).await;
    world.fault(json!({ "provider": "nexmo_verify", "status": 500, "count": 1 })).await;
    world.fault(json!({ "provider": "nexmo", "status": 500, "count": 1 })).await;
    assert_eq!(world.nexmo("/verify/json", START).await["status"], "10");
    assert_eq!(world.nexmo("/sms/json", &SMS[1..]).await["messages"][0]["status"], "2");
    assert_eq!(world.get("/sandbox/faults").await.json()["faults"].as_array().unwrap().len(), 2);
}

async fn receipts(world: &World, fault: serde_json::Value, count: usize) -> Vec<(String, String)> {
    let receiver = Receiver::start();
    let mut whole = json!({ "provider": "nexmo" });
    whole.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
    world.fault(whole).await;
    let fields = [SMS, &[("callback", receiver.url.as_str())]].concat();
    assert_eq!(world.nexmo("/sms/json", &fields).await["messages"][0]["status"], "0");
    let taken = receiver.wait_for(count).await;
    taken.iter().map(|post| (field(post, "status").to_owned(), field(post, "err-code").to_owned())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(status, code)| ((*status).to_owned(), (*code).to_owned())).collect()
}

#[actix_web::test]
async fn a_failed_receipt_has_a_code_of_ones_choice() {
    let world = World::new();
    let taken = receipts(&world, json!({ "receipt": "failed" }), 2).await;
    assert_eq!(taken, pairs(&[("accepted", "0"), ("failed", "3")]));
    let taken = receipts(&world, json!({ "receipt": "failed", "receipt_code": "6" }), 2).await;
    assert_eq!(taken, pairs(&[("accepted", "0"), ("failed", "6")]));
    assert!(world.texts("").await.is_empty());
    let taken = receipts(&world, json!({ "drop": true, "receipt": "delivered" }), 2).await;
    assert_eq!(taken[1].0, "delivered");
    assert!(world.texts("").await.is_empty());
}

#[actix_web::test]
async fn receipts_are_repeated_and_turned_round() {
    let world = World::new();
    let taken = receipts(&world, json!({ "duplicate_receipts": 1 }), 4).await;
    let statuses: Vec<_> = taken.iter().map(|(status, _)| status.as_str()).collect();
    assert_eq!(statuses, ["accepted", "accepted", "delivered", "delivered"]);
    let taken = receipts(&world, json!({ "reorder_receipts": true }), 2).await;
    assert_eq!(taken, pairs(&[("delivered", "0"), ("accepted", "0")]));
}

#[actix_web::test]
async fn without_a_delay_receipts_come_before_the_answer() {
    let world = World::new();
    let receiver = Receiver::start();
    world.fault(json!({ "provider": "nexmo", "receipt_delay_ms": 0 })).await;
    let fields = [SMS, &[("callback", receiver.url.as_str())]].concat();
    world.nexmo("/sms/json", &fields).await;
    assert_eq!(receiver.taken().len(), 2);
}

#[actix_web::test]
async fn a_dropped_message_has_no_receipt() {
    let world = World::new();
    let receiver = Receiver::start();
    world.fault(json!({ "provider": "nexmo", "drop": true, "receipt_delay_ms": 0 })).await;
    let fields = [SMS, &[("callback", receiver.url.as_str())]].concat();
    assert_eq!(world.nexmo("/sms/json", &fields).await["messages"][0]["status"], "0");
    assert!(receiver.taken().is_empty());
    assert!(world.texts("").await.is_empty());
}
