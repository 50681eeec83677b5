//! More than may be sent, in words.

use bonin_domain::messaging::{SendingLimits, SendingRoom};
use bonin_services::messaging::{ComposedMessage, FormField};
use jiff::Timestamp;

use crate::pages::Frame;
use crate::pages::format::minute;

/// More recipients than a form may have. What counts is what may be sent now, where that is less.
pub fn too_many_at_once(ko: bool, most: usize, left: u32) -> String {
    if left == 0 {
        let (korean, english) = ("지금은 더 보낼 수 없어요.", "No more may be sent now.");
        return if ko { korean } else { english }.to_owned();
    }
    match (ko, usize::try_from(left).is_ok_and(|left| left < most)) {
        (true, true) => format!("지금은 {left}명까지 보낼 수 있어요."),
        (false, true) => format!("At most {left} recipients may be sent to now."),
        (true, false) => format!("한 번에 {most}명까지 보낼 수 있어요."),
        (false, false) => format!("At most {most} recipients at once."),
    }
}

/// More messages than may be sent now, or than may leave at their time; and the field where that is mended.
pub fn too_many(
    frame: &Frame,
    message: &ComposedMessage,
    limits: SendingLimits,
    room: SendingRoom,
    until: Timestamp,
) -> (FormField, String) {
    let (ko, asked, most) = (frame.korean(), message.to.len(), limits.room(0, 0).now());
    // Waiting makes room among what was asked for, at most a day later; never at a time that others have taken.
    let is_taken = message.scheduled_at.is_some() && until.duration_since(frame.now) >= SendingLimits::DAY;
    if u32::try_from(asked).unwrap_or(u32::MAX) > most {
        (FormField::To, too_many_for_an_hour(ko, most))
    } else if is_taken {
        (FormField::At, too_many_then(ko, room.now()))
    } else {
        (FormField::To, too_many_now(ko, asked, room.now(), &minute(until, frame.locale)))
    }
}

fn too_many_for_an_hour(ko: bool, most: u32) -> String {
    if ko {
        format!("한 시간에 {most}건까지 보낼 수 있어요. 나눠서 보내 주세요.")
    } else {
        format!("At most {most} messages an hour. Send them in parts.")
    }
}

fn too_many_then(ko: bool, left: u32) -> String {
    match (ko, left) {
        (true, 0) => "그 시각에는 더 보낼 수 없어요. 다른 시각을 골라 주세요.".to_owned(),
        (false, 0) => "No more may be sent at that time. Choose another.".to_owned(),
        (true, _) => format!("그 시각에는 {left}건까지 보낼 수 있어요. 다른 시각을 골라 주세요."),
        (false, _) => format!("Only {left} may be sent at that time. Choose another."),
    }
}

fn too_many_now(ko: bool, asked: usize, left: u32, until: &str) -> String {
    match (ko, left) {
        (true, 0) => format!("지금은 더 보낼 수 없어요. {until}부터 보낼 수 있어요."),
        (false, 0) => format!("No more may be sent now; again from {until} (Korean time) on."),
        (true, _) => format!("지금은 {left}건까지 보낼 수 있어요. {asked}건은 {until}부터 보낼 수 있어요."),
        (false, _) => format!("{left} may be sent now; {asked} from {until} (Korean time) on."),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::test::TestRequest;
    use bonin_domain::messages::{Locale, MessageKind, SenderId};
    use bonin_domain::{PhoneNumber, Region};
    use jiff::SignedDuration;

    use super::*;
    use crate::pages::FrameParts;
    use crate::system::{SystemClock, SystemEntropy};

    #[test]
    fn too_many_names_what_may_be_sent_now() {
        assert_eq!(too_many_at_once(true, 200, 30), "지금은 30명까지 보낼 수 있어요.");
        assert_eq!(too_many_at_once(true, 200, 300), "한 번에 200명까지 보낼 수 있어요.");
        assert_eq!(too_many_at_once(true, 200, 0), "지금은 더 보낼 수 없어요.");
        let until = "2026년 11월 21일 14:05";
        assert_eq!(
            [0, 3].map(|left| too_many_now(true, 5, left, until)),
            [
                "지금은 더 보낼 수 없어요. 2026년 11월 21일 14:05부터 보낼 수 있어요.",
                "지금은 3건까지 보낼 수 있어요. 5건은 2026년 11월 21일 14:05부터 보낼 수 있어요.",
            ]
        );
    }

    fn frame() -> Frame {
        let parts = FrameParts {
            entropy: Arc::new(SystemEntropy::new()),
            clock: Arc::new(SystemClock),
            locale: Locale::Ko,
        };
        Frame::new(&parts, &TestRequest::default().to_http_request())
    }

    #[test]
    fn a_time_that_is_full_is_told_at_the_time() {
        let frame = frame();
        let (soon, a_day) = (frame.now + SignedDuration::from_mins(40), frame.now + SendingLimits::DAY);
        let told = |asked: usize, scheduled_at: Option<Timestamp>, left: u32, until: Timestamp| {
            let to = vec![PhoneNumber::parse("01012345678", Region::KR).unwrap(); asked];
            let message = ComposedMessage {
                to,
                from: SenderId::parse("0255550102").unwrap(),
                kind: MessageKind::Sms,
                subject: None,
                text: "안녕하세요".to_owned(),
                image: None,
                scheduled_at,
            };
            let room = SendingRoom { hour: left, day: 200 };
            too_many(&frame, &message, SendingLimits::default(), room, until)
        };
        let then = Some(frame.now + SignedDuration::from_hours(50));
        let full = "그 시각에는 더 보낼 수 없어요. 다른 시각을 골라 주세요.";
        assert_eq!(told(1, then, 0, a_day), (FormField::At, full.to_owned()));
        let nearly = "그 시각에는 4건까지 보낼 수 있어요. 다른 시각을 골라 주세요.";
        assert_eq!(told(5, then, 4, a_day), (FormField::At, nearly.to_owned()));
        // Too much was asked for within this hour: no other time helps, waiting does.
        let (field, text) = told(1, then, 0, soon);
        assert!(field == FormField::To && text.starts_with("지금은 더 보낼 수 없어요. "), "{text}");
        let (field, text) = told(31, then, 30, a_day);
        assert!(field == FormField::To && text.starts_with("한 시간에 30건까지"), "{text}");
        let (field, text) = told(5, None, 4, a_day);
        assert!(field == FormField::To && text.starts_with("지금은 4건까지"), "{text}");
    }
}
