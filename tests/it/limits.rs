//! The limits that apply when nothing is configured.

use bonin_tests::{Answer, Api, Engine, Server, numbers, on_both_databases};
use reqwest::Method;
use serde_json::json;

on_both_databases!(
    a_sixth_message_to_a_number_in_ten_minutes_is_refused,
    the_limit_of_a_number_outlives_the_server,
    an_eleventh_start_from_an_address_is_refused_whatever_it_claims_to_be,
    a_resend_that_comes_too_early_is_refused_and_told_when,
);

const TEN_MINUTES: u64 = 600;

async fn start(api: &Api, number: &str) -> Answer {
    api.post("/v1/verifications", &json!({ "phone_number": number, "purpose": "sign_up" })).await
}

async fn a_sixth_message_to_a_number_in_ten_minutes_is_refused(engine: Engine) {
    let server = Server::on(engine).with_limits().start().await;
    let number = numbers::fresh();
    for spelling in spellings(&number) {
        let _ = start(server.api(), &spelling).await.expect(201);
    }
    let refused = start(server.api(), &number).await.expect_problem(429, "too_many_requests");
    assert!((1..=TEN_MINUTES).contains(&refused.retry_after()), "{}", refused.retry_after());
    assert!(refused.header("content-type").starts_with("application/problem+json"));
    // Another number is not concerned.
    let _ = start(server.api(), &numbers::fresh()).await.expect(201);
}

/// Five ways to write one number.
fn spellings(number: &str) -> [String; 5] {
    [
        number.to_owned(),
        numbers::national(number),
        numbers::hyphenated(number),
        numbers::full_width(&numbers::hyphenated(number)),
        format!("+82{}", numbers::national(number)),
    ]
}

async fn the_limit_of_a_number_outlives_the_server(engine: Engine) {
    let mut server = Server::on(engine).with_limits().start().await;
    let number = numbers::fresh();
    for _ in 0..5 {
        let _ = start(server.api(), &number).await.expect(201);
    }
    server.kill();
    server.restart().await;
    let _ = start(server.api(), &number).await.expect_problem(429, "too_many_requests");
}

async fn an_eleventh_start_from_an_address_is_refused_whatever_it_claims_to_be(engine: Engine) {
    let server = Server::on(engine).with_limits().start().await;
    for place in 1..=11 {
        let claimed = format!("198.51.{place}.7");
        let request = server
            .api()
            .request(Method::POST, "/v1/verifications")
            .header("X-Forwarded-For", &claimed)
            .header("X-Real-IP", &claimed)
            .header("Forwarded", format!("for={claimed}"))
            .json(&json!({ "phone_number": numbers::fresh(), "purpose": "sign_up" }));
        let answer = Answer::to(request).await;
        if place <= 10 {
            let _ = answer.expect(201);
        } else {
            let refused = answer.expect_problem(429, "too_many_requests");
            assert!((1..=TEN_MINUTES).contains(&refused.retry_after()), "{}", refused.retry_after());
        }
    }
}

async fn a_resend_that_comes_too_early_is_refused_and_told_when(engine: Engine) {
    let server = Server::on(engine).with_limits().start().await;
    let number = numbers::fresh();
    let verification = server.api().start(&number).await;
    let refused = server.api().resend(&verification).await.expect_problem(429, "resend_too_early");
    assert!((1..=60).contains(&refused.retry_after()), "{}", refused.retry_after());
    assert_eq!(refused.text_of("resend_at"), verification.view["resend_at"]);
    assert!(refused.text_of("resend_at") > refused.text_of("server_time"));
    let _ = server.handset().message(&number).await;
    assert_eq!(server.handset().messages(&number).await.len(), 1);
}
