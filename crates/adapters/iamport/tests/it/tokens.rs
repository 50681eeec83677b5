//! The access token of I'mport

use std::sync::Arc;
use std::time::Duration;

use bonin_http::Http;
use bonin_iamport::IamportClient;
use bonin_ports::{IdentityError, IdentityVerifier};
use bonin_testkit::FixedClock;
use jiff::SignedDuration;
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{
    IMP_KEY, IMP_SECRET, IMP_UID, answer, calls, certification, code, enveloped, hides_what_was_planted,
    iamport_over, imp_uid, now, ok, token, whole,
};

const GET_TOKEN: &str = "/users/getToken";

/// A server whose results are read with each of these tokens.
async fn server(tokens: &[&str]) -> MockServer {
    let server = MockServer::start().await;
    for token in tokens {
        Mock::given(method("GET"))
            .and(path(format!("/certifications/{IMP_UID}")))
            .and(header("authorization", format!("Bearer {token}")))
            .respond_with(ok(&enveloped(&certification())))
            .mount(&server)
            .await;
    }
    server
}

/// Answers the next calls for a token like this; the first so mounted comes first.
async fn issue(server: &MockServer, answer: ResponseTemplate, times: u64) {
    let mock = Mock::given(method("POST")).and(path(GET_TOKEN)).respond_with(answer);
    mock.up_to_n_times(times).mount(server).await;
}

fn client(server: &MockServer) -> (IamportClient, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::new(now()));
    (iamport_over(&server.uri(), Http::default(), Arc::clone(&clock)), clock)
}

async fn issued(server: &MockServer) -> usize {
    calls(server, GET_TOKEN).await.len()
}

async fn refuse_with_401(server: &MockServer) {
    let refusal = json!({ "code": -1, "message": "Unauthorized", "response": null });
    let mock = Mock::given(method("GET")).respond_with(answer(401, &refusal.to_string()));
    mock.with_priority(9).mount(server).await;
}

#[tokio::test]
async fn one_token_serves_many_calls_and_clones() {
    let server = server(&["T1"]).await;
    issue(&server, ok(&token("T1", 1800)), 9).await;
    let (client, _) = client(&server);
    for _ in 0..3 {
        client.clone().fetch(&imp_uid()).await.unwrap().unwrap();
    }
    let expected = json!({ "imp_key": IMP_KEY, "imp_secret": IMP_SECRET });
    assert_eq!(calls(&server, GET_TOKEN).await, [("POST".to_owned(), GET_TOKEN.to_owned(), expected)]);
    let requests = server.received_requests().await.unwrap();
    assert!(!requests[0].headers.contains_key("authorization"), "the token is asked for without one");
}

#[tokio::test]
async fn parallel_calls_share_one_token() {
    let server = server(&["T1"]).await;
    // Too short to be kept for later calls, yet good for all that waited for it.
    let slowly = ok(&token("T1", 30)).set_delay(Duration::from_millis(100));
    issue(&server, slowly, 99).await;
    let (client, _) = client(&server);
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.fetch(&imp_uid()).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap().unwrap();
    }
    assert_eq!(issued(&server).await, 1);
}

#[tokio::test]
async fn a_token_is_renewed_when_fewer_than_60_seconds_are_left() {
    let server = server(&["T1", "T2"]).await;
    issue(&server, ok(&token("T1", 1800)), 1).await;
    issue(&server, ok(&token("T2", 1800)), 9).await;
    let (client, clock) = client(&server);
    for (seconds, expected) in [(0, 1), (1740, 1), (1741, 2), (1741 + 1740, 2), (1741 + 1741, 3)] {
        clock.set(now() + SignedDuration::from_secs(seconds));
        client.fetch(&imp_uid()).await.unwrap().unwrap();
        assert_eq!(issued(&server).await, expected, "after {seconds} s");
    }
}

#[tokio::test]
async fn a_renewal_that_changes_nothing_is_asked_for_once_a_call() {
    let server = server(&["T1"]).await;
    issue(&server, ok(&token("T1", 59)), 99).await;
    let (client, _) = client(&server);
    for expected in 1..4 {
        client.fetch(&imp_uid()).await.unwrap().unwrap();
        assert_eq!(issued(&server).await, expected);
    }
}

#[tokio::test]
async fn a_token_of_unknown_life_is_good_for_one_call() {
    for odd in [
        json!({}),
        json!({ "now": 5 }),
        json!({ "now": 9, "expired_at": 5 }),
        json!({ "expired_at": "soon" }),
    ] {
        let server = server(&["T1"]).await;
        let mut response = odd.clone();
        response["access_token"] = json!("T1");
        issue(&server, ok(&enveloped(&response)), 9).await;
        let (client, _) = client(&server);
        for expected in 1..3 {
            client.fetch(&imp_uid()).await.unwrap().unwrap();
            assert_eq!(issued(&server).await, expected, "{odd}");
        }
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_call_made_again() {
    let server = server(&["T2"]).await;
    refuse_with_401(&server).await;
    issue(&server, ok(&token("T1", 1800)), 1).await;
    issue(&server, ok(&token("T2", 1800)), 9).await;
    let (client, _) = client(&server);
    for reads in [2, 3] {
        client.fetch(&imp_uid()).await.unwrap().unwrap();
        assert_eq!(issued(&server).await, 2);
        assert_eq!(calls(&server, "/certifications").await.len(), reads);
    }
}

#[tokio::test]
async fn a_token_that_stays_refused_is_not_replaced_for_ever() {
    let server = server(&[]).await;
    refuse_with_401(&server).await;
    issue(&server, ok(&token("T1", 1800)), 99).await;
    let (client, _) = client(&server);
    let error = client.fetch(&imp_uid()).await.unwrap_err();
    assert_eq!(code(&error, "unauthorized"), "401");
    assert_eq!(issued(&server).await, 2);
    assert_eq!(calls(&server, "/certifications").await.len(), 2);
}

#[tokio::test]
async fn parallel_calls_replace_a_refused_token_once() {
    let server = server(&["T2"]).await;
    refuse_with_401(&server).await;
    issue(&server, ok(&token("T1", 1800)), 1).await;
    issue(&server, ok(&token("T2", 1800)), 99).await;
    let (client, _) = client(&server);
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.fetch(&imp_uid()).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap().unwrap();
    }
    assert_eq!(issued(&server).await, 2);
}

#[tokio::test]
async fn a_refused_token_is_forgotten_even_if_no_other_comes() {
    let server = server(&["T2"]).await;
    refuse_with_401(&server).await;
    issue(&server, ok(&token("T1", 1800)), 1).await;
    issue(&server, answer(429, ""), 1).await;
    issue(&server, ok(&token("T2", 1800)), 9).await;
    let (client, _) = client(&server);
    assert_eq!(code(&client.fetch(&imp_uid()).await.unwrap_err(), "unavailable"), "429");
    client.fetch(&imp_uid()).await.unwrap().unwrap();
    assert_eq!((issued(&server).await, calls(&server, "/certifications").await.len()), (3, 2));
}

/// What an erasure says when the call for a token is answered like this; nothing is erased.
async fn without_token(answer: ResponseTemplate) -> IdentityError {
    let server = server(&[]).await;
    issue(&server, answer, 99).await;
    let error = client(&server).0.erase(&imp_uid()).await.unwrap_err();
    hides_what_was_planted(&whole(&error));
    assert_eq!(issued(&server).await, 1);
    assert_eq!(calls(&server, "/certifications").await, []);
    error
}

#[tokio::test]
async fn wrong_keys_are_the_operators_to_mend() {
    let refusal = json!({ "code": -1, "message": "인증에 실패하였습니다.", "response": null }).to_string();
    for status in [400, 401, 403] {
        let error = without_token(answer(status, &refusal)).await;
        assert_eq!(code(&error, "unauthorized"), status.to_string());
    }
    assert_eq!(code(&without_token(answer(200, &refusal)).await, "unauthorized"), "200/-1");
}

#[tokio::test]
async fn without_a_token_nothing_was_done() {
    for status in [302, 404, 429, 500, 502, 503, 504] {
        let error = without_token(answer(status, "")).await;
        assert_eq!(code(&error, "unavailable"), status.to_string());
    }
    let odd: [Value; 5] = [
        json!({ "access_token": null }),
        json!({ "access_token": "" }),
        json!({ "access_token": 5 }),
        json!({ "access_token": "planted-imp-secret\nx" }),
        json!(null),
    ];
    for odd in odd {
        assert_eq!(code(&without_token(ok(&enveloped(&odd))).await, "unavailable"), "200", "{odd}");
    }
    for odd in ["", "<html>", "[]", "null", r#"{"code":0"#] {
        assert_eq!(code(&without_token(answer(200, odd)).await, "unavailable"), "200", "{odd}");
    }
}
