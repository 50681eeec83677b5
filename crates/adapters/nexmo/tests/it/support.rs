use std::error::Error;
use std::time::Duration;

use bonin_domain::messages::SenderId;
use bonin_domain::{PhoneNumber, Region};
use bonin_http::{Http, HttpOptions};
use bonin_nexmo::{NexmoClient, NexmoConfig, NexmoSms, NexmoVerify};
use bonin_ports::SendError;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub const REQUEST_ID: &str = "dd0ffecfbab1459bba27cb8fc219cfd2";
pub const CODE: &str = "012345";
pub const TO: &str = "010-1234-5678";
pub const SIGNATURE_SECRET: &str = "my_signature_secret";
pub const CALLBACK: &str = "https://bonin.example/hooks/nexmo";
/// The vector of section 1.
const BASIC: &str = "Basic YWFhMDEyOmFiYzEyMzQ1Njc4OQ==";

pub fn config(base_url: &str) -> NexmoConfig {
    let senders = ["Bonin", "0255550100"].map(|sender| SenderId::parse(sender).unwrap()).to_vec();
    NexmoConfig::new(
        base_url,
        base_url,
        "aaa012",
        "abc123456789".into(),
        senders,
        Some(SIGNATURE_SECRET.into()),
        Some(CALLBACK),
    )
    .unwrap()
}

pub fn client(base_url: &str) -> NexmoClient {
    NexmoClient::new(config(base_url), Http::default())
}

/// A client that gives up soon, but later than a loopback connection takes on a busy machine.
pub fn impatient_client(base_url: &str) -> NexmoClient {
    client_with_patience(base_url, Duration::from_millis(400))
}

pub fn client_with_patience(base_url: &str, total_timeout: Duration) -> NexmoClient {
    let options = HttpOptions { total_timeout, ..HttpOptions::default() };
    NexmoClient::new(config(base_url), Http::new(options).unwrap())
}

pub fn sms(base_url: &str) -> NexmoSms {
    NexmoSms::new(client(base_url))
}

pub fn verify(base_url: &str) -> NexmoVerify {
    NexmoVerify::new(client(base_url))
}

pub fn number() -> PhoneNumber {
    PhoneNumber::parse(TO, Region::KR).unwrap()
}

/// An address where nobody listens.
pub fn refusing() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

pub fn answer(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "application/json")
}

pub fn late(body: &str) -> ResponseTemplate {
    answer(200, body).set_delay(Duration::from_mins(1))
}

/// A server that answers every call to `at` with our key pair in its header.
pub async fn server(at: &str, answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let call = Mock::given(method("POST")).and(path(at)).and(header("authorization", BASIC));
    call.respond_with(answer).mount(&server).await;
    server
}

/// The form that came last, in order and decoded.
pub async fn form(server: &MockServer) -> Vec<(String, String)> {
    let sent = server.received_requests().await.unwrap().pop().unwrap();
    assert_eq!(sent.headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(sent.url.query(), None, "nothing is part of the address");
    let mut url = sent.url;
    url.set_query(Some(std::str::from_utf8(&sent.body).unwrap()));
    url.query_pairs().into_owned().collect()
}

pub fn fields(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub fn told(error: &SendError) -> String {
    match error {
        SendError::Refused { class, code } => format!("Refused {class:?} {code}"),
        SendError::Unauthorized { code } => format!("Unauthorized {code}"),
        SendError::Unavailable { class, code, .. } => format!("Unavailable {class:?} {code}"),
        SendError::Unclear { code, .. } => format!("Unclear {code}"),
    }
}

/// Neither the error nor its causes repeat what was sent or answered.
pub fn assert_tells_nothing(error: &dyn Error) {
    let mut told = vec![format!("{error} {error:?}")];
    let mut cause = error.source();
    while let Some(error) = cause {
        told.push(format!("{error} {error:?}"));
        cause = error.source();
    }
    let told = told.join("\n");
    for hidden in ["1012345678", CODE, "abc123456789", "aaa012", "본인", REQUEST_ID, "secret answer"] {
        assert!(!told.contains(hidden), "{told}");
    }
}
