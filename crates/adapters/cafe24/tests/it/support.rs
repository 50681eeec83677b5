use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bonin_cafe24::{Cafe24Client, Cafe24Config, Cafe24Sender};
use bonin_domain::messages::SenderId;
use bonin_domain::{PhoneNumber, Region};
use bonin_http::{Http, HttpOptions, Url};
use bonin_ports::{Message, SendError};
use bonin_testkit::FixedClock;
use jiff::Timestamp;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub const USER: &str = "my_sms_id";
pub const KEY: &str = "0123456789abcdef0123456789abcdef";
pub const TO: &str = "010-1234-5678";
/// The fixed clock's time as the header `Date` writes it; in Korea it is four minutes past noon.
pub const DATE: &str = "Fri, 02 Jan 2026 03:04:05 GMT";

pub fn now() -> Timestamp {
    "2026-01-02T03:04:05.678Z".parse().unwrap()
}

pub fn number(raw: &str) -> PhoneNumber {
    PhoneNumber::parse(raw, Region::KR).unwrap()
}

pub fn sender_id(raw: &str) -> SenderId {
    SenderId::parse(raw).unwrap()
}

pub fn client(base_url: &str) -> Cafe24Client {
    client_within(base_url, Duration::from_secs(5))
}

/// A client whose calls take `patience` at the most.
pub fn client_within(base_url: &str, patience: Duration) -> Cafe24Client {
    let senders = vec![sender_id("070-0000-0000"), sender_id("1588-0000"), sender_id("010-9999-9999")];
    let config = Cafe24Config::new(base_url, USER, KEY.into(), senders, None).unwrap();
    let options = HttpOptions { total_timeout: patience, ..HttpOptions::default() };
    Cafe24Client::new(config, Http::new(options).unwrap(), Arc::new(FixedClock::new(now())))
}

pub fn sender(base_url: &str) -> Cafe24Sender {
    Cafe24Sender::new(client(base_url))
}

pub fn message(to: &str, text: &str) -> Message {
    Message::sms(number(to), text)
}

/// An address where nobody listens.
pub fn refusing() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

pub fn answer(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).insert_header("date", DATE).set_body_raw(body.to_owned(), "text/html")
}

/// A Cafe24 that answers every call to this path so.
pub async fn cafe24(page: &str, answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path(page)).respond_with(answer).mount(&server).await;
    server
}

/// The bodies of the requests so far.
pub async fn bodies(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests.into_iter().map(|request| String::from_utf8(request.body).unwrap()).collect()
}

/// The fields of a form, percent-decoded.
pub fn fields(body: &str) -> Vec<(String, String)> {
    let url = Url::parse(&format!("http://127.0.0.1/?{body}")).unwrap();
    url.query_pairs().into_owned().collect()
}

/// The value of a field of a form in base64.
pub fn decoded(body: &str, name: &str) -> Option<String> {
    use base64::Engine as _;
    let (_, value) = fields(body).into_iter().find(|(known, _)| known == name)?;
    Some(String::from_utf8(base64::engine::general_purpose::STANDARD.decode(value).unwrap()).unwrap())
}

/// A row of a list.
pub struct Row<'a> {
    pub to: &'a str,
    pub at: &'a str,
    pub status: &'a str,
    pub text: &'a str,
}

impl Default for Row<'_> {
    fn default() -> Self {
        Self { to: TO, at: "202601021204", status: "3", text: "안녕" }
    }
}

/// A list of these rows as XML.
pub fn list(rows: &[Row<'_>]) -> String {
    let mut xml = format!("<list><code>0000</code><totalCnt>{}</totalCnt><data>", rows.len());
    for Row { to, at, status, text } in rows {
        write!(
            xml,
            "<record><receivePhone>{to}</receivePhone><msg><![CDATA[{text}]]></msg>\
             <sendDateTime>{at}</sendDateTime><sendStatus>{status}</sendStatus></record>"
        )
        .unwrap();
    }
    xml + "</data></list>"
}

pub fn told(error: &SendError) -> String {
    match error {
        SendError::Refused { class, code } => format!("Refused {class:?} {code}"),
        SendError::Unauthorized { code } => format!("Unauthorized {code}"),
        SendError::Unavailable { class, code, .. } => format!("Unavailable {class:?} {code}"),
        SendError::Unclear { code, .. } => format!("Unclear {code}"),
    }
}
