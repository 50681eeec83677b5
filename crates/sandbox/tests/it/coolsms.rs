//! CoolSMS: who may send, and what becomes of messages.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_sandbox::credentials::{COOLSMS_API_KEY, COOLSMS_API_SECRET, COOLSMS_APP_ID, COOLSMS_FROM};
use serde_json::{Value, json};

use crate::coolsms_support::{DETAIL, SEND, authorization, refused, signed, sms};
use crate::support::World;

const TO: &str = "01012345678";

#[actix_web::test]
async fn an_accepted_message_is_answered_as_coolsms_does_and_reaches_the_handset() {
    let world = World::new();
    let body =
        json!({ "message": sms(TO, "[본인] 인증번호 [123456]"), "agent": { "appId": COOLSMS_APP_ID } });
    let answer = world.coolsms_post(SEND, &body).await;
    assert_eq!(answer.status, 200);
    let said = answer.json();
    for (name, value) in
        [("statusCode", "2000"), ("to", TO), ("from", COOLSMS_FROM), ("type", "SMS"), ("country", "82")]
    {
        assert_eq!(said[name], value, "{said}");
    }
    for (name, start) in [("messageId", "M4V20261121000000"), ("groupId", "G4V20261121000000")] {
        let id = said[name].as_str().unwrap();
        assert!(id.starts_with(start) && id.len() == 32, "{id}");
    }
    let shown = world.get("/handset/messages?to=010-1234-5678").await.json();
    let message = &shown["messages"][0];
    assert_eq!((&message["provider"], &message["type"]), (&json!("coolsms"), &json!("sms")));
    assert_eq!((&message["from"], &message["code"]), (&json!(COOLSMS_FROM), &json!("123456")));
}

#[actix_web::test]
async fn a_signature_is_taken_once_and_its_faults_have_names() {
    let world = World::new();
    let date = world.now().to_string();
    let try_with = async |header: &str| {
        let request = TestRequest::post().uri(SEND).insert_header(("authorization", header));
        world.call(request.set_payload(json!({ "message": sms(TO, "hello") }).to_string())).await
    };
    let good = authorization(&date);
    assert_eq!(try_with(&good).await.status, 200);
    for (header, name) in [
        (good, "DuplicatedSignature"),
        (signed("NCSSOMEBODYELSE1", COOLSMS_API_SECRET, &date, "0123456789ab"), "InvalidAPIKey"),
        (signed(COOLSMS_API_KEY, "wrong", &date, "0123456789ab"), "SignatureDoesNotMatch"),
        (authorization("2026-11-20T23:44:00Z"), "RequestTimeTooSkewed"),
        (authorization("2026-11-21T00:16:00Z"), "RequestTimeTooSkewed"),
    ] {
        assert_eq!(refused(&try_with(&header).await, 403), name);
    }
    // Fractions, another zone and other cases of the names, as official clients write them.
    let other = authorization("2026-11-21T09:05:00.123456+09:00").replace("apiKey=", "ApiKey=");
    assert_eq!(try_with(&other.replace("date=", "Date=")).await.status, 200);
    let none = world.call(TestRequest::get().uri("/messages/v4/list")).await;
    assert_eq!(refused(&none, 401), "Unauthorized");
    assert_eq!(refused(&try_with("Bearer nobody").await, 401), "Unauthorized");
    assert_eq!(world.texts("").await.len(), 2);
}

#[actix_web::test]
async fn one_bad_message_is_a_400_that_names_its_code_and_is_kept() {
    let world = World::new();
    for (message, code) in [
        (json!({ "to": TO, "from": "0255550199", "text": "a" }), "1062"),
        (sms(TO, "안녕 😀"), "1029"),
        (sms("010-1234-5678", "a"), "1011"),
    ] {
        let answer = world.coolsms_post(SEND, &json!({ "message": message })).await;
        assert_eq!(refused(&answer, 400), "InvalidStatusCode");
        let text = answer.json()["errorMessage"].as_str().unwrap().to_owned();
        let (id, said) = text.split_once(' ').unwrap();
        assert_eq!(said, code);
        assert_eq!(world.coolsms_row(id).await["statusCode"], code);
    }
    for body in
        [json!({}), json!({ "message": {} }), json!({ "message": { "to": [TO], "from": COOLSMS_FROM } })]
    {
        assert_eq!(refused(&world.coolsms_post(SEND, &body).await, 400), "ValidationError", "{body}");
    }
    let app = json!({ "message": sms(TO, "a"), "agent": { "appId": "SOMEBODYELSE" } });
    assert_eq!(refused(&world.coolsms_post(SEND, &app).await, 400), "InvalidAppId");
    let not_utf8 = b"{\"message\":{\"to\":\"01012345678\",\"from\":\"0255550102\",\"text\":\"\xb0\xa1\"}}";
    let request = world.coolsms(Method::POST, SEND, &Value::Null).set_payload(not_utf8.to_vec());
    assert!(world.call(request).await.text().contains("1027"));
    assert!(world.texts("").await.is_empty());
}

#[actix_web::test]
async fn many_messages_are_judged_one_by_one() {
    let world = World::new();
    let mut with_field = sms("01000000001", "a");
    with_field["customFields"] = json!({ "n": "0" });
    let body = json!({
        "messages": [with_field, sms("01000000001", "b"), sms("01000000002", "😀"), sms("01000000003", "c")],
        "showMessageList": true,
        "appId": COOLSMS_APP_ID,
    });
    let said = world.coolsms_post(DETAIL, &body).await.json();
    let codes = |list: &str| {
        let list = said[list].as_array().unwrap();
        list.iter().map(|one| one["statusCode"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes("messageList"), ["2000", "2000"]);
    assert_eq!(codes("failedMessageList"), ["1026", "1029"]);
    assert_eq!(said["messageList"][0]["customFields"], json!({ "n": "0" }));
    for name in ["to", "from", "type", "country", "messageId", "statusMessage", "accountId"] {
        assert!(said["failedMessageList"][0][name].is_string(), "{name}");
    }
    let count = &said["groupInfo"]["count"];
    assert_eq!(
        (&count["total"], &count["registeredSuccess"], &count["registeredFailed"]),
        (&json!(4), &json!(2), &json!(2))
    );
    assert_eq!(said["groupInfo"]["app"]["appId"], COOLSMS_APP_ID);
    assert_eq!(world.texts("").await, ["c", "a"]);

    let body = json!({ "messages": [sms(TO, "a"), sms(TO, "b")], "allowDuplicates": true });
    let said = world.coolsms_post(DETAIL, &body).await.json();
    assert_eq!((&said["failedMessageList"], said.get("messageList")), (&json!([]), None));
    let group = world.coolsms_post("/messages/v4/send-many", &body).await.json();
    assert_eq!((&group["status"], &group["count"]["total"]), (&json!("SENDING"), &json!(2)));

    let to: Vec<_> = (0..10_001).map(|number| format!("010{number:08}")).collect();
    let body = json!({ "messages": [{ "to": to, "from": COOLSMS_FROM, "text": "a" }] });
    assert_eq!(refused(&world.coolsms_post(DETAIL, &body).await, 413), "RecipientsTooMany");
    for body in [json!({}), json!({ "messages": [] }), json!({ "messages": "all" }), json!([])] {
        assert_eq!(refused(&world.coolsms_post(DETAIL, &body).await, 400), "ValidationError");
    }
}

#[actix_web::test]
async fn a_group_has_every_key_that_official_clients_ask_for() {
    let world = World::new();
    let said = world.coolsms_post(DETAIL, &json!({ "messages": [sms(TO, "a")] })).await.json();
    let group = &said["groupInfo"];
    for name in [
        "_id",
        "groupId",
        "accountId",
        "masterAccountId",
        "status",
        "count",
        "countForCharge",
        "balance",
        "point",
        "app",
        "price",
        "log",
        "scheduledDate",
        "dateSent",
        "dateCompleted",
        "dateCreated",
        "dateUpdated",
        "isRefunded",
        "flagUpdated",
        "prepaid",
        "strict",
        "allowDuplicates",
        "serviceMethod",
        "apiVersion",
        "sdkVersion",
        "osPlatform",
        "customFields",
        "hint",
    ] {
        assert!(group.get(name).is_some(), "{name}");
    }
    for name in [
        "total",
        "sentTotal",
        "sentFailed",
        "sentSuccess",
        "sentPending",
        "sentReplacement",
        "refund",
        "registeredFailed",
        "registeredSuccess",
    ] {
        assert!(group["count"][name].is_u64(), "{name}");
    }
    for kind in [
        "sms", "lms", "mms", "ata", "cta", "cti", "nsa", "rcs_sms", "rcs_lms", "rcs_mms", "rcs_tpl",
        "rcs_itpl", "rcs_ltpl", "fax", "voice",
    ] {
        assert!(group["countForCharge"][kind].is_object() && group["price"]["82"][kind].is_u64(), "{kind}");
        assert!(group["app"]["profit"][kind].is_u64(), "{kind}");
    }
    assert_eq!(group["countForCharge"]["sms"], json!({ "82": 1 }));
    assert_eq!(group["balance"], json!({ "requested": 20, "replacement": 0, "refund": 0, "sum": 20 }));
    assert_eq!((&group["apiVersion"], &group["serviceMethod"]), (&json!("4"), &json!("MT")));
}

#[actix_web::test]
async fn a_result_comes_after_a_second_and_lists_are_objects() {
    let world = World::new();
    assert_eq!(world.coolsms_get("/messages/v4/list").await["messageList"], json!({}));
    let id = world.coolsms_sent(TO, "hello").await;
    for (advance, code) in [(0, "2000"), (600, "3000"), (400, "4000")] {
        world.advance(advance);
        let row = world.coolsms_row(&id).await;
        assert_eq!(row["statusCode"], code);
        for name in [
            "_id",
            "messageId",
            "groupId",
            "accountId",
            "type",
            "country",
            "to",
            "from",
            "subject",
            "text",
            "imageId",
            "status",
            "reason",
            "networkCode",
            "networkName",
            "replacement",
            "resendCount",
            "autoTypeDetect",
            "log",
            "queues",
            "customFields",
            "dateProcessed",
            "dateReported",
            "dateReceived",
            "dateCreated",
            "dateUpdated",
        ] {
            assert!(row.get(name).is_some(), "{name}");
        }
    }
    let old = world.coolsms_get(&format!("/messages/v4/list-old?messageIds={id}&messageIds=other")).await;
    assert_eq!(old["messageList"][&id]["text"], "hello");
    let sums = world.coolsms_get("/messages/v4/statistics").await;
    assert_eq!((&sums["total"]["sms"], &sums["successed"]["total"]), (&json!(1), &json!(1)));
    assert_eq!(world.coolsms_get("/cash/v1/balance").await["balance"], 10_000_000 - 20);
}

#[actix_web::test]
async fn lists_are_filtered_and_read_page_by_page() {
    let world = World::new();
    for (to, text) in [(TO, "a"), ("01087654321", "b"), (TO, "c")] {
        world.coolsms_sent(to, text).await;
        world.advance(60_000);
    }
    let texts = |page: &Value| {
        let list = page["messageList"].as_object().unwrap();
        let mut texts: Vec<_> = list.values().map(|row| row["text"].as_str().unwrap().to_owned()).collect();
        texts.sort();
        texts
    };
    let first = world.coolsms_get("/messages/v4/list?limit=2").await;
    assert_eq!(texts(&first), ["b", "c"]);
    let second = world
        .coolsms_get(&format!("/messages/v4/list?limit=2&startKey={}", first["nextKey"].as_str().unwrap()))
        .await;
    assert_eq!((texts(&second), &second["nextKey"]), (vec!["a".to_owned()], &Value::Null));
    let own = world.coolsms_get(&format!("/messages/v4/list?to={TO}&startDate=2026-11-21T00:01:00Z")).await;
    assert_eq!(texts(&own), ["c"]);
}

#[actix_web::test]
async fn a_picture_is_uploaded_and_named() {
    let world = World::new();
    let jpeg = [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 10, 0, 10, 1, 1, 0x11, 0, 0xff, 0xd9];
    let file = |bytes: &[u8]| json!({ "file": STANDARD.encode(bytes), "name": "a.jpg", "type": "MMS" });
    let answer = world.coolsms_post("/storage/v1/files", &file(&jpeg)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let id = answer.json()["fileId"].as_str().unwrap().to_owned();
    assert!(id.starts_with("ST01FZ") && id.len() == 32, "{id}");
    let mut message = sms(TO, "그림");
    message["imageId"] = json!(id);
    let said = world.coolsms_post(SEND, &json!({ "message": message })).await.json();
    assert_eq!(said["type"], "MMS");
    assert_eq!(world.get("/handset/messages").await.json()["messages"][0]["type"], "mms");

    let mut large = jpeg;
    large[7..9].copy_from_slice(&1441_u16.to_be_bytes());
    let mut heavy = jpeg.to_vec();
    heavy.resize(200_001, 0);
    for bad in [
        file(&large),
        file(&heavy),
        file(b"\x89PNG"),
        json!({ "file": "%", "type": "MMS" }),
        json!({ "file": "AA==" }),
    ] {
        assert_eq!(refused(&world.coolsms_post("/storage/v1/files", &bad).await, 400), "ValidationError");
    }
    assert_eq!(world.coolsms_get("/storage/v1/files").await["fileList"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn faults_meet_calls_that_would_be_taken() {
    let world = World::new();
    for (status, name) in [
        (503, "ServiceUnavailable"),
        (429, "TooManyRequests"),
        (402, "NotEnoughBalance"),
        (500, "InternalError"),
    ] {
        world.fault(json!({ "provider": "coolsms", "status": status, "count": 1 })).await;
        let answer = world.coolsms_post(SEND, &json!({ "message": sms(TO, "a") })).await;
        assert_eq!(refused(&answer, status), name);
    }
    assert!(world.texts("").await.is_empty());

    world.fault(json!({ "provider": "coolsms", "receipt": "failed", "receipt_code": "3043", "receipt_delay_ms": 5000 })).await;
    let id = world.coolsms_sent(TO, "a").await;
    world.advance(4999);
    assert_eq!(world.coolsms_row(&id).await["statusCode"], "3000");
    world.advance(1);
    assert_eq!(world.coolsms_row(&id).await["statusCode"], "3043");

    world.fault(json!({ "provider": "coolsms", "receipt": "failed" })).await;
    let id = world.coolsms_sent(TO, "a").await;
    world.advance(1000);
    assert_eq!(world.coolsms_row(&id).await["statusCode"], "3032");

    world.fault(json!({ "provider": "coolsms", "drop": true })).await;
    let id = world.coolsms_sent(TO, "a").await;
    world.advance(86_400_000);
    assert_eq!(world.coolsms_row(&id).await["statusCode"], "3000", "nobody will ever know");
    assert!(world.texts("").await.is_empty());

    world.fault(json!({ "provider": "coolsms", "malformed": true })).await;
    let answer = world.coolsms_post(SEND, &json!({ "message": sms(TO, "b") })).await;
    assert!(serde_json::from_slice::<Value>(&answer.body).is_err());
    assert_eq!(world.texts("").await, ["b"]);

    world.fault(json!({ "provider": "coolsms", "on": "read", "status": 503 })).await;
    let list = world.coolsms_call(Method::GET, "/messages/v4/list", &Value::Null).await;
    assert_eq!(refused(&list, 503), "ServiceUnavailable");
}

#[actix_web::test]
async fn what_is_not_simulated_is_not_found() {
    let world = World::new();
    for target in ["/messages/v4/other", "/storage/v1/x", "/webhook/v1/x", "/oauth2/v1/x"] {
        assert_eq!(refused(&world.get(target).await, 404), "ResourceNotFound", "{target}");
    }
    assert_eq!(world.coolsms_get("/pricing/v1/messaging").await[0]["sms"], 20);
    assert_eq!(world.coolsms_get("/users/v1/member").await["email"], "sandbox@bonin.test");
}
