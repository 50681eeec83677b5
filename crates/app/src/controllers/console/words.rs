//! Words of the console in both languages.

use bonin_domain::access::Scope;
use bonin_domain::accounts::PasswordFault;
use bonin_domain::admin::AdminName;
use bonin_domain::messages::Locale;

use crate::pages::Frame;

/// A place in the bar.
pub struct Place {
    /// Its address.
    pub path: &'static str,
    /// Its name.
    pub name: &'static str,
    /// `page` on the very page, `true` on pages below it, else empty.
    pub current: &'static str,
}

const PLACES: [(&str, &str, &str); 8] = [
    ("/console", "현황", "Overview"),
    ("/console/analytics", "분석", "Analytics"),
    ("/console/verifications", "조회", "Look-up"),
    ("/console/providers", "발송사", "Providers"),
    ("/console/templates", "문구", "Texts"),
    ("/console/keys", "API 키", "API keys"),
    ("/console/tenants", "테넌트", "Tenants"),
    ("/console/audit", "감사 기록", "Audit log"),
];

/// The places of the console, as a page's bar shows them.
pub fn places(frame: &Frame) -> Vec<Place> {
    let place = |(path, ko, en): (&'static str, &'static str, &'static str)| Place {
        path,
        name: if frame.korean() { ko } else { en },
        current: current(path, &frame.path),
    };
    PLACES.into_iter().map(place).collect()
}

fn current(place: &str, page: &str) -> &'static str {
    match page.strip_prefix(place) {
        Some("") => "page",
        // Every page is below the first.
        Some(rest) if place != "/console" && rest.starts_with('/') => "true",
        Some(_) | None => "",
    }
}

/// The language of a text.
pub fn language(frame: &Frame, locale: Locale) -> &'static str {
    let (ko, en) = match locale {
        Locale::Ko => ("한국어", "Korean"),
        Locale::En => ("영어", "English"),
    };
    if frame.korean() { ko } else { en }
}

/// What a key with a scope may do.
pub fn scope(frame: &Frame, scope: Scope) -> &'static str {
    let (ko, en) = match scope {
        Scope::Start => ("인증 시작, 재발송", "start and resend verifications"),
        Scope::Check => ("인증번호 확인, 취소", "check codes, cancel"),
        Scope::Read => ("인증·메시지·통계 조회", "read verifications, messages and figures"),
        Scope::Send => ("메시지 발송, 예약 취소", "send messages, cancel reservations"),
        Scope::Accounts => ("회원, 세션, 본인 확인", "accounts, sessions, identities"),
        Scope::Admin => ("문구와 설정", "texts and settings"),
    };
    if frame.korean() { ko } else { en }
}

/// A key that would be allowed nothing.
pub fn no_scope(frame: &Frame) -> &str {
    frame.say("권한을 하나 이상 골라 주세요.", "Choose at least one scope.")
}

/// A key that has two secrets already.
pub fn two_secrets(frame: &Frame) -> &str {
    frame.say(
        "비밀 값이 이미 두 개예요. 이전 값을 끝내거나 새 값을 취소해 주세요.",
        "The key has two secrets already. End one of them first.",
    )
}

/// An invitation that is unknown, spent or over.
pub fn invitation_gone(frame: &Frame) -> &str {
    frame.say(
        "초대 토큰이 맞지 않거나, 이미 썼거나, 시간이 지났어요. 서버에서 다시 만들어 주세요.",
        "The invitation is wrong, used or too old. Make another on the server.",
    )
}

/// An invitation for setting anew what `name` has.
pub fn invitation_for(frame: &Frame, name: &AdminName) -> String {
    if frame.korean() {
        format!("이 초대는 {name} 님이 다시 등록하기 위한 거예요. 이름에 {name}을(를) 적어 주세요.")
    } else {
        format!("This invitation is for {name} to register again. Type that name.")
    }
}

/// A name that is no administrator's name.
pub fn name_malformed(frame: &Frame) -> &str {
    frame.say(
        "이름은 영문 소문자로 시작하고, 소문자·숫자·점·하이픈·밑줄로 2~32자예요. terminal은 쓸 수 없어요.",
        "A name has 2 to 32 lower-case letters, digits, dots, hyphens and underscores, and starts with a letter. \
         It cannot be terminal.",
    )
}

/// A name that another administrator has.
pub fn name_taken(frame: &Frame) -> &str {
    frame.say("이미 쓰고 있는 이름이에요.", "This name is taken.")
}

/// A text that is too long to be a password, or empty.
pub fn password_length(frame: &Frame) -> &str {
    frame.say("비밀번호는 8자 이상 128자 이하예요.", "A password has 8 to 128 characters.")
}

/// A password that is not taken.
pub fn password(frame: &Frame, fault: PasswordFault) -> &str {
    match fault {
        PasswordFault::TooShort | PasswordFault::TooLong => password_length(frame),
        PasswordFault::Composition => {
            frame.say("영문과 숫자를 함께 써 주세요.", "Use letters and digits, and both of them.")
        }
        PasswordFault::Common => {
            frame.say("너무 흔한 비밀번호예요. 다른 것으로 정해 주세요.", "This password is too common.")
        }
        PasswordFault::Unchanged => {
            frame.say("지금과 다른 비밀번호로 정해 주세요.", "This is the old password.")
        }
        PasswordFault::Context => frame.say(
            "이름이나 서비스 이름으로 만든 비밀번호는 쓸 수 없어요.",
            "A password must not be built around your name or the service's.",
        ),
    }
}

/// A one-time password that is not right.
pub fn code_incorrect(frame: &Frame) -> &str {
    frame.say(
        "인증 앱 번호가 맞지 않아요. 휴대폰 시각이 맞는지 확인하고 새 번호를 입력해 주세요.",
        "The code is not right. Check your phone's clock and type the next one.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_stands_at_one_place() {
        let at = |page| PLACES.map(|(path, _, _)| current(path, page)).join(",");
        assert_eq!(at("/console"), "page,,,,,,,");
        assert_eq!(at("/console/keys"), ",,,,,page,,");
        assert_eq!(at("/console/verifications/0af1"), ",,true,,,,,");
        assert_eq!(at("/console/keysmith"), ",,,,,,,");
    }
}
