//! How far a send came, in words.

use bonin_domain::messages::{DeliveryState, FailureClass, MessageKind};
use bonin_domain::messaging::{WebMessage, WebSend, WebSendState};

use crate::pages::Frame;

/// A state as it is shown: its word, and the class of its badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Badge {
    /// The word.
    pub word: &'static str,
    /// What the badge looks like: `badge-good`, `badge-bad`, `badge-warn`, `badge-info` or `badge-mute`.
    pub class: &'static str,
}

fn badge(frame: &Frame, class: &'static str, ko: &'static str, en: &'static str) -> Badge {
    Badge { word: if frame.korean() { ko } else { en }, class }
}

/// How far a send came. `follows` says whether its person lets us ask what becomes of it.
pub fn send(frame: &Frame, send: &WebSend, follows: bool) -> Badge {
    let (delivered, failed) = (send.figures.delivered, send.figures.failed);
    match send.state {
        WebSendState::Prepared | WebSendState::Unclear if send.is_under_way(frame.now) => {
            badge(frame, "badge-info", "보내는 중", "On its way")
        }
        WebSendState::Prepared => badge(frame, "badge-warn", "보내지 않았어요", "Not sent"),
        WebSendState::Unclear => badge(frame, "badge-warn", "확인이 필요해요", "To be checked"),
        WebSendState::Scheduled if send.scheduled_at.is_some_and(|at| at > frame.now) => {
            badge(frame, "badge-info", "예약됨", "Scheduled")
        }
        WebSendState::Refused => badge(frame, "badge-bad", "보내지 못했어요", "Refused"),
        WebSendState::Cancelled => badge(frame, "badge-mute", "취소됨", "Cancelled"),
        WebSendState::Scheduled | WebSendState::Sent if follows && send.is_followed(frame.now) => {
            badge(frame, "badge-info", "보내는 중", "On its way")
        }
        WebSendState::Scheduled | WebSendState::Sent if send.is_open() => {
            badge(frame, "badge-info", "보냈어요", "Sent")
        }
        WebSendState::Scheduled | WebSendState::Sent => match (delivered, failed) {
            (_, 0) => badge(frame, "badge-good", "모두 도착", "Delivered"),
            (0, _) => badge(frame, "badge-bad", "도착하지 못함", "Failed"),
            (_, _) => badge(frame, "badge-warn", "일부 도착", "Partly delivered"),
        },
    }
}

/// How far one message of it came.
pub fn message(frame: &Frame, send: &WebSend, message: &WebMessage) -> Badge {
    match (message.state, send.state) {
        (DeliveryState::Delivered, _) => badge(frame, "badge-good", "도착", "Delivered"),
        (DeliveryState::Failed | DeliveryState::Expired, _) => badge(frame, "badge-bad", "실패", "Failed"),
        (_, WebSendState::Cancelled) => badge(frame, "badge-mute", "취소됨", "Cancelled"),
        (_, WebSendState::Scheduled) if send.scheduled_at.is_some_and(|at| at > frame.now) => {
            badge(frame, "badge-info", "예약됨", "Scheduled")
        }
        (DeliveryState::Sent, _) => badge(frame, "badge-info", "통신사로 보냄", "With the carrier"),
        (DeliveryState::Accepted, _) => badge(frame, "badge-info", "접수됨", "Accepted"),
        (DeliveryState::Unknown, _) => badge(frame, "badge-warn", "확인 중", "Unclear"),
        (DeliveryState::Queued, _) => badge(frame, "badge-mute", "대기", "Waiting"),
    }
}

/// The name of a kind.
pub fn kind(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Sms => "SMS",
        MessageKind::Lms => "LMS",
        MessageKind::Mms => "MMS",
    }
}

/// Why it failed, and what its sender can do: the account is theirs.
pub fn reason(frame: &Frame, class: FailureClass) -> &'static str {
    let (ko, en) = match class {
        FailureClass::InvalidNumber => (
            "없는 번호이거나 문자를 받을 수 없는 번호예요. 번호를 확인해 주세요.",
            "This number does not exist or cannot receive text messages. Check the number.",
        ),
        FailureClass::Unreachable => (
            "휴대폰이 꺼져 있거나 신호가 닿지 않았어요. 잠시 후 다시 보내 주세요.",
            "The phone is switched off or out of coverage. Try again later.",
        ),
        FailureClass::Blocked => (
            "받는 분이나 통신사가 이 문자를 차단했어요.",
            "The recipient or the carrier blocks this message.",
        ),
        FailureClass::SpamFilter => (
            "스팸으로 분류되어 도착하지 않았어요. 문구를 바꿔 보세요.",
            "A spam filter stopped this message. Try other words.",
        ),
        FailureClass::Quota => (
            "CoolSMS 잔액이 부족하거나 발송 한도를 넘었어요. 충전한 뒤 다시 보내 주세요.",
            "Your CoolSMS account is out of credit or over its quota. Top it up and send again.",
        ),
        FailureClass::Sender => (
            "CoolSMS에 등록하지 않은 발신번호예요. 발신번호를 등록하고 다시 보내 주세요.",
            "The sender number is not registered at CoolSMS. Register it and send again.",
        ),
        FailureClass::Content => (
            "보낼 수 없는 내용이나 사진이 있어요. 고쳐서 다시 보내 주세요.",
            "The text or the picture cannot be sent. Change it and send again.",
        ),
        FailureClass::Credentials => (
            "CoolSMS가 이 앱의 요청을 받지 않았어요. 계정에서 다시 연결해 주세요.",
            "CoolSMS did not take this app's request. Connect your account again.",
        ),
        FailureClass::ProviderDown => (
            "CoolSMS가 응답하지 않아 보내지 않았어요. 잠시 후 다시 보내 주세요.",
            "CoolSMS did not answer, so nothing was sent. Try again later.",
        ),
        FailureClass::Unclear => ("결과를 확인하지 못했어요.", "What became of it could not be found out."),
        FailureClass::TooLate => ("보낼 시각이 지났어요.", "It was too late to send it."),
        FailureClass::Other => (
            "알 수 없는 이유로 보내지 못했어요. 계속되면 CoolSMS에 코드를 알려 주세요.",
            "It failed for an unknown reason. If it keeps failing, tell CoolSMS the code.",
        ),
    };
    if frame.korean() { ko } else { en }
}
