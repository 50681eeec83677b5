//! `Cafe24Sender` as a `MessageSender`

use bonin_domain::messages::MessageKind;
use bonin_ports::{Encoding, Message, MessageSender};

use crate::support::{TO, answer, bodies, cafe24, decoded, message, refusing, sender, sender_id, told};

const PAGE: &str = "/sms_sender.php";

#[tokio::test]
async fn an_accepted_message_is_named_by_its_time_and_kind() {
    let server = cafe24(PAGE, answer(200, "success,1234")).await;
    let sender = sender(&server.uri());
    let sms = message(TO, "안녕");
    let lms = Message { kind: MessageKind::Lms, subject: Some("제목".into()), ..sms.clone() };
    let first = sender.send(&sms).await.unwrap();
    let second = sender.clone().send(&lms).await.unwrap();
    assert_eq!(first.reference.as_str(), "20260102-120405-678000-0s");
    assert_eq!(second.reference.as_str(), "20260102-120405-678000-1l");
    assert_eq!((first.code.as_str(), first.price), ("success", None));
    let bodies = bodies(&server).await;
    assert_eq!(decoded(&bodies[0], "smsType"), None);
    assert_eq!(decoded(&bodies[1], "smsType").as_deref(), Some("L"));
    assert_eq!(decoded(&bodies[1], "subject").as_deref(), Some("제목"));
}

#[tokio::test]
async fn a_message_may_name_one_of_the_senders() {
    let server = cafe24(PAGE, answer(200, "success,1234")).await;
    let sender = sender(&server.uri());
    let senders: Vec<_> =
        sender.abilities().senders.iter().map(|sender| sender.as_str().to_owned()).collect();
    assert_eq!(senders, ["07000000000", "15880000", "01099999999"]);
    assert!(sender.abilities().domestic_only && sender.abilities().encoding == Encoding::EucKr);
    let from = Message { from: Some(sender_id("15880000")), ..message(TO, "안녕") };
    sender.send(&from).await.unwrap();
    assert_eq!(decoded(&bodies(&server).await[0], "sphone1").as_deref(), Some("1588"));
}

#[tokio::test]
async fn what_cafe24_cannot_carry_is_refused_by_us() {
    let sms = |text: String| message(TO, &text);
    for (message, expected) in [
        (sms("가".repeat(46)), "Refused Content text_too_long"),
        (sms("😀".into()), "Refused Content unencodable"),
        (sms(String::new()), "Refused Content text_empty"),
        (message("+1 650 253 0000", "a"), "Refused InvalidNumber recipient"),
        (Message { kind: MessageKind::Mms, ..sms("a".into()) }, "Refused Content mms"),
        (Message { subject: Some("a".into()), ..sms("a".into()) }, "Refused Content subject_on_sms"),
        (Message { from: Some(sender_id("021234567")), ..sms("a".into()) }, "Refused Sender sender"),
        (
            Message { from: Some(sender_id("01099999999")), ..message("010-9999-9999", "a") },
            "Refused Sender to_sender",
        ),
    ] {
        let error = sender(&refusing()).send(&message).await.unwrap_err();
        assert_eq!(told(&error), expected);
    }
}

#[tokio::test]
async fn each_answer_is_what_the_caller_can_do_about_it() {
    for (status, body, expected) in [
        (200, "-100,", "Unavailable ProviderDown -100"),
        (200, "-101,", "Refused Other -101"),
        (200, "-102,", "Unauthorized -102"),
        (200, "-105,", "Refused Other -105"),
        (200, "-114,", "Refused Sender -114"),
        (200, "-201,0", "Unavailable Quota -201"),
        (200, "-202,", "Refused Content -202"),
        (200, "-203,", "Unavailable ProviderDown -203"),
        (200, "0004", "Refused Content 0004"),
        (200, "0005", "Unavailable ProviderDown 0005"),
        (200, "0044", "Refused SpamFilter 0044"),
        (200, "0099", "Unavailable ProviderDown 0099"),
        (200, "3205", "Refused InvalidNumber 3205"),
        (200, "3219", "Unavailable Quota 3219"),
        (200, "3224", "Refused Blocked 3224"),
        (200, "4711", "Refused Other 4711"),
        (200, "112", "Unclear 112"),
        (200, "", "Unclear 200"),
        (200, "sent", "Unclear 200"),
        (200, "{\"code\":\"0000\"}", "Unclear 200"),
        (201, "success,1", "Unclear 201"),
        (302, "", "Unclear 302"),
        (400, "", "Refused Other 400"),
        (401, "", "Unauthorized 401"),
        (403, "", "Unauthorized 403"),
        (404, "", "Unavailable ProviderDown 404"),
        (408, "", "Unavailable ProviderDown 408"),
        (429, "", "Unavailable Quota 429"),
        (500, "success,1", "Unclear 500"),
        (502, "", "Unclear 502"),
        (503, "", "Unavailable ProviderDown 503"),
        (504, "", "Unclear 504"),
    ] {
        let server = cafe24(PAGE, answer(status, body)).await;
        let error = sender(&server.uri()).send(&message(TO, "안녕")).await.unwrap_err();
        assert_eq!(told(&error), expected, "{status} {body}");
    }
    let error = sender(&refusing()).send(&message(TO, "안녕")).await.unwrap_err();
    assert_eq!(told(&error), "Unavailable ProviderDown connect");
}
