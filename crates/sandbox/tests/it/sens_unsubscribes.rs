//! Numbers that want no advertising.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{World, sms};

const TO: &str = "01012345678";
const OTHER: &str = "01099998888";

fn items(numbers: &[&str]) -> Value {
    numbers.iter().map(|number| json!({ "clientTelNo": number })).collect()
}

async fn listed(world: &World, query: &str) -> Vec<String> {
    let answer = world.sens_get(&format!("/unsubscribes{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let rows = answer.json();
    let number = |row: &Value| row["clientTelNo"].as_str().unwrap().to_owned();
    rows.as_array().unwrap().iter().map(number).collect()
}

#[actix_web::test]
async fn numbers_are_registered_listed_and_removed() {
    let world = World::new();
    let none = world.sens_get("/unsubscribes").await;
    assert_eq!((none.status.as_u16(), none.body.len()), (404, 0));

    let added = world.sens_call(Method::POST, "/unsubscribes", &items(&[TO, OTHER])).await;
    assert_eq!((added.status.as_u16(), added.body.len()), (201, 0));
    let rows = world.sens_get("/unsubscribes").await.json();
    assert_eq!(
        rows[0],
        json!({ "clientTelNo": TO, "registerTime": "2026-11-21T09:00:00", "registerType": "M" })
    );

    let removed = world.sens_call(Method::DELETE, "/unsubscribes", &items(&[TO, "0212345678"])).await;
    assert_eq!((removed.status.as_u16(), removed.body.len()), (204, 0));
    assert_eq!(listed(&world, "").await, [OTHER]);
}

#[actix_web::test]
async fn the_list_is_narrowed_and_paged() {
    let world = World::new();
    world.sens_call(Method::POST, "/unsubscribes", &items(&["01011111111"])).await;
    world.advance(1000);
    world.sens_call(Method::POST, "/unsubscribes", &items(&["01022222222", "01033333333"])).await;
    let now = world.now().as_millisecond();

    assert_eq!(listed(&world, "?clientTelNo=01022222222").await, ["01022222222"]);
    assert!(listed(&world, "?clientTelNo=01044444444").await.is_empty());
    assert_eq!(listed(&world, &format!("?endTime={}", now - 1)).await, ["01011111111"]);
    assert_eq!(listed(&world, &format!("?startTime={now}")).await, ["01022222222", "01033333333"]);
    assert_eq!(listed(&world, "?pageSize=2&pageIndex=1").await, ["01033333333"]);
    assert!(listed(&world, "?pageSize=0").await.is_empty());
    for wrong in ["pageSize=101", "pageSize=x", "pageIndex=-1", "startTime=2026-11-21"] {
        assert_eq!(world.sens_get(&format!("/unsubscribes?{wrong}")).await.status, 400, "{wrong}");
    }
}

#[actix_web::test]
async fn advertising_to_them_fails_and_other_messages_do_not() {
    let world = World::new();
    world.sens_call(Method::POST, "/unsubscribes", &items(&[TO])).await;
    let mut advertising = sms(&[TO, OTHER], "(광고)");
    advertising["contentType"] = json!("AD");
    let id = world.send(&advertising).await.json()["requestId"].as_str().unwrap().to_owned();
    world.accepted(TO, "인증번호").await;
    world.advance(1500);
    let rows = world.sens_get(&format!("/messages?requestId={id}")).await.json()["messages"].clone();
    let results: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| (&row["to"], &row["statusCode"])).collect();
    assert_eq!(results, [(&json!(TO), &json!("3006")), (&json!(OTHER), &json!("0"))]);
    assert_eq!(world.texts("?to=010-1234-5678").await, ["인증번호"]);
    assert_eq!(world.texts("?to=010-9999-8888").await, ["(광고)"]);
}

#[actix_web::test]
async fn what_is_wrong_is_refused() {
    let world = World::new();
    for method in [Method::POST, Method::DELETE] {
        for body in [json!([]), items(&vec![TO; 1001]), json!([{}]), items(&[TO, "010-1234"]), json!([1])] {
            let answer = world.sens_call(method.clone(), "/unsubscribes", &body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (400, &json!(400)));
        }
        let answer = world.sens_call(method, "/unsubscribes", &json!({ "clientTelNo": TO })).await;
        assert_eq!(answer.json()["error"]["errorCode"], "100");
    }
    assert_eq!(world.sens_get("/unsubscribes").await.status, 404);
}

#[actix_web::test]
async fn a_fault_on_reading_concerns_the_list() {
    let world = World::new();
    world.sens_call(Method::POST, "/unsubscribes", &items(&[TO])).await;
    world.fault(json!({ "provider": "sens", "on": "read", "status": 500, "count": 1 })).await;
    assert_eq!(world.sens_get("/unsubscribes").await.status, 500);
    assert_eq!(listed(&world, "").await, [TO]);
}
