//! `Cafe24Client::remaining`, `registered_senders` and `list`

use std::sync::Arc;

use bonin_cafe24::{Cafe24Client, Cafe24Config, Cafe24Error, ListQuery, Status};
use bonin_http::Http;
use bonin_testkit::FixedClock;
use jiff::civil::date;

use crate::support::{
    KEY, Row, TO, USER, answer, bodies, cafe24, client, list, now, number, refusing, sender_id,
};

#[tokio::test]
async fn credits_are_asked_for_in_base64() {
    let server = cafe24("/sms_remain.php", answer(200, "\r\n1234\r\n")).await;
    assert_eq!(client(&server.uri()).remaining().await.unwrap(), 1234);
    assert_eq!(
        bodies(&server).await,
        ["user_id=bXlfc21zX2lk&secure=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY%3D&mode=MQ%3D%3D"]
    );
    let server = cafe24("/sms_remain.php", answer(200, "-102")).await;
    let error = client(&server.uri()).remaining().await.unwrap_err();
    assert!(matches!(error, Cafe24Error::Unauthorized { .. }), "{error:?}");
}

#[tokio::test]
async fn registered_senders_are_asked_for_in_plain() {
    let body = r#"{"result":"Success","list":["02-123-4567","010-1234-5678"]}"#;
    let server = cafe24("/smsSenderPhone.php", answer(200, body)).await;
    let senders = client(&server.uri()).registered_senders().await.unwrap();
    assert_eq!(senders, [sender_id("021234567"), sender_id("01012345678")]);
    assert_eq!(bodies(&server).await, [format!("userId={USER}&passwd={KEY}")]);
}

#[tokio::test]
async fn a_list_may_be_asked_for_elsewhere() {
    let xml = list(&[Row::default(), Row { status: "9", ..Row::default() }]);
    let server = cafe24("/sms_list.php", answer(200, &xml)).await;
    let senders = vec![sender_id("021234567")];
    let config = Cafe24Config::new(&refusing(), USER, KEY.into(), senders, Some(&server.uri())).unwrap();
    let client = Cafe24Client::new(config, Http::default(), Arc::new(FixedClock::new(now())));
    let page = client.list(&ListQuery::day(date(2026, 1, 2)).to(&number(TO))).await.unwrap();
    assert_eq!(
        page.rows.iter().map(bonin_cafe24::MessageRow::status).collect::<Vec<_>>(),
        [Status::Sent, Status::Failed]
    );
    assert_eq!((page.total, page.server_time), (Some(2), Some("2026-01-02T03:04:05Z".parse().unwrap())));
    assert_eq!(
        bodies(&server).await,
        [format!(
            "user_id={USER}&secure={KEY}&date=20260102&day=1&startNo=0&displayNo=50&sendType=all&sendStatus=\
             &receivePhone=010-1234-5678&sendPhone=&smsType="
        )]
    );
}

#[tokio::test]
async fn a_call_that_brings_nothing_says_what_can_be_done() {
    for (status, expected) in [(403, "403"), (404, "404"), (429, "429"), (500, "500"), (503, "503")] {
        let server = cafe24("/sms_remain.php", answer(status, "1234")).await;
        assert_eq!(client(&server.uri()).remaining().await.unwrap_err().code(), expected);
    }
    let nobody = client(&refusing());
    assert_eq!(nobody.registered_senders().await.unwrap_err().code(), "connect");
    assert_eq!(nobody.list(&ListQuery::day(date(2026, 1, 2))).await.unwrap_err().code(), "connect");
}
