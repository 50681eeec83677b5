//! `Cafe24Sender` as a `BulkSender`

use std::collections::HashSet;

use bonin_ports::{BatchLimit, BulkSender, Message};

use crate::support::{TO, answer, bodies, cafe24, decoded, message, refusing, sender, sender_id, told};

const PAGE: &str = "/sms_sender.php";

fn many(count: usize) -> Vec<Message> {
    (0..count).map(|index| message(&format!("0102{index:07}"), "안녕")).collect()
}

#[tokio::test]
async fn a_thousand_messages_go_in_one_call_and_have_a_name_each() {
    let server = cafe24(PAGE, answer(200, "success,1234")).await;
    let sender = sender(&server.uri());
    assert_eq!(sender.batch_limit(), BatchLimit { messages: 1000, one_text: true });
    let verdicts = sender.send_many(&many(1000)).await.unwrap();
    let names: HashSet<_> =
        verdicts.iter().map(|verdict| verdict.as_ref().unwrap().reference.as_str()).collect();
    assert_eq!(names.len(), 1000);
    let bodies = bodies(&server).await;
    assert_eq!(bodies.len(), 1);
    let phones = decoded(&bodies[0], "rphone").unwrap();
    assert_eq!(phones.split(',').count(), 1000);
    assert!(phones.starts_with("010-2000-0000,010-2000-0001,"), "{}", &phones[..40]);

    let error = sender.send_many(&many(1001)).await.unwrap_err();
    assert_eq!(told(&error), "Refused Other recipient_count");
    assert!(sender.send_many(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn whom_cafe24_cannot_reach_is_left_out() {
    let server = cafe24(PAGE, answer(200, "success,1234")).await;
    let from = |to: &str| Message { from: Some(sender_id("01099999999")), ..message(to, "안녕") };
    let messages = [from("+1 650 253 0000"), from(TO), from("010-9999-9999"), from("010-8765-4321")];
    let verdicts = sender(&server.uri()).send_many(&messages).await.unwrap();
    let verdicts: Vec<_> = verdicts
        .into_iter()
        .map(|verdict| match verdict {
            Ok(accepted) => accepted.code,
            Err(error) => told(&error),
        })
        .collect();
    assert_eq!(
        verdicts,
        ["Refused InvalidNumber recipient", "success", "Refused Sender to_sender", "success"]
    );
    let phones = decoded(&bodies(&server).await[0], "rphone").unwrap();
    assert_eq!(phones, "010-1234-5678,010-8765-4321");

    let nobody = sender(&refusing()).send_many(&messages[..1]).await.unwrap();
    assert!(nobody[0].is_err(), "and no call is made");
}

#[tokio::test]
async fn another_text_never_goes_to_everybody() {
    let sender = sender(&refusing());
    for other in [
        message(TO, "another"),
        Message { from: Some(sender_id("15880000")), ..message(TO, "안녕") },
        Message { subject: Some("제목".into()), ..message(TO, "안녕") },
    ] {
        let error = sender.send_many(&[message(TO, "안녕"), other]).await.unwrap_err();
        assert_eq!(told(&error), "Refused Other different");
    }
}

#[tokio::test]
async fn an_answer_is_that_of_all() {
    for (body, expected) in [("-201,0", "Unavailable Quota -201"), ("?", "Unclear 200")] {
        let server = cafe24(PAGE, answer(200, body)).await;
        let error = sender(&server.uri()).send_many(&many(3)).await.unwrap_err();
        assert_eq!(told(&error), expected);
    }
}

#[tokio::test]
async fn a_code_about_one_number_condemns_nobody_else() {
    for body in ["3205", "3202,", "3207", "245", "204"] {
        let server = cafe24(PAGE, answer(200, body)).await;
        let error = sender(&server.uri()).send_many(&many(2)).await.unwrap_err();
        assert_eq!(told(&error), format!("Unclear {}", body.trim_end_matches(',')));
    }
    // Alone it is the one that is meant, though another was left out before.
    let server = cafe24(PAGE, answer(200, "3205")).await;
    let messages = [message("+1 650 253 0000", "안녕"), message(TO, "안녕")];
    let error = sender(&server.uri()).send_many(&messages).await.unwrap_err();
    assert_eq!(told(&error), "Refused InvalidNumber 3205");
}
