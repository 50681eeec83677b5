//! `SensClient::list` and `SensClient::get`

use bonin_sens::{InvalidRequest, ListQuery, Outcome, Progress, SensError};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer};

use crate::support::{PATH, REQUEST_ID, Signed, answer, client, gateway, now};

#[tokio::test]
async fn a_list_gives_rows_paging_and_the_servers_clock() {
    let body = format!(
        r#"{{"requestId":"{REQUEST_ID}","statusCode":"202","statusName":"success","pageSize":1,"pageIndex":0,
        "itemCount":1,"hasMore":true,"nextToken":"n/1","messages":[{{"requestId":"{REQUEST_ID}",
        "messageId":"0e1f","requestTime":"2026-01-02 12:04:05","contentType":"COMM","type":"SMS",
        "countryCode":"82","from":"0215881234","to":"01012345678","completeTime":"2026-01-02 12:04:07",
        "telcoCode":"SKT","status":"COMPLETED","statusCode":"0","statusName":"success","statusMessage":"성공"}}]}}"#
    );
    let server = gateway("GET", answer(200, &body)).await;
    let query = ListQuery::requested(now(), now()).to("01012345678");
    let page = client(&server.uri()).list(&query).await.unwrap();
    assert_eq!(page.has_more, Some(true));
    assert_eq!(page.next_token.as_deref(), Some("n/1"));
    assert!(!page.pending);
    assert_eq!(page.server_time, Some("2026-01-02T03:04:05Z".parse().unwrap()));
    let [row] = page.messages.as_slice() else {
        panic!("{page:?}");
    };
    assert_eq!(row.request_id.as_deref(), Some(REQUEST_ID));
    assert_eq!(row.message_id.as_deref(), Some("0e1f"));
    assert_eq!(row.to.as_deref(), Some("01012345678"));
    assert_eq!(row.telco_code.as_deref(), Some("SKT"));
    assert_eq!(row.outcome(), Outcome::Delivered);

    let sent = server.received_requests().await.unwrap().pop().unwrap();
    assert_eq!(
        sent.url.query(),
        Some(
            "requestStartTime=2026-01-02%2012%3A04%3A05&requestEndTime=2026-01-02%2012%3A04%3A05&to=01012345678"
        )
    );
    assert!(sent.body.is_empty() && !sent.headers.contains_key("content-type"));
}

#[tokio::test]
async fn nothing_yet_is_pending_and_an_empty_404_an_empty_page() {
    for (status, body, pending) in [
        (200, r#"{"statusCode":"202","statusName":"reserved","messages":[]}"#, true),
        (200, r#"{"statusCode":202,"statusName":"success"}"#, true),
        (200, r#"{"statusCode":"202","statusName":"success","messages":null}"#, true),
        (200, r#"{"statusCode":"202","statusName":"success","messages":[]}"#, false),
        (404, "", false),
    ] {
        let server = gateway("GET", answer(status, body)).await;
        let page = client(&server.uri()).list(&ListQuery::request(REQUEST_ID)).await.unwrap();
        assert_eq!((page.messages.len(), page.pending), (0, pending), "{body}");
    }
}

#[tokio::test]
async fn a_list_that_is_no_success_is_an_error() {
    for (status, body, code) in [
        (200, "", "200"),
        (200, "{}", "200/none"),
        (200, r#"{"statusCode":"400","statusName":"fail"}"#, "200/400"),
        (200, r#"{"statusCode":"202","statusName":"fail","messages":[]}"#, "200/202"),
        (200, r#"{"statusCode":"202","messages":{}}"#, "200"),
        (404, r#"{"error":{"errorCode":"300","message":"Not Found"}}"#, "404/300"),
        (403, r#"{"status":403,"error":"Forbidden"}"#, "403/403"),
        (500, "", "500"),
    ] {
        let server = gateway("GET", answer(status, body)).await;
        let error = client(&server.uri()).list(&ListQuery::request(REQUEST_ID)).await.unwrap_err();
        assert_eq!(error.code(), code, "{body}");
    }
}

#[tokio::test]
async fn one_message_comes_with_its_text() {
    let server = MockServer::start().await;
    let body = r#"{"statusCode":"200","statusName":"success","messages":[{"requestId":"R","messageId":"0e1f-a",
        "to":"01012345678","content":"안녕","subject":"제목","status":"PROCESSING"}]}"#;
    Mock::given(method("GET"))
        .and(path(format!("{PATH}/0e1f-a")))
        .and(Signed)
        .respond_with(answer(200, body))
        .mount(&server)
        .await;
    let result = client(&server.uri()).get("0e1f-a").await.unwrap();
    assert_eq!(result.content.as_deref(), Some("안녕"));
    assert_eq!(result.subject.as_deref(), Some("제목"));
    assert_eq!(result.row.progress, Progress::Processing);

    let error = client(&server.uri()).get("0e1f-b").await.unwrap_err();
    assert!(matches!(error, SensError::NotFound { .. }), "{error:?}");
    for id in ["", "..", "a/b", "a?b", "%2e"] {
        let error = client(&server.uri()).get(id).await.unwrap_err();
        assert!(matches!(error, SensError::Invalid(InvalidRequest::Id)), "{id}");
    }
}

#[tokio::test]
async fn one_message_that_is_none_or_several_is_unclear() {
    for messages in ["[]", "[{},{}]", "null"] {
        let server = MockServer::start().await;
        let body = format!(r#"{{"statusCode":"200","statusName":"success","messages":{messages}}}"#);
        Mock::given(method("GET")).respond_with(answer(200, &body)).mount(&server).await;
        let error = client(&server.uri()).get("a").await.unwrap_err();
        assert!(matches!(error, SensError::Unclear { .. }), "{messages}: {error:?}");
    }
}
