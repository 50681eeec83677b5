//! What things are called on the console's pages, in both languages.

use bonin_domain::codes::{Purpose, Status};
use bonin_domain::messages::{DeliveryState, FailureClass};
use bonin_domain::routing::{BreakerState, Reason, RouteMode};
use bonin_services::analytics::By;

use crate::pages::Frame;

/// A state as a badge: the kind of badge, and the word.
pub struct Badge {
    /// `good`, `bad`, `warn`, `info` or `mute`.
    pub kind: &'static str,
    /// The word.
    pub text: String,
}

impl Badge {
    /// A badge of this kind.
    pub fn new(kind: &'static str, text: &str) -> Self {
        Self { kind, text: text.to_owned() }
    }
}

/// What a verification is for.
pub fn purpose(frame: &Frame, purpose: Purpose) -> &'static str {
    let (ko, en) = match purpose {
        Purpose::SignUp => ("회원가입", "Sign-up"),
        Purpose::FindId => ("아이디 찾기", "Find ID"),
        Purpose::ResetPassword => ("비밀번호 재설정", "Password reset"),
        Purpose::ChangePhone => ("번호 변경", "Change of number"),
        Purpose::StepUp => ("본인 재확인", "Step-up"),
    };
    frame.say(ko, en)
}

/// How a verification stands.
pub fn status(frame: &Frame, status: Status) -> Badge {
    let (kind, ko, en) = match status {
        Status::Pending => ("info", "진행 중", "Pending"),
        Status::Verified => ("good", "인증 완료", "Verified"),
        Status::Expired => ("mute", "시간 초과", "Expired"),
        Status::Cancelled => ("mute", "취소", "Cancelled"),
        Status::Locked => ("bad", "확인 횟수 초과", "Locked"),
    };
    Badge::new(kind, frame.say(ko, en))
}

/// How far a message came.
pub fn delivery(frame: &Frame, state: DeliveryState) -> Badge {
    let (kind, ko, en) = match state {
        DeliveryState::Queued => ("info", "대기", "Queued"),
        DeliveryState::Unknown => ("warn", "결과 불명", "Unknown"),
        DeliveryState::Accepted => ("info", "접수", "Accepted"),
        DeliveryState::Sent => ("info", "통신사 전달", "Sent"),
        DeliveryState::Delivered => ("good", "도착", "Delivered"),
        DeliveryState::Failed => ("bad", "실패", "Failed"),
        DeliveryState::Expired => ("mute", "보내기 전 만료", "Expired"),
    };
    Badge::new(kind, frame.say(ko, en))
}

/// Why a message did not arrive, in a word or two.
pub fn failure(frame: &Frame, class: FailureClass) -> &'static str {
    let (ko, en) = match class {
        FailureClass::InvalidNumber => ("없는 번호", "Invalid number"),
        FailureClass::Unreachable => ("전원 꺼짐·음영", "Unreachable"),
        FailureClass::Blocked => ("수신 차단", "Blocked"),
        FailureClass::SpamFilter => ("스팸 차단", "Spam filter"),
        FailureClass::Quota => ("한도·잔액 부족", "Quota or balance"),
        FailureClass::Sender => ("발신번호 문제", "Sender number"),
        FailureClass::Content => ("문구 문제", "Content"),
        FailureClass::Credentials => ("인증키 오류", "Credentials"),
        FailureClass::ProviderDown => ("발송사 장애", "Provider down"),
        FailureClass::Unclear => ("결과 불명", "Unclear"),
        FailureClass::TooLate => ("시간 초과", "Too late"),
        FailureClass::Other => ("기타", "Other"),
    };
    frame.say(ko, en)
}

/// Why a provider stands where it stands.
pub fn reason(frame: &Frame, reason: Reason) -> &'static str {
    let (ko, en) = match reason {
        Reason::Order => ("정해 둔 순서", "written order"),
        Reason::Weight => ("가중치 추첨", "drawn by weight"),
        Reason::Conversion => ("전환율", "conversion"),
        Reason::Avoided => ("앞서 실패해 뒤로", "did not convert before"),
        Reason::BreakerOpen => ("차단 중", "breaker open"),
        Reason::Unable => ("보낼 수 없음", "unable"),
    };
    frame.say(ko, en)
}

/// How providers were ordered.
pub fn route_mode(frame: &Frame, mode: RouteMode) -> &'static str {
    let (ko, en) = match mode {
        RouteMode::Fixed => ("고정 순서", "fixed order"),
        RouteMode::Weighted => ("가중치", "weighted"),
        RouteMode::Adaptive => ("적응형", "adaptive"),
    };
    frame.say(ko, en)
}

/// Whether a provider is left alone.
pub fn breaker(frame: &Frame, state: BreakerState) -> Badge {
    let (kind, ko, en) = match state {
        BreakerState::Closed => ("good", "정상", "Healthy"),
        BreakerState::HalfOpen => ("warn", "시험 중", "On probation"),
        BreakerState::Open => ("bad", "차단 중", "Out of order"),
    };
    Badge::new(kind, frame.say(ko, en))
}

/// What came of a start, as stored.
pub fn outcome(frame: &Frame, outcome: &str) -> Badge {
    match outcome {
        "allowed" => Badge::new("good", frame.say("허용", "Allowed")),
        "refused" => Badge::new("bad", frame.say("거부", "Refused")),
        "destination" => Badge::new("bad", frame.say("보낼 수 없는 번호", "Destination refused")),
        other => Badge::new("mute", other),
    }
}

/// A rule that starts are judged by, as stored.
pub fn rule<'a>(frame: &Frame, rule: &'a str) -> &'a str {
    let (ko, en) = match rule {
        "destination" => ("국가·회선", "Country and line"),
        "resend_wait" => ("재전송 대기", "Wait before a resend"),
        "number" => ("번호별 발송", "Sends to the number"),
        "address" => ("주소별 시작", "Starts from the address"),
        "network" => ("네트워크별 시작", "Starts from the network"),
        "wrong_checks" => ("하루 오답", "Wrong checks of the day"),
        "spending" => ("하루 비용(원)", "Cost of the day (won)"),
        other => (other, other),
    };
    frame.say(ko, en)
}

/// Whether a rule is applied, as stored.
pub fn rule_mode<'a>(frame: &Frame, mode: &'a str) -> &'a str {
    let (ko, en) = match mode {
        "block" => ("적용", "applied"),
        "record" => ("기록만", "recorded only"),
        "off" => ("끔", "off"),
        other => (other, other),
    };
    frame.say(ko, en)
}

/// By what figures are parted.
pub fn part(frame: &Frame, by: By) -> &'static str {
    let (ko, en) = match by {
        By::Provider => ("발송사별", "By provider"),
        By::Country => ("국가별", "By country"),
        By::Purpose => ("목적별", "By purpose"),
    };
    frame.say(ko, en)
}

/// A provider as people call it.
pub fn provider(name: &str) -> &str {
    match name {
        "sens" => "Naver SENS",
        "cafe24" => "Cafe24",
        "coolsms" => "CoolSMS",
        "nexmo" => "Nexmo SMS",
        "nexmo_verify" => "Nexmo Verify",
        other => other,
    }
}
