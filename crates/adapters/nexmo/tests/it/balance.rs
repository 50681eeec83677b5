//! `NexmoClient::balance`

use bonin_domain::Amount;
use bonin_nexmo::NexmoError;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, assert_tells_nothing, client, impatient_client, late, refusing};

const BALANCE: &str = r#"{"value": 3.14159, "autoReload": false}"#;

/// A server that answers the question with our key pair in its address.
async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let call = Mock::given(method("GET"))
        .and(path("/account/get-balance"))
        .and(query_param("api_key", "aaa012"))
        .and(query_param("api_secret", "abc123456789"));
    call.respond_with(answer).mount(&server).await;
    server
}

async fn failure(answer: ResponseTemplate) -> NexmoError {
    let server = server(answer).await;
    let error = client(&server.uri()).balance().await.unwrap_err();
    assert_eq!(server.received_requests().await.unwrap().len(), 1, "asked once");
    assert_tells_nothing(&error);
    error
}

#[tokio::test]
async fn the_balance_is_read_in_euros() {
    for (body, balance) in [(BALANCE, "3.14159"), (r#"{"value": "12.5"}"#, "12.5"), (r#"{"value": 7}"#, "7")]
    {
        let server = server(answer(200, body)).await;
        assert_eq!(client(&server.uri()).balance().await.ok(), Amount::parse(balance), "{body}");
    }
}

#[tokio::test]
async fn wrong_keys_are_told_apart_from_a_provider_that_is_out_of_order() {
    let wrong = failure(answer(401, r#"{"error-code": "401"}"#)).await;
    assert!(matches!(wrong, NexmoError::Unauthorized { .. }), "{wrong}");
    assert!(matches!(failure(answer(429, "")).await, NexmoError::Throttled { .. }));
    assert!(matches!(failure(answer(503, "")).await, NexmoError::Unavailable { .. }));
    assert!(matches!(failure(answer(500, "secret answer")).await, NexmoError::Unclear { .. }));
    for body in ["secret answer", "{}", r#"{"value": null}"#, r#"{"value": "secret answer"}"#] {
        assert!(matches!(failure(answer(200, body)).await, NexmoError::Unclear { .. }), "{body}");
    }
}

#[tokio::test]
async fn no_error_holds_the_address() {
    let unreachable = client(&refusing()).balance().await.unwrap_err();
    assert!(matches!(unreachable, NexmoError::Unavailable { .. }), "{unreachable}");
    assert_tells_nothing(&unreachable);
    let server = server(late(BALANCE)).await;
    let silent = impatient_client(&server.uri()).balance().await.unwrap_err();
    assert!(matches!(silent, NexmoError::Unclear { .. }), "{silent}");
    assert_tells_nothing(&silent);
}
