//! `Cafe24Client::send`

use std::error::Error as _;

use bonin_cafe24::{Cafe24Error, InvalidRequest, Repeat, SendReceipt, SendRequest, Taken};
use jiff::SignedDuration;

use crate::support::{TO, answer, bodies, cafe24, client, decoded, now, number, refusing, sender_id};

const PAGE: &str = "/sms_sender.php";
const TEXT: &str = "인증번호 [123456]를 입력해주세요.";

fn request() -> SendRequest {
    SendRequest::sms(TEXT).to(number(TO))
}

/// What goes over the wire for this request.
async fn sent(request: &SendRequest) -> String {
    let server = cafe24(PAGE, answer(200, "success,1234")).await;
    client(&server.uri()).send(request).await.unwrap();
    let mut bodies = bodies(&server).await;
    assert_eq!(bodies.len(), 1);
    bodies.remove(0)
}

#[tokio::test]
async fn the_form_is_that_of_the_sheet() {
    let server = cafe24(PAGE, answer(200, "Test Success!,1234")).await;
    let receipt = client(&server.uri()).send(&request().test()).await.unwrap();
    assert_eq!(receipt, SendReceipt { taken: Taken::Tested, remaining: Some(1234) });
    let sent = server.received_requests().await.unwrap().pop().unwrap();
    assert_eq!(sent.headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(
        String::from_utf8(sent.body).unwrap(),
        "user_id=bXlfc21zX2lk&secure=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY%3D&mode=MQ%3D%3D&sphone1=MDcw\
         &sphone2=MDAwMA%3D%3D&sphone3=MDAwMA%3D%3D&rphone=MDEwLTEyMzQtNTY3OA%3D%3D\
         &msg=7J247Kad67KI7Zi4IFsxMjM0NTZd66W8IOyeheugpe2VtOyjvOyEuOyalC4%3D&testflag=WQ%3D%3D"
    );
}

#[tokio::test]
async fn several_recipients_are_parted_by_commas() {
    let body = sent(&request().to(number("02-312-3456"))).await;
    assert_eq!(decoded(&body, "rphone").unwrap(), "010-1234-5678,02-312-3456");
    assert_eq!(decoded(&body, "destination"), None);
    assert_eq!(decoded(&body, "testflag"), None);
}

#[tokio::test]
async fn names_travel_in_their_own_field() {
    let request = SendRequest::sms("{name}님")
        .to_named(number("010-1234-5678"), "홍길동")
        .to_named(number("010-2345-6789"), "김영희");
    let body = sent(&request).await;
    assert!(
        body.contains("&destination=MDEwLTEyMzQtNTY3OHztmY3quLjrj5ksMDEwLTIzNDUtNjc4OXzquYDsmIHtnaw%3D"),
        "{body}"
    );
    assert_eq!(decoded(&body, "rphone").unwrap(), "");
    assert_eq!(decoded(&body, "msg").unwrap(), "{name}님");
}

#[tokio::test]
async fn a_sender_of_two_groups_leaves_the_third_empty() {
    let body = sent(&request().from(sender_id("15880000"))).await;
    let group = |name: &str| decoded(&body, name).unwrap();
    assert_eq!([group("sphone1"), group("sphone2"), group("sphone3")], ["1588", "0000", ""]);
}

#[tokio::test]
async fn a_long_message_says_so_and_has_its_subject() {
    let body = sent(&SendRequest::lms("가".repeat(1000)).subject("제목").to(number(TO))).await;
    assert_eq!(decoded(&body, "smsType").unwrap(), "L");
    assert_eq!(decoded(&body, "subject").unwrap(), "제목");
    assert_eq!(decoded(&body, "msg").unwrap(), "가".repeat(1000));
}

#[tokio::test]
async fn reservations_are_in_korean_time() {
    let server = cafe24(PAGE, answer(200, "reserved,1230")).await;
    let at = now() + SignedDuration::from_hours(12);
    let request = request().reserve(at).repeat(Repeat { times: 3, every_minutes: 15 });
    let receipt = client(&server.uri()).send(&request).await.unwrap();
    assert_eq!(receipt, SendReceipt { taken: Taken::Reserved, remaining: Some(1230) });
    let body = bodies(&server).await.remove(0);
    for (name, value) in [
        ("rdate", "20260103"),
        ("rtime", "000405"),
        ("repeatFlag", "Y"),
        ("repeatNum", "3"),
        ("repeatTime", "15"),
    ] {
        assert_eq!(decoded(&body, name).as_deref(), Some(value), "{name}");
    }
}

#[tokio::test]
async fn what_is_invalid_is_not_sent() {
    let client = client(&refusing());
    for (request, expected) in [
        (SendRequest::sms("a"), InvalidRequest::RecipientCount(0)),
        (request().from(sender_id("021234567")), InvalidRequest::Sender),
        (request().to(number("010-9999-9999")).from(sender_id("01099999999")), InvalidRequest::ToSender(1)),
        (request().reserve(now() + SignedDuration::from_mins(9)), InvalidRequest::TooSoon),
    ] {
        let error = client.send(&request).await.unwrap_err();
        assert!(matches!(error, Cafe24Error::Invalid(invalid) if invalid == expected), "{error:?}");
        assert_eq!(error.code(), expected.code());
    }
}

#[tokio::test]
async fn a_test_that_nobody_asked_for_sent_nothing() {
    let server = cafe24(PAGE, answer(200, "Test Success!,1234")).await;
    let error = client(&server.uri()).send(&request()).await.unwrap_err();
    assert!(
        matches!(error, Cafe24Error::Unavailable { ref code, .. } if code == "Test Success!"),
        "{error:?}"
    );
}

#[tokio::test]
async fn errors_repeat_nothing_of_the_request() {
    for body in ["-102,", "-114,3", "<html>010-1234-5678 인증번호 [123456]</html>", "12345678"] {
        let server = cafe24(PAGE, answer(200, body)).await;
        let error = client(&server.uri()).send(&request()).await.unwrap_err();
        let told = format!("{error} {error:?} {:?}", error.source());
        for hidden in ["5678", "123456", "0123456789abcdef", "my_sms_id", "인증"] {
            assert!(!told.contains(hidden), "{told}");
        }
    }
}
