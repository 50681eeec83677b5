//! Faults, as clients of I'mport and `PortOne` meet them.

use std::time::Duration;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use bonin_sandbox::credentials::{
    IAMPORT_CHANNEL_KEY, IAMPORT_IMP_KEY, IAMPORT_IMP_SECRET, PORTONE_API_SECRET,
};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::identity_support::ORDER;
use crate::support::World;

async fn identified(world: &World) -> (String, String) {
    let v1 = world.identified(&json!({ "merchant_uid": ORDER, "person": "adult" })).await;
    let v2 = world.identified(&json!({ "identity_verification_id": ORDER, "person": "adult" })).await;
    (format!("/certifications/{v1}"), format!("/identity-verifications/{v2}"))
}

#[actix_web::test]
async fn a_status_is_answered_in_each_providers_form() {
    let world = World::new();
    let (v1, v2) = identified(&world).await;
    for (status, kind) in [
        (400, "INVALID_REQUEST"),
        (401, "UNAUTHORIZED"),
        (403, "FORBIDDEN"),
        (404, "IDENTITY_VERIFICATION_NOT_FOUND"),
        (409, "IDENTITY_VERIFICATION_ALREADY_VERIFIED"),
        (429, "TOO_MANY_REQUESTS"),
        (500, "INTERNAL_SERVER_ERROR"),
        (502, "PG_PROVIDER"),
    ] {
        world.fault(json!({ "provider": "iamport", "status": status, "count": 1 })).await;
        world.fault(json!({ "provider": "portone", "status": status, "count": 1 })).await;
        let answer = world.iamport(Method::GET, &v1, &Value::Null).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (status, &json!(-1)));
        assert_eq!(answer.json()["response"], Value::Null);
        let answer = world.portone(Method::GET, &v2, &Value::Null).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["type"]), (status, &json!(kind)));
        assert_eq!(world.iamport(Method::GET, &v1, &Value::Null).await.status, 200);
        assert_eq!(world.portone(Method::GET, &v2, &Value::Null).await.status, 200);
    }
}

#[actix_web::test]
async fn tokens_and_erasures_meet_faults_on_reads_only() {
    let world = World::new();
    let (v1, _) = identified(&world).await;
    let keys = json!({ "imp_key": IAMPORT_IMP_KEY, "imp_secret": IAMPORT_IMP_SECRET });
    let secret = json!({ "apiSecret": PORTONE_API_SECRET });
    let token = world.iamport_token().await["access_token"].as_str().unwrap().to_owned();
    for provider in ["iamport", "portone"] {
        world.fault(json!({ "provider": provider, "status": 500, "on": "read" })).await;
    }
    assert_eq!(world.post_json("/users/getToken", &keys).await.status, 500);
    assert_eq!(world.post_json("/login/api-secret", &secret).await.status, 500);
    assert_eq!(world.portone(Method::GET, "/identity-verifications", &Value::Null).await.status, 500);
    assert_eq!(world.iamport_as(&token, Method::GET, &v1, &Value::Null).await.status, 200);
    assert_eq!(world.iamport_as(&token, Method::DELETE, &v1, &Value::Null).await.status, 500);
    assert_eq!(world.iamport_as(&token, Method::GET, &v1, &Value::Null).await.status, 200, "not erased");
    world.fault(json!({ "provider": "iamport", "status": 500 })).await;
    assert_eq!(world.post_json("/users/getToken", &keys).await.status, 200);
    assert_eq!(world.iamport_as(&token, Method::GET, &v1, &Value::Null).await.status, 500);
    assert_eq!(world.iamport_as(&token, Method::DELETE, &v1, &Value::Null).await.status, 200);
}

#[actix_web::test]
async fn what_is_refused_anyway_uses_up_no_fault() {
    let world = World::new();
    let (v1, v2) = identified(&world).await;
    for provider in ["iamport", "portone"] {
        world.fault(json!({ "provider": provider, "status": 500, "count": 1, "on": "all" })).await;
    }
    assert_eq!(world.get(&v1).await.status, 401);
    assert_eq!(world.get(&v2).await.status, 401);
    assert_eq!(world.post_json("/users/getToken", &json!({})).await.status, 400);
    assert_eq!(world.portone(Method::GET, "/identity-verifications/unknown", &Value::Null).await.status, 404);
    assert_eq!(world.get("/sandbox/faults").await.json()["faults"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_fault_for_one_number_spares_the_others() {
    let world = World::new();
    let (v1, _) = identified(&world).await;
    let other = world.identified(&json!({ "merchant_uid": ORDER, "person": "second_adult" })).await;
    world.fault(json!({ "provider": "iamport", "status": 500, "to": "010-0000-1001" })).await;
    assert_eq!(world.iamport(Method::GET, &v1, &Value::Null).await.status, 500);
    assert_eq!(world.certification(&other).await["certified"], true);
}

#[actix_web::test]
async fn answers_can_be_cut_broken_or_late() {
    let world = World::new();
    let (v1, v2) = identified(&world).await;
    let token = world.iamport_token().await["access_token"].as_str().unwrap().to_owned();
    let v1_call = || TestRequest::get().uri(&v1).insert_header(("authorization", token.as_str()));
    let secret = format!("PortOne {PORTONE_API_SECRET}");
    let v2_call = || TestRequest::get().uri(&v2).insert_header(("authorization", secret.as_str()));

    for provider in ["iamport", "portone"] {
        world.fault(json!({ "provider": provider, "reset": true, "count": 1 })).await;
    }
    assert!(world.try_call(v1_call()).await.is_err());
    assert!(world.try_call(v2_call()).await.is_err());
    for provider in ["iamport", "portone"] {
        world.fault(json!({ "provider": provider, "malformed": true, "count": 1 })).await;
    }
    for answer in [world.call(v1_call()).await, world.call(v2_call()).await] {
        assert_eq!(answer.status, 200);
        assert!(!answer.body.is_empty() && serde_json::from_slice::<Value>(&answer.body).is_err());
    }
    tokio::time::pause();
    world.fault(json!({ "provider": "iamport", "delay_ms": 60_000 })).await;
    world.fault(json!({ "provider": "portone", "drip_ms": 1000 })).await;
    let start = Instant::now();
    assert_eq!(world.call(v1_call()).await.json()["code"], 0);
    assert!(start.elapsed() >= Duration::from_mins(1));
    let start = Instant::now();
    let answer = world.call(v2_call()).await;
    assert_eq!(start.elapsed().as_secs(), answer.body.len() as u64);
}

#[actix_web::test]
async fn a_dropped_code_is_accepted_and_never_arrives() {
    let world = World::new();
    world.fault(json!({ "provider": "iamport", "drop": true, "count": 1 })).await;
    let body = json!({
        "name": "김하늘", "phone": "01000001001", "birth": "900301", "gender_digit": "2", "carrier": "SKT",
        "channel_key": IAMPORT_CHANNEL_KEY,
    });
    for arrived in [0, 1] {
        let answer = world.iamport(Method::POST, "/certifications/otp/request", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(world.texts("?to=01000001001").await.len(), arrived);
    }
}
