//! The other calls of `CoolsmsClient`

use bonin_coolsms_oauth::{CoolsmsError, GroupQuery, ListQuery, OutgoingMessage, SendMany, Webhook};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::{APP_ID, MANY, answer, bodies, client, group, ok, problem, refusing, server};

const GROUPS: &str = "/messages/v4/groups";
const ID: &str = "G4V20260102120405ABCDEFGHIJKLMNO";

fn on(rest: &str) -> String {
    format!("{GROUPS}/{ID}{rest}")
}

fn sms() -> OutgoingMessage {
    OutgoingMessage::sms("0255550102", "01012345678", "hello")
}

fn later() -> Timestamp {
    "2026-02-01T19:00:00+09:00".parse().unwrap()
}

#[tokio::test]
async fn many_messages_may_be_scheduled_and_times_go_as_utc() {
    let body = json!({ "failedMessageList": [], "groupInfo": group(ID), "messageList": null });
    let server = server("POST", MANY, ok(&body)).await;
    let sent =
        client(&server.uri()).send_many(&SendMany::new(vec![sms()]).scheduled_at(later())).await.unwrap();
    assert_eq!((sent.group.group_id.as_str(), sent.messages.len()), (ID, 0));
    let body = bodies(&server, MANY).await.remove(0);
    assert_eq!(body["scheduledDate"], "2026-02-01T10:00:00.000Z");
    assert_eq!(body["allowDuplicates"], false);
}

#[tokio::test]
async fn a_call_over_15_mb_is_not_made() {
    let long = OutgoingMessage::of(bonin_domain::messages::MessageKind::Lms, "02", "010", "가".repeat(1000));
    let error = client(&refusing()).send_many(&SendMany::new(vec![long; 6000])).await.unwrap_err();
    assert_eq!(error.code(), "body_too_large");
}

#[tokio::test]
async fn a_group_is_made_with_the_app_and_read_back() {
    let server = server("POST", GROUPS, ok(&group(ID))).await;
    let made = client(&server.uri()).create_group(true).await.unwrap();
    assert_eq!(bodies(&server, GROUPS).await, [json!({ "allowDuplicates": true, "appId": APP_ID })]);
    assert_eq!((made.group_id.as_str(), made.status.as_str()), (ID, "SENDING"));
    assert_eq!(made.app_id.as_deref(), Some(APP_ID));
    assert_eq!(
        (made.count.total, made.count.registered, made.count.refused, made.count.pending),
        (2, 1, 1, 1)
    );
    assert_eq!(made.scheduled_at, None);
    assert_eq!(made.sent_at, Some("2026-01-02T03:04:05.678Z".parse().unwrap()));
}

#[tokio::test]
async fn each_call_on_a_group_has_its_method_and_path() {
    for (verb, rest) in
        [("GET", ""), ("DELETE", ""), ("POST", "/send"), ("POST", "/schedule"), ("DELETE", "/schedule")]
    {
        let server = server(verb, &on(rest), ok(&group(ID))).await;
        let client = client(&server.uri());
        let group = match (verb, rest) {
            ("GET", "") => client.group(ID).await,
            ("DELETE", "") => client.delete_group(ID).await,
            ("POST", "/send") => client.send_group(ID).await,
            ("POST", _) => client.schedule_group(ID, later()).await,
            _ => client.cancel_schedule(ID).await,
        };
        assert_eq!(group.unwrap().group_id, ID, "{verb} {rest}");
        if (verb, rest) == ("POST", "/schedule") {
            assert_eq!(
                bodies(&server, &on(rest)).await,
                [json!({ "scheduledDate": "2026-02-01T10:00:00.000Z" })]
            );
        }
    }
}

#[tokio::test]
async fn messages_are_added_listed_and_removed() {
    let results = json!({
        "errorCount": "1",
        "resultList": [
            { "messageId": "M1", "statusCode": "2000", "to": "01012345678" },
            { "messageId": "M2", "statusCode": "1026", "to": "01012345678" },
        ],
    });
    let added = server("PUT", &on("/messages"), ok(&results)).await;
    let answer = client(&added.uri()).add_messages(ID, &[sms(), sms()]).await.unwrap();
    assert_eq!((answer.errors, answer.results[1].status_code.as_str()), (1, "1026"));
    assert_eq!(bodies(&added, &on("/messages")).await[0]["messages"].as_array().unwrap().len(), 2);

    let row = json!({
        "to": "01012345678", "from": "0255550102", "text": "hello", "type": "SMS", "statusCode": "4000",
        "dateCreated": "2026-01-02T03:04:05.678Z", "dateReported": "2026-01-02T03:04:06Z",
        "customFields": { "a": "b" }, "subject": null,
    });
    let list = json!({ "messageList": { "M1": row }, "nextKey": "M1", "startKey": null, "limit": 1 });
    let listed = server("GET", &on("/messages"), ok(&list)).await;
    let page = client(&listed.uri()).group_messages(ID, &ListQuery::all().limit(1)).await.unwrap();
    assert_eq!((page.next_key.as_deref(), page.messages.len()), (Some("M1"), 1));
    let row = &page.messages[0];
    assert_eq!(
        (row.message_id.as_str(), row.text.as_deref(), row.subject.as_deref()),
        ("M1", Some("hello"), None)
    );
    assert_eq!(row.custom_fields, [("a".to_owned(), "b".to_owned())]);
    assert_eq!(row.reported_at, Some("2026-01-02T03:04:06Z".parse().unwrap()));
    let shown = format!("{page:?} {answer:?}");
    assert!(!shown.contains("hello") && !shown.contains("0101"), "{shown}");

    let gone = json!({ "groupId": ID, "errorCount": 0, "resultList": [{ "messageId": "M1", "resultCode": "Success" }] });
    let removed = server("DELETE", &on("/messages"), ok(&gone)).await;
    assert_eq!(client(&removed.uri()).remove_messages(ID, &["M1"]).await.unwrap(), 0);
    assert_eq!(bodies(&removed, &on("/messages")).await, [json!({ "messageIds": ["M1"] })]);
}

#[tokio::test]
async fn groups_are_listed_page_by_page() {
    let list = json!({ "startKey": null, "nextKey": "next", "limit": 2, "groupList": { "G1": group("G1"), "G2": group("G2") } });
    let server = server("GET", GROUPS, ok(&list)).await;
    let page = client(&server.uri()).groups(&GroupQuery::all().limit(2)).await.unwrap();
    assert_eq!(page.groups.iter().map(|group| group.group_id.as_str()).collect::<Vec<_>>(), ["G1", "G2"]);
    assert_eq!(page.next_key.as_deref(), Some("next"));
}

#[tokio::test]
async fn what_is_no_id_is_never_put_into_a_path() {
    let client = client(&refusing());
    let codes = [
        client.group("../x").await.unwrap_err().code().to_owned(),
        client.send_group("").await.unwrap_err().code().to_owned(),
        client.add_messages("a/b", &[sms()]).await.unwrap_err().code().to_owned(),
        client.remove_messages("a?b", &["M"]).await.unwrap_err().code().to_owned(),
        client.group_messages("a b", &ListQuery::all()).await.unwrap_err().code().to_owned(),
        client.delete_webhook("..").await.unwrap_err().code().to_owned(),
    ];
    assert!(codes.iter().all(|code| code == "id"), "{codes:?}");
}

#[tokio::test]
async fn errors_of_groups_are_told_apart() {
    for (status, name) in
        [(404, "ResourceNotFound"), (400, "InvalidStatus"), (409, "AlreadySent"), (402, "NotEnoughBalance")]
    {
        let server = server("POST", &on("/send"), problem(status, name, "")).await;
        let error = client(&server.uri()).send_group(ID).await.unwrap_err();
        assert_eq!(error.code(), format!("{status}/{name}"));
        match status {
            404 => assert!(matches!(error, CoolsmsError::NotFound { .. })),
            402 => assert!(matches!(error, CoolsmsError::Unavailable { .. })),
            _ => assert!(matches!(error, CoolsmsError::Refused { .. })),
        }
    }
}

#[tokio::test]
async fn the_balance_is_kept_as_it_is_written() {
    let server = server(
        "GET",
        "/cash/v1/balance",
        answer(200, r#"{"balance":1234.5,"point":0,"lowBalanceAlert":{}}"#),
    )
    .await;
    let balance = client(&server.uri()).balance().await.unwrap();
    assert_eq!((balance.balance.as_str(), balance.point.as_str()), ("1234.5", "0"));
}

#[tokio::test]
async fn webhooks_are_made_listed_changed_and_removed() {
    let webhook = json!({
        "webhookId": "WH1", "eventId": "SINGLE-REPORT", "url": "https://bonin.test/hooks/coolsms",
        "secret": "hush", "status": "ACTIVE", "failCount": 0,
    });
    let expected = Webhook {
        id: "WH1".into(),
        event: "SINGLE-REPORT".into(),
        url: "https://bonin.test/hooks/coolsms".into(),
        status: "ACTIVE".into(),
    };
    let path = "/webhook/v1/outgoing";
    let made = server("POST", path, ok(&webhook)).await;
    let client_of = |server: &wiremock::MockServer| client(&server.uri());
    let url = expected.url.clone();
    assert_eq!(
        client_of(&made).create_webhook("SINGLE-REPORT", &url, &"hush".into()).await.unwrap(),
        expected
    );
    assert_eq!(
        bodies(&made, path).await,
        [json!({ "eventId": "SINGLE-REPORT", "url": url, "secret": "hush", "name": "bonin" })]
    );
    for wrapped in
        [json!([webhook]), json!({ "webhookList": [webhook] }), json!({ "list": { "WH1": webhook } })]
    {
        let listed = server("GET", path, ok(&wrapped)).await;
        assert_eq!(client_of(&listed).webhooks().await.unwrap(), std::slice::from_ref(&expected));
    }
    let changed = server("PUT", "/webhook/v1/outgoing/WH1", ok(&webhook)).await;
    assert_eq!(client_of(&changed).change_webhook("WH1", &url, &"new".into()).await.unwrap(), expected);
    let removed = server("DELETE", "/webhook/v1/outgoing/WH1", ok(&Value::Null)).await;
    client_of(&removed).delete_webhook("WH1").await.unwrap();
    let nowhere =
        client(&refusing()).create_webhook("SINGLE-REPORT", "nowhere", &"s".into()).await.unwrap_err();
    assert_eq!(nowhere.code(), "url");
}
