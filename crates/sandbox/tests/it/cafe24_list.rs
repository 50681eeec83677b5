//! What becomes of messages at Cafe24: its list, reservations and faults.

use std::time::Duration;

use serde_json::json;

use crate::cafe24_support::{
    TEXT, TO, credentials, in_base64, list, plain, post, remaining, send, sms, values, with, without,
};
use crate::support::World;

const TODAY: (&str, &str) = ("date", "20261121");
const PAGE: &str = "/sms_sender.php";

/// An SMS kept until `time` today, Korean time; it is nine o'clock.
fn reserved(time: &str) -> Vec<(&'static str, String)> {
    with(with(sms(), "rdate", "20261121"), "rtime", time)
}

async fn statuses(world: &World) -> Vec<String> {
    values(&list(world, &[TODAY]).await, "sendStatus")
}

#[actix_web::test]
async fn a_message_is_listed_with_its_state() {
    let world = World::new();
    send(&world, with(sms(), "msg", "A & <B>")).await;
    let xml = list(&world, &[TODAY]).await;
    assert_eq!(
        xml,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<smslist><code>0000</code><totalCnt>1</totalCnt><data>\
         <record><sendType>I</sendType><sendPhone>02-5555-0101</sendPhone>\
         <receivePhone>010-1234-5678</receivePhone><msg>A &amp; &lt;B&gt;</msg>\
         <sendDateTime>202611210900</sendDateTime><regDate>202611210900</regDate>\
         <sendStatus>1</sendStatus><refundDate></refundDate></record></data></smslist>\n"
    );
    world.advance(1499);
    assert_eq!(statuses(&world).await, ["1"]);
    world.advance(1);
    assert_eq!(statuses(&world).await, ["3"]);
}

#[actix_web::test]
async fn every_field_of_the_list_filters() {
    let world = World::new();
    send(&world, sms()).await;
    send(&world, with(with(sms(), "rphone", "010-2222-2222"), "smsType", "L")).await;
    world.fault(json!({ "provider": "cafe24", "receipt": "failed", "count": 1 })).await;
    send(&world, with(sms(), "rphone", "010-3333-3333")).await;
    send(&world, reserved("091500")).await;
    world.advance(1500);
    for (fields, expected) in [
        (&[][..], &["010-1234-5678 2", "010-3333-3333 9", "010-1234-5678 3"][..]),
        (&[("smsType", "lms")], &["010-2222-2222 3"]),
        (&[("sendType", "all"), ("sendStatus", "S")], &["010-1234-5678 3"]),
        (&[("sendStatus", "F")], &["010-3333-3333 9"]),
        (&[("sendType", "reserve")], &["010-1234-5678 2"]),
        (&[("sendType", "general")], &["010-3333-3333 9", "010-1234-5678 3"]),
        (&[("receivePhone", "010-3333-3333")], &["010-3333-3333 9"]),
        (&[("sendPhone", "02-5555-0101"), ("sendStatus", "F")], &["010-3333-3333 9"]),
        (&[("sendPhone", "02-0000-0000")], &[]),
        (&[("startNo", "1"), ("displayNo", "1")], &["010-3333-3333 9"]),
        (&[("startNo", "3")], &[]),
    ] {
        let mut all = vec![TODAY];
        all.extend(fields);
        let xml = list(&world, &all).await;
        let rows = values(&xml, "receivePhone").into_iter().zip(values(&xml, "sendStatus"));
        let rows: Vec<_> = rows.map(|(phone, status)| format!("{phone} {status}")).collect();
        assert_eq!(rows, expected, "{fields:?}");
    }
    let page = list(&world, &[TODAY, ("displayNo", "1")]).await;
    assert_eq!((values(&page, "totalCnt"), values(&page, "record").len()), (vec!["3".to_owned()], 1));
}

#[actix_web::test]
async fn days_are_korean_and_count_forwards() {
    let world = World::new();
    send(&world, sms()).await;
    world.advance(15 * 3600 * 1000);
    send(&world, sms()).await;
    for (date, days, expected) in [
        ("20261121", "1", 1),
        ("20261122", "1", 1),
        ("20261121", "2", 2),
        ("20261120", "1", 0),
        ("20261116", "9", 2),
        ("20261123", "7", 0),
    ] {
        let xml = list(&world, &[("date", date), ("day", days)]).await;
        assert_eq!(values(&xml, "record").len(), expected, "{date} {days}");
    }
}

#[actix_web::test]
async fn a_list_is_refused_in_its_own_form() {
    let world = World::new();
    let ask = |fields: Vec<(&'static str, String)>| post(&world, "/sms_list.php", plain(&fields));
    let dated = || with(credentials(), "date", "20261121");
    for (fields, code) in [
        (with(dated(), "secure", "another"), "-102"),
        (without(dated(), "secure"), "-101"),
        (credentials(), "-101"),
        (with(dated(), "date", "today"), "-101"),
        (with(dated(), "startNo", "-1"), "-101"),
    ] {
        let answer = ask(fields).await;
        assert_eq!(answer.status, 200);
        assert_eq!(values(&answer.text(), "code"), [code]);
        assert_eq!(values(&answer.text(), "record").len(), 0);
    }
    let encoded = post(&world, "/sms_list.php", in_base64(&dated())).await;
    assert_eq!(values(&encoded.text(), "code"), ["-102"]);
}

#[actix_web::test]
async fn a_reservation_waits_for_its_time() {
    let world = World::new();
    assert_eq!(send(&world, reserved("091000")).await, "reserved,999999");
    assert!(world.texts("").await.is_empty());
    world.advance(10 * 60 * 1000 - 126);
    assert_eq!(statuses(&world).await, ["2"]);
    assert!(world.texts("").await.is_empty());
    world.advance(1);
    assert_eq!(statuses(&world).await, ["2"]);
    let shown = world.get("/handset/messages").await.json();
    assert_eq!(shown["messages"][0]["text"], TEXT);
    assert_eq!(shown["messages"][0]["received_at"], "2026-11-21T00:10:00Z");
    world.advance(1500);
    let xml = list(&world, &[TODAY]).await;
    assert_eq!(values(&xml, "sendStatus"), ["3"]);
    assert_eq!(
        (values(&xml, "sendType"), values(&xml, "sendDateTime")),
        (vec!["R".to_owned()], vec!["202611210910".to_owned()])
    );
}

#[actix_web::test]
async fn a_reservation_arrives_though_nobody_asks() {
    let world = World::new();
    tokio::time::pause();
    send(&world, reserved("091000")).await;
    tokio::time::advance(Duration::from_secs(5)).await;
    tokio::task::yield_now().await;
    assert!(world.texts("").await.is_empty());
    world.advance(10 * 60 * 1000);
    let waited = world.get("/handset/messages/wait?to=010-1234-5678&timeout_ms=3000").await;
    assert_eq!(waited.json()["text"], TEXT);
}

#[actix_web::test]
async fn a_repeated_message_comes_again() {
    let world = World::new();
    let fields = with(with(with(sms(), "repeatFlag", "Y"), "repeatNum", "2"), "repeatTime", "15");
    assert_eq!(send(&world, fields).await, "success,999997");
    for expected in [1, 2, 3, 3] {
        assert_eq!(statuses(&world).await.len(), 3);
        assert_eq!(world.texts("").await.len(), expected);
        world.advance(15 * 60 * 1000);
    }
    let xml = list(&world, &[TODAY]).await;
    assert_eq!(values(&xml, "sendDateTime"), ["202611210930", "202611210915", "202611210900"]);
}

#[actix_web::test]
async fn a_failure_never_arrives_and_its_credit_comes_back() {
    let world = World::new();
    world
        .fault(json!({ "provider": "cafe24", "receipt": "failed", "receipt_delay_ms": 60_000, "count": 1 }))
        .await;
    assert_eq!(send(&world, sms()).await, "success,999999");
    assert!(world.texts("").await.is_empty());
    world.advance(59_999);
    assert_eq!(statuses(&world).await, ["1"]);
    world.advance(1);
    let xml = list(&world, &[TODAY]).await;
    assert_eq!(
        (values(&xml, "sendStatus"), values(&xml, "refundDate")),
        (vec!["9".to_owned()], vec!["202611210901".to_owned()])
    );
    assert_eq!(remaining(&world).await, "1000000");
}

#[actix_web::test]
async fn what_is_dropped_has_no_result() {
    let world = World::new();
    world.fault(json!({ "provider": "cafe24", "drop": true, "to": TO })).await;
    assert_eq!(send(&world, with(sms(), "rphone", "010-1234-5678,010-2222-2222")).await, "success,999998");
    world.advance(3_600_000);
    let xml = list(&world, &[TODAY]).await;
    assert_eq!(values(&xml, "receivePhone"), ["010-2222-2222", "010-1234-5678"]);
    assert_eq!(values(&xml, "sendStatus"), ["3", "1"]);
    assert!(world.texts("?to=01012345678").await.is_empty());
}

#[actix_web::test]
async fn faults_break_answers_as_they_break_others() {
    let world = World::new();
    for status in [404, 429, 500, 503] {
        world.fault(json!({ "provider": "cafe24", "status": status, "count": 1 })).await;
        let answer = post(&world, PAGE, in_base64(&sms())).await;
        assert_eq!(answer.status, status);
        assert!(answer.text().starts_with("<html>"));
    }
    assert!(world.texts("").await.is_empty(), "not accepted");
    world.fault(json!({ "provider": "cafe24", "malformed": true, "count": 1 })).await;
    let answer = post(&world, PAGE, in_base64(&sms())).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.text().contains("success"), "{}", answer.text());
    assert_eq!(world.texts("").await, [TEXT], "accepted");
    // What the real one refuses uses up no fault.
    world.fault(json!({ "provider": "cafe24", "status": 500, "count": 1 })).await;
    assert_eq!(send(&world, with(sms(), "secure", "another")).await, "-102,");
    assert_eq!(post(&world, PAGE, in_base64(&sms())).await.status, 500);
}

#[actix_web::test]
async fn faults_of_reading_leave_sending_alone() {
    let world = World::new();
    send(&world, sms()).await;
    world.fault(json!({ "provider": "cafe24", "status": 503, "on": "read" })).await;
    assert_eq!(send(&world, sms()).await, "success,999998");
    let dated = with(credentials(), "date", "20261121");
    assert_eq!(post(&world, "/sms_list.php", plain(&dated)).await.status, 503);
    assert_eq!(post(&world, "/sms_remain.php", plain(&credentials())).await.status, 503);
    world.fault(json!({ "provider": "cafe24", "status": 503, "on": "read", "to": "010-9999-9999" })).await;
    assert_eq!(post(&world, "/sms_list.php", plain(&dated)).await.status, 200);
}
