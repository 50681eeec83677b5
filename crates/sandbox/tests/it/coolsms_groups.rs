//! CoolSMS: groups, schedules and webhooks.

use std::time::Duration;

use actix_web::http::Method;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use bonin_sandbox::credentials::{COOLSMS_APP_ID, COOLSMS_WEBHOOK_SECRET};
use ring::digest;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::coolsms_support::{DETAIL, GROUPS, hex, refused, sms};
use crate::support::World;

const TO: &str = "01012345678";

async fn group(world: &World) -> String {
    let made = world.coolsms_post(GROUPS, &json!({ "appId": COOLSMS_APP_ID })).await.json();
    assert_eq!(made["status"], "PENDING");
    made["groupId"].as_str().unwrap().to_owned()
}

fn on(id: &str, rest: &str) -> String {
    format!("{GROUPS}/{id}{rest}")
}

async fn add(world: &World, id: &str, messages: Value) -> Value {
    let body = json!({ "messages": messages });
    let answer = world.coolsms_call(Method::PUT, &on(id, "/messages"), &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[actix_web::test]
async fn a_group_is_filled_and_then_sent_once() {
    let world = World::new();
    let id = group(&world).await;
    let added = add(&world, &id, json!([sms(TO, "a"), sms(TO, "b"), sms("01087654321", "c")])).await;
    assert_eq!(added["errorCount"], "1");
    assert_eq!(added["resultList"][1]["statusCode"], "1026");
    let gone = added["resultList"][2]["messageId"].as_str().unwrap();
    let body = json!({ "messageIds": [gone, "M4VNONE"] });
    let removed = world.coolsms_call(Method::DELETE, &on(&id, "/messages"), &body).await.json();
    assert_eq!(removed["errorCount"], 1);
    assert_eq!(removed["resultList"][0], json!({ "messageId": gone, "resultCode": "Success" }));
    assert!(world.texts("").await.is_empty());

    let sent = world.coolsms_post(&on(&id, "/send"), &Value::Null).await.json();
    assert_eq!((&sent["status"], &sent["count"]["sentTotal"]), (&json!("SENDING"), &json!(1)));
    assert_eq!(sent["app"]["profit"]["sms"], 2);
    assert_eq!(world.texts("").await, ["a"]);
    let again = world.coolsms_post(&on(&id, "/send"), &Value::Null).await;
    assert_eq!(refused(&again, 409), "AlreadySent");
    let late =
        world.coolsms_call(Method::PUT, &on(&id, "/messages"), &json!({ "messages": [sms(TO, "x")] })).await;
    assert_eq!(refused(&late, 400), "InvalidGroupStatus");
    let gone = world.coolsms_call(Method::DELETE, &on(&id, ""), &Value::Null).await;
    assert_eq!(refused(&gone, 400), "NotOperationalStatus");

    world.advance(1000);
    let done = world.coolsms_get(&on(&id, "")).await;
    assert_eq!((&done["status"], &done["count"]["sentSuccess"]), (&json!("COMPLETE"), &json!(1)));
    assert_eq!(done["dateCompleted"], "2026-11-21T00:00:01.125Z");
    let listed = world.coolsms_get(&on(&id, "/messages?limit=1")).await;
    assert_eq!(listed["messageList"].as_object().unwrap().len(), 1);
    assert!(listed["nextKey"].is_string());
    let groups = world.coolsms_get(GROUPS).await;
    assert_eq!(groups["groupList"][&id]["status"], "COMPLETE");
}

#[actix_web::test]
async fn a_scheduled_group_goes_when_its_time_has_come() {
    let world = World::new();
    let id = group(&world).await;
    add(&world, &id, json!([sms(TO, "later")])).await;
    let at = |date: &str| json!({ "scheduledDate": date });
    for (date, name) in [
        ("2026-11-21T00:00:00Z", "InvalidScheduledDate"),
        ("2027-12-01T00:00:00Z", "InvalidScheduledDate"),
        ("2026-11-21 10:00:00", "ValidationError"),
    ] {
        assert_eq!(refused(&world.coolsms_post(&on(&id, "/schedule"), &at(date)).await, 400), name, "{date}");
    }
    let body = at("2026-11-21T10:00:00+09:00");
    let scheduled = world.coolsms_post(&on(&id, "/schedule"), &body).await.json();
    assert_eq!(
        (&scheduled["status"], &scheduled["scheduledDate"]),
        (&json!("SCHEDULED"), &json!("2026-11-21T01:00:00.000Z"))
    );
    assert_eq!(refused(&world.coolsms_post(&on(&id, "/send"), &Value::Null).await, 409), "ScheduledGroup");
    assert_eq!(
        world.coolsms_get("/cash/v1/balance").await["balance"],
        10_000_000,
        "money is taken when it goes"
    );

    world.advance(3_600_000 - 126);
    assert_eq!(world.coolsms_get(&on(&id, "")).await["status"], "SCHEDULED");
    world.advance(1);
    assert_eq!(world.coolsms_get(&on(&id, "")).await["status"], "SENDING");
    assert_eq!(world.texts("").await, ["later"]);
    let unscheduled = world.coolsms_call(Method::DELETE, &on(&id, "/schedule"), &Value::Null).await;
    assert_eq!(refused(&unscheduled, 400), "InvalidStatus");
}

#[actix_web::test]
async fn a_cancelled_schedule_fails_the_group_and_a_past_date_means_now() {
    let world = World::new();
    let later = json!({ "messages": [sms(TO, "never")], "scheduledDate": "2026-11-21T01:00:00Z" });
    let said = world.coolsms_post(DETAIL, &later).await.json();
    let id = said["groupInfo"]["groupId"].as_str().unwrap().to_owned();
    assert_eq!(said["groupInfo"]["status"], "SCHEDULED");
    let cancelled = world.coolsms_call(Method::DELETE, &on(&id, "/schedule"), &Value::Null).await.json();
    assert_eq!(cancelled["status"], "FAILED");
    assert_eq!(refused(&world.coolsms_post(&on(&id, "/send"), &Value::Null).await, 400), "FailedGroup");
    world.advance(7_200_000);
    world.coolsms_get(GROUPS).await;
    assert!(world.texts("").await.is_empty());

    let past = json!({ "messages": [sms(TO, "now")], "scheduledDate": "2026-11-20T00:00:00Z" });
    assert_eq!(world.coolsms_post(DETAIL, &past).await.json()["groupInfo"]["status"], "SENDING");
    assert_eq!(world.texts("").await, ["now"]);
}

#[actix_web::test]
async fn groups_that_are_not_there_or_empty_are_refused() {
    let world = World::new();
    for (method, rest) in
        [(Method::GET, ""), (Method::DELETE, ""), (Method::POST, "/send"), (Method::GET, "/messages")]
    {
        let answer = world.coolsms_call(method, &on("G4VNONE", rest), &Value::Null).await;
        assert_eq!(refused(&answer, 404), "ResourceNotFound");
    }
    let id = group(&world).await;
    assert_eq!(refused(&world.coolsms_post(&on(&id, "/send"), &Value::Null).await, 400), "ValidationError");
    let deleted = world.coolsms_call(Method::DELETE, &on(&id, ""), &Value::Null).await.json();
    assert_eq!(deleted["status"], "DELETED");
    let body = json!({ "appId": "SOMEBODYELSE" });
    assert_eq!(refused(&world.coolsms_post(GROUPS, &body).await, 400), "InvalidAppId");
}

/// A receiver on loopback: its address and what comes to it (event, secret, body).
fn receiver() -> (String, mpsc::UnboundedReceiver<(String, String, Value)>) {
    let (tell, told) = mpsc::unbounded_channel();
    let server = HttpServer::new(move || {
        let tell = tell.clone();
        App::new().route(
            "/hooks/coolsms",
            web::post().to(move |request: HttpRequest, body: web::Json<Value>| {
                let header = |name: &str| request.headers().get(name).unwrap().to_str().unwrap().to_owned();
                let call = (header("x-solapi-event-name"), header("x-solapi-secret"), body.into_inner());
                tell.send(call).unwrap();
                async { HttpResponse::Ok().finish() }
            }),
        )
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    (format!("http://{address}/hooks/coolsms"), told)
}

async fn next(told: &mut mpsc::UnboundedReceiver<(String, String, Value)>) -> (String, String, Value) {
    tokio::time::timeout(Duration::from_secs(20), told.recv()).await.unwrap().unwrap()
}

async fn hook(world: &World, event: &str, url: &str) -> String {
    let body = json!({ "eventId": event, "url": url, "secret": COOLSMS_WEBHOOK_SECRET });
    let answer = world.coolsms_post("/webhook/v1/outgoing", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["webhookId"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn results_are_pushed_with_the_digest_of_the_secret() {
    let world = World::new();
    let (url, mut told) = receiver();
    let single = hook(&world, "SINGLE-REPORT", &url).await;
    world.fault(json!({ "provider": "coolsms", "receipt": "failed", "receipt_delay_ms": 0, "to": TO })).await;
    let body = json!({ "messages": [sms(TO, "a"), sms("01087654321", "b")], "showMessageList": true });
    let said = world.coolsms_post(DETAIL, &body).await.json();
    let (event, secret, body) = next(&mut told).await;
    let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, COOLSMS_WEBHOOK_SECRET.as_bytes());
    let hex = hex(sha1.as_ref());
    assert_eq!((event.as_str(), secret), ("SINGLE-REPORT", hex));
    let result = &body[0];
    assert_eq!(result["messageId"], said["messageList"][0]["messageId"]);
    assert_eq!((&result["statusCode"], &result["to"]), (&json!("3032"), &json!(TO)));
    assert!(result["dateReported"].is_string() && result["groupId"].is_string());
    assert_eq!(body.as_array().unwrap().len(), 1, "the other is not known yet");
    let (_, _, second) = next(&mut told).await;
    assert_eq!((&second[0]["statusCode"], &second[0]["to"]), (&json!("4000"), &json!("01087654321")));

    let gone =
        world.coolsms_call(Method::DELETE, &format!("/webhook/v1/outgoing/{single}"), &Value::Null).await;
    assert_eq!(gone.status, 200);
    world.delete("/sandbox/faults").await;
    hook(&world, "GROUP-REPORT", &url).await;
    world.coolsms_sent(TO, "c").await;
    let (event, _, body) = next(&mut told).await;
    assert_eq!((event.as_str(), &body[0]["status"]), ("GROUP-REPORT", &json!("COMPLETE")));
}

#[actix_web::test]
async fn faults_repeat_and_reorder_what_is_pushed() {
    let world = World::new();
    let (url, mut told) = receiver();
    hook(&world, "SINGLE-REPORT", &url).await;
    world
        .fault(json!({
            "provider": "coolsms", "duplicate_receipts": 1, "reorder_receipts": true, "receipt_delay_ms": 0,
        }))
        .await;
    world.coolsms_sent(TO, "a").await;
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(next(&mut told).await.2[0]["statusCode"].as_str().unwrap().to_owned());
    }
    codes.sort();
    assert_eq!(codes, ["3000", "3000", "4000", "4000"]);
}

#[actix_web::test]
async fn webhooks_are_listed_changed_and_checked() {
    let world = World::new();
    let id = hook(&world, "SINGLE-REPORT", "https://bonin.test/hooks/coolsms").await;
    let list = world.coolsms_get("/webhook/v1/outgoing").await;
    assert_eq!(
        (&list["outgoingList"][0]["webhookId"], &list["outgoingList"][0]["status"]),
        (&json!(id), &json!("ACTIVE"))
    );
    let target = format!("/webhook/v1/outgoing/{id}");
    let changed =
        world.coolsms_call(Method::PUT, &target, &json!({ "url": "https://bonin.test/other" })).await.json();
    assert_eq!(changed["url"], "https://bonin.test/other");
    assert_eq!(world.coolsms_get(&target).await["url"], "https://bonin.test/other");
    for body in [
        json!({ "eventId": "SINGLE-REPORT", "url": "nowhere" }),
        json!({ "eventId": "SINGLE-REPORT" }),
        json!({ "eventId": "OTHER", "url": "https://bonin.test/" }),
    ] {
        assert_eq!(refused(&world.coolsms_post("/webhook/v1/outgoing", &body).await, 400), "ValidationError");
    }
    let events = world.coolsms_get("/webhook/v1/events").await;
    assert_eq!(events["eventList"][0]["eventId"], "SINGLE-REPORT");
    let (url, mut told) = receiver();
    let tested = world.coolsms_post("/webhook/v1/outgoing-test", &json!({ "url": url, "secret": "s" })).await;
    assert_eq!(tested.json()["message"], "Success");
    assert_eq!(next(&mut told).await.2, json!([]));
}
