//! The longer words of the messaging app, Korean beside English.

use bonin_domain::messaging::AppScope;

use crate::problem::ProblemCode;

/// One text in both languages, Korean first.
pub type Both = (&'static str, &'static str);

/// The button that leads to CoolSMS.
pub const CONTINUE: Both = ("CoolSMS로 계속하기", "Continue with CoolSMS");
/// The button that leads to the app's first page.
pub const START: Both = ("처음으로", "Start page");

/// What people are told where there is more to say than the problem's title.
pub struct Told {
    pub title: Both,
    pub text: Both,
    /// Whether logging in is the way on.
    pub logs_in: bool,
}

/// What is said of a failure.
pub fn told(code: ProblemCode) -> Option<Told> {
    Some(match code {
        ProblemCode::PermissionEnded => Told {
            title: ("CoolSMS 연결이 끊어졌어요", "CoolSMS is no longer connected"),
            text: (
                "CoolSMS에서 권한을 해제했거나 사용 기간이 끝났어요. 다시 연결하면 보낸 메시지도 그대로 볼 수 있어요.",
                "The permission was taken back at CoolSMS, or it ended. Connect again, and what you sent is still here.",
            ),
            logs_in: true,
        },
        ProblemCode::PermissionMissing => Told {
            title: ("아직 허용하지 않은 기능이에요", "You have not allowed this yet"),
            text: ("계정 화면에서 필요한 권한을 허용해 주세요.", "Allow it on the account page first."),
            logs_in: false,
        },
        ProblemCode::MessagingNotOffered => Told {
            title: ("메시지 앱을 제공하지 않아요", "There is no messaging app here"),
            text: (
                "이 서버에는 CoolSMS 앱이 등록되어 있지 않아요. 운영자에게 문의해 주세요.",
                "No CoolSMS app is registered with this server. Ask its operator.",
            ),
            logs_in: false,
        },
        ProblemCode::LoginNotFinished => Told {
            title: ("로그인을 마치지 못했어요", "The log in was not finished"),
            text: (
                "로그인을 시작한 브라우저가 아니거나, 10분이 지났거나, 이미 사용한 주소예요. 다시 시작해 주세요.",
                "It was begun in another browser, is older than 10 minutes, or was used already. Please start again.",
            ),
            logs_in: true,
        },
        ProblemCode::ConsentRefused => Told {
            title: ("CoolSMS에서 허용하지 않았어요", "You did not allow it at CoolSMS"),
            text: (
                "아무것도 바뀌지 않았어요. 필요할 때 다시 허용할 수 있어요.",
                "Nothing has changed. You can allow it whenever you need it.",
            ),
            logs_in: false,
        },
        ProblemCode::OtherAccount => Told {
            title: ("다른 CoolSMS 계정이에요", "That is another CoolSMS account"),
            text: (
                "지금 연결된 계정과 다른 계정으로 허용해서 아무것도 바꾸지 않았어요. CoolSMS에서 계정을 확인하고 다시 시도해 주세요.",
                "The permission came from another account than the one connected here, so nothing was changed. Check your account at CoolSMS and try again.",
            ),
            logs_in: false,
        },
        ProblemCode::MessagingUnavailable => Told {
            title: ("CoolSMS에 연결할 수 없어요", "CoolSMS cannot be reached"),
            text: (
                "CoolSMS가 응답하지 않아요. 바뀐 것은 없으니 잠시 후 다시 시도해 주세요.",
                "CoolSMS gave no usable answer. Nothing has changed; try again in a moment.",
            ),
            logs_in: false,
        },
        ProblemCode::FormTokenRefused => Told {
            title: ("요청을 확인할 수 없어요", "This request cannot be trusted"),
            text: (
                "오래된 화면에서 보냈을 수 있어요. 화면을 새로 열고 다시 시도해 주세요.",
                "It may come from an old page. Open the page again and retry.",
            ),
            logs_in: false,
        },
        ProblemCode::CrossSiteRefused => Told {
            title: ("다른 사이트에서 온 요청이에요", "Another site made this request"),
            text: ("안전을 위해 처리하지 않았어요.", "It was refused for your safety."),
            logs_in: false,
        },
        ProblemCode::Unavailable => Told {
            title: ("지금은 처리할 수 없어요", "This cannot be done right now"),
            text: ("잠시 후 다시 시도해 주세요.", "Please try again in a moment."),
            logs_in: false,
        },
        ProblemCode::NotFound => Told {
            title: ("찾을 수 없는 페이지예요", "There is no such page"),
            text: ("주소를 확인해 주세요.", "Check the address."),
            logs_in: false,
        },
        other => return told_of_request(other),
    })
}

/// What is said of a request that no page of ours makes, or not so.
fn told_of_request(code: ProblemCode) -> Option<Told> {
    Some(match code {
        ProblemCode::BodyTooLarge => Told {
            title: ("보낸 내용이 너무 커요", "That is too much"),
            text: (
                "사진이 너무 커요. 뒤로 가서 200KB보다 작은 사진을 골라 주세요.",
                "The picture is too large. Go back and choose one of less than 200 KB.",
            ),
            logs_in: false,
        },
        ProblemCode::BodyTimeout => Told {
            title: ("보내는 데 너무 오래 걸렸어요", "That took too long"),
            text: (
                "처리하지 않았어요. 인터넷 연결을 확인하고 뒤로 가서 다시 시도해 주세요.",
                "Nothing was done. Check your connection, go back and try again.",
            ),
            logs_in: false,
        },
        ProblemCode::TooManyRequests => Told {
            title: ("요청이 너무 많아요", "Too many requests"),
            text: (
                "처리하지 않았어요. 잠시 후 뒤로 가서 다시 시도해 주세요.",
                "Nothing was done. Wait a moment, go back and try again.",
            ),
            logs_in: false,
        },
        ProblemCode::BadRequest | ProblemCode::UnsupportedMediaType => Told {
            title: ("요청을 이해할 수 없어요", "This request cannot be understood"),
            text: (
                "처리하지 않았어요. 화면을 새로 열고 다시 시도해 주세요.",
                "Nothing was done. Open the page again and retry.",
            ),
            logs_in: false,
        },
        ProblemCode::MethodNotAllowed => Told {
            title: ("이 주소는 바로 열 수 없어요", "This address cannot be opened by itself"),
            text: ("처음 화면에서 다시 시작해 주세요.", "Begin again on the start page."),
            logs_in: false,
        },
        _ => return None,
    })
}

/// A permission as people understand it: its name, and what it is for.
pub fn scope(scope: AppScope) -> (Both, Both) {
    match scope {
        AppScope::SendMessages => (
            ("메시지 보내기", "Send messages"),
            ("내 계정과 발신번호로 문자를 보내요.", "Sends texts from your account and sender number."),
        ),
        AppScope::ReadMessages => (
            ("보낸 결과 보기", "See results"),
            ("보낸 메시지가 도착했는지 확인해요.", "Shows whether your messages arrived."),
        ),
        AppScope::ReadCash => (
            ("잔액 보기", "See your balance"),
            (
                "계정 화면에서 남은 잔액과 포인트를 보여 줘요.",
                "Shows your balance and points on the account page.",
            ),
        ),
        AppScope::StoreFiles => (
            ("사진 올리기", "Upload pictures"),
            ("사진이 있는 메시지(MMS)를 보내요.", "Sends messages with a picture (MMS)."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pages_answer_is_told_as_to_people() {
        for code in [
            ProblemCode::BadRequest,
            ProblemCode::MethodNotAllowed,
            ProblemCode::BodyTimeout,
            ProblemCode::BodyTooLarge,
            ProblemCode::UnsupportedMediaType,
            ProblemCode::TooManyRequests,
        ] {
            let told = told(code).unwrap_or_else(|| panic!("{}", code.as_str()));
            let ends = |text: &str| text.trim_end_matches('.').ends_with('요');
            assert!(ends(told.title.0) && ends(told.text.0), "{}: {}", told.title.0, told.text.0);
            assert!(!told.text.1.is_empty() && !told.logs_in, "{}", code.as_str());
        }
        let (_, (balance, _)) = scope(AppScope::ReadCash);
        assert!(balance.starts_with("계정 화면에서"), "it is shown nowhere else: {balance}");
    }
}
