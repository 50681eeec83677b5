use std::sync::Arc;
use std::time::Duration;

use bonin_coolsms_oauth::sign::signature;
use bonin_coolsms_oauth::{CoolsmsClient, CoolsmsConfig, CoolsmsSender, Credential};
use bonin_domain::messages::{Image, MessageKind, SenderId};
use bonin_domain::{PhoneNumber, Region};
use bonin_http::{Http, HttpOptions};
use bonin_ports::Message;
use bonin_testkit::{FixedClock, SeededEntropy};
use jiff::Timestamp;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Match, Mock, MockServer, Request, ResponseTemplate};

pub const SEND: &str = "/messages/v4/send";
pub const MANY: &str = "/messages/v4/send-many/detail";
pub const LIST: &str = "/messages/v4/list";
pub const FILES: &str = "/storage/v1/files";
pub const MESSAGE_ID: &str = "M4V20260102120405ABCDEFGHIJKLMNO";
pub const KOREAN: &str = "010-1234-5678";
/// The fixed clock's time as the header `Date` writes it.
pub const DATE: &str = "Fri, 02 Jan 2026 03:04:05 GMT";
pub const APP_ID: &str = "BONINAPP01";
const KEY: &str = "NCSTESTKEY000001";
pub const SECRET: &str = "TESTSECRET0000000000000000000001";

pub fn now() -> Timestamp {
    "2026-01-02T03:04:05.678Z".parse().unwrap()
}

pub fn client(base_url: &str) -> CoolsmsClient {
    client_over(base_url, Http::default())
}

/// A client that gives up soon, but later than a loopback connection takes on a busy machine.
pub fn impatient_client(base_url: &str) -> CoolsmsClient {
    patient_client(base_url, Duration::from_millis(400))
}

/// A client that waits this long.
pub fn patient_client(base_url: &str, patience: Duration) -> CoolsmsClient {
    let options = HttpOptions { total_timeout: patience, ..HttpOptions::default() };
    client_over(base_url, Http::new(options).unwrap())
}

fn client_over(base_url: &str, http: Http) -> CoolsmsClient {
    let credential = Credential::ApiKey { key: KEY.into(), secret: SECRET.into() };
    let config = CoolsmsConfig::new(base_url, credential).unwrap().app_id(APP_ID).unwrap();
    CoolsmsClient::new(config, http, Arc::new(FixedClock::new(now())), Arc::new(SeededEntropy::new(1)))
}

pub fn sender(base_url: &str) -> CoolsmsSender {
    sender_over(client(base_url))
}

pub fn sender_over(client: CoolsmsClient) -> CoolsmsSender {
    let senders = ["02-5555-0102", "1588-0000"].map(|raw| SenderId::parse(raw).unwrap());
    CoolsmsSender::new(client, senders.to_vec()).unwrap()
}

pub fn number(raw: &str) -> PhoneNumber {
    PhoneNumber::parse(raw, Region::KR).unwrap()
}

pub fn message(to: &str, text: &str) -> Message {
    Message::sms(number(to), text)
}

pub fn mms(to: &str, text: &str) -> Message {
    // The head of a JPEG of 10 x 10 pixels.
    let jpeg = vec![0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 10, 0, 10, 1, 1, 0x11, 0, 0xff, 0xd9];
    let images = Arc::new([Image::parse(jpeg).unwrap()]);
    Message { kind: MessageKind::Mms, images, subject: Some("제목".into()), ..message(to, text) }
}

/// An address where nobody listens.
pub fn refusing() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A server that answers every well-signed call to `target` with `answer`, and nothing else.
pub async fn server(verb: &str, target: &str, answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    mount(&server, verb, target, answer).await;
    server
}

pub async fn mount(server: &MockServer, verb: &str, target: &str, answer: ResponseTemplate) {
    Mock::given(method(verb)).and(path(target)).and(Signed).respond_with(answer).mount(server).await;
}

pub fn answer(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).insert_header("date", DATE).set_body_raw(body, "application/json")
}

pub fn ok(body: &Value) -> ResponseTemplate {
    answer(200, &body.to_string())
}

pub fn problem(status: u16, name: &str, text: &str) -> ResponseTemplate {
    answer(status, &json!({ "errorCode": name, "errorMessage": text }).to_string())
}

pub fn accepted() -> Value {
    json!({
        "groupId": "G4V20260102120405ABCDEFGHIJKLMNO", "messageId": MESSAGE_ID, "accountId": "12925149",
        "statusCode": "2000", "statusMessage": "정상 접수(이통사로 접수 예정) ",
        "to": "01012345678", "from": "0255550102", "type": "SMS", "country": "82",
    })
}

pub fn group(id: &str) -> Value {
    json!({
        "groupId": id, "status": "SENDING", "app": { "profit": {}, "appId": APP_ID }, "scheduledDate": null,
        "dateSent": "2026-01-02T03:04:05.678Z",
        "count": { "total": 2, "registeredSuccess": 1, "registeredFailed": "1", "sentPending": 1 },
    })
}

/// The bodies that came to `target`.
pub async fn bodies(server: &MockServer, target: &str) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    let bodies = requests.iter().filter(|request| request.url.path() == target);
    bodies.map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}

pub fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.get(name).unwrap().to_str().unwrap()
}

/// Checks the header of a call as the provider does.
pub struct Signed;

impl Match for Signed {
    fn matches(&self, request: &Request) -> bool {
        let header = header(request, "authorization");
        let Some(parameters) = header.strip_prefix("HMAC-SHA256 ") else { return false };
        let parameter = |name: &str| {
            let mut pairs = parameters.split(", ").filter_map(|pair| pair.split_once('='));
            pairs.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned()).unwrap_or_default()
        };
        let (date, salt) = (parameter("date"), parameter("salt"));
        date == "2026-01-02T03:04:05.678Z"
            && (12..=64).contains(&salt.len())
            && parameter("apiKey") == KEY
            && parameter("signature") == signature(SECRET, &date, &salt)
    }
}
