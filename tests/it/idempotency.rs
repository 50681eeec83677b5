//! Requests that come twice under one `Idempotency-Key`.

use bonin_tests::{Answer, Api, Deadline, Engine, Server, Verification, numbers, on_both_databases, until};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

on_both_databases!(
    a_repeated_start_gets_the_same_answer_and_sends_nothing,
    a_key_with_another_body_is_refused,
    parallel_starts_with_one_key_send_one_message,
    a_repeated_resend_sends_one_more_message_only,
    a_repeated_start_is_known_after_a_crash,
);

const STARTS: &str = "/v1/verifications";

async fn post_with_key(api: &Api, path: &str, key: &str, body: &Value) -> Answer {
    Answer::to(api.request(Method::POST, path).header("Idempotency-Key", key).json(body)).await
}

fn sign_up(number: &str) -> Value {
    json!({ "phone_number": number, "purpose": "sign_up" })
}

async fn a_repeated_start_gets_the_same_answer_and_sends_nothing(engine: Engine) {
    let server = one_provider(engine).await;
    let number = numbers::fresh();
    let first = post_with_key(server.api(), STARTS, "start-1", &sign_up(&number)).await.expect(201);
    let again = post_with_key(server.api(), STARTS, "start-1", &sign_up(&number)).await.expect(201);
    assert_eq!(first.text, again.text);
    only_message(&server, &first.verification(&number)).await;

    // Another key is another request.
    let other = post_with_key(server.api(), STARTS, "start-2", &sign_up(&number)).await.expect(201);
    assert_ne!(other.text_of("id"), first.text_of("id"));
}

async fn a_key_with_another_body_is_refused(engine: Engine) {
    let server = one_provider(engine).await;
    let (number, other) = (numbers::fresh(), numbers::fresh());
    let _ = post_with_key(server.api(), STARTS, "one", &sign_up(&number)).await.expect(201);
    let refused = post_with_key(server.api(), STARTS, "one", &sign_up(&other)).await;
    let _ = refused.expect_problem(422, "idempotency_key_reused");
    assert!(server.handset().messages(&other).await.is_empty());
}

async fn parallel_starts_with_one_key_send_one_message(engine: Engine) {
    let server = one_provider(engine).await;
    let number = numbers::fresh();
    let mut starts = JoinSet::new();
    for _ in 0..20 {
        let (api, body) = (server.api().clone(), sign_up(&number));
        starts.spawn(async move { post_with_key(&api, STARTS, "at once", &body).await });
    }
    let mut bodies = Vec::new();
    for answer in starts.join_all().await {
        if answer.status == 201 {
            bodies.push(answer);
        } else {
            let _ = answer.expect_problem(409, "idempotency_in_flight");
        }
    }
    let first = bodies.first().expect("one of them is answered");
    assert!(bodies.iter().all(|answer| answer.text == first.text));
    only_message(&server, &first.verification(&number)).await;
}

async fn a_repeated_resend_sends_one_more_message_only(engine: Engine) {
    let server = one_provider(engine).await;
    let number = numbers::fresh();
    let verification = server.api().start(&number).await;
    let started = server.handset().message(&number).await;
    let path = format!("{STARTS}/{}/resend", verification.id);
    let body = json!({ "token": verification.token });
    let first = post_with_key(server.api(), &path, "resend-1", &body).await.expect(200);
    let again = post_with_key(server.api(), &path, "resend-1", &body).await.expect(200);
    assert_eq!(first.text, again.text);
    let _ = server.handset().message_after(&number, &started).await;
    delivered(&server, &verification).await;
    assert_eq!(server.handset().messages(&number).await.len(), 2);
}

async fn a_repeated_start_is_known_after_a_crash(engine: Engine) {
    let mut server = one_provider(engine).await;
    let number = numbers::fresh();
    let first = post_with_key(server.api(), STARTS, "before", &sign_up(&number)).await.expect(201);
    server.kill();
    server.restart().await;
    let again = post_with_key(server.api(), STARTS, "before", &sign_up(&number)).await.expect(201);
    assert_eq!(first.text, again.text);
}

/// A server that sends by SENS alone, whose results end in `delivered`.
async fn one_provider(engine: Engine) -> Server {
    Server::on(engine).set("BONIN__ROUTING__ORDER", "sens").start().await
}

/// The message has arrived, and no other one with it.
async fn only_message(server: &Server, verification: &Verification) {
    let _ = server.handset().message(&verification.number).await;
    delivered(server, verification).await;
    assert_eq!(server.handset().messages(&verification.number).await.len(), 1);
}

/// By the time a message is reported as delivered, whatever was to be sent beside it would have been.
async fn delivered(server: &Server, verification: &Verification) {
    until("the delivery", Deadline::secs(40), async || {
        (server.api().delivery(verification).await? == "delivered").then_some(())
    })
    .await;
}
