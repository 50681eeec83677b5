//! What clients get wrong: each mistake is a 4xx problem that names the field, never a 5xx.

use std::fmt::Write;

use bonin_tests::{Answer, Engine, Server, Verification, numbers, on_both_databases};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

on_both_databases!(
    wrong_members_of_a_start_are_named,
    wrong_members_of_a_check_are_named_and_charge_nothing,
    wrong_members_of_a_resend_are_named_and_send_nothing,
    bodies_that_are_not_json_are_refused,
    bodies_that_are_too_long_are_refused_readably,
    what_is_not_routed_is_a_problem_too,
    every_spelling_of_a_number_reaches_one_handset,
);

const START: &str = "/v1/verifications";
const JSON: &str = "application/json";

/// A body that is JSON, and what is wrong with it.
struct Mistake {
    body: String,
    /// The problem's code.
    code: &'static str,
    field: &'static str,
    /// The code of the field, where there is only one right one.
    field_code: Option<&'static str>,
}

fn mistake(
    body: &impl ToString,
    code: &'static str,
    field: &'static str,
    field_code: &'static str,
) -> Mistake {
    Mistake { body: body.to_string(), code, field, field_code: Some(field_code) }
}

/// The values of `member` that have the wrong type for a text, in `body`.
fn wrong_types(body: &Value, member: &'static str, code: &'static str) -> Vec<Mistake> {
    let wrong =
        [json!(1_012_345_678), json!(1.5), json!(true), json!([]), json!(["123456"]), json!({}), json!(null)];
    let replaced = wrong.into_iter().map(|value| with(body, member, value));
    replaced
        .map(|body| Mistake { body: body.to_string(), code, field: member, field_code: Some("wrong_type") })
        .collect()
}

fn with(body: &Value, member: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[member] = value;
    body
}

fn without(body: &Value, member: &str) -> Value {
    let mut body = body.clone();
    body.as_object_mut().expect("a body is an object").remove(member);
    body
}

/// `body` with a second `member`, as no JSON value can hold it.
fn repeated(body: &Value, member: &str) -> String {
    let text = body.to_string();
    format!("{},\"{member}\":{}}}", &text[..text.len() - 1], body[member])
}

async fn assert_named(server: &Server, path: &str, mistakes: &[Mistake]) {
    for wrong in mistakes {
        let answer = server.api().post_bytes(path, JSON, wrong.body.as_str()).await;
        assert_eq!(answer.status, 422, "{}: {}", wrong.body, answer.text);
        let answer = answer.expect_problem(422, wrong.code);
        let fields = answer.fields();
        let named = fields.iter().find(|(field, _)| field == wrong.field);
        let (_, code) = named
            .unwrap_or_else(|| panic!("{} is not named for {}: {}", wrong.field, wrong.body, answer.text));
        if let Some(expected) = wrong.field_code {
            assert_eq!(code, expected, "{}: {}", wrong.body, answer.text);
        }
    }
}

async fn wrong_members_of_a_start_are_named(engine: Engine) {
    let server = Server::on(engine).start().await;
    let number = numbers::fresh();
    let good = json!({ "phone_number": number, "purpose": "sign_up" });
    let fields = "fields_invalid";
    let mut mistakes = wrong_types(&good, "phone_number", fields);
    mistakes.extend(wrong_types(&good, "purpose", fields));
    mistakes.extend([
        mistake(&without(&good, "phone_number"), fields, "phone_number", "missing"),
        mistake(&without(&good, "purpose"), fields, "purpose", "missing"),
        mistake(&with(&good, "nickname", json!("x")), fields, "nickname", "unknown"),
        mistake(&repeated(&good, "phone_number"), fields, "phone_number", "repeated"),
        mistake(&repeated(&good, "purpose"), fields, "purpose", "repeated"),
        mistake(&with(&good, "client_token", json!(7)), fields, "client_token", "wrong_type"),
    ]);
    for purpose in ["", "log_in", "SIGN_UP", "sign_up ", "sign_up\0", "ｓｉｇｎ＿ｕｐ"] {
        mistakes.push(Mistake {
            body: with(&good, "purpose", json!(purpose)).to_string(),
            code: fields,
            field: "purpose",
            field_code: None,
        });
    }
    let long = "0".repeat(10_000);
    for number in [
        "",
        " ",
        "abc",
        "010",
        "010-1234-567a",
        "010-1234-5678\0",
        "\0",
        "010-1234-5678\n",
        "٠١٠١٢٣٤٥٦٧٨",
        "010-1234-5678;ext=1",
        "+82",
        "+999123456789",
        "+82109",
        "tel:01012345678",
        &long,
    ] {
        mistakes.push(Mistake {
            body: with(&good, "phone_number", json!(number)).to_string(),
            code: "phone_number_invalid",
            field: "phone_number",
            field_code: None,
        });
    }
    for locale in ["", "xx", "korean", "\0", &long] {
        mistakes.push(Mistake {
            body: with(&good, "locale", json!(locale)).to_string(),
            code: fields,
            field: "locale",
            field_code: None,
        });
    }
    assert_named(&server, START, &mistakes).await;

    assert!(server.handset().messages(&number).await.is_empty());
    let _ = server.api().start(&number).await;
}

async fn wrong_members_of_a_check_are_named_and_charge_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (verification, code) = started(&server).await;
    let good = json!({ "token": verification.token, "code": code });
    let fields = "fields_invalid";
    let path = format!("{START}/{}/check", verification.id);

    let mut mistakes = wrong_types(&good, "token", fields);
    mistakes.extend(wrong_types(&good, "code", "code_malformed"));
    mistakes.extend([
        mistake(&without(&good, "token"), fields, "token", "missing"),
        mistake(&without(&good, "code"), "code_malformed", "code", "missing"),
        mistake(&with(&good, "purpose", json!("sign_up")), fields, "purpose", "unknown"),
        mistake(&repeated(&good, "code"), fields, "code", "repeated"),
        mistake(&repeated(&good, "token"), fields, "token", "repeated"),
    ]);
    let long = "1".repeat(10_000);
    for code in ["", "12345", "1234567", "12345a", "12345\0", "\0", "-12345", "1e5", " ", "１２３４５", &long]
    {
        mistakes.push(Mistake {
            body: with(&good, "code", json!(code)).to_string(),
            code: "code_malformed",
            field: "code",
            field_code: None,
        });
    }
    assert_named(&server, &path, &mistakes).await;

    assert_eq!(server.api().view(&verification).await.expect(200).json()["checks_left"], 5);
    let _ = server.api().check(&verification, &code).await.expect(200);
}

async fn wrong_members_of_a_resend_are_named_and_send_nothing(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (verification, code) = started(&server).await;
    let good = json!({ "token": verification.token });
    let fields = "fields_invalid";
    let mut mistakes = wrong_types(&good, "token", fields);
    mistakes.extend([
        mistake(&json!({}), fields, "token", "missing"),
        mistake(&with(&good, "code", json!(code)), fields, "code", "unknown"),
        mistake(&repeated(&good, "token"), fields, "token", "repeated"),
    ]);
    assert_named(&server, &format!("{START}/{}/resend", verification.id), &mistakes).await;
    assert_eq!(server.handset().messages(&verification.number).await.len(), 1);
}

async fn started(server: &Server) -> (Verification, String) {
    let number = numbers::fresh();
    let verification = server.api().start(&number).await;
    let code = server.handset().code(&number).await;
    (verification, code)
}

async fn bodies_that_are_not_json_are_refused(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (verification, code) = started(&server).await;
    let good = json!({ "token": verification.token, "code": code }).to_string();
    let paths = [
        START.to_owned(),
        format!("{START}/{}/check", verification.id),
        format!("{START}/{}/resend", verification.id),
    ];
    let nested = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let mut deep_member = String::from("{\"token\":");
    write!(deep_member, "{}1{}}}", "{\"a\":".repeat(200), "}".repeat(200))
        .expect("writing to a string succeeds");
    for path in &paths {
        for body in [
            b"".as_slice(),
            b" ",
            b"{",
            b"{\"phone_number\": ",
            b"phone_number=01012345678&purpose=sign_up",
            b"{} {}",
            b"{'token': 'x'}",
            b"{\"token\": \"\xff\xfe\"}",
            b"{\"token\": \"\\ud800\"}",
            b"{\"token\": \"a\0b\"}",
            b"\0",
            b"\xef\xbb\xbf{",
            deep_member.as_bytes(),
        ] {
            let answer = server.api().post_bytes(path, JSON, body).await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
            assert_eq!(answer.status, 400, "{path} {shown}: {}", answer.text);
            let _ = answer.expect_problem(400, "json_malformed");
        }
        // JSON, but no object.
        for body in ["null", "1", "\"text\"", "true", "[]", "[{}]", &nested] {
            let answer = server.api().post_bytes(path, JSON, body).await;
            let _ = answer.expect_problem(422, "fields_invalid");
        }
        for content_type in
            ["text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data", ""]
        {
            let answer = server.api().post_bytes(path, content_type, good.as_str()).await;
            let _ = answer.expect_problem(415, "unsupported_media_type");
        }
        let untyped = server.api().request(Method::POST, path).body(good.clone());
        let _ = Answer::to(untyped).await.expect_problem(415, "unsupported_media_type");
    }
    // A character set makes no difference, and neither does case.
    let path = &paths[1];
    let typed =
        server.api().request(Method::POST, path).header(CONTENT_TYPE, "Application/JSON; charset=UTF-8");
    let _ = Answer::to(typed.body(good)).await.expect(200);
}

async fn bodies_that_are_too_long_are_refused_readably(engine: Engine) {
    let server = Server::on(engine).start().await;
    let (verification, code) = started(&server).await;
    for path in [
        START.to_owned(),
        format!("{START}/{}/check", verification.id),
        format!("{START}/{}/resend", verification.id),
    ] {
        for length in [17 * 1024, 1024 * 1024] {
            let body = json!({ "token": "x".repeat(length) }).to_string();
            let answer = server.api().post_bytes(&path, JSON, body).await;
            let _ = answer.expect_problem(413, "body_too_large");
        }
    }
    let _ = server.api().check(&verification, &code).await.expect(200);
}

async fn what_is_not_routed_is_a_problem_too(engine: Engine) {
    let server = Server::on(engine).start().await;
    let api = server.api();
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v2/verifications",
        "/v1/verification",
        "/admin",
        "/v1/verifications/a/b/c",
        "//",
    ] {
        let answer = api.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        let _ = answer.expect_problem(404, "not_found");
    }
    for id in ["x", "%00", "%ff", "%2e%2e", "019A0000-0000-7000-8000-000000000000", "0", &"a".repeat(33)] {
        let answer = api.get(&format!("{START}/{id}")).await;
        assert!((400..500).contains(&answer.status), "{id}: {} {}", answer.status, answer.text);
        let _ = answer.expect_any_problem();
    }
    for (method, path) in [
        (Method::GET, START.to_owned()),
        (Method::PUT, START.to_owned()),
        (Method::DELETE, START.to_owned()),
        (Method::PATCH, format!("{START}/019a0000000070008000000000000000")),
        (Method::POST, format!("{START}/019a0000000070008000000000000000")),
        (Method::GET, format!("{START}/019a0000000070008000000000000000/check")),
        (Method::DELETE, format!("{START}/019a0000000070008000000000000000/resend")),
    ] {
        let answer = Answer::to(api.request(method.clone(), &path)).await;
        assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text);
        let answer = answer.expect_problem(405, "method_not_allowed");
        assert!(!answer.header("allow").is_empty(), "{method} {path} does not say what is allowed");
    }
    for path in [format!("/{}", "a".repeat(5_000)), format!("/v1/terms?{}", "a".repeat(5_000))] {
        let answer = api.get(&path).await;
        assert!([400, 404, 414].contains(&answer.status), "{}: {}", answer.status, answer.text);
        let _ = answer.expect_any_problem();
    }
}

async fn every_spelling_of_a_number_reaches_one_handset(engine: Engine) {
    let server = Server::on(engine).start().await;
    let number = numbers::fresh();
    let national = numbers::national(&number);
    let hyphenated = numbers::hyphenated(&number);
    let spellings = [
        number.clone(),
        national.clone(),
        hyphenated.clone(),
        numbers::full_width(&hyphenated),
        numbers::full_width(&national),
        format!("+82{national}"),
        format!("+82 {hyphenated}"),
        format!("0082{}", &national[1..]),
        format!("({}) {}", &national[..3], &national[3..]),
    ];
    for (earlier, spelling) in spellings.iter().enumerate() {
        let body = json!({ "phone_number": spelling, "purpose": "sign_up" });
        let view = server.api().post(START, &body).await.expect(201).json();
        assert_eq!(view["phone_number"], numbers::masked(&number), "{spelling}");
        bonin_tests::until("the message", bonin_tests::Deadline::secs(20), async || {
            (server.handset().messages(&number).await.len() == earlier + 1).then_some(())
        })
        .await;
    }
}
