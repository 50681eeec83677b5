//! The client over real sockets of the loopback interface.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod server;

use std::error::Error as _;
use std::time::Duration;

use bonin_http::{Answer, Http, HttpError, HttpOptions, Method, Request, Url};
use server::{Server, hanging, refusing, serve};

const SECRET: &str = "swordfish";

/// Gives up soon, but later than a loopback connection takes on a busy machine.
const SOON: Duration = Duration::from_millis(400);

fn url(scheme: &str, server: &Server) -> Url {
    Url::parse(&format!("{scheme}://{}/{SECRET}?key={SECRET}", server.address)).unwrap()
}

async fn get(http: &Http, server: &Server) -> Result<Answer, HttpError> {
    let request = Request::new(Method::GET, url("http", server)).header("x-key", SECRET);
    http.call(request).await
}

fn assert_tells_no_secret(error: &HttpError) {
    let mut told = vec![format!("{error} {error:?}")];
    let mut cause = error.source();
    while let Some(error) = cause {
        told.push(format!("{error} {error:?}"));
        cause = error.source();
    }
    let told = told.join("\n");
    assert!(!told.contains(SECRET), "{told}");
}

#[tokio::test]
async fn an_answer_comes_with_status_type_date_and_body() {
    let server = serve(
        "HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 2\r\n\r\n{}",
    )
    .await;
    let request = Request::new(Method::POST, url("http", &server))
        .header("x-key", SECRET)
        .body("application/json; charset=utf-8", "{\"a\":1}");
    let answer = Http::default().call(request).await.unwrap();
    assert_eq!(answer.status, 202);
    assert_eq!(answer.content_type.as_deref(), Some("application/json"));
    assert_eq!(answer.date.as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_eq!(answer.body, b"{}");
    assert!(!format!("{answer:?}").contains("{}"));

    let sent = server.received().await;
    assert!(sent.starts_with("POST /swordfish?key=swordfish HTTP/1.1\r\n"), "{sent}");
    for line in [
        "accept: application/json",
        "user-agent: bonin",
        "x-key: swordfish",
        "content-type: application/json; charset=utf-8",
    ] {
        assert!(sent.contains(&format!("\r\n{line}\r\n")), "{line} in {sent}");
    }
    assert!(sent.ends_with("\r\n\r\n{\"a\":1}"), "{sent}");
    assert!(!sent.contains("accept-encoding") && !sent.contains("referer"));
}

#[tokio::test]
async fn a_refused_connection_is_not_sent() {
    let error = get(&Http::default(), &refusing().await).await.unwrap_err();
    assert!(matches!(error, HttpError::NotSent { code: "connect", .. }), "{error:?}");
    assert_tells_no_secret(&error);
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_is_not_sent() {
    // A label over 63 bytes is refused by the resolver itself, so no query leaves the machine.
    let host = "x".repeat(64);
    let url = Url::parse(&format!("http://{host}.invalid/{SECRET}")).unwrap();
    let error = Http::default().call(Request::new(Method::GET, url)).await.unwrap_err();
    assert!(matches!(error, HttpError::NotSent { code: "dns", .. }), "{error:?}");
    assert_tells_no_secret(&error);
}

#[tokio::test]
async fn a_handshake_that_nobody_answers_is_not_sent() {
    let server = hanging().await;
    let request = Request::new(Method::GET, url("https", &server));
    let options = HttpOptions { connect_timeout: SOON, ..HttpOptions::default() };
    let error = Http::new(options).unwrap().call(request).await.unwrap_err();
    assert!(matches!(error, HttpError::NotSent { code: "connect_timeout", .. }), "{error:?}");
    assert_tells_no_secret(&error);
}

#[tokio::test]
async fn a_server_without_tls_is_not_sent_to() {
    let server = serve("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
    let request = Request::new(Method::GET, url("https", &server)).header("x-key", SECRET);
    let error = Http::default().call(request).await.unwrap_err();
    assert!(matches!(error, HttpError::NotSent { code: "tls", .. }), "{error:?}");
    assert_tells_no_secret(&error);
}

#[tokio::test]
async fn a_server_that_never_answers_is_unclear() {
    let options = HttpOptions { total_timeout: SOON, ..HttpOptions::default() };
    let http = Http::new(options).unwrap();
    let error = get(&http, &hanging().await).await.unwrap_err();
    assert!(matches!(error, HttpError::Unclear { code: "timeout", .. }), "{error:?}");
    assert_tells_no_secret(&error);
}

#[tokio::test]
async fn a_requests_own_time_limit_counts_where_it_is_sooner() {
    let limited = |server: &Server, most| Request::new(Method::GET, url("http", server)).time_limit(most);
    for (total_timeout, most) in [(Duration::from_mins(1), SOON), (SOON, Duration::from_mins(1))] {
        let http = Http::new(HttpOptions { total_timeout, ..HttpOptions::default() }).unwrap();
        let error = http.call(limited(&hanging().await, most)).await.unwrap_err();
        assert!(matches!(error, HttpError::Unclear { code: "timeout", .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_is_unclear() {
    let error = get(&Http::default(), &serve("").await).await.unwrap_err();
    assert!(matches!(error, HttpError::Unclear { code: "reset", .. }), "{error:?}");
    assert_tells_no_secret(&error);
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_unclear() {
    let error = get(&Http::default(), &serve("220 smtp.example ready\r\n\r\n").await).await.unwrap_err();
    assert!(matches!(error, HttpError::Unclear { code: "reset", .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_cut_within_its_body_is_unclear() {
    let server = serve("HTTP/1.1 202 Accepted\r\ncontent-length: 50\r\n\r\n{\"requestId\":").await;
    let error = get(&Http::default(), &server).await.unwrap_err();
    assert!(matches!(error, HttpError::Unclear { code: "cut", .. }), "{error:?}");
    assert_tells_no_secret(&error);
}

#[tokio::test]
async fn an_answer_over_the_limit_is_unclear_and_not_read_on() {
    let options = HttpOptions { answer_limit: 4, ..HttpOptions::default() };
    let http = Http::new(options).unwrap();
    // The last length is a lie: who believed it would wait for the rest.
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n12345",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n123\r\n2\r\n45\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n12345",
    ] {
        let error = get(&http, &serve(answer).await).await.unwrap_err();
        assert!(matches!(error, HttpError::Unclear { code: "too_large", .. }), "{error:?}");
    }

    let server = serve("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n1234").await;
    assert_eq!(get(&http, &server).await.unwrap().body, b"1234");

    let server = serve("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n12345").await;
    let request = Request::new(Method::GET, url("http", &server)).answer_limit(5);
    assert_eq!(http.call(request).await.unwrap().body, b"12345");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let target = refusing().await;
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{}/\r\ncontent-length: 0\r\n\r\n",
        target.address
    );
    let answer = get(&Http::default(), &serve(&answer).await).await.unwrap();
    assert_eq!(answer.status, 307);
}

#[tokio::test]
async fn a_header_that_cannot_be_written_is_invalid() {
    let server = refusing().await;
    let request = Request::new(Method::GET, url("http", &server)).header("x-key", "swordfish\r\nx: y");
    let error = Http::default().call(request).await.unwrap_err();
    assert!(matches!(error, HttpError::Invalid { code: "header", .. }), "{error:?}");
    assert_tells_no_secret(&error);
}

#[test]
fn the_crypto_provider_may_be_installed_twice() {
    bonin_http::install_crypto_provider();
    bonin_http::install_crypto_provider();
}
