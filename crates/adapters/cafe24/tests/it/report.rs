//! `Cafe24Sender::report`

use bonin_domain::messages::{DeliveryState, FailureClass, ProviderReference};
use bonin_ports::{DeliveryReport, DeliveryReports, ReportError, TakenMessage};
use jiff::Timestamp;

use crate::support::{Row, TO, answer, bodies, cafe24, list, now, number, refusing, sender};

const PAGE: &str = "/sms_list.php";
const REFERENCE: &str = "20260102-120405-678000-0s";

async fn ask(base_url: &str, reference: &str, at: Timestamp) -> Result<DeliveryReport, ReportError> {
    let reference = ProviderReference::parse(reference).unwrap();
    let to = number(TO);
    sender(base_url).report(&TakenMessage { reference: &reference, to: &to, accepted_at: at }).await
}

async fn report_of(rows: &[Row<'_>]) -> DeliveryReport {
    let server = cafe24(PAGE, answer(200, &list(rows))).await;
    ask(&server.uri(), REFERENCE, now()).await.unwrap()
}

fn row(status: &str) -> Row<'_> {
    Row { status, ..Row::default() }
}

#[tokio::test]
async fn sent_is_the_best_that_cafe24_tells() {
    let sent = DeliveryReport { code: Some("3".into()), ..DeliveryReport::of(DeliveryState::Sent) };
    assert_eq!(report_of(&[row("3")]).await, sent);
    assert_eq!(report_of(&[row("3"), row("3")]).await, sent, "several that agree");
}

#[tokio::test]
async fn a_failure_has_no_reason() {
    let failed = DeliveryReport {
        failure: Some(FailureClass::Other),
        code: Some("9".into()),
        ..DeliveryReport::of(DeliveryState::Failed)
    };
    assert_eq!(report_of(&[row("9")]).await, failed);
}

#[tokio::test]
async fn until_it_is_known_a_message_is_accepted() {
    let accepted = DeliveryReport::of(DeliveryState::Accepted);
    for rows in [
        &[][..],
        &[row("1")],
        &[row("2")],
        &[row("7")],
        &[row("")],
        &[row("3"), row("9")],
        &[row("3"), row("1"), row("3")],
        &[Row { to: "010-9999-0000", ..row("9") }],
        &[Row { at: "202601021201", ..row("9") }],
        &[Row { at: "202601021207", ..row("9") }],
    ] {
        assert_eq!(report_of(rows).await, accepted);
    }
}

#[tokio::test]
async fn rows_of_other_minutes_and_numbers_do_not_confuse() {
    let rows = [
        Row { at: "202601021155", ..row("9") },
        Row { to: "01099990000", ..row("9") },
        Row { to: "01012345678", at: "202601021206", ..row("3") },
        Row { at: "202601021203", ..row("3") },
    ];
    assert_eq!(report_of(&rows).await.state, DeliveryState::Sent);
}

/// Lists lag, so an earlier message to the same number may be all that one shows.
#[tokio::test]
async fn an_earlier_message_does_not_stand_in_for_one_that_is_not_listed_yet() {
    let accepted = DeliveryReport::of(DeliveryState::Accepted);
    let earlier = [Row { at: "202601021202", ..row("9") }];
    assert_eq!(report_of(&earlier).await, accepted);
    // Their clock is a minute ahead: at 12:03 by theirs it was 12:02 by ours.
    let ahead = answer(200, &list(&[Row { at: "202601021203", ..row("9") }]));
    let server = cafe24(PAGE, ahead.insert_header("date", "Fri, 02 Jan 2026 03:05:05 GMT")).await;
    assert_eq!(ask(&server.uri(), REFERENCE, now()).await.unwrap(), accepted);
    // Half a minute behind: what they write as 12:03 may be it.
    let behind = answer(200, &list(&[Row { at: "202601021203", ..row("9") }]));
    let server = cafe24(PAGE, behind.insert_header("date", "Fri, 02 Jan 2026 03:03:35 GMT")).await;
    assert_eq!(ask(&server.uri(), REFERENCE, now()).await.unwrap().state, DeliveryState::Failed);
}

#[tokio::test]
async fn the_list_of_its_kind_and_days_is_read() {
    let server = cafe24(PAGE, answer(200, &list(&[]))).await;
    let midnight: Timestamp = "2026-01-02T15:01:00Z".parse().unwrap();
    for (reference, at, expected) in [
        (REFERENCE, now(), &["20260102 "][..]),
        ("20260102-120405-678000-0l", now(), &["20260102 lms"]),
        ("something else", now(), &["20260102 ", "20260102 lms"]),
        (REFERENCE, midnight, &["20260102 ", "20260103 "]),
    ] {
        server.reset().await;
        let mock = wiremock::Mock::given(wiremock::matchers::path(PAGE));
        mock.respond_with(answer(200, &list(&[]))).mount(&server).await;
        ask(&server.uri(), reference, at).await.unwrap();
        let asked: Vec<_> = bodies(&server)
            .await
            .iter()
            .map(|body| {
                let fields = crate::support::fields(body);
                let field = |name: &str| fields.iter().find(|(known, _)| known == name).unwrap().1.clone();
                assert_eq!(field("receivePhone"), TO);
                format!("{} {}", field("date"), field("smsType"))
            })
            .collect();
        assert_eq!(asked, expected, "{reference}");
    }
}

#[tokio::test]
async fn without_a_clear_answer_there_is_no_report() {
    let more = list(&[row("3")]).replace("<totalCnt>1<", "<totalCnt>51<");
    let full = list(&(0..50).map(|_| row("3")).collect::<Vec<_>>()).replace("<totalCnt>50<", "<totalCnt><");
    for (status, body, code) in [
        (500, "", "500"),
        (200, "<html>", "200"),
        (200, "<r><code>-102</code></r>", "-102"),
        (200, &more, "too_many_rows"),
        (200, &full, "too_many_rows"),
    ] {
        let server = cafe24(PAGE, answer(status, body)).await;
        assert_eq!(ask(&server.uri(), REFERENCE, now()).await.unwrap_err().code, code);
    }
    assert_eq!(ask(&refusing(), REFERENCE, now()).await.unwrap_err().code, "connect");
}
