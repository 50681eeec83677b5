//! The carrier's window, the scripts that open it, and the call for tests.

use actix_web::test::TestRequest;
use bonin_sandbox::credentials::{
    IAMPORT_CHANNEL_KEY, IAMPORT_CUSTOMER_CODE, PORTONE_API_SECRET, PORTONE_CHANNEL_KEY, PORTONE_STORE_ID,
};
use serde_json::json;

use crate::identity_support::{ORDER, by_redirect, encode, told, window_v1, window_v2};
use crate::support::World;

const BACK: &str = "http://127.0.0.1:8080/back?step=2#end";

fn policy(forms: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; \
         form-action {forms}; frame-ancestors 'none'"
    )
}

async fn open(world: &World, query: &str) -> crate::support::Answer {
    world.get(&format!("/iamport/window?{query}")).await
}

#[actix_web::test]
async fn the_window_shows_everybody_and_is_guarded() {
    let world = World::new();
    let window = open(&world, &window_v1(ORDER)).await;
    assert_eq!(window.status, 200);
    assert_eq!(window.header("content-security-policy"), policy("'self'"));
    assert_eq!(window.header("cache-control"), "no-store");
    assert_eq!(window.header("x-content-type-options"), "nosniff");
    assert!(window.headers.get("cross-origin-opener-policy").is_none(), "it must reach its opener");
    let page = window.text();
    let people = world.get("/sandbox/people").await.json();
    for person in people["people"].as_array().unwrap() {
        assert!(page.contains(&format!("value=\"{}\"", person["id"].as_str().unwrap())));
        assert!(page.contains(person["name"].as_str().unwrap()));
    }
    for outcome in ["certified", "cancelled", "uncertified", "failed"] {
        assert!(page.contains(&format!("name=\"outcome\" value=\"{outcome}\"")), "{outcome}");
    }
    assert!(page.contains("http://127.0.0.1:8080") && page.contains(ORDER));
    let redirect = open(&world, &by_redirect(&window_v1(ORDER), BACK)).await;
    assert_eq!(redirect.header("content-security-policy"), policy("'self' http://127.0.0.1:8080"));
}

#[actix_web::test]
async fn the_window_speaks_the_browsers_language_or_the_chosen_one() {
    let world = World::new();
    for (more, accepted, html) in [
        ("", "ko-KR,ko;q=0.9", "<html lang=\"ko\">"),
        ("", "en", "<html lang=\"en\">"),
        ("&lang=en", "ko", "<html lang=\"en\">"),
        ("&lang=ko", "en", "<html lang=\"ko\">"),
    ] {
        let request = TestRequest::get()
            .uri(&format!("/iamport/window?{}{more}", window_v1(ORDER)))
            .insert_header(("accept-language", accepted));
        assert!(world.call(request).await.text().contains(html), "{more} {accepted}");
    }
}

#[actix_web::test]
async fn parameters_are_texts_and_never_markup() {
    let world = World::new();
    let evil = "\"><script>alert(1)</script>";
    let query = format!("{}&company={}", window_v1(evil), encode("</dd><img src=x onerror=alert(1)>"));
    let page = open(&world, &query).await.text();
    assert!(page.contains("&#60;script&#62;"));
    assert!(!page.contains("<script") && !page.contains("<img"), "the window has no script at all");

    let answer = world.finish(&window_v1(evil), "adult", "certified").await;
    assert!(!answer.text().contains("<script>alert"));
    assert_eq!(told(&answer)["merchant_uid"], evil);
    for handler in [" onclick=", " onload=", " onsubmit=", " onerror=", "javascript:", " style="] {
        // What the shop sent is there as text only.
        assert!(!page.replace("&#60;img src=x onerror=", "").contains(handler), "{handler}");
        assert!(!answer.text().contains(handler), "{handler}");
    }
}

#[actix_web::test]
async fn a_popup_tells_its_opener_who_then_reads_the_result() {
    let world = World::new();
    let result = told(&world.finish(&window_v1(ORDER), "second_adult", "certified").await);
    let id = result["imp_uid"].as_str().unwrap();
    assert_eq!(
        result,
        json!({
            "success": true, "imp_uid": id, "merchant_uid": ORDER, "pg_provider": "danal",
            "pg_type": "certification", "error_code": null, "error_msg": null,
        })
    );
    let shown = world.certification(id).await;
    assert_eq!((&shown["certified"], &shown["name"]), (&json!(true), &json!("이바다")));
    assert_eq!(shown["origin"], "http://127.0.0.1:8080/join");

    let result = told(&world.finish(&window_v2(ORDER), "adult", "certified").await);
    let transaction = result["identityVerificationTxId"].clone();
    assert_eq!(
        result,
        json!({
            "transactionType": "IDENTITY_VERIFICATION",
            "identityVerificationId": ORDER,
            "identityVerificationTxId": transaction,
        })
    );
    assert_eq!(world.identity(ORDER).await["pgTxId"], transaction);
}

#[actix_web::test]
async fn whoever_is_not_verified_is_told_so() {
    let world = World::new();
    for (outcome, code) in [("failed", "9010"), ("uncertified", "NOT_FINISHED"), ("cancelled", "USER_CANCEL")]
    {
        let result = told(&world.finish(&window_v1(ORDER), "adult", outcome).await);
        assert_eq!((&result["success"], &result["error_code"]), (&json!(false), &json!(code)));
        assert!(result["error_msg"].is_string());
        let shown = world.certification(result["imp_uid"].as_str().unwrap()).await;
        assert_eq!((&shown["certified"], &shown["name"]), (&json!(false), &json!(null)));
    }
    for (outcome, code, status) in [
        ("uncertified", "NOT_FINISHED", "READY"),
        ("cancelled", "USER_CANCEL", "FAILED"),
        ("failed", "9010", "FAILED"),
    ] {
        let result = told(&world.finish(&window_v2(ORDER), "adult", outcome).await);
        assert_eq!((&result["code"], &result["pgCode"]), (&json!("FAILURE_TYPE_PG"), &json!(code)));
        assert_eq!(result["message"], result["pgMessage"]);
        assert_eq!(world.identity(ORDER).await["status"], status);
    }
}

#[actix_web::test]
async fn a_redirect_brings_the_result_before_the_fragment() {
    let world = World::new();
    let answer = world.finish(&by_redirect(&window_v1(ORDER), BACK), "adult", "certified").await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (303, "no-store"));
    let location = answer.header("location").to_owned();
    let rest = location.strip_prefix("http://127.0.0.1:8080/back?step=2&imp_uid=").unwrap();
    let (id, rest) = rest.split_once('&').unwrap();
    assert_eq!(rest, format!("merchant_uid={ORDER}&success=true#end"));
    assert_eq!(world.certification(id).await["certified"], true);

    let answer = world.finish(&by_redirect(&window_v1(ORDER), BACK), "adult", "failed").await;
    let location = answer.header("location").to_owned();
    assert!(location.contains("&success=false&error_code=9010&error_msg=%EC"), "{location}");

    let back = by_redirect(&window_v2(ORDER), "https://shop.example/done");
    let answer = world.finish(&back, "adult", "cancelled").await;
    let location = answer.header("location").to_owned();
    let start = format!(
        "https://shop.example/done?transactionType=IDENTITY_VERIFICATION&identityVerificationId={ORDER}\
         &identityVerificationTxId="
    );
    assert!(
        location.starts_with(&start) && location.contains("&code=FAILURE_TYPE_PG&message="),
        "{location}"
    );
    let answer = world.finish(&back, "adult", "certified").await;
    assert!(!answer.header("location").contains("code="));
}

#[actix_web::test]
async fn nobody_is_sent_anywhere_but_to_a_page_on_the_web() {
    let world = World::new();
    for address in [
        "javascript:alert(1)",
        "data:text/html,x",
        "/back",
        "//evil.test/",
        "https://me@evil.test/",
        "https://evil.test\\@shop.example/",
        "http://shop.example/\r\nSet-Cookie: a=b",
        "file:///etc/passwd",
        "",
    ] {
        let query = by_redirect(&window_v1(ORDER), address);
        let shown = open(&world, &query).await;
        assert_eq!(shown.status, 400, "{address}");
        assert!(shown.text().contains("redirect_url"));
        let finished = world.finish(&query, "adult", "certified").await;
        assert_eq!(finished.status, 400, "{address}");
        assert!(finished.headers.get("location").is_none());
    }
}

#[actix_web::test]
async fn other_shops_are_refused_where_one_sees_it() {
    let world = World::new();
    for (query, field) in [
        (window_v1(ORDER).replace(IAMPORT_CUSTOMER_CODE, "imp00000000"), "customer_code"),
        (window_v1(ORDER).replace(IAMPORT_CHANNEL_KEY, "channel-key-other"), "channel_key"),
        (window_v2(ORDER).replace(PORTONE_STORE_ID, "store-other"), "store_id"),
        (window_v2(ORDER).replace(PORTONE_CHANNEL_KEY, IAMPORT_CHANNEL_KEY), "channel_key"),
        (format!("{}&carrier=KT", window_v1(ORDER)), "carrier (9010)"),
        (String::new(), "version"),
    ] {
        for answer in [open(&world, &query).await, world.finish(&query, "adult", "certified").await] {
            assert_eq!(answer.status, 400, "{query}");
            assert_eq!(answer.header("content-security-policy"), policy("'none'"));
            assert!(answer.text().contains(&format!("<code>{field}</code>")), "{query}");
        }
    }
    for (person, outcome) in [("nobody", "certified"), ("adult", "approved"), ("", "")] {
        assert_eq!(world.finish(&window_v1(ORDER), person, outcome).await.status, 400);
    }
}

#[actix_web::test]
async fn a_verified_id_opens_no_window_and_takes_no_second_result() {
    let world = World::new();
    told(&world.finish(&window_v2(ORDER), "adult", "certified").await);
    assert_eq!(open(&world, &window_v2(ORDER)).await.status, 409);
    assert_eq!(world.finish(&window_v2(ORDER), "second_adult", "certified").await.status, 409);
    assert_eq!(world.identity(ORDER).await["verifiedCustomer"]["name"], "김하늘");
}

#[actix_web::test]
async fn whoever_is_too_young_for_the_shop_is_not_verified() {
    let world = World::new();
    let query = format!("{}&min_age=19", window_v1(ORDER));
    for (person, success) in [("adult", true), ("youth_16", false), ("year_19", false)] {
        assert_eq!(told(&world.finish(&query, person, "certified").await)["success"], success, "{person}");
    }
}

#[actix_web::test]
async fn a_company_is_the_one_that_the_page_names() {
    let world = World::new();
    let query = format!("{}&pg=inicis_unified.MOI", window_v1(ORDER));
    let result = told(&world.finish(&query, "adult", "certified").await);
    assert_eq!(result["pg_provider"], "inicis_unified");
    let hyphen = "9f1c-0d5e";
    let result = told(&world.finish(&window_v1(hyphen), "no_ci", "certified").await);
    assert_eq!((&result["success"], &result["error_code"]), (&json!(false), &json!("9010")), "KCP's rule");
}

#[actix_web::test]
async fn the_scripts_may_be_used_by_other_sites_and_the_windows_own_parts_may_not() {
    let world = World::new();
    for (target, content_type, readers) in [
        ("/v1/iamport.js", "text/javascript; charset=utf-8", "cross-origin"),
        ("/v2/browser-sdk.js", "text/javascript; charset=utf-8", "cross-origin"),
        ("/iamport/window.js", "text/javascript; charset=utf-8", "same-origin"),
        ("/iamport/window.css", "text/css; charset=utf-8", "same-origin"),
    ] {
        let answer = world.get(target).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, content_type));
        assert_eq!(answer.header("cross-origin-resource-policy"), readers);
    }
}

#[actix_web::test]
async fn the_people_are_listed_without_what_only_the_providers_tell() {
    let world = World::new();
    let answer = world.get("/sandbox/people").await;
    assert_eq!(answer.status, 200);
    for person in answer.json()["people"].as_array().unwrap() {
        let members: Vec<_> = person.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["birthday", "carrier", "foreigner", "gender", "id", "name", "phone"]);
    }
    assert_eq!(
        world.person("adult").await,
        json!({
            "id": "adult", "name": "김하늘", "birthday": "1990-03-01", "gender": "female",
            "foreigner": false, "phone": "01000001001", "carrier": "SKT",
        })
    );
    assert_eq!(world.person("child_13").await["birthday"], "2013-05-05");
    assert_eq!(world.person("year_19").await["birthday"], "2007-12-31");
    assert_eq!(world.person("no_phone").await["phone"], json!(null));
    world.advance(365 * 86_400_000);
    assert_eq!(world.person("child_13").await["birthday"], "2014-05-05");
}

#[actix_web::test]
async fn a_result_can_be_old() {
    let world = World::new();
    let then = world.now().as_second() - 3600;
    let body = json!({ "merchant_uid": ORDER, "person": "adult", "certified_seconds_ago": 3600 });
    let id = world.identified(&body).await;
    assert_eq!(world.certification(&id).await["certified_at"], then);
    let body = json!({ "identity_verification_id": ORDER, "person": "adult", "certified_seconds_ago": 3600 });
    world.identified(&body).await;
    assert_eq!(world.identity(ORDER).await["verifiedAt"], "2026-11-20T23:00:00.125Z");
}

#[actix_web::test]
async fn what_is_wrong_with_a_call_for_tests_is_named() {
    let world = World::new();
    for (body, field) in [
        (json!({ "person": "adult" }), "merchant_uid"),
        (
            json!({ "merchant_uid": ORDER, "identity_verification_id": ORDER, "person": "adult" }),
            "merchant_uid",
        ),
        (json!({ "merchant_uid": 1, "person": "adult" }), "merchant_uid"),
        (json!({ "merchant_uid": ORDER }), "person"),
        (json!({ "merchant_uid": ORDER, "person": "nobody" }), "person"),
        (json!({ "merchant_uid": ORDER, "person": "adult", "outcome": "cancelled" }), "outcome"),
        (json!({ "merchant_uid": ORDER, "person": "adult", "pg_provider": "inicis" }), "pg_provider"),
        (json!({ "merchant_uid": "a-b", "person": "no_ci" }), "merchant_uid"),
        (
            json!({ "merchant_uid": ORDER, "person": "adult", "certified_seconds_ago": -1 }),
            "certified_seconds_ago",
        ),
        (
            json!({ "merchant_uid": ORDER, "outcome": "failed", "certified_seconds_ago": 1 }),
            "certified_seconds_ago",
        ),
        (json!({ "merchant_uid": ORDER, "person": "adult", "ci": "x" }), "ci"),
    ] {
        let answer = world.post_json("/sandbox/identities", &body).await;
        assert_eq!(answer.status, 422, "{body}");
        assert_eq!(answer.json()["errors"][0]["field"], field, "{body}");
    }
    for body in ["", "[]", "{"] {
        let request = TestRequest::post().uri("/sandbox/identities").set_payload(body);
        assert_eq!(world.call(request).await.status, 400);
    }
    let long = TestRequest::post().uri("/sandbox/identities").set_payload(" ".repeat(20_000));
    assert_eq!(world.call(long).await.status, 413);
}

#[actix_web::test]
async fn the_credentials_are_published() {
    let world = World::new();
    let shown = world.get("/sandbox/credentials").await.json();
    assert_eq!(shown["iamport"]["customer_code"], IAMPORT_CUSTOMER_CODE);
    assert_eq!(shown["iamport"].as_object().unwrap().len(), 4);
    assert_eq!(
        shown["portone"],
        json!({
            "api_secret": PORTONE_API_SECRET, "store_id": PORTONE_STORE_ID, "channel_key": PORTONE_CHANNEL_KEY,
        })
    );
    for value in shown["iamport"].as_object().unwrap().values() {
        assert!(bonin_sandbox::Sandbox::is_published(value.as_str().unwrap()));
    }
}
