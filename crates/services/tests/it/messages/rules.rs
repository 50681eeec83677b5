//! What is refused, before anything is stored.

use bonin_domain::LineType;
use bonin_domain::messages::{MessageKind, SenderId};
use bonin_services::messages::{AskedKind, MOST_RECIPIENTS, Place, Rule, SendRequest};
use jiff::{SignedDuration, ToSpan as _};

use super::desk::{Desk, image, recipient};
use crate::support::named;

const ONE: &str = "010-1234-5678";
const TWO: &str = "010-8765-4321";
const JAPAN: &str = "+81 90 1234 5678";

fn too_long(bytes: usize, kind: MessageKind) -> Rule {
    Rule::TooLong { bytes, limit: kind.text_limit(), kind }
}

#[tokio::test]
async fn all_faults_are_named_at_once_each_with_its_place() {
    let desk = Desk::new();
    let mut request = desk.request(&[ONE, "02-312-3456", "070-1234-5678", "080-123-4567", "+1 212 555 2368"]);
    request.recipients.push(recipient("+82 10 1234 5678"));
    request.recipients[0].text = Some("😀".to_owned());
    request.text = Some("가".repeat(46));
    request.subject = Some("제목".to_owned());
    request.from = Some(SenderId::parse("02-999-9999").unwrap());
    request.provider = Some(named("pigeon"));
    request.images = vec![image()];
    request.scheduled_at = Some(desk.world.now());
    assert_eq!(
        desk.faults(request).await,
        [
            (Place::Kind, Rule::ImagesNeedMms),
            (Place::ScheduledAt, Rule::Past),
            (Place::From, Rule::SenderUnknown),
            (Place::Provider, Rule::ProviderUnknown),
            (Place::RecipientText(0), Rule::Unencodable('😀')),
            (Place::Recipient(1), Rule::NotMobile(LineType::Fixed)),
            (Place::Text, too_long(92, MessageKind::Sms)),
            (Place::Subject, Rule::NoSubject),
            (Place::Recipient(2), Rule::NotMobile(LineType::Voip)),
            (Place::Recipient(3), Rule::NotMobile(LineType::Special)),
            (Place::Recipient(4), Rule::CountryNotAllowed),
            (Place::Recipient(5), Rule::Repeated),
        ]
    );
}

#[tokio::test]
async fn one_to_a_thousand_recipients_get_a_message() {
    let desk = Desk::new();
    let faults = desk.faults(desk.request(&[])).await;
    assert_eq!(faults, [(Place::Recipients, Rule::Missing)]);
    let many = |count: usize| SendRequest {
        recipients: (0..count).map(|number| recipient(&format!("010-2345-{number:04}"))).collect(),
        ..desk.request(&[])
    };
    let faults = desk.faults(many(MOST_RECIPIENTS + 1)).await;
    assert_eq!(faults, [(Place::Recipients, Rule::TooMany(MOST_RECIPIENTS))]);
    assert_eq!(desk.sent(many(MOST_RECIPIENTS)).await.messages.len(), MOST_RECIPIENTS);
}

#[tokio::test]
async fn every_recipient_needs_a_text() {
    let desk = Desk::new();
    let none = SendRequest { text: None, ..desk.request(&[ONE, TWO]) };
    assert_eq!(desk.faults(none).await, [(Place::Text, Rule::Missing)]);
    let mut some = SendRequest { text: None, ..desk.request(&[ONE, TWO]) };
    some.recipients[0].text = Some("안녕하세요".to_owned());
    assert_eq!(desk.faults(some).await, [(Place::RecipientText(1), Rule::Missing)]);
    let mut blank = desk.request(&[ONE]);
    blank.recipients[0].text = Some(" \n".to_owned());
    assert_eq!(desk.faults(blank).await, [(Place::RecipientText(0), Rule::Missing)]);
    for text in ["a\0b", "a\u{1b}[1m", "a\tb"] {
        let control = SendRequest { text: Some(text.to_owned()), ..desk.request(&[ONE]) };
        assert_eq!(desk.faults(control).await, [(Place::Text, Rule::ControlCharacter)], "{text:?}");
    }
}

#[tokio::test]
async fn bytes_count_in_the_encoding_of_korean_carriers() {
    let desk = Desk::new();
    for (kind, text, bytes) in [
        (MessageKind::Sms, "가".repeat(45) + "a", 91),
        (MessageKind::Sms, "a".repeat(92), 92),
        (MessageKind::Lms, "가".repeat(1_001), 2_002),
    ] {
        let request =
            SendRequest { text: Some(text), kind: AskedKind::Exactly(kind), ..desk.request(&[ONE, TWO]) };
        assert_eq!(desk.faults(request).await, [(Place::Text, too_long(bytes, kind))]);
    }
    let request =
        SendRequest { subject: Some("가".repeat(21)), kind: AskedKind::Auto, ..desk.request(&[ONE]) };
    let rule = Rule::TooLong { bytes: 42, limit: 40, kind: MessageKind::Lms };
    assert_eq!(desk.faults(request).await, [(Place::Subject, rule)]);
    let fits = SendRequest { text: Some("가".repeat(45)), ..desk.request(&[ONE]) };
    desk.sent(fits).await;
    assert_eq!(desk.sens.sent(), 1);
}

#[tokio::test]
async fn abroad_other_alphabets_count_two_bytes_a_unit() {
    let desk = Desk::new();
    let request = |text: String| SendRequest { text: Some(text), ..desk.request(&[JAPAN]) };
    // One emoji is two units, as is one letter outside the first plane.
    let faults = desk.faults(request("😀".repeat(23))).await;
    assert_eq!(faults, [(Place::Text, too_long(92, MessageKind::Sms))]);
    desk.sent(request("😀".repeat(22))).await;
    assert_eq!(desk.nexmo.script.messages()[0].text.as_ref(), "😀".repeat(22));
}

#[tokio::test]
async fn an_image_needs_an_mms_and_an_mms_an_image() {
    let desk = Desk::new();
    let request = |kind, images| SendRequest { kind, images, ..desk.request(&[ONE]) };
    let mms = AskedKind::Exactly(MessageKind::Mms);
    let faults = desk.faults(request(mms, Vec::new())).await;
    assert_eq!(faults, [(Place::Images, Rule::Missing)]);
    let faults = desk.faults(request(AskedKind::Auto, vec![image(), image()])).await;
    assert_eq!(faults, [(Place::Images, Rule::TooMany(1))]);
    let faults = desk.faults(request(AskedKind::Exactly(MessageKind::Lms), vec![image()])).await;
    assert_eq!(faults, [(Place::Kind, Rule::ImagesNeedMms)]);
}

#[tokio::test]
async fn a_reservation_lies_in_the_future_and_within_six_months() {
    let desk = Desk::new();
    let at = |moment| SendRequest { scheduled_at: Some(moment), ..desk.request(&[ONE]) };
    let now = desk.world.now();
    for past in [now, now - 1.microsecond(), now - SignedDuration::from_hours(24)] {
        assert_eq!(desk.faults(at(past)).await, [(Place::ScheduledAt, Rule::Past)]);
    }
    let furthest = now + SignedDuration::from_hours(184 * 24);
    let faults = desk.faults(at(furthest + 1.microsecond())).await;
    assert_eq!(faults, [(Place::ScheduledAt, Rule::TooFar)]);
    assert!(desk.send.execute(at(furthest)).await.is_ok());
    assert!(desk.send.execute(at(now + 1.microsecond())).await.is_ok());
}

#[tokio::test]
async fn some_provider_must_be_able_to_carry_each_message() {
    let desk = Desk::new();
    let lms = AskedKind::Exactly(MessageKind::Lms);
    let request = SendRequest { kind: lms, ..desk.request(&[ONE, JAPAN]) };
    let faults = desk.faults(request).await;
    assert_eq!(faults, [(Place::Recipient(1), Rule::NoRoute)], "no long text goes abroad");

    let request = SendRequest { provider: Some(named("sens")), ..desk.request(&[ONE, JAPAN]) };
    let faults = desk.faults(request).await;
    assert_eq!(faults, [(Place::Provider, Rule::ProviderUnable)], "sens reaches Korea alone");

    let from = |sender: &str| Some(SenderId::parse(sender).unwrap());
    let request =
        SendRequest { provider: Some(named("nexmo")), from: from("02-123-4567"), ..desk.request(&[ONE]) };
    let faults = desk.faults(request).await;
    assert_eq!(faults, [(Place::Provider, Rule::ProviderUnable)], "the sender is registered elsewhere");

    let request = SendRequest { from: from("02-123-4567"), ..desk.request(&[JAPAN]) };
    assert_eq!(desk.faults(request).await, [(Place::Recipient(0), Rule::NoRoute)]);
}
