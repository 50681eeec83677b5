//! I'mport: the way without a window.

use actix_web::http::Method;
use bonin_sandbox::credentials::IAMPORT_CHANNEL_KEY;
use serde_json::{Value, json};

use crate::identity_support::ORDER;
use crate::support::{Answer, World};

const REQUEST: &str = "/certifications/otp/request";
const PHONE: &str = "01000001001";

fn asked() -> Value {
    json!({
        "name": "김하늘",
        "phone": "010-0000-1001",
        "birth": "900301",
        "gender_digit": "2",
        "carrier": "SKT",
        "is_mvno": false,
        "channel_key": IAMPORT_CHANNEL_KEY,
        "merchant_uid": ORDER,
        "company": "본인",
    })
}

async fn requested(world: &World) -> String {
    let answer = world.iamport(Method::POST, REQUEST, &asked()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["response"].as_object().unwrap().len(), 1);
    answer.json()["response"]["imp_uid"].as_str().unwrap().to_owned()
}

async fn confirm(world: &World, id: &str, body: Value) -> Answer {
    world.iamport(Method::POST, &format!("/certifications/otp/confirm/{id}"), &body).await
}

fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[actix_web::test]
async fn the_code_on_the_phone_identifies_its_owner() {
    let world = World::new();
    let id = requested(&world).await;
    let inbox = world.get(&format!("/handset/messages?to={PHONE}")).await.json();
    assert_eq!(inbox["messages"][0]["provider"], "iamport");
    assert!(inbox["messages"][0]["text"].as_str().unwrap().starts_with("[본인] 본인확인 인증번호 ["));
    assert_eq!(world.certification(&id).await["certified"], false);

    let code = world.code(PHONE).await;
    assert_eq!(code.len(), 6);
    let answer = confirm(&world, &id, json!({ "otp": code })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let shown = answer.json()["response"].clone();
    assert_eq!((&shown["certified"], &shown["name"]), (&json!(true), &json!("김하늘")));
    assert_eq!((&shown["merchant_uid"], &shown["imp_uid"]), (&json!(ORDER), &json!(id)));
    assert_eq!(world.certification(&id).await, shown);
}

#[actix_web::test]
async fn a_code_counts_once() {
    let world = World::new();
    let id = requested(&world).await;
    let code = world.code(PHONE).await;
    assert_eq!(confirm(&world, &id, json!({ "otp": code })).await.status, 200);
    let again = confirm(&world, &id, json!({ "otp": code })).await;
    assert_eq!((again.status.as_u16(), &again.json()["response"]), (400, &Value::Null));
    let window = world.identified(&json!({ "merchant_uid": ORDER, "person": "adult" })).await;
    assert_eq!(confirm(&world, &window, json!({ "otp": code })).await.status, 400);
}

#[actix_web::test]
async fn a_wrong_or_missing_code_identifies_nobody() {
    let world = World::new();
    let id = requested(&world).await;
    let code = world.code(PHONE).await;
    for body in [json!({ "otp": other_than(&code) }), json!({ "otp": "" }), json!({})] {
        let answer = confirm(&world, &id, body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!(-1)));
        assert_eq!(world.certification(&id).await["certified"], false);
    }
    assert_eq!(confirm(&world, &id, json!({ "otp": code })).await.status, 200, "right after a miss");
    assert_eq!(confirm(&world, "imp_000000000000", json!({ "otp": code })).await.status, 404);
}

#[actix_web::test]
async fn five_misses_or_three_minutes_are_the_end_of_a_code() {
    let world = World::new();
    let id = requested(&world).await;
    let code = world.code(PHONE).await;
    for _ in 0..5 {
        assert_eq!(confirm(&world, &id, json!({ "otp": other_than(&code) })).await.status, 400);
    }
    assert_eq!(confirm(&world, &id, json!({ "otp": code })).await.status, 400);
    assert_eq!(world.certification(&id).await["certified"], false);

    let id = requested(&world).await;
    let code = world.code(PHONE).await;
    world.advance(180_000);
    assert_eq!(confirm(&world, &id, json!({ "otp": code })).await.status, 400);
    assert_eq!(world.certification(&id).await["certified"], false);
}

#[actix_web::test]
async fn what_is_missing_malformed_or_not_the_subscribers_is_refused() {
    let world = World::new();
    for name in ["name", "phone", "birth", "gender_digit", "carrier", "channel_key"] {
        let mut body = asked();
        body.as_object_mut().unwrap().remove(name);
        let answer = world.iamport(Method::POST, REQUEST, &body).await;
        assert_eq!(answer.status, 400, "{name}");
        assert!(answer.json()["message"].as_str().unwrap().starts_with(name), "{name}");
    }
    for (name, value) in [
        ("phone", json!("02-123-4567")),
        ("birth", json!("19900301")),
        ("birth", json!("901301")),
        ("gender_digit", json!("9")),
        ("gender_digit", json!("22")),
        ("carrier", json!("KTF")),
        ("carrier", json!("skt")),
        ("is_mvno", json!("maybe")),
        ("channel_key", json!("channel-key-other")),
        ("verification_method", json!("APP")),
        // Well formed, and not what the carrier knows.
        ("name", json!("김하루")),
        ("birth", json!("900302")),
        ("gender_digit", json!("1")),
        ("carrier", json!("KT")),
        ("is_mvno", json!(true)),
        ("phone", json!("010-0000-1002")),
    ] {
        let mut body = asked();
        body[name] = value;
        assert_eq!(world.iamport(Method::POST, REQUEST, &body).await.status, 400, "{name}");
    }
    assert!(world.texts("").await.is_empty());
    assert_eq!(world.iamport_as("wrong", Method::POST, REQUEST, &asked()).await.status, 401);
    let mut budget = asked();
    budget["phone"] = json!("01000001002");
    (budget["carrier"], budget["is_mvno"]) = (json!("KT"), json!(true));
    assert_eq!(world.iamport(Method::POST, REQUEST, &budget).await.status, 200);
}
