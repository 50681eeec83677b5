//! Messages that wait for their time.

use std::time::Duration;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{World, sms};

const TO: &str = "01012345678";
/// What the clock shows less than the tenth minute from the start, which is 09:00 in Seoul.
const MINUTE: i64 = 60_000;

/// Reserves a message for 09:20 in Seoul.
async fn reserved(world: &World) -> String {
    let mut body = sms(&[TO], "나중에");
    body["reserveTime"] = json!("2026-11-21 09:20");
    let answer = world.send(&body).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()["requestId"].as_str().unwrap().to_owned()
}

async fn status(world: &World, id: &str) -> Value {
    let answer = world.sens_get(&format!("/reservations/{id}/reserve-status")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[actix_web::test]
async fn a_reservation_waits_and_is_delivered_when_due() {
    let world = World::new();
    let id = reserved(&world).await;
    assert!(id.starts_with("RSSA-1795219200125-0001-00000001-"), "{id}");
    let expected = json!({
        "reserveId": id, "reserveTimeZone": "Asia/Seoul", "reserveTime": "2026-11-21 09:20",
        "reserveStatus": "READY",
    });
    assert_eq!(status(&world, &id).await, expected);
    let list = world.sens_get(&format!("/messages?requestId={id}&to={TO}")).await.json();
    assert_eq!((&list["statusName"], &list["messages"]), (&json!("reserved"), &json!([])));

    world.advance(20 * MINUTE - 126);
    assert_eq!(status(&world, &id).await["reserveStatus"], "READY");
    assert!(world.texts("").await.is_empty());
    world.advance(1);
    assert_eq!(status(&world, &id).await["reserveStatus"], "DONE");
    assert_eq!(world.texts("?to=010-1234-5678").await, ["나중에"]);
    world.advance(1500);
    let result = world.result(&id).await;
    assert_eq!((&result["status"], &result["statusCode"]), (&json!("COMPLETED"), &json!("0")));
    assert_eq!(result["requestTime"], "2026-11-21 09:20:00");
    assert_eq!(world.texts("").await.len(), 1, "delivered once");
}

#[actix_web::test]
async fn it_is_delivered_without_being_asked_for() {
    tokio::time::pause();
    let world = World::new();
    reserved(&world).await;
    world.advance(20 * MINUTE);
    tokio::time::sleep(Duration::from_mins(20)).await;
    assert_eq!(world.texts("").await, ["나중에"]);
}

#[actix_web::test]
async fn a_cancelled_reservation_is_never_delivered() {
    let world = World::new();
    let id = reserved(&world).await;
    let cancelled = world.sens_call(Method::DELETE, &format!("/reservations/{id}"), &Value::Null).await;
    assert_eq!((cancelled.status.as_u16(), cancelled.body.len()), (204, 0));
    world.advance(30 * MINUTE);
    assert_eq!(status(&world, &id).await["reserveStatus"], "CANCELED");
    assert!(world.texts("").await.is_empty());
    let again = world.sens_call(Method::DELETE, &format!("/reservations/{id}"), &Value::Null).await;
    assert_eq!((again.status.as_u16(), &again.json()["error"]), (400, &json!("Bad Request")));
}

#[actix_web::test]
async fn what_was_delivered_cannot_be_cancelled_and_what_is_unknown_is_not_found() {
    let world = World::new();
    let id = reserved(&world).await;
    world.advance(20 * MINUTE);
    let late = world.sens_call(Method::DELETE, &format!("/reservations/{id}"), &Value::Null).await;
    assert_eq!(late.status, 400);
    assert_eq!(world.texts("").await.len(), 1);

    let unknown = world.sens_call(Method::DELETE, "/reservations/RSSA-1", &Value::Null).await;
    assert_eq!((unknown.status.as_u16(), &unknown.json()["error"]["errorCode"]), (404, &json!("300")));
    assert_eq!(world.sens_get("/reservations/RSSA-1/reserve-status").await.status, 404);
}

#[actix_web::test]
async fn the_time_is_one_of_its_zone_and_ten_minutes_ahead() {
    let world = World::new();
    // Now it is 00:00:00.125 UTC.
    for (time, zone, taken) in [
        ("2026-11-21 09:11", None, true),
        ("2026-11-21 09:10", None, false),
        ("2026-11-21 07:11", Some("Asia/Bangkok"), true),
        ("2026-11-21 07:10", Some("Asia/Bangkok"), false),
        ("2026-11-21 00:11", Some("UTC"), true),
        ("2026-11-22 00:00", Some("America/New_York"), false),
        ("2026-11-22 00:00:00", None, false),
        ("tomorrow", None, false),
    ] {
        let mut body = sms(&[TO], "나중에");
        body["reserveTime"] = json!(time);
        body["reserveTimeZone"] = json!(zone);
        let answer = world.send(&body).await;
        assert_eq!(answer.status == 202, taken, "{time} {zone:?}: {}", answer.text());
        assert!(taken || answer.text().contains("'reserveTime"), "{}", answer.text());
    }
}

#[actix_web::test]
async fn the_fault_at_the_time_of_the_call_decides() {
    let world = World::new();
    world.fault(json!({ "provider": "sens", "receipt": "failed", "receipt_code": "3012", "count": 1 })).await;
    let id = reserved(&world).await;
    world.fault(json!({ "provider": "sens", "status": 503, "count": 1 })).await;
    let mut refused = sms(&[TO], "nie");
    refused["reserveTime"] = json!("2026-11-21 09:20");
    assert_eq!(world.send(&refused).await.status, 503);

    world.advance(20 * MINUTE);
    status(&world, &id).await;
    world.advance(1500);
    assert_eq!(world.result(&id).await["statusCode"], "3012");
    assert!(world.texts("").await.is_empty());
}
