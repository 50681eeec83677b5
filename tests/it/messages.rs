//! `/v1/messages`: one call, many recipients, and nothing that is wrong reaches a provider.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_tests::{Answer, ApiKey, Deadline, Engine, Server, numbers, on_both_databases, until};
use reqwest::Method;
use serde_json::{Value, json};

on_both_databases!(
    a_hundred_and_one_recipients_are_split_and_each_gets_their_own_text,
    what_is_wrong_is_named_and_reaches_no_provider,
    a_reservation_is_kept_and_can_be_cancelled,
    long_texts_and_images_arrive_as_such,
    a_repeated_request_is_answered_again_and_sent_once,
    two_tenants_never_see_each_other,
    a_key_does_what_its_scopes_say_and_guessing_is_slowed_down,
);

async fn send(server: &Server, key: &ApiKey, body: &Value) -> Answer {
    server.api().with_key(key, Method::POST, "/v1/messages", Some(body)).await
}

/// A JPEG of this size as far as anybody looks: head and frame header.
fn jpeg(width: u16, height: u16, length: usize) -> String {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8];
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([1, 1, 0x11, 0]);
    bytes.resize(length.max(bytes.len()), 0);
    bytes.extend([0xff, 0xd9]);
    STANDARD.encode(bytes)
}

async fn a_hundred_and_one_recipients_are_split_and_each_gets_their_own_text(engine: Engine) {
    let server = Server::on(engine).set("BONIN__ROUTING__ORDER", "sens").start().await;
    let key = server.key("default", &["send", "read"]);
    let phones: Vec<String> = (0..101).map(|_| numbers::fresh()).collect();
    let mut to: Vec<Value> = phones.iter().map(|number| json!(number)).collect();
    to[7] = json!({ "to": phones[7], "text": "일곱 번째만 다른 내용입니다." });
    let sent = send(&server, &key, &json!({ "to": to, "text": "안녕하세요." })).await.expect(202);
    let group = sent.text_of("id");
    assert_eq!(sent.json()["messages"].as_array().map(Vec::len), Some(101), "{}", sent.text);
    assert!(!sent.text.contains(&phones[0]), "numbers are masked");
    for (place, phone) in phones.iter().enumerate() {
        let expected =
            if place == 7 { "일곱 번째만 다른 내용입니다." } else { "안녕하세요." };
        assert_eq!(server.handset().message(phone).await.text, expected);
    }
    let mut references = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut before = String::new();
    loop {
        let path = format!("/v1/messages?limit=40&group={group}{before}");
        let page = server.api().with_key(&key, Method::GET, &path, None).await.expect(200).json();
        let messages = page["messages"].as_array().expect("a list").clone();
        for message in &messages {
            let id = message["id"].as_str().expect("an id").to_owned();
            let path = format!("/v1/messages/{id}");
            let one = until("its attempt", Deadline::secs(5), async || {
                let one = server.api().with_key(&key, Method::GET, &path, None).await.expect(200).json();
                one["attempts"][0]["reference"].is_string().then_some(one)
            })
            .await;
            references.insert(one["attempts"][0]["reference"].as_str().expect("a reference").to_owned());
            before = format!("&before={id}");
            assert!(seen.insert(id), "no message is listed twice");
        }
        if messages.len() < 40 {
            break;
        }
    }
    assert_eq!((seen.len(), references.len()), (101, 2), "two calls: a hundred and one");
}

async fn what_is_wrong_is_named_and_reaches_no_provider(engine: Engine) {
    let server = Server::on(engine).start().await;
    let key = server.key("default", &["send"]);
    let number = numbers::fresh();
    let long = "가".repeat(46);
    let past = "2026-01-01T09:00:00+09:00";
    let small = jpeg(10, 10, 100);
    let cases = [
        (json!({ "to": [number], "text": "a", "from": "02-999-9999" }), "from"),
        (json!({ "to": ["02-1234-5678"], "text": "a" }), "to[0]"),
        (json!({ "to": [number, "nonsense"], "text": "a" }), "to[1]"),
        (json!({ "to": ["+12025550123"], "text": "a" }), "to[0]"),
        (json!({ "to": [number, number], "text": "a" }), "to[1]"),
        (json!({ "to": [], "text": "a" }), "to"),
        (json!({ "to": [number], "text": "안녕하세요 😀" }), "text"),
        (json!({ "to": [number], "text": long }), "text"),
        (json!({ "to": [number], "text": "" }), "text"),
        (json!({ "to": [number] }), "text"),
        (json!({ "to": [number], "text": "a", "type": "fax" }), "type"),
        (json!({ "to": [number], "text": "a", "subject": "제목" }), "subject"),
        (json!({ "to": [number], "text": "a", "type": "mms" }), "images"),
        (json!({ "to": [number], "text": "a", "images": [small] }), "type"),
        (json!({ "to": [number], "text": "a", "type": "mms", "images": [jpeg(1600, 10, 100)] }), "images[0]"),
        (
            json!({ "to": [number], "text": "a", "type": "mms", "images": [jpeg(10, 10, 200_001)] }),
            "images[0]",
        ),
        (json!({ "to": [number], "text": "a", "type": "mms", "images": ["bm90IGEganBlZw=="] }), "images[0]"),
        (json!({ "to": [number], "text": "a", "scheduled_at": past }), "scheduled_at"),
        (json!({ "to": [number], "text": "a", "scheduled_at": "2027-01-01T09:00:00" }), "scheduled_at"),
        (json!({ "to": [number], "text": "a", "provider": "nobody" }), "provider"),
    ];
    for (body, field) in &cases {
        let answer = send(&server, &key, body).await.expect(422).expect_any_problem();
        let fields = answer.fields();
        assert!(fields.iter().any(|(named, _)| named == field), "{field}: {}", answer.text);
    }
    let told = send(&server, &key, &json!({ "to": [number], "text": long })).await;
    assert!(told.text.contains("92"), "it says the byte count: {}", told.text);
    for number in [number.as_str(), "+82212345678", "+12025550123"] {
        assert!(server.handset().messages(number).await.is_empty());
    }
}

async fn a_reservation_is_kept_and_can_be_cancelled(engine: Engine) {
    let server = Server::on(engine).start().await;
    let key = server.key("default", &["send", "read"]);
    let number = numbers::fresh();
    let body = json!({ "to": [number], "text": "a", "scheduled_at": "2026-12-24T10:00:00[Asia/Seoul]" });
    let sent = send(&server, &key, &body).await.expect(202);
    assert_eq!(sent.json()["scheduled_at"], "2026-12-24T01:00:00Z", "{}", sent.text);
    assert_eq!(sent.text_of("status"), "scheduled");
    let path = format!("/v1/message-groups/{}", sent.text_of("id"));
    let _ = server.api().with_key(&key, Method::DELETE, &path, None).await.expect(204);
    let message = format!("/v1/messages/{}", sent.json()["messages"][0]["id"].as_str().expect("an id"));
    let seen = server.api().with_key(&key, Method::GET, &message, None).await.expect(200);
    assert_eq!(seen.text_of("status"), "cancelled");
    let now = send(&server, &key, &json!({ "to": [numbers::fresh()], "text": "a" })).await.expect(202);
    let path = format!("/v1/message-groups/{}", now.text_of("id"));
    until("it is too late", Deadline::secs(10), async || {
        let answer = server.api().with_key(&key, Method::DELETE, &path, None).await;
        (answer.status == 409).then_some(())
    })
    .await;
}

async fn long_texts_and_images_arrive_as_such(engine: Engine) {
    for provider in ["sens", "coolsms"] {
        let server = Server::on(engine).set("BONIN__ROUTING__ORDER", provider).start().await;
        let key = server.key("default", &["send"]);
        let (short, long, picture) = (numbers::fresh(), numbers::fresh(), numbers::fresh());
        let to = json!([{ "to": short, "text": "짧은 글" }, { "to": long, "text": "긴 글 ".repeat(40) }]);
        let _ = send(&server, &key, &json!({ "to": to, "type": "auto" })).await.expect(202);
        let images = [jpeg(640, 480, 4_000)];
        let body = json!({
            "to": [picture], "text": "사진", "subject": "제목", "type": "mms", "images": images,
        });
        let _ = send(&server, &key, &body).await.expect(202);
        for (number, kind) in [(&short, "sms"), (&long, "lms"), (&picture, "mms")] {
            let message = server.handset().message(number).await;
            assert_eq!((message.kind.as_str(), message.provider.as_str()), (kind, provider));
        }
    }
}

async fn a_repeated_request_is_answered_again_and_sent_once(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (key, other) = (server.key("default", &["send"]), server.key("default", &["send"]));
    let number = numbers::fresh();
    let call = async |key: &ApiKey, text: &str| {
        let body = json!({ "to": [number], "text": text });
        let request = server.api().request(Method::POST, "/v1/messages").header("Idempotency-Key", "one");
        Answer::to(request.header("Authorization", key.bearer()).json(&body)).await
    };
    let first = call(&key, "a").await.expect(202);
    let again = call(&key, "a").await.expect(202);
    assert_eq!(first.text_of("id"), again.text_of("id"));
    let _ = call(&key, "b").await.expect_problem(422, "idempotency_key_reused");
    let theirs = call(&other, "a").await.expect(202);
    assert_ne!(first.text_of("id"), theirs.text_of("id"), "another key's requests are its own");
    until("both messages", Deadline::secs(10), async || {
        (server.handset().messages(&number).await.len() == 2).then_some(())
    })
    .await;
}

async fn two_tenants_never_see_each_other(engine: Engine) {
    let config = "[tenants.acme]\nbrand = \"ACME\"\n[tenants.zeta]\nbrand = \"Zeta\"\n";
    let server = Server::on(engine).with_file(config).start().await;
    let scopes = ["start", "check", "read", "send", "admin"];
    let (acme, zeta) = (server.key("acme", &scopes), server.key("zeta", &scopes));
    let number = numbers::fresh();
    let body = json!({ "phone_number": number, "purpose": "sign_up" });
    let started =
        server.api().with_key(&acme, Method::POST, "/v1/verifications", Some(&body)).await.expect(201);
    let message = server.handset().message(&number).await;
    assert!(message.text.starts_with("[ACME]"), "{}", message.text);
    let sent = send(&server, &acme, &json!({ "to": [numbers::fresh()], "text": "a" })).await.expect(202);
    let template = json!({ "text": "[{brand}] 코드 {code} {warning}" });
    let of = "/v1/templates/sign_up/ko";
    let _ = server.api().with_key(&acme, Method::PUT, of, Some(&template)).await.expect(200);

    let verification = format!("/v1/verifications/{}", started.text_of("id"));
    let message = format!("/v1/messages/{}", sent.json()["messages"][0]["id"].as_str().expect("an id"));
    let group = format!("/v1/message-groups/{}", sent.text_of("id"));
    let token = json!({ "token": started.text_of("token") });
    let check = json!({ "token": started.text_of("token"), "code": "000000" });
    for (method, path, body) in [
        (Method::GET, verification.clone(), None),
        (Method::DELETE, verification.clone(), None),
        (Method::POST, format!("{verification}/resend"), Some(&token)),
        (Method::POST, format!("{verification}/check"), Some(&check)),
        (Method::GET, message.clone(), None),
        (Method::GET, group.clone(), None),
        (Method::DELETE, group.clone(), None),
    ] {
        let answer = server.api().with_key(&zeta, method.clone(), &path, body).await;
        assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text);
    }
    for path in ["/v1/messages".to_owned(), format!("/v1/messages?group={}", sent.text_of("id"))] {
        let listed = server.api().with_key(&zeta, Method::GET, &path, None).await.expect(200).json();
        assert_eq!(listed["messages"], json!([]), "{path}");
    }
    let templates = server.api().with_key(&zeta, Method::GET, "/v1/templates", None).await.expect(200);
    assert!(!templates.text.contains("코드"), "{}", templates.text);
    for path in [&verification, &message, &group] {
        let _ = server.api().with_key(&acme, Method::GET, path, None).await.expect(200);
    }
}

async fn a_key_does_what_its_scopes_say_and_guessing_is_slowed_down(engine: Engine) {
    let server = Server::on(engine).start().await;
    let reader = server.key("default", &["read"]);
    let body = json!({ "to": [numbers::fresh()], "text": "a" });
    let _ = send(&server, &reader, &body).await.expect_problem(403, "scope_missing");
    let _ = server.api().post("/v1/messages", &body).await.expect_problem(401, "key_required");
    let guess = ApiKey { secret: server.key("default", &["send"]).secret, ..reader.clone() };
    for _ in 0..5 {
        let _ = send(&server, &guess, &body).await.expect_problem(401, "key_unknown");
    }
    let slowed = send(&server, &guess, &body).await.expect_problem(429, "too_many_bad_keys");
    assert!((1..=60).contains(&slowed.retry_after()));
    let _ = server.api().with_key(&reader, Method::GET, "/v1/messages", None).await.expect(429);
}
