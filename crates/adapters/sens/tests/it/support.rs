use std::sync::Arc;
use std::time::Duration;

use bonin_domain::messages::{Image, SenderId};
use bonin_domain::{PhoneNumber, Region};
use bonin_http::{Http, HttpOptions};
use bonin_ports::{Clock, Message};
use bonin_sens::sign::signature;
use bonin_sens::{SensClient, SensConfig, SensSender};
use jiff::Timestamp;
use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Match, Mock, MockServer, Request, ResponseTemplate};

pub const SERVICE: &str = "/sms/v2/services/ncp:sms:kr:123456789012:demo";
pub const PATH: &str = "/sms/v2/services/ncp:sms:kr:123456789012:demo/messages";
/// The registered senders, the default first.
pub const SENDERS: [&str; 2] = ["0215881234", "0255550100"];
pub const REQUEST_ID: &str = "RSLA-20260102120405123-AbCdEfGh";
/// The fixed clock's time as the header `Date` writes it.
pub const DATE: &str = "Fri, 02 Jan 2026 03:04:05 GMT";
pub const ACCESS_KEY: &str = "AKTESTaccesskey00001";
pub const SECRET_KEY: &str = "SKtestSecretKey0000000000000000000000001";

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        now()
    }
}

pub fn now() -> Timestamp {
    "2026-01-02T03:04:05.678Z".parse().unwrap()
}

pub fn client(base_url: &str) -> SensClient {
    client_over(base_url, Http::default())
}

/// A client whose calls take this long at the most.
pub fn patient_client(base_url: &str, patience: Duration) -> SensClient {
    let options = HttpOptions { total_timeout: patience, ..HttpOptions::default() };
    client_over(base_url, Http::new(options).unwrap())
}

fn client_over(base_url: &str, http: Http) -> SensClient {
    let service_id = "ncp:sms:kr:123456789012:demo";
    let senders = SENDERS.map(|raw| SenderId::parse(raw).unwrap()).to_vec();
    let config = SensConfig::new(base_url, service_id, ACCESS_KEY, SECRET_KEY.into(), senders);
    SensClient::new(config.unwrap(), http, Arc::new(FixedClock))
}

pub fn sender(base_url: &str) -> SensSender {
    SensSender::new(client(base_url))
}

pub fn message(to: &str, text: &str) -> Message {
    Message::sms(PhoneNumber::parse(to, Region::KR).unwrap(), text)
}

/// The head of a JPEG with this byte in its only scan line.
pub fn image(byte: u8) -> Image {
    let mut jpeg = vec![0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 10, 0, 10, 1, 1, 0x11, 0];
    jpeg.extend([byte, 0xff, 0xd9]);
    Image::parse(jpeg).unwrap()
}

/// An address where nobody listens.
pub fn refusing() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A gateway that answers every well-signed call to `/messages` with `answer`.
pub async fn gateway(verb: &str, answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    mount(&server, verb, "messages", answer).await;
    server
}

/// Has a gateway answer every well-signed call to a path of the service.
pub async fn mount(server: &MockServer, verb: &str, rest: &str, answer: ResponseTemplate) {
    let call = Mock::given(method(verb)).and(path(format!("{SERVICE}/{rest}"))).and(Signed);
    call.respond_with(answer).mount(server).await;
}

/// Every call so far, as `POST messages?…`, and its body.
pub async fn calls(server: &MockServer) -> Vec<(String, Value)> {
    let received = server.received_requests().await.unwrap();
    let call = |request: &Request| {
        let target = request.url.as_str().split_once(&format!("{SERVICE}/")).unwrap().1;
        let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        (format!("{} {target}", request.method), body)
    };
    received.iter().map(call).collect()
}

pub fn answer(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).insert_header("date", DATE).set_body_raw(body, "application/json")
}

/// Checks the three headers of a call against what went over the wire.
pub struct Signed;

impl Match for Signed {
    fn matches(&self, request: &Request) -> bool {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
        let target = match request.url.query() {
            Some(query) => format!("{}?{query}", request.url.path()),
            None => request.url.path().to_owned(),
        };
        let timestamp = now().as_millisecond();
        let expected = signature(SECRET_KEY, request.method.as_str(), &target, timestamp, ACCESS_KEY);
        header("x-ncp-apigw-timestamp") == Some(timestamp.to_string().as_str())
            && header("x-ncp-iam-access-key") == Some(ACCESS_KEY)
            && header("x-ncp-apigw-signature-v2") == Some(expected.as_str())
    }
}
