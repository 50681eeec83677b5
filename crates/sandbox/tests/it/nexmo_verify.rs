//! Verify v1.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use bonin_sandbox::credentials::{NEXMO_API_KEY, NEXMO_API_SECRET};
use serde_json::{Value, json};

use crate::nexmo_support::{TO, basic, encode, form, request, status_of, with_pair};
use crate::support::World;

const SECOND: i64 = 1000;

#[actix_web::test]
async fn a_verification_runs_from_its_start_to_the_right_code() {
    let world = World::new();
    let id = world.verification(&[]).await;
    assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{id}");

    let shown = world.get("/handset/messages").await.json();
    let message = &shown["messages"][0];
    assert_eq!((&message["provider"], &message["from"]), (&json!("nexmo_verify"), &json!("VERIFY")));
    assert_eq!(message["to"], "+821012345678");
    let code = message["code"].as_str().unwrap();
    assert_eq!(message["text"], format!("Bonin 인증번호: {code}"));
    assert_eq!(code.len(), 4);

    let wrong = if code == "0000" { "1111" } else { "0000" };
    assert_eq!(
        world.check_code(&id, wrong).await,
        json!({ "request_id": id, "status": "16", "error_text": "The code provided does not match the expected value" })
    );
    let right = world.check_code(&id, code).await;
    assert_eq!((&right["request_id"], &right["status"]), (&json!(id), &json!("0")));
    assert_eq!((&right["price"], &right["currency"]), (&json!("0.10000000"), &json!("EUR")));
    assert_eq!(right["event_id"].as_str().unwrap().len(), 16);

    let again = world.check_code(&id, code).await;
    assert_eq!(again["status"], "6");
    assert!(again.get("request_id").is_none());
    assert_eq!(
        again["error_text"],
        format!(
            "The Nexmo platform was unable to process this message for the following reason: Request '{id}' \
             was not found or it has been verified already."
        )
    );
}

#[actix_web::test]
async fn fields_and_keys_are_taken_from_wherever_the_clients_put_them() {
    let fields = |number| vec![("number", number), ("brand", "Bonin"), ("code_length", "6")];
    let world = World::new();
    // npm nexmo 2: everything in the query.
    let query = format!("/verify/json?{}", encode(&with_pair(&fields("821011110001"))));
    let all_in_query = request(Method::GET, &query);
    // PyPI nexmo 2: everything in a form.
    let all_in_form = form("/verify/json", &with_pair(&fields("821011110002")));
    // PyPI vonage 4: a form, keys in the header.
    let form_and_basic = form("/verify/json", &fields("821011110003")).insert_header(basic());
    // npm @vonage/server-sdk 3: JSON, keys in the header.
    let json_and_basic = TestRequest::post()
        .uri("/verify/json")
        .insert_header(basic())
        .set_json(json!({ "number": "821011110004", "brand": "Bonin", "code_length": 6 }));
    let all_in_json = TestRequest::post().uri("/verify/json").set_json(json!({
        "number": "821011110005", "brand": "Bonin", "code_length": "6",
        "api_key": NEXMO_API_KEY, "api_secret": NEXMO_API_SECRET,
    }));
    for call in [all_in_query, all_in_form, form_and_basic, json_and_basic, all_in_json] {
        let answer = world.call(call).await;
        assert_eq!(status_of(&answer), (actix_web::http::StatusCode::OK, json!("0")), "{}", answer.text());
    }
    let shown = world.get("/handset/messages").await.json();
    for message in shown["messages"].as_array().unwrap() {
        assert_eq!(message["code"].as_str().unwrap().len(), 6, "{message}");
    }
    assert_eq!(shown["messages"].as_array().unwrap().len(), 5);
}

#[actix_web::test]
async fn missing_and_wrong_keys_are_told_apart() {
    let world = World::new();
    for path in ["/verify/json", "/verify/check/json", "/verify/search/json", "/verify/control/json"] {
        let answer = world.call(form(path, &[("number", TO)])).await;
        assert_eq!(answer.json(), json!({ "status": "2", "error_text": "Missing api_key" }), "{path}");
        let answer = world.call(form(path, &[("api_key", NEXMO_API_KEY)])).await;
        assert_eq!(answer.json()["error_text"], "Missing api_secret");
        for (key, secret) in [("someone", NEXMO_API_SECRET), (NEXMO_API_KEY, "something")] {
            let answer = world.call(form(path, &[("api_key", key), ("api_secret", secret)])).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.json(), json!({ "status": "4", "error_text": "Bad credentials" }));
        }
    }
}

#[actix_web::test]
async fn what_is_wrong_with_a_start_is_named() {
    let world = World::new();
    let whole = [("number", TO), ("brand", "Bonin")];
    for (change, status, text) in [
        (("number", ""), "2", "Your request is incomplete and missing the mandatory parameter: number"),
        (("brand", ""), "2", "Your request is incomplete and missing the mandatory parameter: brand"),
        (("number", "+821012345678"), "3", "Invalid value for param: number"),
        (("number", "01012345678"), "3", "Invalid value for param: number"),
        (("number", "me"), "3", "Invalid value for param: number"),
        (("number", "850191234567"), "15", "The destination number is not in a supported network"),
        (("brand", "Nineteen letters xx"), "3", "Invalid value for param: brand"),
        (("brand", "Bonin!"), "3", "Invalid value for param: brand"),
        (("country", "xx"), "3", "Invalid value for param: country"),
        (("sender_id", "TwelveLetter"), "3", "Invalid value for param: sender_id"),
        (("code_length", "5"), "3", "Invalid value for param: code_length"),
        (("code_length", "four"), "3", "Invalid value for param: code_length"),
        (("lg", "tlh-qo"), "3", "Invalid value for param: lg"),
        (("pin_expiry", "59"), "3", "Invalid value for param: pin_expiry"),
        (("pin_expiry", "3601"), "3", "Invalid value for param: pin_expiry"),
        (("next_event_wait", "901"), "3", "Invalid value for param: next_event_wait"),
        (("workflow_id", "8"), "3", "Invalid value for param: workflow_id"),
        (("pin_code", "123456"), "20", "This account does not support the parameter: pin_code."),
    ] {
        let mut fields = whole.to_vec();
        fields.retain(|(name, _)| *name != change.0);
        fields.push(change);
        let body = world.nexmo("/verify/json", &fields).await;
        assert_eq!(body, json!({ "status": status, "error_text": text }), "{change:?}");
    }
    assert!(world.texts("").await.is_empty());
}

#[actix_web::test]
async fn a_number_may_be_written_as_in_its_country() {
    let world = World::new();
    let fields = [("number", "010-1234-5678"), ("country", "kr"), ("brand", "Bonin"), ("lg", "en-us")];
    assert_eq!(world.nexmo("/verify/json", &fields).await["status"], "0");
    let code = world.newest_code().await;
    assert_eq!(world.texts("").await, [format!("Your Bonin PIN is {code}")]);
}

#[actix_web::test]
async fn a_number_has_one_running_verification() {
    let world = World::new();
    let id = world.verification(&[]).await;
    let second = world.nexmo("/verify/json", &[("number", TO), ("brand", "Other")]).await;
    let text = "Concurrent verifications to the same number are not allowed";
    assert_eq!(second, json!({ "request_id": id, "status": "10", "error_text": text }));
    assert_eq!(world.texts("").await.len(), 1);
    let code = world.newest_code().await;
    world.check_code(&id, &code).await;
    assert_ne!(world.verification(&[]).await, id, "once it is over another may begin");
}

#[actix_web::test]
async fn three_codes_are_compared_and_the_fourth_ends_it() {
    let world = World::new();
    let id = world.verification(&[]).await;
    let code = world.newest_code().await;
    let wrong = if code == "0000" { "1111" } else { "0000" };
    for _ in 0..3 {
        assert_eq!(world.check_code(&id, wrong).await["status"], "16");
    }
    let fourth = world.check_code(&id, &code).await;
    assert_eq!(fourth["status"], "17", "even the right one");
    assert_eq!(fourth["error_text"], "The wrong code was provided too many times. Request terminated");
    assert_eq!(world.check_code(&id, &code).await["status"], "6");
    world.advance(3 * SECOND);
    let found = world.searched(&id).await;
    assert_eq!((&found["status"], &found["price"]), (&json!("FAILED"), &json!("0")));
    assert_eq!(found["checks"].as_array().unwrap().len(), 3);
}

#[actix_web::test]
async fn what_is_wrong_with_a_check_is_named() {
    let world = World::new();
    let id = world.verification(&[]).await;
    for (fields, status, named) in [
        (vec![("code", "1234")], "2", "request_id"),
        (vec![("request_id", id.as_str())], "2", "code"),
        (vec![("request_id", id.as_str()), ("code", "123")], "3", "code"),
        (vec![("request_id", id.as_str()), ("code", "1234567")], "3", "code"),
        (vec![("request_id", "dd0ffecfbab1459bba27cb8fc219cfd2f"), ("code", "1234")], "3", "request_id"),
        (vec![("request_id", "dd0ffecfbab1459bba27cb8fc219cfd2"), ("code", "1234")], "6", "dd0ffecf"),
    ] {
        let body = world.nexmo("/verify/check/json", &fields).await;
        assert_eq!(body["status"], status, "{body}");
        assert!(body["error_text"].as_str().unwrap().contains(named), "{body}");
    }
    world.advance(3 * SECOND);
    assert_eq!(world.searched(&id).await["checks"], json!([]), "none of them was compared");
}

#[actix_web::test]
async fn later_events_reach_the_handset_when_their_time_comes() {
    let world = World::new();
    let id = world.verification(&[("lg", "en-us")]).await;
    let first = world.newest_code().await;
    world.advance(125 * SECOND);
    assert_eq!(world.searched(&id).await["status"], "IN PROGRESS");
    assert_eq!(world.texts("").await[0], format!("(voice call) Your Bonin PIN is {first}"));
    assert_eq!(world.newest_code().await, first, "the first code still lives");

    world.advance(180 * SECOND);
    let found = world.searched(&id).await;
    let second = world.newest_code().await;
    assert_eq!(world.texts("").await.len(), 3);
    let kinds: Vec<_> =
        found["events"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
    assert_eq!(kinds, [json!("sms"), json!("tts"), json!("tts")]);
    assert_eq!(
        (&found["first_event_date"], &found["last_event_date"]),
        (&json!("2026-11-21 00:00:00"), &json!("2026-11-21 00:05:05"))
    );
    assert_eq!(world.check_code(&id, &second).await["status"], "0");
}

#[actix_web::test]
async fn without_a_right_code_it_expires() {
    let world = World::new();
    let id = world.verification(&[("workflow_id", "6"), ("pin_expiry", "60")]).await;
    let code = world.newest_code().await;
    world.advance(60 * SECOND);
    assert_eq!(world.check_code(&id, &code).await["status"], "6");
    world.advance(3 * SECOND);
    let found = world.searched(&id).await;
    assert_eq!(
        (&found["status"], &found["date_finalized"]),
        (&json!("EXPIRED"), &json!("2026-11-21 00:01:00"))
    );
    world.verification(&[]).await;
}

#[actix_web::test]
async fn a_search_shows_all_of_a_verification() {
    let world = World::new();
    let id = world.verification(&[("sender_id", "BoninKR")]).await;
    let code = world.newest_code().await;
    let wrong = if code == "0000" { "1111" } else { "0000" };
    world.check_code(&id, wrong).await;
    world.advance(10 * SECOND);
    world.check_code(&id, &code).await;
    assert_eq!(
        world.searched(&id).await,
        json!({ "status": "101", "error_text": "No response found" }),
        "at once"
    );
    world.advance(3 * SECOND);
    let mut found = world.searched(&id).await;
    let event = found["events"][0]["id"].take();
    assert_eq!(event.as_str().unwrap().len(), 16);
    assert_eq!(
        found,
        json!({
            "request_id": id, "account_id": NEXMO_API_KEY, "status": "SUCCESS", "number": TO,
            "price": "0.10000000", "currency": "EUR", "sender_id": "BoninKR",
            "date_submitted": "2026-11-21 00:00:00", "date_finalized": "2026-11-21 00:00:10",
            "first_event_date": "2026-11-21 00:00:00", "last_event_date": "2026-11-21 00:00:00",
            "checks": [
                { "date_received": "2026-11-21 00:00:00", "code": wrong, "status": "INVALID", "ip_address": "" },
                { "date_received": "2026-11-21 00:00:10", "code": code, "status": "VALID", "ip_address": "" },
            ],
            "events": [{ "type": "sms", "id": null }],
        })
    );
}

#[actix_web::test]
async fn up_to_ten_are_searched_in_one_call() {
    let world = World::new();
    let one = world.verification(&[]).await;
    let fields = [("number", "821099998888"), ("brand", "Bonin")];
    let two = world.nexmo("/verify/json", &fields).await["request_id"].as_str().unwrap().to_owned();
    let ids = |value: &Value| -> Vec<String> {
        let found = value["verification_requests"].as_array().unwrap();
        found.iter().map(|found| found["request_id"].as_str().unwrap().to_owned()).collect()
    };
    let fields = [("request_ids", one.as_str()), ("request_ids", "unknown"), ("request_ids", &two)];
    let found = world.nexmo("/verify/search/json", &fields).await;
    assert_eq!(ids(&found), [one.clone(), two.clone()]);
    let listed = TestRequest::post().uri("/verify/search/json").insert_header(basic());
    let listed = world.call(listed.set_json(json!({ "request_ids": [two] }))).await.json();
    assert_eq!(ids(&listed), [two.as_str()]);
    let query = format!("/verify/search/json?request_id={one}");
    let single = world.call(request(Method::GET, &query).insert_header(basic())).await.json();
    assert_eq!((&single["request_id"], &single["sender_id"]), (&json!(one), &json!("verify")));

    assert_eq!(world.nexmo("/verify/search/json", &[]).await["status"], "2");
    assert_eq!(world.nexmo("/verify/search/json", &[("request_id", "unknown")]).await["status"], "101");
    let many = vec![("request_ids", one.as_str()); 11];
    assert_eq!(world.nexmo("/verify/search/json", &many).await["status"], "3");
}

#[actix_web::test]
async fn a_verification_is_cancelled_between_30_seconds_and_its_second_event() {
    let world = World::new();
    let id = world.verification(&[]).await;
    let cancel = [("request_id", id.as_str()), ("cmd", "cancel")];
    let early = world.nexmo("/verify/control/json", &cancel).await;
    let text = format!("Verification request ['{id}'] can't be cancelled within the first 30 seconds.");
    assert_eq!(early, json!({ "status": "19", "error_text": text }));
    world.advance(30 * SECOND);
    let done = world.nexmo("/verify/control/json", &cancel).await;
    assert_eq!(done, json!({ "status": "0", "command": "cancel" }));
    let over = world.nexmo("/verify/control/json", &cancel).await;
    let text = format!("The requestId '{id}' does not exist or its no longer active.");
    assert_eq!(over, json!({ "status": "6", "error_text": text }));
    world.advance(3 * SECOND);
    assert_eq!(world.searched(&id).await["status"], "CANCELLED");

    let id = world.verification(&[]).await;
    world.advance(125 * SECOND);
    let late = world.nexmo("/verify/control/json", &[("request_id", &id), ("cmd", "cancel")]).await;
    let text = format!(
        "Verification request  ['{id}'] can't be cancelled now. Too many attempts to re-deliver have already \
         been made."
    );
    assert_eq!(late, json!({ "status": "19", "error_text": text }));
}

#[actix_web::test]
async fn the_next_event_can_be_triggered_until_none_is_left() {
    let world = World::new();
    let id = world.verification(&[("workflow_id", "4")]).await;
    let trigger = [("request_id", id.as_str()), ("cmd", "trigger_next_event")];
    let done = world.nexmo("/verify/control/json", &trigger).await;
    assert_eq!(done, json!({ "status": "0", "command": "trigger_next_event" }));
    assert_eq!(world.texts("").await.len(), 2);
    let none = world.nexmo("/verify/control/json", &trigger).await;
    let text = format!("No more events are left to execute for the request ['{id}']");
    assert_eq!(none, json!({ "status": "19", "error_text": text }));
    for (fields, status) in [
        (vec![("request_id", id.as_str())], "2"),
        (vec![("cmd", "cancel")], "2"),
        (vec![("request_id", id.as_str()), ("cmd", "pause")], "3"),
        (vec![("request_id", "unknown"), ("cmd", "cancel")], "6"),
    ] {
        assert_eq!(world.nexmo("/verify/control/json", &fields).await["status"], status, "{fields:?}");
    }
}

#[actix_web::test]
async fn a_payment_is_confirmed_with_payee_and_amount() {
    let world = World::new();
    let fields = [("number", TO), ("payee", "Acme Inc"), ("amount", "10.50")];
    let body = world.nexmo("/verify/psd2/json", &fields).await;
    assert_eq!(body["status"], "0");
    let code = world.newest_code().await;
    let text = format!("Your code: {code} to confirm the payment of 10.50 EUR to Acme Inc");
    assert_eq!(world.texts("").await, [text]);
    let id = body["request_id"].as_str().unwrap();
    assert_eq!(world.check_code(id, &code).await["status"], "0");
    for (fields, status, named) in [
        (vec![("number", TO), ("amount", "10.50")], "2", "payee"),
        (vec![("number", TO), ("payee", "Acme")], "2", "amount"),
        (vec![("number", TO), ("payee", "Acme"), ("amount", "ten")], "3", "amount"),
        (vec![("number", TO), ("payee", "Acme"), ("amount", "10"), ("lg", "ko-kr")], "3", "lg"),
    ] {
        let body = world.nexmo("/verify/psd2/json", &fields).await;
        assert_eq!(body["status"], status, "{body}");
        assert!(body["error_text"].as_str().unwrap().ends_with(named), "{body}");
    }
    assert_eq!(world.nexmo_answer("/verify/psd2/xml", &[]).await.status, 404);
}

#[actix_web::test]
async fn xml_is_answered_where_the_path_says_so() {
    let world = World::new();
    let answer = world.nexmo_answer("/verify/xml", &[("number", TO), ("brand", "Bonin")]).await;
    assert_eq!(answer.header("content-type"), "text/xml; charset=utf-8");
    let text = answer.text();
    let id = text.split_once("<request_id>").unwrap().1.split_once('<').unwrap().0.to_owned();
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    assert_eq!(
        text,
        format!("{head}<verify_response><request_id>{id}</request_id><status>0</status></verify_response>")
    );
    let searched = world.nexmo_answer("/verify/search/xml", &[("request_id", &id)]).await.text();
    assert!(searched.starts_with(&format!("{head}<verify_request><account_id>")), "{searched}");
    assert!(
        searched.contains("<events><event><id>1C") && searched.contains("<checks></checks>"),
        "{searched}"
    );
    let control = [("request_id", id.as_str()), ("cmd", "cancel")];
    let control = world.nexmo_answer("/verify/control/xml", &control).await.text();
    assert!(control.contains("<response><error_text>Verification request ['"), "{control}");
    let check = [("request_id", id.as_str()), ("code", &world.newest_code().await)];
    let check = world.nexmo_answer("/verify/check/xml", &check).await.text();
    assert!(check.contains("<verify_response><currency>EUR</currency><event_id>1C"), "{check}");
    assert_eq!(world.nexmo_answer("/verify/yaml", &[]).await.status, 404);
}
