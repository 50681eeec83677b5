//! Reading a form: recipients, sender, text, subject, image and time.

use std::sync::Arc;

use bonin_domain::messages::{ImageError, MessageKind};
use bonin_domain::{Destinations, Region};
use bonin_services::messaging::{Compose, ComposedMessage, FormField, FormRule, TypedMessage};
use bonin_testkit::FixedClock;

fn compose() -> Compose {
    let clock = FixedClock::new("2026-11-21T00:00:00Z".parse().expect("a time"));
    Compose { destinations: Destinations::default(), clock: Arc::new(clock) }
}

fn typed() -> TypedMessage {
    TypedMessage {
        to: "010-1234-5678".to_owned(),
        from: "02-123-4567".to_owned(),
        text: "안녕하세요".to_owned(),
        ..TypedMessage::default()
    }
}

fn good(typed: &TypedMessage) -> ComposedMessage {
    compose().execute(typed, None).expect("a good form")
}

/// What is wrong, field by field.
fn wrong(typed: &TypedMessage) -> Vec<(FormField, FormRule)> {
    let faults = compose().execute(typed, None).expect_err("a bad form");
    faults.into_iter().map(|fault| (fault.field, fault.rule)).collect()
}

fn jpeg() -> Vec<u8> {
    [&[0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 80, 0, 100][..], &[1, 1, 0x11, 0, 0xff, 0xd9]].concat()
}

#[test]
fn recipients_are_parted_in_every_usual_way_and_each_counts_once() {
    let to = " 010-1234-5678, +82 10 2345 6789;\r\n01034567890\n０１０－１２３４－５６７８，;\n";
    let typed = TypedMessage { to: to.to_owned(), ..typed() };
    let numbers: Vec<String> = good(&typed).to.iter().map(|number| number.e164().to_owned()).collect();
    assert_eq!(numbers, ["+821012345678", "+821023456789", "+821034567890"]);
    let measure = compose().measure(&typed, false);
    assert_eq!((measure.recipients, measure.repeated), (3, 1));
}

#[test]
fn wrong_recipients_are_named_by_their_places() {
    let to = |to: &str| wrong(&TypedMessage { to: to.to_owned(), ..typed() });
    assert_eq!(to(" ,\n"), [(FormField::To, FormRule::Missing)]);
    assert_eq!(
        to("010-12, 01012345678, 02-123-4567, abc"),
        [(FormField::To, FormRule::NotNumbers(vec![1, 4])), (FormField::To, FormRule::NotAllowed(vec![3])),]
    );
    let many: Vec<String> = (0..201).map(|place| format!("0102000{place:04}")).collect();
    assert_eq!(to(&many.join(",")), [(FormField::To, FormRule::TooMany(200))]);
    assert_eq!(good(&TypedMessage { to: many[..200].join(","), ..typed() }).to.len(), 200);
    assert_eq!(to(&"1,".repeat(100_000))[0], (FormField::To, FormRule::TooMany(200)));
}

#[test]
fn the_kind_follows_from_bytes_subject_and_image() {
    let of = |text: &str, subject: &str, image: Option<Vec<u8>>| {
        let typed = TypedMessage { text: text.to_owned(), subject: subject.to_owned(), ..typed() };
        compose().execute(&typed, image).unwrap().kind
    };
    let (ninety, more) = ("가".repeat(45), "가".repeat(45) + "a");
    assert_eq!([of(&ninety, "", None), of(&more, "", None)], [MessageKind::Sms, MessageKind::Lms]);
    assert_eq!(of("짧은 글", " 제목 ", None), MessageKind::Lms);
    assert_eq!(of("사진", "", Some(jpeg())), MessageKind::Mms);
    // Forms send line breaks as two characters, carriers count one.
    assert_eq!(of(&format!("{}\r\n{}", "가".repeat(22), "가".repeat(22)), "", None), MessageKind::Sms);
    // Syllables that were typed in parts are composed first.
    assert_eq!(good(&TypedMessage { text: "\u{1112}\u{1161}\u{11ab}".to_owned(), ..typed() }).text, "한");
}

#[test]
fn texts_and_subjects_keep_what_carriers_can_take() {
    let text = |text: &str| wrong(&TypedMessage { text: text.to_owned(), ..typed() });
    assert_eq!(text(" \r\n "), [(FormField::Text, FormRule::Missing)]);
    assert_eq!(text("가😀나❤😀"), [(FormField::Text, FormRule::Unencodable(vec!['😀', '❤']))]);
    assert_eq!(text("a\tb"), [(FormField::Text, FormRule::ControlCharacter)]);
    let long = FormRule::TooLong { bytes: 2_001, limit: 2_000 };
    assert_eq!(text(&("가".repeat(1_000) + "a")), [(FormField::Text, long)]);
    let subject = |subject: &str| wrong(&TypedMessage { subject: subject.to_owned(), ..typed() });
    let long = FormRule::TooLong { bytes: 41, limit: 40 };
    assert_eq!(subject(&("가".repeat(20) + "a")), [(FormField::Subject, long)]);
    assert_eq!(subject("두\n줄"), [(FormField::Subject, FormRule::ControlCharacter)]);
}

#[test]
fn times_are_korean_and_lie_within_six_months() {
    let at = |at: &str| TypedMessage { at: at.to_owned(), ..typed() };
    // It is 9 o'clock in Korea.
    assert_eq!(good(&at("2026-11-21T09:01")).scheduled_at, "2026-11-21T00:01:00Z".parse().ok());
    assert_eq!(good(&at("2027-05-21T09:00")).scheduled_at, "2027-05-21T00:00:00Z".parse().ok());
    for (raw, rule) in [
        ("2026-11-21T09:00", FormRule::Past),
        ("2027-05-21T09:01", FormRule::TooFar),
        ("2026-11-31T09:00", FormRule::NotATime),
        ("tomorrow", FormRule::NotATime),
    ] {
        assert_eq!(wrong(&at(raw)), [(FormField::At, rule)], "{raw}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let bad = TypedMessage {
        to: String::new(),
        from: "본인".to_owned(),
        subject: "😀".to_owned(),
        text: String::new(),
        at: "x".to_owned(),
    };
    let faults = compose().execute(&bad, Some(b"\x89PNG".to_vec())).unwrap_err();
    let fields: Vec<FormField> = faults.iter().map(|fault| fault.field).collect();
    let all = [
        FormField::To,
        FormField::From,
        FormField::Subject,
        FormField::Text,
        FormField::Image,
        FormField::At,
    ];
    for field in all {
        assert!(fields.contains(&field), "{field:?} of {fields:?}");
    }
    assert!(faults.iter().any(|fault| fault.rule == FormRule::Image(ImageError::NotJpeg)));
    assert_eq!(format!("{bad:?}"), "TypedMessage(…)", "nothing of it is logged");
}

#[test]
fn numbers_abroad_take_short_messages_only() {
    let clock = FixedClock::new("2026-11-21T00:00:00Z".parse().expect("a time"));
    let destinations = Destinations { regions: vec![Region::KR, "JP".parse().expect("a country")] };
    let compose = Compose { destinations, clock: Arc::new(clock) };
    let to = "010-1234-5678, +81 90 1234 5678".to_owned();
    let short = TypedMessage { to, ..typed() };
    assert_eq!(compose.execute(&short, None).expect("a good form").to.len(), 2);
    let faults =
        compose.execute(&TypedMessage { subject: "제목".to_owned(), ..short }, None).expect_err("it is long");
    assert_eq!(faults.iter().map(|fault| &fault.rule).collect::<Vec<_>>(), [&FormRule::Abroad(vec![2])]);
}
