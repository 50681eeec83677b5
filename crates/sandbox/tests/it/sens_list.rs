//! Listing and single results.

use actix_web::http::Method;
use serde_json::json;

use crate::support::{World, service_path, sms};

const TO: &str = "01012345678";
const DAY: &str = "requestStartTime=2026-11-21%2000%3A00%3A00&requestEndTime=2026-11-21%2023%3A59%3A59";

#[actix_web::test]
async fn a_message_is_listed_after_a_lag_and_completes_later() {
    let world = World::new();
    let id = world.accepted(TO, "hello").await;
    world.advance(299);
    let answer = world.sens_get(&format!("/messages?requestId={id}")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["messages"], json!([]));
    assert_eq!(answer.json()["statusName"], "reserved");
    assert!(
        world.sens_get(&format!("/messages?{DAY}")).await.json()["messages"].as_array().unwrap().is_empty()
    );

    world.advance(1);
    let list = world.sens_get(&format!("/messages?requestId={id}")).await.json();
    assert_eq!((&list["statusCode"], &list["statusName"]), (&json!("202"), &json!("success")));
    assert_eq!(
        (&list["requestId"], &list["hasMore"], &list["itemCount"]),
        (&json!(id), &json!(false), &json!(1))
    );
    let item = &list["messages"][0];
    assert_eq!(item["status"], "PROCESSING");
    assert_eq!((&item["to"], &item["countryCode"], &item["type"]), (&json!(TO), &json!("82"), &json!("SMS")));
    assert_eq!(item["requestTime"], "2026-11-21 09:00:00");
    for absent in ["completeTime", "telcoCode", "statusCode", "statusName", "statusMessage", "content"] {
        assert!(item.get(absent).is_none(), "{absent}");
    }

    world.advance(1200);
    let item = world.result(&id).await;
    assert_eq!(item["status"], "COMPLETED");
    assert_eq!((&item["statusCode"], &item["statusName"]), (&json!("0"), &json!("success")));
    assert_eq!(item["completeTime"], "2026-11-21 09:00:01");
}

#[actix_web::test]
async fn one_message_is_shown_whole() {
    let world = World::new();
    let id = world.accepted(TO, "hello").await;
    world.advance(2000);
    let message_id = world.result(&id).await["messageId"].as_str().unwrap().to_owned();
    let answer = world.sens_get(&format!("/messages/{message_id}")).await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!((&body["statusCode"], &body["statusName"]), (&json!("200"), &json!("success")));
    assert_eq!(body["messages"].as_array().unwrap().len(), 1);
    let message = &body["messages"][0];
    assert_eq!((&message["content"], &message["requestId"]), (&json!("hello"), &json!(id)));

    let answer = world.sens_get("/messages/00000000-0000-7000-8000-000000000000").await;
    assert_eq!((answer.status.as_u16(), answer.json()["error"]["errorCode"].clone()), (404, json!("300")));
}

#[actix_web::test]
async fn an_account_without_records_and_an_unknown_request_answer_an_empty_404() {
    let world = World::new();
    let answer = world.sens_get(&format!("/messages?{DAY}")).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (404, 0));
    world.accepted(TO, "hello").await;
    let answer = world.sens_get("/messages?requestId=RSLA-unknown").await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (404, 0));
}

#[actix_web::test]
async fn lists_are_narrowed_by_each_filter() {
    let world = World::new();
    world.accepted(TO, "one").await;
    world.accepted("01099998888", "two 😀").await;
    world.advance(1500);
    world.accepted(TO, "three").await;
    world.advance(300);
    for (filter, count) in [
        (String::new(), 3),
        (format!("&to={TO}"), 2),
        ("&from=0255550100".to_owned(), 3),
        ("&from=0255550199".to_owned(), 0),
        ("&status=COMPLETED".to_owned(), 2),
        ("&status=PROCESSING".to_owned(), 1),
        ("&status=READY".to_owned(), 0),
        ("&statusName=success".to_owned(), 1),
        ("&statusName=fail".to_owned(), 1),
        ("&type=SMS".to_owned(), 3),
        ("&type=LMS".to_owned(), 0),
        ("&contentType=AD".to_owned(), 0),
        ("&countryCode=82".to_owned(), 3),
        (format!("&to={TO}&status=COMPLETED"), 1),
        ("&unknown=1".to_owned(), 3),
    ] {
        let list = world.sens_get(&format!("/messages?{DAY}{filter}")).await.json();
        assert_eq!(list["itemCount"], count, "{filter}");
    }
    let id = world.sens_get(&format!("/messages?{DAY}")).await.json()["messages"][1]["messageId"].clone();
    let list = world.sens_get(&format!("/messages?{DAY}&messageId={}", id.as_str().unwrap())).await.json();
    assert_eq!((&list["itemCount"], &list["messages"][0]["messageId"]), (&json!(1), &id));
}

#[actix_web::test]
async fn times_choose_messages_by_request_or_by_completion() {
    let world = World::new();
    world.accepted(TO, "one").await;
    world.advance(10_000);
    world.accepted(TO, "two").await;
    world.advance(1000);
    for (query, count) in [
        ("requestStartTime=2026-11-21+09:00:00&requestEndTime=2026-11-21+09:00:00", 1),
        ("requestStartTime=2026-11-21+09:00:00&requestEndTime=2026-11-21+09:00:10", 2),
        ("requestStartTime=2026-11-21+09:00:01&requestEndTime=2026-11-21+09:00:09", 0),
        ("completeStartTime=2026-11-21+09:00:00&completeEndTime=2026-11-21+10:00:00", 1),
        ("completeStartTime=2026-11-21+08:00:00&completeEndTime=2026-11-21+09:00:00", 0),
    ] {
        let list = world.sens_get(&format!("/messages?{query}")).await.json();
        assert_eq!(list["itemCount"], count, "{query}");
    }
}

#[actix_web::test]
async fn pages_follow_their_token() {
    let world = World::new();
    let to: Vec<String> = (0..5).map(|index| format!("0101234000{index}")).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    world.send(&sms(&to, "hello")).await;
    world.advance(300);
    let mut seen = Vec::new();
    let mut token = String::new();
    for page in 0..3 {
        let list = world.sens_get(&format!("/messages?{DAY}&pageSize=2{token}")).await.json();
        assert_eq!((&list["pageIndex"], &list["pageSize"]), (&json!(page), &json!(2)));
        assert_eq!(list["hasMore"], page < 2);
        for message in list["messages"].as_array().unwrap() {
            seen.push(message["to"].as_str().unwrap().to_owned());
        }
        match list["nextToken"].as_str() {
            Some(next) => token = format!("&nextToken={next}"),
            None => assert_eq!(page, 2),
        }
    }
    assert_eq!(seen, to);
}

#[actix_web::test]
async fn all_messages_of_a_full_request_fit_on_one_page() {
    let world = World::new();
    let answer = world.send(&sms(&[TO; 100], "hello")).await.json();
    world.advance(300);
    let id = answer["requestId"].as_str().unwrap();
    let list = world.sens_get(&format!("/messages?requestId={id}")).await.json();
    assert_eq!((&list["itemCount"], &list["hasMore"]), (&json!(100), &json!(false)));
    let list = world.sens_get(&format!("/messages?{DAY}")).await.json();
    assert_eq!((&list["itemCount"], &list["hasMore"]), (&json!(20), &json!(true)));
}

#[actix_web::test]
async fn what_is_wrong_with_a_list_query_is_named() {
    let world = World::new();
    for (query, named) in [
        ("", "requestId"),
        ("?to=01012345678", "requestId"),
        ("?requestStartTime=2026-11-21+09:00:00", "requestEndTime"),
        ("?completeEndTime=2026-11-21+09:00:00", "completeStartTime"),
        ("?requestStartTime=2026-11-21T09:00:00&requestEndTime=2026-11-22+09:00:00", "requestStartTime"),
        ("?requestStartTime=2026-11-01+00:00:00&requestEndTime=2026-12-01+00:00:01", "30 days"),
        ("?requestStartTime=2026-11-02+00:00:00&requestEndTime=2026-11-01+00:00:00", "order"),
        ("?completeStartTime=2026-11-01+00:00:00&completeEndTime=2026-11-02+00:00:01", "24 hours"),
        ("?requestId=x&pageSize=0", "pageSize"),
        ("?requestId=x&pageSize=1001", "pageSize"),
        ("?requestId=x&nextToken=%20", "nextToken"),
        ("?requestId=x&status=DONE", "'status'"),
        ("?requestId=x&statusName=ok", "'statusName'"),
    ] {
        let answer = world.sens_get(&format!("/messages{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.text().contains(named), "{query}: {}", answer.text());
    }
}

#[actix_web::test]
async fn reading_needs_a_signature_too() {
    let world = World::new();
    for rest in ["/messages?requestId=x", "/messages/x"] {
        let answer = world.get(&format!("{}{rest}", service_path())).await;
        assert_eq!(answer.status, 401, "{rest}");
    }
    // Signed without its query.
    let mut request = world.signed(Method::GET, &format!("{}/messages", service_path()));
    request = request.uri(&format!("{}/messages?requestId=x", service_path()));
    assert_eq!(world.call(request).await.status, 401);
}
