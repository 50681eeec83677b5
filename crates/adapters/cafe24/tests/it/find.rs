//! `Cafe24Sender::find`

use bonin_domain::messages::MessageKind;
use bonin_ports::{DeliveryReports, Message, ReportError, SentMessage};
use jiff::SignedDuration;
use wiremock::MockServer;

use crate::support::{DATE, Row, TO, answer, bodies, cafe24, fields, list, message, now, refusing, sender};

const PAGE: &str = "/sms_list.php";
const TEXT: &str = "[본인] 인증번호 <012345>";

async fn find_since(server: &MockServer, seconds: i64) -> Result<Option<String>, ReportError> {
    let since = now() - SignedDuration::from_secs(seconds);
    let sent = SentMessage { message: &message(TO, TEXT), since, until: now() };
    let found = sender(&server.uri()).find(&sent).await?;
    Ok(found.map(|reference| reference.as_str().to_owned()))
}

async fn find(rows: &[Row<'_>]) -> Result<Option<String>, ReportError> {
    find_since(&cafe24(PAGE, answer(200, &list(rows))).await, 60).await
}

fn row(text: &str) -> Row<'_> {
    Row { text, ..Row::default() }
}

#[tokio::test]
async fn a_message_with_the_same_text_is_found_among_others() {
    let rows = [row("[본인] 인증번호 <999999>"), row(TEXT)];
    assert_eq!(find(&rows).await.unwrap().as_deref(), Some("20260102-120305-678000-0s"));
    let failed = [Row { status: "9", ..row(TEXT) }];
    assert!(find(&failed).await.unwrap().is_some(), "it was taken, whatever became of it");
    let ends = format!("{TEXT} \r\n");
    assert!(find(&[row(&ends)]).await.unwrap().is_some());
}

#[tokio::test]
async fn a_message_that_is_not_there_is_surely_not() {
    for rows in [
        &[][..],
        &[row("[본인] 인증번호 <999999>")],
        &[Row { to: "010-9999-0000", ..row(TEXT) }],
        &[Row { at: "202601021159", ..row(TEXT) }],
        &[Row { at: "202601021207", ..row(TEXT) }],
    ] {
        assert_eq!(find(rows).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_row_that_leaves_its_time_or_number_out_may_be_it() {
    for rows in [[Row { at: "", ..row(TEXT) }], [Row { to: "", ..row(TEXT) }]] {
        assert!(find(&rows).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_long_message_is_looked_for_among_long_ones() {
    let server = cafe24(PAGE, answer(200, &list(&[]))).await;
    let message = Message { kind: MessageKind::Lms, ..message(TO, TEXT) };
    let since = now() - SignedDuration::from_mins(1);
    let sent = SentMessage { message: &message, since, until: since };
    assert_eq!(sender(&server.uri()).find(&sent).await.unwrap(), None);
    let asked = bodies(&server).await;
    assert_eq!(asked.len(), 1);
    assert!(fields(&asked[0]).contains(&("smsType".into(), "lms".into())), "{asked:?}");
}

#[tokio::test]
async fn a_list_that_may_be_incomplete_leaves_a_doubt() {
    let code = |found: Result<Option<String>, ReportError>| found.unwrap_err().code;
    for cut in ["[본인] 인증", ""] {
        assert_eq!(code(find(&[row(cut)]).await), "text_cut");
    }
    let nothing = cafe24(PAGE, answer(200, &list(&[]))).await;
    assert_eq!(code(find_since(&nothing, 14).await), "too_early");
    assert_eq!(find_since(&nothing, 15).await.unwrap(), None, "a call lasts 5 s, whatever the window");
    let more = list(&[]).replace("<totalCnt>0<", "<totalCnt>1<");
    assert_eq!(code(find_since(&cafe24(PAGE, answer(200, &more)).await, 60).await), "too_many_rows");
    for (date, in_doubt) in [
        (DATE, false),
        ("Fri, 02 Jan 2026 03:05:00 GMT", false),
        ("Fri, 02 Jan 2026 03:05:10 GMT", true),
        ("Fri, 02 Jan 2026 03:03:00 GMT", true),
    ] {
        let dated = answer(200, &list(&[])).insert_header("date", date);
        let found = find_since(&cafe24(PAGE, dated).await, 60).await;
        assert_eq!(found.is_err_and(|error| error.code == "clock"), in_doubt, "{date}");
    }
}

#[tokio::test]
async fn without_a_clear_answer_nothing_is_said() {
    for (status, body, expected) in [
        (500, "", "500"),
        (503, "", "503"),
        (200, "<html>", "200"),
        (200, "<r><code>-102</code></r>", "-102"),
    ] {
        let server = cafe24(PAGE, answer(status, body)).await;
        assert_eq!(find_since(&server, 60).await.unwrap_err().code, expected);
    }
    let sent = SentMessage { message: &message(TO, TEXT), since: now(), until: now() };
    assert_eq!(sender(&refusing()).find(&sent).await.unwrap_err().code, "connect");
}
