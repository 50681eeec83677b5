//! The SMS API and its receipts.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use bonin_sandbox::credentials::{NEXMO_API_KEY, NEXMO_API_SECRET, NEXMO_SIGNATURE_SECRET};
use ring::hmac;
use serde_json::json;

use crate::nexmo_support::{Receiver, TO, basic, encode, field, form, request, with_pair};
use crate::support::World;

const HELLO: &[(&str, &str)] = &[("from", "Bonin"), ("to", TO), ("text", "hello")];
const KOREAN: &[(&str, &str)] =
    &[("from", "Bonin"), ("to", TO), ("text", "[본인] 인증번호 012345"), ("type", "unicode")];

#[actix_web::test]
async fn a_message_is_answered_as_nexmo_does_and_reaches_the_handset() {
    let world = World::new();
    let mut body = world.nexmo("/sms/json", &[KOREAN, &[("client-ref", "order 7")]].concat()).await;
    let id = body["messages"][0]["message-id"].take();
    assert_eq!(id.as_str().unwrap().len(), 36);
    assert_eq!(
        body,
        json!({ "message-count": "1", "messages": [{
            "to": TO, "message-id": null, "status": "0", "remaining-balance": "999999.96670000",
            "message-price": "0.03330000", "network": "45005", "client-ref": "order 7",
        }] })
    );
    let shown = world.get("/handset/messages?to=010-1234-5678").await.json();
    let message = &shown["messages"][0];
    assert_eq!((&message["provider"], &message["from"]), (&json!("nexmo"), &json!("Bonin")));
    assert_eq!((&message["text"], &message["code"]), (&json!("[본인] 인증번호 012345"), &json!("012345")));
}

#[actix_web::test]
async fn fields_and_keys_are_taken_from_wherever_the_clients_put_them() {
    let world = World::new();
    let query = format!("/sms/json?{}", encode(&with_pair(HELLO)));
    let json = json!({ "from": "Bonin", "to": TO, "text": "hello", "client-ref": "a", "ttl": 20000 });
    for call in [
        request(Method::POST, &query),
        request(Method::GET, &query),
        form("/sms/json", &with_pair(HELLO)),
        form("/sms/json", HELLO).insert_header(basic()),
        TestRequest::post().uri("/sms/json").insert_header(basic()).set_json(json),
    ] {
        let answer = world.call(call).await;
        assert_eq!(answer.json()["messages"][0]["status"], "0", "{}", answer.text());
    }
    assert_eq!(world.texts("").await, ["hello"; 5]);
}

#[actix_web::test]
async fn the_balance_is_told_to_whoever_has_the_key_pair() {
    let world = World::new();
    let _ = world.nexmo("/sms/json", KOREAN).await;
    let ask = |pair: &[(&str, &str)]| request(Method::GET, &format!("/account/get-balance?{}", encode(pair)));
    let told = world.call(ask(&with_pair(&[]))).await;
    assert_eq!(
        (told.status.as_u16(), told.json()),
        (200, json!({ "value": 999_999.966_7, "autoReload": false }))
    );
    for wrong in [&[][..], &[("api_key", NEXMO_API_KEY)], &[("api_key", NEXMO_API_KEY), ("api_secret", "x")]]
    {
        assert_eq!(world.call(ask(wrong)).await.status.as_u16(), 401, "{wrong:?}");
    }
    world.fault(json!({ "provider": "nexmo", "on": "read", "status": 503, "count": 1 })).await;
    assert_eq!(world.call(ask(&with_pair(&[]))).await.status.as_u16(), 503);
    assert_eq!(world.call(ask(&with_pair(&[]))).await.status.as_u16(), 200);
}

#[actix_web::test]
async fn what_is_wrong_with_a_message_is_named_and_nothing_is_sent() {
    let world = World::new();
    let long = "a".repeat(3201);
    let far = format!("https://bonin.example/{}", "a".repeat(100));
    let reference = "a".repeat(101);
    for (change, status) in [
        (("to", ""), "2"),
        (("from", ""), "2"),
        (("text", ""), "2"),
        (("to", "+821012345678"), "3"),
        (("to", "123456"), "3"),
        (("to", "01012345678"), "6"),
        (("from", "Someone"), "15"),
        (("type", "binary"), "3"),
        (("text", long.as_str()), "12"),
        (("ttl", "19999"), "3"),
        (("ttl", "604800001"), "3"),
        (("message-class", "4"), "3"),
        (("client-ref", reference.as_str()), "3"),
        (("callback", "bonin.example"), "23"),
        (("callback", far.as_str()), "23"),
    ] {
        let mut fields = HELLO.to_vec();
        fields.retain(|(name, _)| *name != change.0);
        fields.push(change);
        let body = world.nexmo("/sms/json", &fields).await;
        assert_eq!(
            (&body["message-count"], &body["messages"][0]["status"]),
            (&json!("1"), &json!(status)),
            "{body}"
        );
        let members: Vec<_> = body["messages"][0].as_object().unwrap().keys().collect();
        assert_eq!(members, ["error-text", "status"]);
    }
    assert!(world.texts("").await.is_empty());
}

#[actix_web::test]
async fn a_long_text_has_parts_and_a_korean_one_must_be_unicode() {
    let world = World::new();
    let text = "가".repeat(135);
    let fields = [("from", "Bonin"), ("to", TO), ("text", text.as_str()), ("type", "unicode")];
    let body = world.nexmo("/sms/json", &fields).await;
    assert_eq!(body["message-count"], "3");
    let parts = body["messages"].as_array().unwrap();
    assert!(parts.len() == 3 && parts[0]["message-id"] != parts[1]["message-id"]);
    assert_eq!(parts[2]["remaining-balance"], "999999.90010000");
    assert_eq!(world.texts("").await, [text], "one message on the phone");

    world.nexmo("/sms/json", &[("from", "Bonin"), ("to", TO), ("text", "안녕 hello")]).await;
    assert_eq!(world.texts("").await[0], "?? hello");
}

#[actix_web::test]
async fn missing_and_wrong_keys_are_told_apart() {
    let world = World::new();
    for (pair, status) in [
        (vec![], "2"),
        (vec![("api_key", NEXMO_API_KEY)], "2"),
        (vec![("api_key", NEXMO_API_KEY), ("api_secret", "wrong")], "4"),
        (vec![("api_key", "wrong"), ("api_secret", NEXMO_API_SECRET)], "4"),
    ] {
        let answer = world.call(form("/sms/json", &[&pair, HELLO].concat())).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["messages"][0]["status"], status, "{pair:?}");
    }
}

/// What is signed, built anew so that the simulator is not its own judge.
fn to_sign(fields: &[(&str, &str)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    sorted
        .iter()
        .fold(String::new(), |text, (name, value)| text + "&" + name + "=" + &value.replace(['&', '='], "_"))
}

fn md5hash(fields: &[(&str, &str)]) -> String {
    format!("{:x}", md5::compute(to_sign(fields) + NEXMO_SIGNATURE_SECRET))
}

#[actix_web::test]
async fn signed_requests_are_taken_in_place_of_the_secret() {
    let world = World::new();
    let timestamp = world.now().as_second().to_string();
    let fields = [HELLO, &[("api_key", NEXMO_API_KEY), ("timestamp", &timestamp)]].concat();
    let key = hmac::Key::new(hmac::HMAC_SHA256, NEXMO_SIGNATURE_SECRET.as_bytes());
    let tag = hmac::sign(&key, to_sign(&fields).as_bytes());
    let sha256 = tag.as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let right = md5hash(&fields);
    let old = (world.now().as_second() - 301).to_string();
    let stale = [HELLO, &[("api_key", NEXMO_API_KEY), ("timestamp", &old)]].concat();
    let stale_sig = md5hash(&stale);
    for (fields, sig, extra, status) in [
        (&fields, right.as_str(), None, "0"),
        (&fields, &right.to_ascii_uppercase(), None, "0"),
        (&fields, &sha256, None, "0"),
        (&fields, &right.replace(&right[..1], "x"), None, "14"),
        (&fields, &right, Some(("ttl", "20000")), "14"),
        (&stale, &stale_sig, None, "14"),
        (&fields, &right, Some(("api_secret", NEXMO_API_SECRET)), "32"),
    ] {
        let mut fields = fields.clone();
        fields.push(("sig", sig));
        fields.extend(extra);
        let body = world.call(form("/sms/json", &fields)).await.json();
        assert_eq!(body["messages"][0]["status"], status, "{sig} {extra:?}");
    }
    let unkeyed = world.call(form("/sms/json", &[("sig", &right)])).await.json();
    assert_eq!(unkeyed["messages"][0]["status"], "2");
}

#[actix_web::test]
async fn receipts_are_posted_signed_to_the_messages_own_address() {
    let world = World::new();
    let receiver = Receiver::start();
    let fields = [KOREAN, &[("callback", receiver.url.as_str()), ("client-ref", "a=1&b")]].concat();
    let id = world.nexmo("/sms/json", &fields).await["messages"][0]["message-id"].clone();
    let posts = receiver.wait_for(2).await;
    for (post, status) in posts.iter().zip(["accepted", "delivered"]) {
        let expected = [
            ("msisdn", TO),
            ("to", "Bonin"),
            ("network-code", "45005"),
            ("messageId", id.as_str().unwrap()),
            ("price", "0.03330000"),
            ("status", status),
            ("scts", "2611210000"),
            ("err-code", "0"),
            ("api-key", NEXMO_API_KEY),
            ("message-timestamp", "2026-11-21 00:00:00"),
            ("client-ref", "a=1&b"),
        ];
        for (name, value) in expected {
            assert_eq!(field(post, name), value, "{name}");
        }
        let timestamp: i64 = field(post, "timestamp").parse().unwrap();
        assert_eq!(timestamp, world.now().as_second());
        assert!(!field(post, "nonce").is_empty());
        let signed: Vec<_> = post
            .iter()
            .filter(|(name, _)| name != "sig")
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(field(post, "sig").to_ascii_lowercase(), md5hash(&signed));
    }
}

#[actix_web::test]
async fn receipts_go_to_the_account_where_the_message_names_no_address() {
    let world = World::new();
    let receiver = Receiver::start();
    let put = |body: serde_json::Value| {
        TestRequest::put().uri("/sandbox/nexmo/receipts").set_payload(body.to_string())
    };
    let shown = world.call(put(json!({ "url": receiver.url }))).await.json();
    assert_eq!(shown, json!({ "url": receiver.url }));
    assert_eq!(world.get("/sandbox/nexmo/receipts").await.json(), shown);
    world.fault(json!({ "provider": "nexmo", "receipt_delay_ms": 0 })).await;
    world.nexmo("/sms/json", HELLO).await;
    assert_eq!(receiver.taken().len(), 2);

    world.nexmo("/sms/json", &[HELLO, &[("status-report-req", "false")]].concat()).await;
    world.delete("/sandbox/nexmo/receipts").await;
    assert_eq!(world.get("/sandbox/nexmo/receipts").await.json(), json!({ "url": null }));
    world.nexmo("/sms/json", HELLO).await;
    assert_eq!(receiver.taken().len(), 2, "not wanted, and then without an address");

    for (body, field) in [
        (json!({ "url": 1 }), "url"),
        (json!({ "url": "bonin.example" }), "url"),
        (json!({}), "url"),
        (json!({ "url": null, "colour": "red" }), "colour"),
    ] {
        let answer = world.call(put(body)).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["field"]), (422, &json!(field)));
    }
    let answer = world.call(TestRequest::put().uri("/sandbox/nexmo/receipts").set_payload("{")).await;
    assert_eq!(answer.status, 400);
}

#[actix_web::test]
async fn xml_has_names_of_its_own() {
    let world = World::new();
    let answer = world.nexmo_answer("/sms/xml", HELLO).await;
    assert_eq!(answer.header("content-type"), "text/xml; charset=utf-8");
    let text = answer.text();
    assert!(
        text.contains(
            "<mt-submission-response><messages count=\"1\"><message><to>821012345678</to><messageId>"
        ),
        "{text}"
    );
    assert!(text.contains("<remainingBalance>") && text.contains("<messagePrice>0.03330000</messagePrice>"));
    let text = world.nexmo_answer("/sms/xml", &HELLO[1..]).await.text();
    assert!(
        text.contains("<message><status>2</status><errorText>Missing from param</errorText></message>"),
        "{text}"
    );
}
