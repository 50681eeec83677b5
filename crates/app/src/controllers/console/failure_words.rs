//! What failed, in words for whoever runs the deployment: the words of the API are for programs, and those of messages for
//! people who wait for one.

use bonin_domain::messages::FailureClass;

use crate::pages::Frame;
use crate::problem::ProblemCode;

/// A problem that a page of the console can meet.
pub fn problem(frame: &Frame, code: ProblemCode) -> &'static str {
    let (ko, en) = match code {
        ProblemCode::NotFound => ("찾는 페이지가 없어요.", "There is no such page."),
        ProblemCode::VerificationNotFound => (
            "이 ID의 인증이 없어요. 오래됐다면 기록이 지워졌을 수 있어요.",
            "There is no verification with this ID. An old one may be gone.",
        ),
        ProblemCode::FormTokenRefused => (
            "이 화면이 오래됐어요. 페이지를 다시 열고 해 주세요. 아무것도 바뀌지 않았어요.",
            "The page was too old. Open it again; nothing was changed.",
        ),
        ProblemCode::CrossSiteRefused => (
            "이 콘솔에서 보낸 요청이 아니라서 처리하지 않았어요.",
            "The request does not come from this console. Nothing was done.",
        ),
        ProblemCode::BodyTooLarge => ("입력한 내용이 너무 길어요.", "What was typed is too long."),
        ProblemCode::BodyTimeout => (
            "보낸 내용이 제때 도착하지 않았어요. 다시 시도해 주세요.",
            "The form did not arrive in time. Try again.",
        ),
        ProblemCode::TooManyRequests => {
            ("요청이 너무 많아요. 잠시 뒤에 다시 시도해 주세요.", "Too many requests. Try again in a moment.")
        }
        ProblemCode::Unavailable => (
            "지금은 서버가 바빠서 처리하지 못했어요. 잠시 뒤에 다시 시도해 주세요.",
            "The server is busy, and nothing was done. Try again in a moment.",
        ),
        ProblemCode::Internal => (
            "서버에 문제가 생겼어요. 서버 로그에서 원인을 확인해 주세요.",
            "Something went wrong on the server. Its log says what.",
        ),
        _ => ("요청을 처리하지 못했어요.", "The request could not be understood."),
    };
    frame.say(ko, en)
}

/// Why a message did not arrive, and what there is to do about it.
pub fn failure(frame: &Frame, class: FailureClass) -> &'static str {
    let (ko, en) = match class {
        FailureClass::InvalidNumber => (
            "없는 번호이거나 문자를 받을 수 없는 번호예요.",
            "The number does not exist, or receives no text messages.",
        ),
        FailureClass::Unreachable => {
            ("휴대폰이 꺼져 있거나 신호가 닿지 않았어요.", "The phone was switched off or out of coverage.")
        }
        FailureClass::Blocked => {
            ("받는 사람이나 통신사가 차단했어요.", "The recipient or the carrier blocks the message.")
        }
        FailureClass::SpamFilter => {
            ("스팸으로 걸러졌어요. 문구를 확인해 주세요.", "A spam filter stopped it. Check the text.")
        }
        FailureClass::Quota => (
            "발송사의 한도를 넘었거나 잔액이 부족해요. 한도를 올리거나 충전해 주세요.",
            "The account at the provider is out of quota or credit. Raise the limit or top it up.",
        ),
        FailureClass::Sender => (
            "발신번호가 등록되지 않았거나 쓸 수 없어요. 발송사에서 등록 상태를 확인해 주세요.",
            "The sender is not registered or not allowed. Check its registration with the provider.",
        ),
        FailureClass::Content => (
            "발송사가 보낼 수 없는 내용이에요. 문구를 확인해 주세요.",
            "The provider cannot send this content. Check the text.",
        ),
        FailureClass::Credentials => (
            "발송사가 인증키를 받아들이지 않았어요. 설정한 키와 권한을 확인해 주세요.",
            "The provider does not accept the keys. Check them and what they may do.",
        ),
        FailureClass::ProviderDown => (
            "발송사에 연결할 수 없거나 장애가 있었어요.",
            "The provider was out of order or could not be reached.",
        ),
        FailureClass::Unclear => (
            "발송사가 결과를 알려 주지 않아서 보냈는지 알 수 없어요.",
            "The provider gave no clear answer: it may or may not have been sent.",
        ),
        FailureClass::TooLate => {
            ("보내기 전에 인증 시간이 다 됐어요.", "The verification's time ran out before it could be sent.")
        }
        FailureClass::Other => (
            "분류되지 않은 이유예요. 발송사 코드를 확인해 주세요.",
            "No known class. The provider's code says more.",
        ),
    };
    frame.say(ko, en)
}
