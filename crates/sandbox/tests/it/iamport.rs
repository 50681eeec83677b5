//! I'mport: tokens and results.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use bonin_sandbox::credentials::{IAMPORT_IMP_KEY, IAMPORT_IMP_SECRET};
use serde_json::{Value, json};

use crate::identity_support::{NOT_FOUND, ORDER, form};
use crate::support::World;

const MINUTE: i64 = 60_000;

#[actix_web::test]
async fn a_token_stays_the_same_until_its_last_minute_which_gives_it_five_more() {
    let world = World::new();
    let first = world.iamport_token().await;
    let start = world.now().as_second();
    assert_eq!((&first["now"], &first["expired_at"]), (&json!(start), &json!(start + 1800)));

    world.advance(29 * MINUTE - 1000);
    let again = world.iamport_token().await;
    assert_eq!(again["access_token"], first["access_token"]);
    assert_eq!(again["expired_at"], first["expired_at"]);
    assert_eq!(again["now"], json!(start + 1739));

    world.advance(1000);
    let longer = world.iamport_token().await;
    assert_eq!(longer["access_token"], first["access_token"]);
    assert_eq!(longer["expired_at"], json!(start + 2100));
    assert_eq!(world.iamport_token().await["expired_at"], json!(start + 2100), "not five more each time");

    world.advance(6 * MINUTE - 1000);
    assert_eq!(world.iamport_token().await["access_token"], first["access_token"]);
}

#[actix_web::test]
async fn an_expired_token_is_refused_and_followed_by_a_new_one() {
    let world = World::new();
    let id = world.identified(&json!({ "merchant_uid": ORDER, "person": "adult" })).await;
    let target = format!("/certifications/{id}");
    let first = world.iamport_token().await["access_token"].as_str().unwrap().to_owned();
    world.advance(30 * MINUTE - 1000);
    assert_eq!(world.iamport_as(&first, Method::GET, &target, &Value::Null).await.status, 200);
    world.advance(1000);
    let refused = world.iamport_as(&first, Method::GET, &target, &Value::Null).await;
    assert_eq!(refused.status, 401);
    assert_eq!((&refused.json()["code"], &refused.json()["response"]), (&json!(-1), &Value::Null));
    let second = world.iamport_token().await;
    assert_ne!(second["access_token"], json!(first));
    assert_eq!(second["expired_at"], json!(world.now().as_second() + 1800));
    assert_eq!(world.iamport_as(&first, Method::GET, &target, &Value::Null).await.status, 401);
}

#[actix_web::test]
async fn a_token_needs_the_right_keys_as_json_or_as_a_form() {
    let world = World::new();
    for (key, secret, status) in [
        (IAMPORT_IMP_KEY, IAMPORT_IMP_SECRET, 200),
        (IAMPORT_IMP_KEY, "secret", 401),
        ("key", IAMPORT_IMP_SECRET, 401),
        (IAMPORT_IMP_KEY, "", 400),
        ("", IAMPORT_IMP_SECRET, 400),
    ] {
        let json = world.post_json("/users/getToken", &json!({ "imp_key": key, "imp_secret": secret })).await;
        let request = TestRequest::post()
            .uri("/users/getToken")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(form(&[("imp_key", key), ("imp_secret", secret)]));
        let form = world.call(request).await;
        assert_eq!((json.status.as_u16(), form.status.as_u16()), (status, status));
        assert_eq!(json.body, form.body);
        match status {
            400 => assert_eq!(json.json()["message"], "imp_key, imp_secret 파라메터가 누락되었습니다."),
            401 => assert_eq!(json.json()["code"], -1),
            _ => {}
        }
    }
    for body in ["", "{", "[]", "nothing"] {
        let request = TestRequest::post().uri("/users/getToken").set_payload(body);
        assert_eq!(world.call(request).await.status, 400, "{body}");
    }
}

#[actix_web::test]
async fn a_token_counts_with_and_without_its_scheme_and_in_the_older_header() {
    let world = World::new();
    let id = world.identified(&json!({ "merchant_uid": ORDER, "person": "adult" })).await;
    let token = world.iamport_token().await["access_token"].as_str().unwrap().to_owned();
    let (bearer, lower) = (format!("Bearer {token}"), format!("bearer {token}"));
    for (headers, status) in [
        (vec![("authorization", bearer.as_str())], 200),
        (vec![("authorization", lower.as_str())], 200),
        (vec![("authorization", token.as_str())], 200),
        (vec![("x-imptokenheader", token.as_str())], 200),
        (vec![("authorization", token.as_str()), ("x-imptokenheader", "wrong")], 200),
        (vec![("authorization", "wrong"), ("x-imptokenheader", token.as_str())], 401),
        (vec![("authorization", "Bearer wrong")], 401),
        (vec![("authorization", "")], 401),
        (vec![], 401),
    ] {
        let mut request = TestRequest::get().uri(&format!("/certifications/{id}"));
        for (name, value) in &headers {
            request = request.insert_header((*name, *value));
        }
        assert_eq!(world.call(request).await.status, status, "{} headers", headers.len());
    }
}

#[actix_web::test]
async fn a_certification_tells_who_it_was() {
    let world = World::new();
    let id = world.identified(&json!({ "merchant_uid": ORDER, "person": "adult" })).await;
    assert!(id.len() == 16 && id.starts_with("imp_") && id[4..].bytes().all(|byte| byte.is_ascii_digit()));
    let mut shown = world.certification(&id).await;
    let (ci, di) = (shown["unique_key"].take(), shown["unique_in_site"].take());
    assert_eq!((ci.as_str().unwrap().len(), di.as_str().unwrap().len()), (88, 64));
    let transaction = shown["pg_tid"].take();
    assert!(transaction.as_str().unwrap().starts_with("20261121"));
    assert_eq!(
        shown,
        json!({
            "imp_uid": id,
            "merchant_uid": ORDER,
            "pg_tid": null,
            "pg_provider": "danal",
            "name": "김하늘",
            "gender": "female",
            "birth": 636_217_200,
            "birthday": "1990-03-01",
            "foreigner": false,
            "foreigner_v2": false,
            "phone": "01000001001",
            "carrier": "SKT",
            "certified": true,
            "certified_at": world.now().as_second(),
            "unique_key": null,
            "unique_in_site": null,
            "origin": null,
        })
    );
}

#[actix_web::test]
async fn an_attempt_that_came_to_nothing_is_there_and_tells_nothing() {
    let world = World::new();
    for outcome in ["uncertified", "failed"] {
        let body = json!({ "merchant_uid": ORDER, "person": "adult", "outcome": outcome });
        let id = world.identified(&body).await;
        assert_eq!(
            world.certification(&id).await,
            json!({
                "imp_uid": id,
                "merchant_uid": ORDER,
                "pg_tid": null,
                "pg_provider": "danal",
                "name": null,
                "gender": null,
                "birth": null,
                "birthday": null,
                "foreigner": false,
                "foreigner_v2": null,
                "certified": false,
                "certified_at": 0,
                "unique_key": null,
                "unique_in_site": null,
                "origin": null,
            })
        );
    }
}

#[actix_web::test]
async fn one_order_can_have_several_attempts_each_with_its_own_id() {
    let world = World::new();
    let body = json!({ "merchant_uid": ORDER, "person": "adult" });
    let (first, second) = (world.identified(&body).await, world.identified(&body).await);
    assert_ne!(first, second);
    for id in [first, second] {
        assert_eq!(world.certification(&id).await["merchant_uid"], ORDER);
    }
}

#[actix_web::test]
async fn an_erased_certification_is_told_once_more_and_then_gone() {
    let world = World::new();
    let id = world.identified(&json!({ "merchant_uid": ORDER, "person": "adult" })).await;
    let target = format!("/certifications/{id}");
    let before = world.certification(&id).await;
    let erased = world.iamport(Method::DELETE, &target, &Value::Null).await;
    assert_eq!((erased.status.as_u16(), &erased.json()["response"]), (200, &before));
    for method in [Method::GET, Method::DELETE] {
        let gone = world.iamport(method, &target, &Value::Null).await;
        assert_eq!(gone.status, 404);
        assert_eq!(gone.json(), json!({ "code": -1, "message": NOT_FOUND, "response": null }));
    }
}

#[actix_web::test]
async fn an_unknown_id_is_not_found() {
    let world = World::new();
    let of_v2 = world.identified(&json!({ "identity_verification_id": ORDER, "person": "adult" })).await;
    for id in ["imp_000000000000", "x", &of_v2, "%E2%98%83"] {
        let answer = world.iamport(Method::GET, &format!("/certifications/{id}"), &Value::Null).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["message"]), (404, &json!(NOT_FOUND)), "{id}");
    }
}

#[actix_web::test]
async fn each_company_tells_what_it_has() {
    let world = World::new();
    let body = |person| json!({ "merchant_uid": ORDER, "person": person });
    let of = async |body: Value| world.certification(&world.identified(&body).await).await;

    let foreigner = of(body("foreigner")).await;
    assert_eq!((&foreigner["foreigner"], &foreigner["foreigner_v2"]), (&json!(true), &json!(true)));
    let plain = of(body("no_phone")).await;
    assert!(plain.get("phone").is_none() && plain.get("carrier").is_none());
    assert_eq!((&plain["foreigner"], &plain["foreigner_v2"]), (&json!(false), &Value::Null));
    let no_ci = of(body("no_ci")).await;
    assert_eq!((&no_ci["pg_provider"], &no_ci["unique_key"]), (&json!("kcp_v2"), &Value::Null));
    assert!(no_ci["unique_in_site"].is_string());
    let no_di = of(body("no_di")).await;
    assert_eq!((&no_di["pg_provider"], &no_di["unique_in_site"]), (&json!("inicis_unified"), &Value::Null));
    assert!(no_di["unique_key"].is_string() && no_di.get("carrier").is_none());

    let mut elsewhere = body("adult");
    elsewhere["pg_provider"] = json!("kcp_v2");
    let (danal, kcp) = (of(body("adult")).await, of(elsewhere).await);
    assert_eq!(danal["unique_key"], kcp["unique_key"], "one person");
    assert_ne!(danal["unique_in_site"], kcp["unique_in_site"], "another contract");
}
