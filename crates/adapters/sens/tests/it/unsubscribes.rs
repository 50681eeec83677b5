//! Numbers that want no advertising

use bonin_sens::{InvalidRequest, SensError, UnsubscribeQuery};
use serde_json::json;
use wiremock::MockServer;

use crate::support::{answer, calls, client, mount, now};

#[tokio::test]
async fn numbers_are_listed() {
    let server = MockServer::start().await;
    let body = r#"[{"clientTelNo":"01012345678","registerTime":"2026-01-02T12:04:05","registerType":"M"},
        {"clientTelNo":"01087654321","registerTime":null}]"#;
    mount(&server, "GET", "unsubscribes", answer(200, body)).await;
    let client = client(&server.uri());
    let rows = client.unsubscribes(&UnsubscribeQuery::default()).await.unwrap();
    assert_eq!((rows.len(), rows[0].number.as_str()), (2, "01012345678"));
    assert_eq!(rows[0].register_type.as_deref(), Some("M"));
    assert_eq!((&rows[1].register_time, &rows[1].register_type), (&None, &None));
    assert!(!format!("{rows:?}").contains("0101"), "{rows:?}");

    let query = UnsubscribeQuery::default().number("01012345678").registered(now(), now());
    client.unsubscribes(&query.page(0, 10).page(2, 100)).await.unwrap();
    let targets: Vec<_> = calls(&server).await.into_iter().map(|(target, _)| target).collect();
    assert_eq!(
        targets,
        [
            "GET unsubscribes",
            "GET unsubscribes?clientTelNo=01012345678&startTime=1767323045678&endTime=1767323045678&pageSize=100&pageIndex=2",
        ]
    );
}

#[tokio::test]
async fn no_numbers_are_an_empty_404() {
    for (status, body, expected) in [
        (404, "", "0 rows"),
        (200, "[]", "0 rows"),
        (404, r#"{"error":{"errorCode":"300"}}"#, "404/300"),
        (200, "{}", "200"),
        (403, "", "403"),
    ] {
        let server = MockServer::start().await;
        mount(&server, "GET", "unsubscribes", answer(status, body)).await;
        let told = match client(&server.uri()).unsubscribes(&UnsubscribeQuery::default()).await {
            Ok(rows) => format!("{} rows", rows.len()),
            Err(error) => error.code().to_owned(),
        };
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn numbers_are_registered_and_removed() {
    let server = MockServer::start().await;
    mount(&server, "POST", "unsubscribes", answer(201, "")).await;
    mount(&server, "DELETE", "unsubscribes", answer(204, "")).await;
    let client = client(&server.uri());
    client.add_unsubscribes(&["01012345678", "01087654321"]).await.unwrap();
    client.remove_unsubscribes(&["01012345678"]).await.unwrap();
    assert_eq!(
        calls(&server).await,
        [
            (
                "POST unsubscribes".to_owned(),
                json!([{ "clientTelNo": "01012345678" }, { "clientTelNo": "01087654321" }])
            ),
            ("DELETE unsubscribes".to_owned(), json!([{ "clientTelNo": "01012345678" }])),
        ]
    );
}

#[tokio::test]
async fn what_sens_would_not_take_is_not_sent() {
    let server = MockServer::start().await;
    let client = client(&server.uri());
    for numbers in [&[][..], &["01012345678"; 1001]] {
        let error = client.add_unsubscribes(numbers).await.unwrap_err();
        let expected = numbers.len();
        assert!(matches!(error, SensError::Invalid(InvalidRequest::NumberCount(n)) if n == expected));
    }
    let error = client.remove_unsubscribes(&["01012345678", "010-8765-4321"]).await.unwrap_err();
    assert!(matches!(error, SensError::Invalid(InvalidRequest::Recipient(1))));
    assert!(calls(&server).await.is_empty());
}

#[tokio::test]
async fn a_refusal_is_an_error() {
    let server = MockServer::start().await;
    mount(&server, "POST", "unsubscribes", answer(400, "")).await;
    let error = client(&server.uri()).add_unsubscribes(&["01012345678"]).await.unwrap_err();
    assert!(matches!(error, SensError::Refused { .. }), "{error:?}");
}
