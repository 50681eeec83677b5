//! `PortOne` V2.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use bonin_sandbox::credentials::{PORTONE_API_SECRET, PORTONE_CHANNEL_KEY, PORTONE_STORE_ID};
use serde_json::{Value, json};

use crate::identity_support::{ORDER, encode};
use crate::support::{Answer, World};

const PHONE: &str = "01000001001";

fn path(rest: &str) -> String {
    format!("/identity-verifications/{ORDER}{rest}")
}

fn sending() -> Value {
    json!({
        "channelKey": PORTONE_CHANNEL_KEY,
        "customer": {
            "id": "user-1",
            "name": "김하늘",
            "phoneNumber": PHONE,
            "identityNumber": "9003012",
            "ipAddress": "192.0.2.7",
        },
        "operator": "SKT",
        "method": "SMS",
        "customData": "cart 7",
    })
}

/// The type of a refusal with this status.
fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert!(answer.json()["message"].is_string());
    answer.json()["type"].as_str().unwrap().to_owned()
}

async fn post(world: &World, rest: &str, body: &Value) -> Answer {
    world.portone(Method::POST, &path(rest), body).await
}

async fn tokens(world: &World, target: &str, body: Value) -> (String, String) {
    let answer = world.post_json(target, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let token = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
    (token("accessToken"), token("refreshToken"))
}

async fn get_as(world: &World, authorization: &str) -> u16 {
    let request = TestRequest::get().uri(&path("")).insert_header(("authorization", authorization));
    world.call(request).await.status.as_u16()
}

#[actix_web::test]
async fn a_verified_identity_is_shown_in_full() {
    let world = World::new();
    world.identified(&json!({ "identity_verification_id": ORDER, "person": "adult" })).await;
    let mut shown = world.identity(ORDER).await;
    let now = world.now().to_string();
    for (name, length) in [("ci", 88), ("di", 64)] {
        assert_eq!(shown["verifiedCustomer"][name].take().as_str().unwrap().len(), length);
    }
    assert!(shown["pgTxId"].take().is_string() && shown["pgRawResponse"].take().is_string());
    assert!(shown["channel"]["id"].take().is_string());
    assert_eq!(
        shown,
        json!({
            "status": "VERIFIED",
            "id": ORDER,
            "version": "V2",
            "channel": {
                "type": "LIVE",
                "id": null,
                "key": PORTONE_CHANNEL_KEY,
                "name": "Bonin sandbox",
                "pgProvider": "DANAL",
                "pgMerchantId": "BONINSANDBOX",
            },
            "verifiedCustomer": {
                "name": "김하늘",
                "birthDate": "1990-03-01",
                "gender": "FEMALE",
                "isForeigner": false,
                "phoneNumber": PHONE,
                "operator": "SKT",
                "ci": null,
                "di": null,
            },
            "requestedAt": now,
            "updatedAt": now,
            "statusChangedAt": now,
            "verifiedAt": now,
            "pgTxId": null,
            "pgRawResponse": null,
        })
    );
    let lgu = json!({ "identity_verification_id": "another", "person": "child_13" });
    world.identified(&lgu).await;
    assert_eq!(world.identity("another").await["verifiedCustomer"]["operator"], "LGU");
}

#[actix_web::test]
async fn an_id_may_fail_and_then_succeeds_once() {
    let world = World::new();
    let with = |outcome| json!({ "identity_verification_id": ORDER, "person": "adult", "outcome": outcome });
    world.identified(&with("uncertified")).await;
    let ready = world.identity(ORDER).await;
    assert_eq!((&ready["status"], &ready["requestedCustomer"]), (&json!("READY"), &json!({})));
    assert!(ready.get("verifiedCustomer").is_none());

    world.identified(&with("failed")).await;
    let failed = world.identity(ORDER).await;
    assert_eq!((&failed["status"], &failed["failure"]["pgCode"]), (&json!("FAILED"), &json!("9010")));
    assert!(failed.get("verifiedCustomer").is_none());

    world.identified(&with("certified")).await;
    let verified = world.identity(ORDER).await;
    assert_eq!(verified["status"], "VERIFIED");
    for outcome in ["certified", "failed", "uncertified"] {
        let again = world.post_json("/sandbox/identities", &with(outcome)).await;
        assert_eq!((again.status.as_u16(), &again.json()["code"]), (409, &json!("already_verified")));
    }
    assert_eq!(world.identity(ORDER).await, verified);
    let sent = post(&world, "/send", &sending()).await;
    assert_eq!(refused(&sent, 409), "IDENTITY_VERIFICATION_ALREADY_VERIFIED");
}

#[actix_web::test]
async fn results_of_v1_are_found_by_their_imp_uid() {
    let world = World::new();
    let id = world.identified(&json!({ "merchant_uid": ORDER, "person": "adult" })).await;
    let shown = world.identity(&id).await;
    assert_eq!((&shown["id"], &shown["version"]), (&json!(id), &json!("V1")));
    let unknown = world.portone(Method::GET, &path(""), &Value::Null).await;
    assert_eq!(refused(&unknown, 404), "IDENTITY_VERIFICATION_NOT_FOUND");
}

#[actix_web::test]
async fn only_the_secret_or_a_token_opens_and_only_the_own_store() {
    let world = World::new();
    world.identified(&json!({ "identity_verification_id": ORDER, "person": "adult" })).await;
    let (access, refresh) =
        tokens(&world, "/login/api-secret", json!({ "apiSecret": PORTONE_API_SECRET })).await;
    for (authorization, status) in [
        (format!("PortOne {PORTONE_API_SECRET}"), 200),
        (format!("Bearer {access}"), 200),
        (format!("Bearer {refresh}"), 401),
        (format!("Bearer {PORTONE_API_SECRET}"), 401),
        (format!("PortOne {access}"), 401),
        (PORTONE_API_SECRET.to_owned(), 401),
        ("PortOne wrong".to_owned(), 401),
        (String::new(), 401),
    ] {
        assert_eq!(get_as(&world, &authorization).await, status, "{authorization}");
    }
    assert_eq!(refused(&world.get(&path("")).await, 401), "UNAUTHORIZED");
    let own = path(&format!("?storeId={PORTONE_STORE_ID}"));
    assert_eq!(world.portone(Method::GET, &own, &Value::Null).await.status, 200);
    let other = world.portone(Method::GET, &path("?storeId=store-other"), &Value::Null).await;
    assert_eq!(refused(&other, 403), "FORBIDDEN");
}

#[actix_web::test]
async fn tokens_end_and_each_new_pair_voids_the_older_refresh_token() {
    let world = World::new();
    world.identified(&json!({ "identity_verification_id": ORDER, "person": "adult" })).await;
    let wrong = world.post_json("/login/api-secret", &json!({ "apiSecret": "wrong" })).await;
    assert_eq!(refused(&wrong, 401), "UNAUTHORIZED");
    let missing = world.post_json("/login/api-secret", &json!({})).await;
    assert_eq!(refused(&missing, 400), "INVALID_REQUEST");

    let (access, refresh) =
        tokens(&world, "/login/api-secret", json!({ "apiSecret": PORTONE_API_SECRET })).await;
    let (newer, newest) = tokens(&world, "/token/refresh", json!({ "refreshToken": refresh })).await;
    assert!(access != newer && refresh != newest);
    let void = world.post_json("/token/refresh", &json!({ "refreshToken": refresh })).await;
    assert_eq!(refused(&void, 401), "UNAUTHORIZED");
    assert_eq!(get_as(&world, &format!("Bearer {access}")).await, 200, "access tokens live on");

    world.advance(30 * 60_000);
    assert_eq!(get_as(&world, &format!("Bearer {newer}")).await, 401);
    let (_, last) = tokens(&world, "/token/refresh", json!({ "refreshToken": newest })).await;
    world.advance(24 * 3_600_000);
    let late = world.post_json("/token/refresh", &json!({ "refreshToken": last })).await;
    assert_eq!(refused(&late, 401), "UNAUTHORIZED");
}

#[actix_web::test]
async fn the_code_on_the_phone_verifies_once() {
    let world = World::new();
    let answer = post(&world, "/send", &sending()).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({})));
    let ready = world.identity(ORDER).await;
    assert_eq!(
        ready["requestedCustomer"],
        json!({
            "id": "user-1", "name": "김하늘", "phoneNumber": PHONE,
            "birthYear": "1990", "birthMonth": "03", "birthDay": "01",
        })
    );
    let again = post(&world, "/send", &sending()).await;
    assert_eq!(refused(&again, 409), "IDENTITY_VERIFICATION_ALREADY_SENT");

    let code = world.code(PHONE).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let answer = post(&world, "/confirm", &json!({ "otp": wrong })).await;
    assert_eq!(refused(&answer, 502), "PG_PROVIDER");
    assert!(answer.json()["pgCode"].is_string() && answer.json()["pgMessage"].is_string());
    assert_eq!(refused(&post(&world, "/confirm", &Value::Null).await, 400), "INVALID_REQUEST");
    assert_eq!(world.identity(ORDER).await["status"], "READY");

    let answer = post(&world, "/confirm", &json!({ "otp": code })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let shown = answer.json()["identityVerification"].clone();
    assert_eq!(shown, world.identity(ORDER).await);
    assert_eq!((&shown["status"], &shown["customData"]), (&json!("VERIFIED"), &json!("cart 7")));
    assert_eq!(shown["verifiedCustomer"]["id"], "user-1");
    for (rest, body) in [("/confirm", json!({ "otp": code })), ("/resend", Value::Null)] {
        assert_eq!(refused(&post(&world, rest, &body).await, 409), "IDENTITY_VERIFICATION_ALREADY_VERIFIED");
    }
}

#[actix_web::test]
async fn a_resend_puts_another_code_in_place_of_the_first() {
    let world = World::new();
    assert_eq!(refused(&post(&world, "/resend", &Value::Null).await, 404), "IDENTITY_VERIFICATION_NOT_FOUND");
    assert_eq!(post(&world, "/send", &sending()).await.status, 200);
    let first = world.code(PHONE).await;
    assert_eq!(post(&world, "/resend", &Value::Null).await.json(), json!({}));
    let second = world.code(PHONE).await;
    assert_ne!(first, second);
    assert_eq!(post(&world, "/confirm", &json!({ "otp": first })).await.status, 502);
    world.advance(180_000);
    assert_eq!(post(&world, "/confirm", &json!({ "otp": second })).await.status, 502, "too late");
    assert_eq!(post(&world, "/send", &sending()).await.status, 200, "a code that is over may be sent anew");

    let body = json!({ "identity_verification_id": "window", "outcome": "uncertified" });
    world.identified(&body).await;
    for rest in ["resend", "confirm"] {
        let target = format!("/identity-verifications/window/{rest}");
        let answer = world.portone(Method::POST, &target, &json!({ "otp": "123456" })).await;
        assert_eq!(refused(&answer, 404), "IDENTITY_VERIFICATION_NOT_SENT");
    }
}

#[actix_web::test]
async fn five_misses_fail_the_verification() {
    let world = World::new();
    assert_eq!(post(&world, "/send", &sending()).await.status, 200);
    let code = world.code(PHONE).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(post(&world, "/confirm", &json!({ "otp": wrong })).await.status, 502);
    }
    assert_eq!(post(&world, "/confirm", &json!({ "otp": code })).await.status, 502);
    assert_eq!(world.identity(ORDER).await["status"], "FAILED");
}

#[actix_web::test]
async fn the_app_needs_no_code() {
    let world = World::new();
    let mut body = sending();
    body["method"] = json!("APP");
    body["customer"].as_object_mut().unwrap().remove("identityNumber");
    assert_eq!(post(&world, "/send", &body).await.status, 200);
    assert!(world.texts("").await.is_empty());
    assert_eq!(refused(&post(&world, "/resend", &Value::Null).await, 404), "IDENTITY_VERIFICATION_NOT_SENT");
    assert_eq!(post(&world, "/confirm", &Value::Null).await.status, 200);
    assert_eq!(world.identity(ORDER).await["status"], "VERIFIED");
}

#[actix_web::test]
async fn what_is_wrong_with_a_send_is_told_by_status_and_type() {
    let world = World::new();
    for (pointer, value, status, kind) in [
        ("/channelKey", json!("channel-key-other"), 404, "CHANNEL_NOT_FOUND"),
        ("/channelKey", Value::Null, 400, "INVALID_REQUEST"),
        ("/operator", json!("LGT"), 400, "INVALID_REQUEST"),
        ("/method", json!("CALL"), 400, "INVALID_REQUEST"),
        ("/customer", json!("김하늘"), 400, "INVALID_REQUEST"),
        ("/customer/name", json!(""), 400, "INVALID_REQUEST"),
        ("/customer/phoneNumber", json!("010-0000-1001"), 400, "INVALID_REQUEST"),
        ("/customer/ipAddress", json!("here"), 400, "INVALID_REQUEST"),
        ("/customer/identityNumber", json!("900301"), 400, "INVALID_REQUEST"),
        ("/customer/identityNumber", Value::Null, 400, "INVALID_REQUEST"),
        ("/customer/identityNumber", json!("9003011"), 502, "PG_PROVIDER"),
        ("/customer/name", json!("김하루"), 502, "PG_PROVIDER"),
        ("/operator", json!("KT"), 502, "PG_PROVIDER"),
    ] {
        let mut body = sending();
        *body.pointer_mut(pointer).unwrap() = value;
        assert_eq!(refused(&post(&world, "/send", &body).await, status), kind, "{pointer}");
    }
    let mut body = sending();
    body["storeId"] = json!("store-other");
    assert_eq!(refused(&post(&world, "/send", &body).await, 403), "FORBIDDEN");
    assert!(world.texts("").await.is_empty());
    assert_eq!(world.portone(Method::GET, &path(""), &Value::Null).await.status, 404, "nothing began");
}

#[actix_web::test]
async fn the_list_has_pages_an_order_and_a_filter() {
    let world = World::new();
    for number in 0..3 {
        let outcome = if number == 1 { "failed" } else { "certified" };
        let id = format!("id{number}");
        let body = json!({ "identity_verification_id": id, "person": "adult", "outcome": outcome });
        world.identified(&body).await;
        world.advance(1000);
    }
    let ids = async |question: Value| {
        let answer = world.portone(Method::GET, "/identity-verifications", &question).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let answer = answer.json();
        let items = answer["items"].as_array().unwrap();
        let ids: Vec<_> = items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        (ids.join(" "), answer["page"].clone())
    };
    let all = json!({ "number": 0, "size": 10, "totalCount": 3 });
    assert_eq!(ids(Value::Null).await, ("id2 id1 id0".to_owned(), all));
    let (second, _) = ids(json!({ "page": { "number": 1, "size": 2 }, "sort": { "order": "ASC" } })).await;
    assert_eq!(second, "id2");
    assert_eq!(ids(json!({ "filter": { "status": ["FAILED"] } })).await.0, "id1");

    let question = encode(&json!({ "page": { "size": 1 } }).to_string());
    let target = format!("/identity-verifications?requestBody={question}");
    let answer = world.portone(Method::GET, &target, &Value::Null).await.json();
    assert_eq!((answer["items"].as_array().unwrap().len(), &answer["page"]["size"]), (1, &json!(1)));
    for body in [json!([]), json!({ "page": { "size": -1 } }), json!({ "page": { "number": "x" } })] {
        let answer = world.portone(Method::GET, "/identity-verifications", &body).await;
        assert_eq!(refused(&answer, 400), "INVALID_REQUEST");
    }
    assert_eq!(world.get("/identity-verifications").await.status, 401);
}
