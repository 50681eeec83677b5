//! The handset as JSON.

use std::time::Duration;

use actix_web::App;
use actix_web::body::MessageBody;
use actix_web::test::{TestRequest, call_service, init_service};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::World;

const ONE: &str = "01011111111";
const TWO: &str = "01022222222";

async fn wait(world: &World, query: &str) -> Value {
    let answer = world.get(&format!("/handset/messages/wait{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[actix_web::test]
async fn messages_are_listed_newest_first_by_any_spelling_of_the_number() {
    let world = World::new();
    world.accepted(ONE, "first").await;
    world.accepted(TWO, "second").await;
    world.accepted(ONE, "third").await;
    assert_eq!(world.texts("").await, ["third", "second", "first"]);
    assert_eq!(world.texts("?to=").await.len(), 3);
    for to in [
        "01011111111",
        "010-1111-1111",
        "%2B821011111111",
        "+821011111111",
        "+82%2010-1111-1111",
        "+82+10+1111+1111",
    ] {
        assert_eq!(world.texts(&format!("?to={to}")).await, ["third", "first"], "{to}");
    }
    assert!(world.texts("?to=01033333333").await.is_empty());
}

#[actix_web::test]
async fn a_wrong_parameter_is_named() {
    let world = World::new();
    for (target, field) in [
        ("/handset/messages?to=hello", "to"),
        ("/handset/messages?number=01011111111", "number"),
        ("/handset/messages/wait?after=latest", "after"),
        ("/handset/messages/wait?timeout_ms=soon", "timeout_ms"),
        ("/handset/messages/wait?timeout_ms=-1", "timeout_ms"),
        ("/handset/messages/wait?timeout=1", "timeout"),
        ("/handset/messages?to=01011111111&to=01022222222", "to"),
    ] {
        let answer = world.get(target).await;
        assert_eq!(answer.status, 422, "{target}");
        assert_eq!(answer.json()["errors"][0]["field"], field, "{target}");
    }
}

#[actix_web::test]
async fn waiting_without_after_gives_the_newest_at_once() {
    let world = World::new();
    world.accepted(ONE, "old").await;
    world.accepted(ONE, "new").await;
    world.accepted(TWO, "other").await;
    assert_eq!(wait(&world, &format!("?to={ONE}")).await["text"], "new");
    assert_eq!(wait(&world, "").await["text"], "other");
}

#[actix_web::test]
async fn waiting_without_after_gives_the_first_to_come() {
    let world = World::new();
    let (message, any, ()) = tokio::join!(wait(&world, "?to=01011111111"), wait(&world, ""), async {
        tokio::task::yield_now().await;
        world.accepted(TWO, "other").await;
        world.accepted(ONE, "mine").await;
        world.accepted(ONE, "later").await;
    });
    assert_eq!(message["text"], "mine");
    assert_eq!(any["text"], "other");
}

#[actix_web::test]
async fn waiting_with_after_gives_the_next_one_even_when_several_came() {
    let world = World::new();
    for text in ["a", "b", "c"] {
        world.accepted(ONE, text).await;
        world.accepted(TWO, "other").await;
    }
    let mut after =
        world.get(&format!("/handset/messages?to={ONE}")).await.json()["messages"][2]["id"].clone();
    for expected in ["b", "c"] {
        let message = wait(&world, &format!("?to={ONE}&after={}", after.as_str().unwrap())).await;
        assert_eq!(message["text"], expected);
        after = message["id"].clone();
    }
    let last = format!("?to={ONE}&after={}", after.as_str().unwrap());
    let (message, ()) = tokio::join!(wait(&world, &last), async {
        tokio::task::yield_now().await;
        world.accepted(ONE, "d").await;
    });
    assert_eq!(message["text"], "d");
}

#[actix_web::test]
async fn after_stays_defined_when_its_message_is_gone() {
    let world = World::new();
    world.accepted(ONE, "a").await;
    let id = wait(&world, "").await["id"].as_str().unwrap().to_owned();
    world.delete("/handset/messages").await;
    world.accepted(ONE, "b").await;
    assert_eq!(wait(&world, &format!("?after={id}")).await["text"], "b");
}

#[actix_web::test]
async fn waiting_ends_with_408() {
    let world = World::new();
    world.accepted(TWO, "other").await;
    tokio::time::pause();
    for (query, seconds) in
        [("&timeout_ms=2500", 2), ("", 10), ("&timeout_ms=3600000", 60), ("&timeout_ms=0", 0)]
    {
        let start = Instant::now();
        let answer = world.get(&format!("/handset/messages/wait?to={ONE}{query}")).await;
        assert_eq!(answer.status, 408);
        assert_eq!(answer.json()["code"], "no_message");
        assert_eq!(start.elapsed().as_secs(), seconds, "{query}");
    }
}

#[actix_web::test]
async fn closing_ends_waiting_at_once() {
    let world = World::new();
    let start = Instant::now();
    let (answer, ()) = tokio::join!(world.get("/handset/messages/wait?timeout_ms=60000"), async {
        tokio::task::yield_now().await;
        world.sandbox.close();
    });
    assert_eq!(answer.status, 408);
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[actix_web::test]
async fn deleting_empties_one_inbox_or_all() {
    let world = World::new();
    for to in [ONE, TWO, ONE] {
        world.accepted(to, to).await;
    }
    assert_eq!(world.delete("/handset/messages?to=010-1111-1111").await.status, 204);
    assert_eq!(world.texts("").await, [TWO]);
    assert_eq!(world.delete("/handset/messages").await.status, 204);
    assert!(world.texts("").await.is_empty());
}

#[actix_web::test]
async fn clones_share_their_messages() {
    let world = World::new();
    let clone = world.sandbox.clone();
    world.accepted(ONE, "hello").await;
    let service = init_service(App::new().configure(clone.routes())).await;
    let response = call_service(&service, TestRequest::get().uri("/handset/messages").to_request()).await;
    let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["messages"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn the_event_stream_starts_with_what_is_there_and_tells_what_comes() {
    let world = World::new();
    world.accepted(ONE, "first").await;
    let service = init_service(App::new().configure(world.sandbox.routes())).await;
    let response = call_service(&service, TestRequest::get().uri("/handset/events").to_request()).await;
    assert_eq!(response.headers().get("content-type").unwrap(), "text/event-stream");
    let mut body = Box::pin(response.into_body());
    let mut next = async || {
        let chunk = std::future::poll_fn(|context| body.as_mut().poll_next(context)).await?;
        let text = String::from_utf8(chunk.ok()?.to_vec()).unwrap();
        let (name, data) = text.strip_prefix("event: ").unwrap().split_once("\ndata: ").unwrap();
        Some((name.to_owned(), serde_json::from_str::<Value>(data).unwrap()))
    };
    let (name, data) = next().await.unwrap();
    assert_eq!((name.as_str(), &data["messages"][0]["text"]), ("snapshot", &json!("first")));
    world.accepted(ONE, "second").await;
    let (name, data) = next().await.unwrap();
    assert_eq!((name.as_str(), &data["text"]), ("message", &json!("second")));
    world.delete("/handset/messages?to=01011111111").await;
    assert_eq!(next().await.unwrap(), ("cleared".to_owned(), json!({ "to": "+821011111111" })));
    world.delete("/handset/messages").await;
    assert_eq!(next().await.unwrap(), ("cleared".to_owned(), json!({ "to": null })));
    world.sandbox.close();
    assert!(next().await.is_none());
}
