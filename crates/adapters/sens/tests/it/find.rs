//! `SensSender::find`

use bonin_ports::{DeliveryReports, ReportError, SentMessage};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{DATE, PATH, Signed, answer, message, now, refusing, sender};

const KOREAN: &str = "010-1234-5678";
const TEXT: &str = "[본인] 인증번호 012345";

/// A gateway with these pages, each with the token of the next, and these messages by id.
struct Gateway(MockServer);

impl Gateway {
    async fn new() -> Self {
        Self(MockServer::start().await)
    }

    async fn first_page(self, page: &Value) -> Self {
        self.first(answer(200, &page.to_string())).await
    }

    async fn first(self, answer: ResponseTemplate) -> Self {
        let list = Mock::given(method("GET")).and(path(PATH)).and(Signed);
        let list = list.and(query_param_is_missing("nextToken"));
        list.respond_with(answer).mount(&self.0).await;
        self
    }

    async fn page_at(self, token: &str, page: &Value) -> Self {
        let list = Mock::given(method("GET")).and(path(PATH)).and(Signed);
        let list = list.and(query_param("nextToken", token));
        list.respond_with(answer(200, &page.to_string())).mount(&self.0).await;
        self
    }

    async fn text(self, id: &str, content: Option<&str>) -> Self {
        let message = json!({ "messageId": id, "content": content });
        let body = json!({ "statusCode": "200", "statusName": "success", "messages": [message] });
        let get = Mock::given(method("GET")).and(path(format!("{PATH}/{id}")));
        get.and(Signed).respond_with(answer(200, &body.to_string())).mount(&self.0).await;
        self
    }

    async fn find(&self) -> Result<Option<String>, ReportError> {
        self.find_to(KOREAN, now() - SignedDuration::from_secs(10)).await
    }

    async fn find_to(&self, to: &str, until: Timestamp) -> Result<Option<String>, ReportError> {
        self.find_within(to, until - SignedDuration::from_secs(5), until).await
    }

    async fn find_within(
        &self,
        to: &str,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Option<String>, ReportError> {
        let sent = SentMessage { message: &message(to, TEXT), since, until };
        let found = sender(&self.0.uri()).find(&sent).await?;
        Ok(found.map(|reference| reference.as_str().to_owned()))
    }

    async fn doubt(&self) -> String {
        self.find().await.unwrap_err().code
    }
}

fn row(id: &str, to: &str) -> Value {
    json!({ "requestId": format!("R-{id}"), "messageId": id, "to": to, "status": "PROCESSING" })
}

fn page(rows: &[Value]) -> Value {
    json!({ "statusCode": "202", "statusName": "success", "hasMore": false, "messages": rows })
}

fn page_before(token: &str, rows: &[Value]) -> Value {
    json!({ "statusCode": "202", "statusName": "success", "hasMore": true, "nextToken": token, "messages": rows })
}

#[tokio::test]
async fn a_message_with_the_same_text_is_found_among_others() {
    let rows = [row("a", "01012345678"), row("b", "01099999999"), row("c", "01012345678")];
    let gateway = Gateway::new().await.first_page(&page(&rows)).await;
    let gateway = gateway.text("a", Some("[본인] 인증번호 999999")).await;
    let gateway = gateway.text("c", Some(TEXT)).await;
    assert_eq!(gateway.find().await.unwrap().as_deref(), Some("R-c"));

    let asked = gateway.0.received_requests().await.unwrap();
    // The window, in Seoul, with 30 s on both sides.
    assert_eq!(
        asked[0].url.query(),
        Some(
            "requestStartTime=2026-01-02%2012%3A03%3A20&requestEndTime=2026-01-02%2012%3A04%3A25&pageSize=100&to=01012345678"
        )
    );
    assert_eq!(asked.len(), 3, "only the recipient's messages are read");
}

#[tokio::test]
async fn line_ends_and_blanks_at_the_end_make_no_other_text() {
    let gateway = Gateway::new().await.first_page(&page(&[row("a", "01012345678")])).await;
    let gateway = gateway.text("a", Some(&format!("{TEXT} \r\n"))).await;
    assert_eq!(gateway.find().await.unwrap().as_deref(), Some("R-a"));
}

#[tokio::test]
async fn a_message_that_is_not_there_is_surely_not() {
    let nothing = Gateway::new().await.first_page(&page(&[])).await;
    assert_eq!(nothing.find().await.unwrap(), None);
    let no_records = Gateway::new().await.first(answer(404, "")).await;
    assert_eq!(no_records.find().await.unwrap(), None);
    let other_text = Gateway::new().await.first_page(&page(&[row("a", "01012345678")])).await;
    let other_text = other_text.text("a", Some("[본인] 인증번호 999999")).await;
    assert_eq!(other_text.find().await.unwrap(), None);
    let other_number = Gateway::new().await.first_page(&page(&[row("a", "01099999999")])).await;
    assert_eq!(other_number.find().await.unwrap(), None);
}

#[tokio::test]
async fn following_pages_are_read() {
    let first = page_before("t/1", &[row("a", "01012345678")]);
    let second = page(&[row("b", "01012345678")]);
    let gateway = Gateway::new().await.first_page(&first).await;
    let gateway = gateway.page_at("t/1", &second).await;
    let gateway = gateway.text("a", Some("another")).await.text("b", Some(TEXT)).await;
    assert_eq!(gateway.find().await.unwrap().as_deref(), Some("R-b"));
}

#[tokio::test]
async fn a_foreign_number_is_looked_for_without_the_filter() {
    let rows = [row("a", "01012345678"), row("b", "6502530000")];
    let gateway = Gateway::new().await.first_page(&page(&rows)).await;
    let gateway = gateway.text("b", Some(TEXT)).await;
    let found = gateway.find_to("+1 650 253 0000", now() - SignedDuration::from_secs(10)).await;
    assert_eq!(found.unwrap().as_deref(), Some("R-b"));
    let asked = gateway.0.received_requests().await.unwrap();
    assert!(!asked[0].url.query().unwrap().contains("&to="));
}

#[tokio::test]
async fn too_many_pages_or_candidates_leave_a_doubt() {
    let endless = Gateway::new().await.first_page(&page_before("t", &[])).await;
    let endless = endless.page_at("t", &page_before("t", &[])).await;
    assert_eq!(endless.doubt().await, "too_many_pages");
    assert_eq!(endless.0.received_requests().await.unwrap().len(), 5);

    let crowd = Gateway::new().await.first_page(&page(&vec![row("a", "01012345678"); 21])).await;
    let crowd = crowd.text("a", Some("another")).await;
    assert_eq!(crowd.doubt().await, "too_many_candidates");

    let no_token = json!({ "statusCode": "202", "statusName": "success", "hasMore": true, "messages": [] });
    let no_token = Gateway::new().await.first_page(&no_token).await;
    assert_eq!(no_token.doubt().await, "no_next_token");
    let full = json!({ "statusCode": "202", "messages": vec![row("a", "01099999999"); 100] });
    let full = Gateway::new().await.first_page(&full).await;
    assert_eq!(full.doubt().await, "no_next_token");
}

#[tokio::test]
async fn a_list_that_may_be_incomplete_leaves_a_doubt() {
    let reserved = json!({ "statusCode": "202", "statusName": "reserved", "messages": [] });
    assert_eq!(Gateway::new().await.first_page(&reserved).await.doubt().await, "pending");
    let missing = json!({ "statusCode": "202", "statusName": "success" });
    assert_eq!(Gateway::new().await.first_page(&missing).await.doubt().await, "pending");

    let halfway = json!({ "statusCode": "202", "hasMore": true, "nextToken": "t" });
    let halfway = Gateway::new().await.first_page(&halfway).await.page_at("t", &page(&[])).await;
    assert_eq!(halfway.doubt().await, "pending");

    let nothing = Gateway::new().await.first_page(&page(&[])).await;
    let too_early = nothing.find_to(KOREAN, now() - SignedDuration::from_secs(4)).await;
    assert_eq!(too_early.unwrap_err().code, "too_early");

    for (since, in_doubt) in [(10, true), (11, false)] {
        let since = now() - SignedDuration::from_secs(since);
        let open_ended = nothing.find_within(KOREAN, since, now()).await;
        assert_eq!(open_ended.is_err(), in_doubt, "sending lasts 6 s, whatever the window");
    }

    for (date, in_doubt) in [
        (DATE, false),
        ("Fri, 02 Jan 2026 03:04:20 GMT", false),
        ("Fri, 02 Jan 2026 03:04:30 GMT", true),
        ("Fri, 02 Jan 2026 03:03:40 GMT", true),
    ] {
        let dated = answer(200, &page(&[]).to_string()).insert_header("date", date);
        let found = Gateway::new().await.first(dated).await.find().await;
        assert_eq!(found.is_err_and(|error| error.code == "clock"), in_doubt, "{date}");
    }
}

#[tokio::test]
async fn a_candidate_that_cannot_be_read_leaves_a_doubt() {
    let one = page(&[row("a", "01012345678")]);
    let unreadable = Gateway::new().await.first_page(&one).await;
    assert_eq!(unreadable.doubt().await, "404");
    let without_text = Gateway::new().await.first_page(&one).await.text("a", None).await;
    assert_eq!(without_text.doubt().await, "no_content");
    let nameless = json!({ "requestId": "R-a", "to": "01012345678" });
    let nameless = Gateway::new().await.first_page(&page(&[nameless])).await;
    assert_eq!(nameless.doubt().await, "no_message_id");
    let unasked = json!({ "messageId": "a", "to": "01012345678" });
    let unasked = Gateway::new().await.first_page(&page(&[unasked])).await;
    let unasked = unasked.text("a", Some(TEXT)).await;
    assert_eq!(unasked.doubt().await, "no_request_id");
}

#[tokio::test]
async fn without_a_clear_answer_nothing_is_said() {
    for (status, body, code) in [
        (500, "", "500"),
        (503, "", "503"),
        (401, "", "401"),
        (200, "<html>", "200"),
        (404, r#"{"error":{"errorCode":"300","message":"Not Found"}}"#, "404/300"),
    ] {
        let gateway = Gateway::new().await.first(answer(status, body)).await;
        assert_eq!(gateway.doubt().await, code);
    }
    let sent = SentMessage { message: &message(KOREAN, TEXT), since: now(), until: now() };
    assert_eq!(sender(&refusing()).find(&sent).await.unwrap_err().code, "connect");
}
